/** Age at the study in years, from Patient's Age (0010,1010) or the dates; 90 and above are one group. */
import type { ValueSource } from './normalised-value.ts';
import type { Reading } from './reading.ts';
import { rounded, type Units } from './units.ts';
import type { ValueRules } from './value-rules.ts';

/** PS3.5 §6.2, VR AS. */
const AGE_STRING = /^(\d{3})([DWMY])$/u;
const UNITS: Readonly<Record<string, string>> = { D: 'd', W: 'wk', M: 'mo', Y: 'a' };
const DAY = /^(\d{4})\D?(\d{2})\D?(\d{2})$/u;
const DAYS_PER_YEAR = 365.25;
/** Dates may have lost their day, and the age string its months. */
const TOLERATED_YEARS = 1.2;

export function readAge(source: ValueSource, units: Units, rules: ValueRules, reading: Reading): void {
  const byDates = yearsBetween(source.birthDate, source.studyDate);
  if (byDates !== undefined && byDates < 0) {
    reading.finding(
      'age',
      'born-after-study',
      'The birth date is after the study date. One of the two is wrong, or they were shifted by different numbers of days.',
    );
  }
  const stated = source.age === null ? undefined : statedAge(source.age, units, rules, reading);
  if (stated) {
    add(stated.years, source.age ?? '', stated.unit, stated.rule, rules, reading);
    if (byDates !== undefined && byDates >= 0 && Math.abs(byDates - stated.years) > TOLERATED_YEARS) {
      // A capped age says nothing of how far above it is.
      if (stated.years < rules.oldestAge || byDates < rules.oldestAge - TOLERATED_YEARS) {
        reading.finding('age', 'age-contradicts-birth-date', 'The stated age is not the one that the dates give.');
      }
    }
  } else if (source.age === null && byDates !== undefined && byDates >= 0) {
    if (byDates > rules.bounds.age.most) impossible(byDates, rules, reading);
    // A date of birth, however changed, does not go into the index.
    else add(byDates, 'birth date and study date', null, 'from-dates', rules, reading);
  }
}

function statedAge(text: string, units: Units, rules: ValueRules, reading: Reading) {
  const [, count, letter] = AGE_STRING.exec(text) ?? [];
  const unit = units.find(UNITS[letter ?? ''] ?? '');
  const read = count && unit ? { value: Number(count), unit, stated: true } : units.quantity(text, 'a');
  if (read?.unit.dimension !== 'time') {
    reading.finding('age', 'unreadable', 'The age is neither an age such as 045Y nor a number with a unit of time.');
    return undefined;
  }
  const years = units.convert(read.value, read.unit.code, 'a');
  if (years < 0 || years > rules.bounds.age.most) return impossible(years, rules, reading);
  const rule = count ? 'age-string' : read.stated ? 'with-unit' : 'bare-number-is-years';
  return { years, unit: read.unit.code, rule };
}

function add(
  years: number,
  original: string,
  originalUnit: string | null,
  rule: string,
  { oldestAge }: ValueRules,
  reading: Reading,
): void {
  const capped = years >= oldestAge;
  reading.value('age', {
    // What stands in the object above the cap is not repeated.
    original: capped ? `${oldestAge} or older` : original,
    originalUnit: capped ? 'a' : originalUnit,
    value: capped ? oldestAge : Math.round(years * 100) / 100,
    unit: 'a',
    rule: capped ? `${oldestAge}-and-above` : rule,
  });
}

function impossible(years: number, { bounds }: ValueRules, reading: Reading): undefined {
  reading.finding(
    'age',
    'impossible',
    `The age is ${rounded(Math.round(years))} years; nobody is younger than 0 or older than ${bounds.age.most}. Correct it at the source.`,
  );
  return undefined;
}

/** Undefined where one is no day. */
function yearsBetween(birth: string | null, day: string | null): number | undefined {
  const [from, to] = [dayOf(birth), dayOf(day)];
  return from === undefined || to === undefined ? undefined : (to - from) / (DAYS_PER_YEAR * 86_400_000);
}

function dayOf(text: string | null): number | undefined {
  const [, year, month, day] = DAY.exec(text ?? '') ?? [];
  const time = year ? Date.UTC(Number(year), Number(month) - 1, Number(day)) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
