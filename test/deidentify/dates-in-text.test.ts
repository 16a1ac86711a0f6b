import { describe, expect, it } from 'vitest';
import { Profile } from '../../node-agent/deidentify/profile.ts';
import type { DataElement } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ctElements, engine, text, writeSource } from './fixtures.ts';

/** Study Date and Series Description of what comes out. */
async function cleaned(description: string, profile: Profile, ...more: readonly DataElement[]) {
  const elements = ctElements(text('SeriesDescription', 'LO', description), ...more);
  const { source, target } = await writeSource(temporaryFolder(), elements);
  const outcome = await engine(profile).deidentifyAndVerify(source, target);
  expect(outcome.kind).toBe('deidentified');
  const object = await readPart10(target);
  try {
    return {
      date: object.dataSet.string(tagOf('StudyDate')) ?? '',
      description: object.dataSet.string(tagOf('SeriesDescription')),
    };
  } finally {
    await object.close();
  }
}

const longitudinal = () => Profile.shipped('research-longitudinal');

describe('a date in a description, where the profile lets changed dates through', () => {
  // The study is of 2020-03-15.
  it.each<[string, (date: string) => string]>([
    ['CT thorax 2020-03-15', (date) => `CT thorax ${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`],
    ['CT thorax 20200315', (date) => `CT thorax ${date}`],
    ['CT thorax 2020.03.15', (date) => `CT thorax ${date.slice(0, 4)}.${date.slice(4, 6)}.${date.slice(6)}`],
    ['CT thorax 15.03.2020', (date) => `CT thorax ${date.slice(6)}.${date.slice(4, 6)}.${date.slice(0, 4)}`],
    ['CT thorax 15/03/2020', (date) => `CT thorax ${date.slice(6)}/${date.slice(4, 6)}/${date.slice(0, 4)}`],
    ['CT thorax 03/15/2020', (date) => `CT thorax ${date.slice(4, 6)}/${date.slice(6)}/${date.slice(0, 4)}`],
    ['2020-03-15 CT thorax', (date) => `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)} CT thorax`],
  ])('moves as the study date does: %s', async (given, expected) => {
    const { date, description } = await cleaned(given, longitudinal());
    expect(date).not.toBe('20200315');
    expect(description).toBe(expected(date));
  });

  it('keeps its distance from the study', async () => {
    const { date, description = '' } = await cleaned('CT thorax 2020-03-05', longitudinal());
    const days = (iso: string) => Date.parse(iso) / 86_400_000;
    const study = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
    expect(days(study) - days(description.slice(-10))).toBe(10);
  });

  it.each([
    ['it could be another one', 'CT thorax 03/04/2020'],
    ['it is the date of birth', 'CT thorax 1958-03-12'],
    ['the text says that it is one of birth', 'CT thorax DOB 2001-03-12'],
    ['the text says that it is one of birth, in German', 'CT thorax geb. 12.03.2001'],
    ['it is part of a longer number', 'CT thorax 2020-03-15-4711'],
    ['its month is a word', 'CT thorax 15 March 2020'],
    ['there is no such day', 'CT thorax 2020-02-31'],
  ])('goes where %s', async (_why, given) => {
    const birth = text('PatientBirthDate', 'DA', '19580312');
    expect((await cleaned(given, longitudinal(), birth)).description).toMatch(/^CT thorax(?: \D*)?$/);
  });

  it('goes with the words around it that may not stay', async () => {
    const { date, description } = await cleaned('Quastenberg CT 2020-03-15 Zenobia', longitudinal());
    expect(description).toBe(`CT ${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`);
  });

  it('is set to the first of its month where all dates are', async () => {
    const { date, description } = await cleaned('CT thorax 2020-03-15', Profile.shipped('lethe-compatible'));
    expect([date, description]).toEqual(['20200301', 'CT thorax 2020-03-01']);
  });
});

describe('a date in a description, where the profile retains no dates', () => {
  it('goes', async () => {
    expect((await cleaned('CT thorax 2020-03-15', Profile.shipped('basic'))).description ?? '').not.toMatch(/\d{4}/);
  });
});
