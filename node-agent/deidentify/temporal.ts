/** Dates, times and ages (PS3.5 §6.2: DA, DT, TM, AS): moved by days, cut to their month, capped. */

const MILLISECONDS_PER_DAY = 86_400_000;
const DATE = /^(\d{4})[.]?(\d{2})[.]?(\d{2})$/;
const DATE_TIME = /^(\d{4})(?:(\d{2})(?:(\d{2})((?:\d{2}){0,3}(?:\.\d{1,6})?))?)?([+-]\d{4})?$/;
const TIME = /^\d{2}(?::?\d{2}(?::?\d{2}(?:\.\d{1,6})?)?)?$/;
/** AS, and the ways it is misspelt: without leading zeros, in lower case, with a blank. */
const AGE = /^(\d{1,3})\s*([DWMY])$/i;
const UNITS_PER_YEAR: Readonly<Record<string, number>> = { D: 365.25, W: 52.18, M: 12, Y: 1 };

/** Ages from here on are one group: so few people reach them that the number alone points to somebody. */
export const OLDEST_AGE_IN_YEARS = 90;
export const OLDEST_AGE = '090Y';

/** A DA value moved by whole days; undefined when it is no date. */
export function shiftDate(text: string, days: number): string | undefined {
  const match = DATE.exec(text.trim());
  return match === null ? undefined : shiftParts(match[1], match[2], match[3], days);
}

/**
 * A DT value moved by whole days; its precision, time and zone stay. A date without day or month is
 * taken in its middle, so that the result is right within its own precision.
 */
export function shiftDateTime(text: string, days: number): string | undefined {
  const match = DATE_TIME.exec(text.trim());
  if (match === null) return undefined;
  const [, year, month, day, time = '', zone = ''] = match;
  const shifted = shiftParts(year, month ?? '07', day ?? '15', days);
  if (shifted === undefined) return undefined;
  const precision = day !== undefined ? 8 : month !== undefined ? 6 : 4;
  return shifted.slice(0, precision) + time + zone;
}

/** Whole days from one DA value to another; undefined when one of them is no date. */
export function daysBetween(from: string, to: string): number | undefined {
  const [start, end] = [shiftDate(from, 0), shiftDate(to, 0)];
  if (start === undefined || end === undefined) return undefined;
  const utc = (date: string): number =>
    Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6)));
  return (utc(end) - utc(start)) / MILLISECONDS_PER_DAY;
}

/** A DA value set to the first of its month; undefined when it is no date. */
export function firstOfMonth(text: string): string | undefined {
  const date = shiftDate(text, 0);
  return date === undefined ? undefined : `${date.slice(0, 6)}01`;
}

/** A DT value set to the first of its month; its time and zone stay. One without a day says no more than that already. */
export function firstOfMonthDateTime(text: string): string | undefined {
  const trimmed = text.trim();
  const match = DATE_TIME.exec(trimmed);
  if (match === null || shiftDateTime(trimmed, 0) === undefined) return undefined;
  const [, year = '', month = '', day = '', time = '', zone = ''] = match;
  return year + month + (day === '' ? '' : '01') + time + zone;
}

/** Whether the text is a TM value, the colons of ACR-NEMA included. */
export function isTime(text: string): boolean {
  return TIME.test(text.trim());
}

/** An AS value in its proper form with everything from 90 years on as '090Y'; undefined when it is no age. */
export function capAge(text: string): string | undefined {
  const match = AGE.exec(text.trim());
  if (match === null) return undefined;
  const [, number = '', letter = 'Y'] = match;
  const unit = letter.toUpperCase();
  const years = Number(number) / (UNITS_PER_YEAR[unit] ?? 1);
  return years >= OLDEST_AGE_IN_YEARS ? OLDEST_AGE : number.padStart(3, '0') + unit;
}

/** Patient's Age (0010,1010) at a date, both as DA; years from two years on, else months, else days. */
export function ageAt(birthDate: string, date: string): string | undefined {
  const birth = DATE.exec(birthDate.trim());
  const then = DATE.exec(date.trim());
  if (birth === null || then === null) return undefined;
  const [birthYear, birthMonth, birthDay] = [Number(birth[1]), Number(birth[2]), Number(birth[3])];
  const [year, month, day] = [Number(then[1]), Number(then[2]), Number(then[3])];
  const months = (year - birthYear) * 12 + (month - birthMonth) - (day < birthDay ? 1 : 0);
  if (months < 0 || months > 150 * 12) return undefined;
  if (months >= 24) return capAge(`${String(Math.floor(months / 12)).padStart(3, '0')}Y`);
  if (months > 0) return `${String(months).padStart(3, '0')}M`;
  const days = (Date.UTC(year, month - 1, day) - Date.UTC(birthYear, birthMonth - 1, birthDay)) / MILLISECONDS_PER_DAY;
  return `${String(days).padStart(3, '0')}D`;
}

function shiftParts(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  days: number,
): string | undefined {
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  // 30 February would silently become a day in March.
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;
  date.setUTCDate(date.getUTCDate() + days);
  const shiftedYear = date.getUTCFullYear();
  if (Number.isNaN(shiftedYear) || shiftedYear < 1 || shiftedYear > 9999) return undefined;
  const twoDigits = (number: number): string => String(number).padStart(2, '0');
  return String(shiftedYear).padStart(4, '0') + twoDigits(date.getUTCMonth() + 1) + twoDigits(date.getUTCDate());
}
