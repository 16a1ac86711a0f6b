import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { datasetFigures } from '../../node-agent/catalogue/dataset-figures.ts';
import {
  AS_INDEXED,
  type Generalisation,
  generalise,
  generaliseAge,
  generaliseCells,
  generaliseDate,
  LEVELS,
} from '../../node-agent/catalogue/generalisation/generalisation.ts';
import { SHOWN } from '../../node-agent/catalogue/generalisation/shown-values.ts';
import { AstCatalogue } from '../../node-agent/compute/ast-catalogue.ts';
import { CollectionSearch } from '../../node-agent/compute/collection-search.ts';
import { loadVocabularies } from '../../node-agent/harmonise/vocabulary.ts';
import { VocabularyLookup } from '../../node-agent/harmonise/vocabulary-lookup.ts';
import { CODES, SeededIndex } from '../compute/seeded-index.ts';

/** Key of the age in the hub's questions. */
const AGE = 'SNOMEDCT423493009';

const ROW = {
  sex: CODES.female,
  ageYears: 53.7,
  studyDate: '2021-03-04',
  manufacturer: CODES.siemens,
  model: 'Skyra',
  bodyPart: CODES.breast,
  modality: 'MR',
  seriesUid: '2.25.1',
};

describe('a row as a dataset shows it', () => {
  it('is as indexed where nothing was chosen', () => {
    expect(generalise(ROW, AS_INDEXED)).toEqual(ROW);
  });

  it.each<[Partial<Generalisation>, Record<string, unknown>]>([
    [{ age: 'years' }, { ageYears: 53 }],
    [{ age: 'bands-5' }, { ageYears: '50-54' }],
    [{ age: 'bands-10' }, { ageYears: '50-59' }],
    [{ age: 'bands-20' }, { ageYears: '40-59' }],
    [{ age: 'dropped' }, { ageYears: null }],
    [{ date: 'month' }, { studyDate: '2021-03' }],
    [{ date: 'year' }, { studyDate: '2021' }],
    [{ date: 'dropped' }, { studyDate: null }],
    [{ device: 'manufacturer' }, { model: null }],
    [{ device: 'dropped' }, { model: null, manufacturer: null }],
    [{ sex: 'dropped' }, { sex: null }],
    [{ bodyPart: 'dropped' }, { bodyPart: null }],
    [{ modality: 'dropped' }, { modality: null }],
  ])('with %j shows %j and leaves the rest', (choices, expected) => {
    expect(generalise(ROW, { ...AS_INDEXED, ...choices })).toEqual({ ...ROW, ...expected });
  });

  it('gets no column it did not have', () => {
    expect(generalise({ sex: null }, { ...AS_INDEXED, age: 'dropped', device: 'dropped' })).toEqual({ sex: null });
  });

  it('keeps what is missing missing', () => {
    expect(generaliseAge(null, AS_INDEXED)).toBeNull();
    expect(generaliseDate(null, AS_INDEXED)).toBeNull();
  });

  it('loses clinical columns, and dates and ages in clinical cells get as coarse as those of the images', () => {
    const kinds = { asserted: 'date', at_diagnosis: 'age' } as const;
    const cells = { asserted: '2021-03-04', at_diagnosis: '53.7', ethnicity: 'EUCAIM:COM1001311', code: 'x' };
    const kindOf = (column: string) => kinds[column as keyof typeof kinds] ?? 'other';
    const choices = { ...AS_INDEXED, clinicalColumns: ['ethnicity'], date: 'year', age: 'bands-10' } as const;
    expect(generaliseCells(cells, choices, kindOf)).toEqual({
      asserted: '2021',
      at_diagnosis: '50-59',
      ethnicity: null,
      code: 'x',
    });
    expect(generaliseCells({ at_diagnosis: 'fifty' }, choices, kindOf)).toEqual({ at_diagnosis: null });
    expect(generaliseCells(cells, AS_INDEXED, kindOf)).toEqual(cells);
  });
});

