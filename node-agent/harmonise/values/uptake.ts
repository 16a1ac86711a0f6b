/**
 * What standardised uptake values are computed from (PS3.3 C.8.9.1, C.8.9.2): dose, half-life, and the time from injection to
 * acquisition, which must be the same after dates were shifted.
 */
import { keyOf } from '../text-key.ts';
import type { UptakeSource, ValueSource } from './normalised-value.ts';
import type { Reading } from './reading.ts';
import { rounded, type Units } from './units.ts';
import { isWithin, type ValueRules } from './value-rules.ts';

/** A dose of a PET scan below this many becquerel was written in megabecquerel. */
const LEAST_BECQUEREL = 10_000;
/** As far as two tables of half-lives differ. */
const TOLERATED_HALF_LIFE = 0.02;
const SECONDS_PER_DAY = 86_400;
const TIME = /^(\d{2}):?(\d{2})?:?(\d{2})?(?:\.(\d{1,6}))?$/u;
const DATE_TIME = /^(\d{4})(\d{2})(\d{2})(\d{2}\d{0,4}(?:\.\d{1,6})?)(?:[+-]\d{4})?$/u;
const DATE = /^(\d{4})(\d{2})(\d{2})$/u;

export function readUptake(source: ValueSource, units: Units, rules: ValueRules, reading: Reading): void {
  const { uptake, modality } = source;
  if (uptake === null) return;
  const dose = readDose(uptake, modality, units, rules, reading);
  const halfLife = readHalfLife(uptake, units, rules, reading);
  const times = readInterval(uptake, rules, reading);
  // Counts in an image that is not decay-corrected or not in Bq/ml lead to no uptake value anyway.
  if (modality !== 'PT' || uptake.units !== 'BQML') return;
  const missing = [
    ...(reading.of('weight') === undefined ? ['weight'] : []),
    ...(dose ? [] : ['injected dose']),
    ...(halfLife ? [] : ['half-life']),
    ...(times ? [] : ['time from injection to acquisition']),
  ];
  if (missing.length > 0) {
    reading.finding(
      'uptake_interval',
      'no-uptake-values',
      `Standardised uptake values cannot be computed from this series: there is no usable ${missing.join(', no ')}.`,
    );
  }
}

/** Radionuclide Total Dose (0018,1074): Bq in PET, MBq in nuclear medicine (PS3.3 C.8.4.10). */
function readDose(
  { totalDose }: UptakeSource,
  modality: string | null,
  units: Units,
  rules: ValueRules,
  reading: Reading,
): boolean {
  if (totalDose === null) return false;
  const implied = modality === 'NM' ? 'MBq' : 'Bq';
  const quantity = units.quantity(totalDose, implied);
  if (quantity?.unit.dimension !== 'activity') {
    reading.finding('injected_dose', 'unreadable', 'The injected dose is not a number with a unit of activity.');
    return false;
  }
  const { value, unit, stated } = quantity;
  if (value === 0) {
    reading.finding('injected_dose', 'zero', 'The injected dose is 0, which scanners write when nobody entered one.');
    return false;
  }
  const inMega = !stated && implied === 'Bq' && value < LEAST_BECQUEREL;
  const inBecquerel = !stated && implied === 'MBq' && value >= LEAST_BECQUEREL;
  const read = inMega ? 'MBq' : inBecquerel ? 'Bq' : unit.code;
  const dose = units.convert(value, read, 'MBq');
  if (!isWithin(dose, rules.bounds.injectedDose)) {
    reading.finding('injected_dose', 'impossible', `The injected dose is ${rounded(dose)} MBq. Nobody is given that.`);
    return false;
  }
  const rule = read === unit.code ? (stated ? 'with-unit' : 'as-dicom') : `read-as-${read}`;
  reading.value('injected_dose', { original: totalDose, originalUnit: read, value: dose, unit: 'MBq', rule });
  return true;
}

