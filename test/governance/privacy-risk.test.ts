import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadClinicalColumns } from '../../node-agent/catalogue/generalisation/clinical-columns.ts';
import { AS_INDEXED, type Generalisation } from '../../node-agent/catalogue/generalisation/generalisation.ts';
import { withScope } from '../../node-agent/governance/dataset-scope.ts';
import { type PrivacyRisk, privacyRisk } from '../../node-agent/governance/privacy-risk/privacy-risk.ts';
import { runSeed } from '../agent/phantom-folder.ts';
import { CODES, manyPatients, SeededIndex, type SeededPatient } from '../compute/seeded-index.ts';
import { RandomSource } from '../phantom/random.ts';

const LIMITS = { block: 3, warn: 10 };
const columns = loadClinicalColumns();

let index: SeededIndex;
let series: string[];

beforeEach(() => {
  index = new SeededIndex();
  series = [];
});
afterEach(() => index.close());

function add(...patients: SeededPatient[]): void {
  series.push(...index.add(...patients));
}

function risk(choices: Partial<Generalisation> = {}): PrivacyRisk {
  return withScope(index.database, { datasetId: 'none', seriesUids: series }, () =>
    privacyRisk(index.database, columns, { ...AS_INDEXED, ...choices }, LIMITS),
  );
}

