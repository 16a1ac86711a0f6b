/** DICOM date and age strings (PS3.5 §6.2, VR DA and AS) as the index keeps them. */

const DATE = /^(\d{4})\.?(\d{2})\.?(\d{2})$/u;
const AGE = /^(\d{1,3})([DWMY])$/u;
const DAYS_PER_YEAR = 365.25;
const YEARS_PER_UNIT: Readonly<Record<string, number>> = {
  D: 1 / DAYS_PER_YEAR,
  W: 7 / DAYS_PER_YEAR,
  M: 1 / 12,
  Y: 1,
};
const OLDEST_AGE_YEARS = 130;

/** `YYYY-MM-DD`, or null when the text is not a day of the calendar. */
export function isoDate(text: string | undefined): string | null {
  const [, year, month, day] = DATE.exec(text?.trim() ?? '') ?? [];
  if (!year || !month || !day) return null;
  const iso = `${year}-${month}-${day}`;
  const date = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(date.valueOf()) && date.toISOString().startsWith(iso) ? iso : null;
}

/** Years with one decimal from an age string such as `045Y` or `006M`; null when it is none. */
export function ageStringYears(text: string | undefined): number | null {
  const [, count, unit] = AGE.exec(text?.trim().toUpperCase() ?? '') ?? [];
  return count && unit ? plausible(Number(count) * (YEARS_PER_UNIT[unit] ?? Number.NaN)) : null;
}

/** Years with one decimal between two ISO dates; null when one is missing or the order is wrong. */
export function yearsBetween(birth: string | null, day: string | null): number | null {
  if (birth === null || day === null) return null;
  return plausible((Date.parse(day) - Date.parse(birth)) / (DAYS_PER_YEAR * 86_400_000));
}

function plausible(years: number): number | null {
  return years >= 0 && years <= OLDEST_AGE_YEARS ? Math.round(years * 10) / 10 : null;
}
