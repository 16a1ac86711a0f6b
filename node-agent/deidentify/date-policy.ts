/**
 * What becomes of the dates of one patient, everywhere alike: in DA and DT, and in texts that are a date.
 * - `shift`: moved by whole days, the same for all dates of the patient, so intervals stay. A whole day carries nothing
 *   into TM, which stays as it is.
 * - `month`: set to the first of their month, as EUCAIM's tool does; a date without a month says nothing and goes.
 * - `full`: unchanged. `none`: the profile retains no dates, so those that no row of Table E.1-1 names go as well.
 */
import type { Profile } from './profile.ts';
import { daysBetween, firstOfMonth, firstOfMonthDateTime, isTime, shiftDate, shiftDateTime } from './temporal.ts';

export interface DatePolicy {
  readonly kind: 'shift' | 'month' | 'full' | 'none';
  /** A DA value; undefined where nothing of it may stay. */
  date(text: string): string | undefined;
  /** A DT value. */
  dateTime(text: string): string | undefined;
  /** A TM value. */
  time(text: string): string | undefined;
  /**
   * Days from the patient's reference day to a DA value, where dates change. The reference day is the one that the
   * patient's shift moves to `REFERENCE_AFTER_SHIFT`: a day that only the key knows, the same for everything of the
   * patient, so the offsets give the order and the intervals of the original even where dates are cut to their month.
   */
  offsetDays(text: string): number | undefined;
}

const REFERENCE_AFTER_SHIFT = '20000101';

/** @param shiftDays the days to add to every date of this patient; never 0 */
export function datePolicyOf(profile: Pick<Profile, 'has' | 'dates'>, shiftDays: number): DatePolicy {
  if (profile.has('retain_long_modified_dates'))
    return profile.dates === 'month' ? months(shiftDays) : shifted(shiftDays);
  return profile.has('retain_long_full_dates') ? UNCHANGED : NONE;
}

export function shifted(days: number): DatePolicy {
  return {
    kind: 'shift',
    date: (text) => shiftDate(text, days),
    dateTime: (text) => shiftDateTime(text, days),
    time: timeOf,
    offsetDays: (text) => offsetAfter(text, days),
  };
}

function months(days: number): DatePolicy {
  return {
    kind: 'month',
    date: firstOfMonth,
    dateTime: firstOfMonthDateTime,
    time: timeOf,
    offsetDays: (text) => offsetAfter(text, days),
  };
}

const UNCHANGED: DatePolicy = {
  kind: 'full',
  date: (text) => (shiftDate(text, 0) === undefined ? undefined : text),
  dateTime: (text) => (shiftDateTime(text, 0) === undefined ? undefined : text),
  time: timeOf,
  offsetDays: nothing,
};

const NONE: DatePolicy = { kind: 'none', date: nothing, dateTime: nothing, time: nothing, offsetDays: nothing };

/** Whether the text is a value of a temporal VR, as it must be to stay unchanged. */
export function isTemporal(text: string, vr: string): boolean {
  if (vr === 'TM') return isTime(text);
  return (vr === 'DT' ? UNCHANGED.dateTime(text) : UNCHANGED.date(text)) !== undefined;
}

function timeOf(text: string): string | undefined {
  return isTime(text) ? text : undefined;
}

function offsetAfter(text: string, days: number): number | undefined {
  const shiftedDate = shiftDate(text, days);
  return shiftedDate === undefined ? undefined : daysBetween(REFERENCE_AFTER_SHIFT, shiftedDate);
}

function nothing(): undefined {
  return undefined;
}