describe('what leaves of a dataset', () => {
  let index: SeededIndex;

  beforeEach(() => {
    index = new SeededIndex();
    const series = [{ bodyPart: CODES.breast, manufacturer: CODES.siemens }];
    index.addDataset(
      'd',
      index.add(...[3, 17, 40, 53.7, 59.9, 61].map((age, at) => ({ id: `p${at}`, sex: CODES.female, age, series }))),
    );
  });
  afterEach(() => index.close());

  function choose(choices: Partial<Generalisation>): void {
    index.database.prepare('UPDATE datasets SET generalisation_json = ?').run(JSON.stringify(choices));
  }

  it('has the same ages in SQL and in tables, for every choice', () => {
    const shown = index.database.prepare(`SELECT ${SHOWN.youngest} AS youngest, ${SHOWN.oldest} AS oldest
      FROM datasets JOIN dataset_series USING (dataset_id) JOIN series USING (series_uid) JOIN studies USING (study_uid)
      JOIN patients USING (patient_id) ORDER BY studies.age_years`);
    const rows = index.database
      .prepare(`SELECT age_years AS ageYears FROM series JOIN studies USING (study_uid) JOIN patients USING (patient_id)
        ORDER BY age_years`)
      .all() as Pick<typeof ROW, 'ageYears'>[];
    for (const [attribute, levels] of Object.entries(LEVELS)) {
      for (const level of levels) {
        choose({ [attribute]: level });
        const choices = { ...AS_INDEXED, [attribute]: level } as Generalisation;
        const expected = rows.map((row) => {
          const { ageYears } = generalise(row, choices);
          const years = typeof ageYears === 'string' ? ageYears.split('-').map(Number) : [ageYears, ageYears];
          const [youngest, oldest] = years.map((age) => (age == null ? null : Math.floor(age)));
          return { youngest, oldest };
        });
        expect([attribute, level, shown.all()]).toEqual([attribute, level, expected]);
      }
    }
  });

  it('has no finer ages in the figures of the catalogue record than the choices; of categories the counts, which the disclosure policy guards', () => {
    expect(datasetFigures(index.database, 'd').ageBands.map(({ from, to }) => `${from}-${to}`)).toEqual([
      '0-9',
      '10-19',
      '40-49',
      '50-59',
      '60-69',
    ]);
    choose({ age: 'bands-20', device: 'dropped', sex: 'dropped', bodyPart: 'dropped' });
    expect(datasetFigures(index.database, 'd')).toMatchObject({
      ageBands: [
        { from: 0, to: 19, patients: 2 },
        { from: 40, to: 59, patients: 3 },
        { from: 60, to: 79, patients: 1 },
      ],
      sexes: [{ code: CODES.female, patients: 6 }],
      manufacturers: [{ code: CODES.siemens, patients: 6 }],
      bodyParts: [{ code: CODES.breast, patients: 6 }],
      modalities: [{ code: CODES.MR, patients: 6 }],
    });
    choose({ age: 'dropped', modality: 'dropped' });
    expect(datasetFigures(index.database, 'd')).toMatchObject({
      ageBands: [],
      modalities: [{ patients: 6 }],
      patients: 6,
    });
  });

  it('answers the hub from the bands: one matches where all of it does', () => {
    const vocabularies = new VocabularyLookup(loadVocabularies());
    const search = new CollectionSearch(index.database, new AstCatalogue(vocabularies), vocabularies);
    const patients = (type: string, value: unknown) =>
      search.search({ operand: 'OR', children: [{ key: AGE, type, system: '', value } as never] })[0]?.patients;
    const within = { min: 50, max: 62 };
    expect([patients('BETWEEN', within), patients('GREATER_THAN', 55), patients('EQUALS', 61)]).toEqual([3, 2, 1]);
    choose({ age: 'bands-10' });
    expect([patients('BETWEEN', within), patients('GREATER_THAN', 55), patients('EQUALS', 61)]).toEqual([2, 1, 0]);
    expect(patients('NOT_EQUALS', 61)).toBe(5);
    choose({ age: 'dropped' });
    expect([patients('BETWEEN', within), patients('NOT_EQUALS', 61)]).toEqual([0, 0]);
    expect(search.search({ operand: 'OR', children: [] })[0]).toMatchObject({ patients: 6, ages: [] });
  });

  it('gives the hub both ends of a band, so that a range of ages holds everybody in it', () => {
    const vocabularies = new VocabularyLookup(loadVocabularies());
    const search = new CollectionSearch(index.database, new AstCatalogue(vocabularies), vocabularies);
    choose({ age: 'bands-20' });
    const ages = search.search({ operand: 'OR', children: [] })[0]?.ages.map(({ value }) => value);
    expect(ages?.toSorted((a, b) => a - b)).toEqual([0, 0, 19, 19, 40, 40, 40, 59, 59, 59, 60, 79]);
  });
});
