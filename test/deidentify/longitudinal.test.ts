/** Dates of one patient under each policy: intervals, order, ages, and the days from the reference day. */
import { describe, expect, it } from 'vitest';
import { DeidentificationEngine } from '../../node-agent/deidentify/engine.ts';
import { Profile } from '../../node-agent/deidentify/profile.ts';
import { daysBetween, firstOfMonth, firstOfMonthDateTime, shiftDate } from '../../node-agent/deidentify/temporal.ts';
import type { DataElement, DataSet } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { numberElement } from '../../node-agent/dicom/element.ts';
import { LetheIdentifiers } from '../../node-agent/vault/lethe-identifiers.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import {
  cleaned,
  ctElements,
  ENCODING,
  engine,
  optionLines,
  PATIENT,
  PSEUDONYMISER,
  siteProfile,
  TABLES,
  text,
} from './fixtures.ts';

const OFFSET = tagOf('LongitudinalTemporalOffsetFromEvent');
const LETHE = new DeidentificationEngine({
  pseudonymiser: new LetheIdentifiers('019a39ba16da7edb9e906440a48e9ed32', PSEUDONYMISER),
  profile: Profile.shipped('lethe-compatible'),
  tables: TABLES,
});
const under = (by: DeidentificationEngine, ...extra: readonly DataElement[]): Promise<DataSet> =>
  cleaned(temporaryFolder(), ctElements(...extra), by);
const studyOf = (date: string): DataElement => text('StudyDate', 'DA', date);

describe('the days from the reference day', () => {
  it.each([
    ['shifted', engine()],
    ['cut to their month', LETHE],
  ])('give the intervals of the original where dates are %s', async (_policy, by) => {
    const offsets: (number | undefined)[] = [];
    for (const date of ['20200302', '20200315', '20211231', '20190101'])
      offsets.push((await under(by, studyOf(date))).number(OFFSET));
    const [first = 0] = offsets;
    expect(offsets.map((offset) => (offset ?? Number.NaN) - first)).toEqual([0, 13, 669, -426]);
  });

  it('say no more than the shifted date does', async () => {
    const dataSet = await under(engine());
    expect(dataSet.number(OFFSET)).toBe(daysBetween('20000101', dataSet.string(tagOf('StudyDate')) ?? ''));
    expect(dataSet.string(tagOf('LongitudinalTemporalEventType'))).toBe('REFERENCE');
    expect(dataSet.get(tagOf('ClinicalTrialTimePointID'))?.value).toMatchObject({ bytes: new Uint8Array(0) });
  });

  it('come from another date where the study has none, and from no date not at all', async () => {
    const series = await under(engine(), studyOf(''), text('SeriesDate', 'DA', '20200315'));
    expect(series.number(OFFSET)).toBe((await under(engine())).number(OFFSET));
    expect((await under(engine(), studyOf(''))).has(OFFSET)).toBe(false);
  });

  it('leave an offset of the original alone', async () => {
    const own = [
      numberElement(ENCODING, OFFSET, 'FD', [12]),
      text('LongitudinalTemporalEventType', 'CS', 'ENROLLMENT'),
    ];
    const dataSet = await under(engine(), ...own);
    expect(dataSet.number(OFFSET)).toBe(12);
    expect(dataSet.string(tagOf('LongitudinalTemporalEventType'))).toBe('ENROLLMENT');
  });

  it('are not written where dates stay as they are or go', async () => {
    const full = siteProfile({ options: optionLines('retain_long_full_dates') });
    expect((await under(engine(full))).has(OFFSET)).toBe(false);
    expect((await under(engine(Profile.shipped('basic')))).has(OFFSET)).toBe(false);
  });
});

describe('one shift for each patient', () => {
  it('moves dates, dates with times and texts that are a date alike, and leaves the time of day', async () => {
    const days = PSEUDONYMISER.dateShiftDays(PATIENT);
    const dataSet = await under(
      engine(),
      text('AcquisitionDateTime', 'DT', '20200315235959+0100'),
      text('AcquisitionTime', 'TM', '235959'),
      text('ContentDate', 'DA', '20200229'),
    );
    const study = dataSet.string(tagOf('StudyDate')) ?? '';
    expect(days).not.toBe(0);
    expect(study).toBe(shiftDate('20200315', days));
    expect(dataSet.string(tagOf('AcquisitionDateTime'))).toBe(`${study}235959+0100`);
    expect(dataSet.string(tagOf('AcquisitionTime'))).toBe('235959');
    expect(daysBetween(dataSet.string(tagOf('ContentDate')) ?? '', study)).toBe(15);
  });
});

describe('a date cut to its month', () => {
  it('has the first day of it, its time and zone as they were', () => {
    expect(firstOfMonth('20240317')).toBe('20240301');
    expect(firstOfMonth('2024.03.17')).toBe('20240301');
    expect(firstOfMonthDateTime('20240317101112.5+0100')).toBe('20240301101112.5+0100');
    expect(firstOfMonthDateTime('202403')).toBe('202403');
    expect(firstOfMonthDateTime('2024')).toBe('2024');
  });

  it('is nothing where it is no date', () => {
    for (const value of ['20240230', '2024', 'March', '']) expect(firstOfMonth(value), value).toBeUndefined();
    for (const value of ['20240230', '202413', 'March', '']) expect(firstOfMonthDateTime(value), value).toBeUndefined();
  });
});

describe('the age of the oldest patients', () => {
  it.each([
    ['19300316', '089Y', '089Y'],
    ['19300315', '090Y', '090Y'],
    ['19100101', '110Y', '090Y'],
    ['19100101', undefined, '090Y'],
  ])('born %s, stated as %s, is told as %s, and the date of birth goes', async (born, stated, told) => {
    const age = stated === undefined ? [] : [text('PatientAge', 'AS', stated)];
    const dataSet = await under(engine(), text('PatientBirthDate', 'DA', born), ...age);
    expect(dataSet.string(tagOf('PatientAge'))).toBe(told);
    expect(dataSet.string(tagOf('PatientBirthDate'))).toBeUndefined();
  });

  it('is not given away by a month of birth', async () => {
    const born = async (date: string) =>
      (await under(LETHE, text('PatientBirthDate', 'DA', date))).string(tagOf('PatientBirthDate'));
    expect(await born('19300316')).toBe('19300301');
    expect(await born('19300315')).toBeUndefined();
  });
});