/** Radionuclide Half Life (0018,1075), seconds; some write minutes. */
function readHalfLife(uptake: UptakeSource, units: Units, rules: ValueRules, reading: Reading): boolean {
  const { halfLife: text, radionuclide } = uptake;
  if (text === null) return false;
  const quantity = units.quantity(text, 's');
  if (quantity?.unit.dimension !== 'time') {
    reading.finding('half_life', 'unreadable', 'The half-life is not a number with a unit of time.');
    return false;
  }
  const known = radionuclideOf(radionuclide, rules);
  const fitsIn = (unit: string) =>
    known !== undefined &&
    Math.abs(units.convert(quantity.value, unit, 's') - known.halfLifeSeconds) <=
      known.halfLifeSeconds * TOLERATED_HALF_LIFE;
  const other = quantity.stated || fitsIn('s') ? undefined : ['min', 'h'].find(fitsIn);
  const unit = other ?? quantity.unit.code;
  const seconds = units.convert(quantity.value, unit, 's');
  if (!isWithin(seconds, rules.bounds.halfLife)) {
    reading.finding('half_life', 'impossible', `The half-life is ${rounded(seconds)} s, which no tracer has.`);
    return false;
  }
  const rule = other ? `read-as-${other}` : quantity.stated ? 'with-unit' : 'as-dicom';
  reading.value('half_life', { original: text, originalUnit: unit, value: seconds, unit: 's', rule });
  if (known && other === undefined && !fitsIn(unit)) {
    reading.finding(
      'half_life',
      'contradicts-radionuclide',
      `The half-life is ${rounded(seconds)} s, but that of ${known.name} is ${known.halfLifeSeconds} s.`,
    );
  }
  return true;
}

function radionuclideOf(text: string | null, { radionuclides }: ValueRules) {
  const key = keyOf(text ?? '');
  return key === ''
    ? undefined
    : radionuclides.find(({ names }) => names.some((name) => key === keyOf(name) || key.endsWith(`${keyOf(name)}`)));
}

function readInterval(uptake: UptakeSource, rules: ValueRules, reading: Reading): boolean {
  const start = acquisitionOf(uptake);
  const injection = injectionOf(uptake, start?.day);
  if (!start || !injection) return false;
  const bounds = rules.bounds.uptakeInterval;
  const whole = (start.day - injection.day) * SECONDS_PER_DAY + start.seconds - injection.seconds;
  const original = `${injection.text} to ${start.text}`;
  const add = (value: number, rule: string) => {
    reading.value('uptake_interval', { original, originalUnit: null, value: Math.round(value), unit: 's', rule });
    return true;
  };
  if (isWithin(whole, bounds)) return add(whole, injection.dated ? 'from-dates-and-times' : 'from-times');
  const ofTheDay = start.seconds - injection.seconds;
  const pastMidnight = ofTheDay + SECONDS_PER_DAY;
  if (!injection.dated && ofTheDay < 0 && isWithin(pastMidnight, bounds)) return add(pastMidnight, 'past-midnight');
  if (injection.dated && start.day !== injection.day && isWithin(ofTheDay, bounds)) {
    reading.finding(
      'uptake_interval',
      'dates-shifted-apart',
      'The dates of injection and acquisition are days apart, but the times of day fit: the dates were probably shifted differently. The times of day are used.',
    );
    return add(ofTheDay, 'by-times-of-day');
  }
  reading.finding(
    'uptake_interval',
    whole < 0 ? 'acquired-before-injection' : 'too-long-after-injection',
    whole < 0
      ? 'The acquisition began before the injection. One of the two times is wrong.'
      : `The acquisition began more than ${bounds.most / 3600} hours after the injection. One of the two times is wrong.`,
  );
  return false;
}

interface Moment {
  /** Since 1970. */
  readonly day: number;
  readonly seconds: number;
  /** Time of day, as the object says it. */
  readonly text: string;
}

/** The earlier of series and acquisition: some programs write the time of their processing into the series. */
function acquisitionOf(uptake: UptakeSource): Moment | undefined {
  const moments = [
    momentOf(uptake.seriesDate, uptake.seriesTime),
    momentOf(uptake.acquisitionDate ?? uptake.seriesDate, uptake.acquisitionTime),
  ].filter((moment) => moment !== undefined);
  return moments.sort((a, b) => a.day - b.day || a.seconds - b.seconds)[0];
}

function injectionOf(uptake: UptakeSource, day: number | undefined): (Moment & { dated: boolean }) | undefined {
  const [, year, month, date, time] = DATE_TIME.exec(uptake.startDateTime ?? '') ?? [];
  const full = year ? momentOf(`${year}${month}${date}`, time ?? null) : undefined;
  if (full) return { ...full, dated: true };
  const seconds = secondsOf(uptake.startTime);
  if (seconds === undefined || day === undefined) return undefined;
  return { day, seconds, text: uptake.startTime ?? '', dated: false };
}

function momentOf(date: string | null, time: string | null): Moment | undefined {
  const [, year, month, day] = DATE.exec(date ?? '') ?? [];
  const seconds = secondsOf(time);
  if (!year || seconds === undefined) return undefined;
  const milliseconds = Date.UTC(Number(year), Number(month) - 1, Number(day));
  return { day: milliseconds / 1000 / SECONDS_PER_DAY, seconds, text: time ?? '' };
}

function secondsOf(time: string | null): number | undefined {
  const [, hours, minutes = '0', seconds = '0', fraction = '0'] = TIME.exec(time ?? '') ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60) return undefined;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(`0.${fraction}`);
}