function setEach(table: 'studies' | 'series', column: string, values: readonly (string | number)[]): void {
  const key = table === 'studies' ? 'study_uid' : 'series_uid';
  const ids = index.database.prepare(`SELECT ${key} FROM ${table} ORDER BY rowid`).pluck().all();
  const set = index.database.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${key} = ?`);
  for (const [at, id] of ids.entries()) set.run(values[at % values.length], id);
}

function clinical(patientId: string, table: string, cells: Record<string, string>): void {
  index.database
    .prepare(`INSERT OR IGNORE INTO clinical_imports (import_id, state, format, mapping, model_version, by, at, counts_json)
      VALUES (1, 'imported', 'csv', 'm', '1', 'ada', '2026-01-01', '{}')`)
    .run();
  index.database
    .prepare(
      `INSERT INTO clinical_rows (table_name, row_key, patient_id, cells_json, import_id) VALUES (?, ?, ?, ?, 1)`,
    )
    .run(table, `${table} ${patientId}`, patientId, JSON.stringify(cells));
}

describe('the privacy risk of a dataset', () => {
  it('counts patients who look alike in everything that would be visible', () => {
    add(...manyPatients('w', 5, { sex: CODES.female, age: 50 }), ...manyPatients('m', 3, { sex: CODES.male, age: 50 }));
    add({ id: 'alone', sex: CODES.female, age: 81, series: [{}] });
    expect(risk()).toMatchObject({ patients: 9, k: 1, uniques: 1, belowBlock: 1, belowWarn: 9 });
    expect(risk({ age: 'dropped' })).toMatchObject({ k: 3, uniques: 0, belowBlock: 0, belowWarn: 9 });
    expect(risk({ age: 'dropped', sex: 'dropped' })).toMatchObject({ k: 9, belowWarn: 9 });
  });

  it('takes the whole record set of a patient: one more study of another kind tells them apart', () => {
    add(...manyPatients('p', 4, { sex: CODES.female, age: 50, series: [{ modality: 'MR' }] }));
    add({ id: 'two', sex: CODES.female, age: 50, series: [{ modality: 'MR' }, { modality: 'CT' }] });
    expect(risk()).toMatchObject({ k: 1, uniques: 1 });
    expect(risk({ modality: 'dropped' })).toMatchObject({ k: 5, uniques: 0 });
  });

  it('names the attributes that cause it, and what each choice would gain', () => {
    add(...manyPatients('p', 12, { sex: CODES.female, age: 50 }));
    setEach('series', 'model', ['Skyra', 'Aera', 'Vida', 'Sola', 'Avanto', 'Espree']);
    const found = risk();
    expect(found).toMatchObject({ k: 2, belowBlock: 12, causes: [['device']] });
    expect(found.attributes[0]).toMatchObject({ id: 'device', title: 'Device', level: 'model' });
    const k = found.attributes[0]?.levels.map((level) => [level.level, level.k]);
    expect(k).toEqual([
      ['model', 2],
      ['manufacturer', 12],
      ['dropped', 12],
    ]);
    expect(found.attributes.find(({ id }) => id === 'sex')?.levels.at(-1)).toMatchObject({ k: 2, belowBlock: 12 });
  });

  it('names causes together where no one of them is enough', () => {
    add(...manyPatients('p', 12, { sex: CODES.female, age: 50 }));
    setEach('series', 'model', ['Skyra', 'Aera', 'Vida', 'Sola', 'Avanto', 'Espree']);
    setEach('studies', 'study_date', [
      '2021-01-01',
      '2021-02-03',
      '2021-03-05',
      '2021-04-07',
      '2021-05-09',
      '2021-06-11',
      '2021-07-01',
    ]);
    expect(risk().causes).toEqual([['date', 'device']]);
    expect(risk({ date: 'year', device: 'manufacturer' }).causes).toEqual([]);
  });

  it('suggests choices that reach ten, and gives away nothing that need not go', () => {
    add(...manyPatients('p', 24, { sex: CODES.female }));
    setEach('studies', 'age_years', [50.1, 51.2, 52.3, 53.4, 54.5, 55.6]);
    setEach('studies', 'study_date', ['2021-01-01', '2021-02-03', '2021-03-05', '2021-04-07']);
    const { suggestion } = risk();
    expect(suggestion).toMatchObject({
      k: 24,
      choices: { age: 'bands-10', sex: 'kept', modality: 'kept', device: 'model', date: 'year' },
    });
    expect(risk(suggestion?.choices)).toMatchObject({ k: 24, suggestion: null });
  });

  it('suggests what can at least be released where ten cannot be reached, and nothing where three cannot', () => {
    add(...manyPatients('p', 4, { sex: CODES.female }));
    setEach('studies', 'age_years', [50, 61, 72, 83]);
    expect(risk().suggestion).toMatchObject({ k: 4, choices: { age: 'dropped' } });
    index.close();
    index = new SeededIndex();
    series = index.add(...manyPatients('p', 2, {}));
    expect(risk()).toMatchObject({ k: 2, suggestion: null });
  });

  it('counts clinical values that others may know, each column one that can be left out', () => {
    add(...manyPatients('p', 12, { sex: CODES.female, age: 50 }));
    for (let at = 0; at < 12; at += 1) {
      clinical(`p-${at}`, 'patient', { patient_id: `p-${at}`, patient_ethnicity: `E${at % 6}`, lab_value: `${at}` });
      clinical(`p-${at}`, 'cancer_condition', { cancer_condition_asserted_date: `2021-03-${10 + at}` });
      clinical(`p-${at}`, 'image_series', { series_acquisition_date: `2021-03-${10 + at}` });
    }
    const found = risk();
    expect(found).toMatchObject({ k: 1, uniques: 12 });
    expect(
      found.attributes
        .filter((one) => one.clinical)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['cancer_condition_asserted_date', 'patient_ethnicity']);
    expect(risk({ date: 'month' })).toMatchObject({ k: 2, causes: [['patient_ethnicity']] });
    expect(risk({ date: 'month', clinicalColumns: ['patient_ethnicity'] })).toMatchObject({ k: 12 });
    expect(found.suggestion).toMatchObject({ k: 12 });
    expect(found.suggestion?.choices.clinicalColumns).toEqual(['patient_ethnicity']);
  });

  it('says of an empty dataset that nobody is at risk and nothing is known', () => {
    expect(risk()).toMatchObject({ patients: 0, k: 0, uniques: 0, suggestion: null, causes: [] });
  });

  it('agrees with counting the plain way, for many patients and all choices', () => {
    const seed = runSeed('privacy risk');
    const random = new RandomSource(`risk/${seed}`);
    const pick = <T>(values: readonly T[]) => values[Math.floor(random.next() * values.length)] as T;
    add(
      ...Array.from({ length: 80 }, (_, at) => ({
        id: `r${String(at).padStart(2, '0')}`,
        sex: pick([CODES.male, CODES.female, null]),
        age: pick([20, 34.5, 39.9, 40, 61]),
        series: Array.from({ length: 1 + Math.floor(random.next() * 2) }, () => ({
          modality: pick(['MR', 'CT'] as const),
          bodyPart: pick([CODES.breast, CODES.prostate, null]),
          manufacturer: pick([CODES.siemens, CODES.ge]),
        })),
      })),
    );
    for (const age of ['exact', 'bands-20', 'dropped'] as const) {
      for (const device of ['model', 'dropped'] as const) {
        for (const bodyPart of ['kept', 'dropped'] as const) {
          expect([seed, age, device, bodyPart, risk({ age, device, bodyPart }).k]).toEqual([
            seed,
            age,
            device,
            bodyPart,
            plainK({ age, device, bodyPart }),
          ]);
        }
      }
    }
  });

  function plainK(choices: { age: string; device: string; bodyPart: string }): number {
    const rows = index.database
      .prepare(`SELECT patient_id AS id, sex_code AS sex, age_years AS age, modality, body_part_code AS part,
        manufacturer_code AS maker FROM series JOIN studies USING (study_uid) JOIN patients USING (patient_id)`)
      .all() as Record<string, string | number | null>[];
    const sets = new Map<unknown, Set<string>>();
    for (const { id, sex, age, modality, part, maker } of rows) {
      const shownAge = choices.age === 'dropped' ? '' : choices.age === 'exact' ? age : Math.floor(Number(age) / 20);
      const shown = [sex, shownAge, modality, choices.bodyPart === 'kept' && part, choices.device === 'model' && maker];
      sets.set(id, (sets.get(id) ?? new Set()).add(shown.join('/')));
    }
    const keys = [...sets.values()].map((set) => [...set].sort().join('+'));
    return Math.min(...keys.map((key) => keys.filter((other) => other === key).length));
  }
});
