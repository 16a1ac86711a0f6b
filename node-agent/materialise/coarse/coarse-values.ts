/** Dates and ages of DICOM (PS3.5 Table 6.2-1) made coarser; what has not the form it should have is not kept. */
import type { Level } from '../../catalogue/generalisation/generalisation.ts';

/** `YYYYMMDD`, the retired `YYYY.MM.DD`, and a DT, which may end after any of its parts. */
const DATE = /^(\d{4})(?:\.?(\d{2})(?:\.?(\d{2})(.*))?)?$/u;
/** Hours to fractions, and the offset from UTC. */
const TIME = /^\d{0,6}(?:\.\d{1,6})?(?:[+-]\d{4})?$/u;
const AGE = /^(\d{3})([DWMY])$/u;
const DAYS: Readonly<Record<string, number>> = { D: 1, W: 7, M: 30.4375, Y: 365.25 };

/**
 * A DA or DT as the first day of its month or year. The time of day stays: it says nothing of the day.
 * @param placeholder what stands for a date that may not be told: empty, or a neutral `YYYYMMDD`
 */
export function coarseDate(text: string, level: Level<'date'>, placeholder: string): string {
  if (text === '' || level === 'day') return text;
  const [whole, year, month, day, rest = ''] = DATE.exec(text.trim()) ?? [];
  if (whole === undefined || level === 'dropped') return placeholder;
  if (month === undefined) return year ?? placeholder;
  const coarseMonth = level === 'year' ? '01' : month;
  if (day === undefined) return level === 'year' ? (year ?? placeholder) : `${year}${month}`;
  return `${year}${coarseMonth}01${TIME.test(rest) ? rest : ''}`;
}

/** An Age String in completed years; empty where it is none. */
export function coarseAge(text: string): string {
  const [, digits, unit] = AGE.exec(text.trim()) ?? [];
  if (digits === undefined || unit === undefined) return '';
  const years = unit === 'Y' ? Number(digits) : Math.floor((Number(digits) * (DAYS[unit] ?? 0)) / 365.25);
  return `${String(years).padStart(3, '0')}Y`;
}
