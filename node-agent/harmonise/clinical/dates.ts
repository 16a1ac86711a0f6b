/** Calendar arithmetic on `YYYY-MM-DD`. */

const MILLISECONDS_PER_DAY = 86_400_000;

/** Whole days from one date to another; negative where the other comes before. */
export function daysFrom(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / MILLISECONDS_PER_DAY);
}

/** Years between two dates with one decimal, cut and not rounded: nobody is made older than they are. */
export function yearsFrom(from: string, to: string): number {
  const parts = (date: string) => date.split('-').map(Number) as [number, number, number];
  const [[year, month, day], [laterYear, laterMonth, laterDay]] = [parts(from), parts(to)];
  const months = (laterYear - year) * 12 + (laterMonth - month) - (laterDay < day ? 1 : 0);
  return Math.floor((months * 10) / 12) / 10;
}
