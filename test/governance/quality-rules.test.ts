import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withScope } from '../../node-agent/governance/dataset-scope.ts';
import { loadObjectKinds } from '../../node-agent/governance/quality/object-kinds.ts';
import { checkQuality, type Quality } from '../../node-agent/governance/quality/quality-check.ts';
import { loadQualityRules } from '../../node-agent/governance/quality/quality-rules.ts';
import { RULE_SQL } from '../../node-agent/governance/quality/rule-sql.ts';
import { CODES, manyPatients, SeededIndex, type SeededSeries } from '../compute/seeded-index.ts';

const NOW = new Date('2026-06-01T12:00:00.000Z');
const tables = { rules: loadQualityRules(), kinds: loadObjectKinds() };
const PIXELS = 'a'.repeat(64);
const PICTURE = '0123456789abcdef'.repeat(4);

let index: SeededIndex;
let series: string[];

beforeEach(() => {
  index = new SeededIndex();
  const whole: SeededSeries = { bodyPart: CODES.breast, manufacturer: CODES.siemens };
  series = index.add(...manyPatients('p', 3, { sex: CODES.female, age: 50, series: [whole] }), {
    id: 'two',
    sex: CODES.female,
    age: 60,
    series: [whole, whole],
  });
  sql(`UPDATE studies SET study_date = '2021-03-04'`);
  sql('UPDATE instances SET rows = 8, columns = 8, number = 1');
  sql(`UPDATE object_examinations SET frames = 'decoded'`);
});
afterEach(() => index.close());

const sql = (text: string, ...values: unknown[]) => index.database.prepare(text).run(...values);
/** Series 2.25.2.n, instance 2.25.3.n: 2, 4, 6 of three patients, 8 and 9 of the fourth. */
const hashOf = (number: number) => String(number).padStart(64, '0');
const instance = (number: number) => `2.25.3.${number}`;
const examined = (number: number, found: Parameters<SeededIndex['examined']>[1]) =>
  index.examined(hashOf(number), { instanceUid: instance(number), frames: 'decoded', ...found });

function quality(): Quality {
  return withScope(index.database, { datasetId: 'none', seriesUids: series }, () =>
    checkQuality(index.database, tables, NOW),
  );
}

/** Rules with a finding, and how many. */
function findings(): Record<string, number> {
  return Object.fromEntries(
    quality().findings.flatMap(({ rule, offending }) => (offending > 0 ? [[rule.id, offending]] : [])),
  );
}

function clinical(patientId: string, table: string, cells: Record<string, string>): void {
  sql(`INSERT OR IGNORE INTO clinical_imports (import_id, state, format, mapping, model_version, by, at, counts_json)
    VALUES (1, 'imported', 'csv', 'm', '1', 'ada', '2026-01-01', '{}')`);
  sql(
    'INSERT INTO clinical_rows (table_name, row_key, patient_id, cells_json, import_id) VALUES (?, ?, ?, ?, 1)',
    table,
    `${table} ${patientId}`,
    patientId,
    JSON.stringify(cells),
  );
}

describe('the rules of quality', () => {
  it('each have an evaluator, and each evaluator a rule', () => {
    const ids = tables.rules.rules.map(({ id }) => id).filter((id) => id !== 'uniqueness.near-duplicates');
    expect(Object.keys(RULE_SQL).sort()).toEqual(ids.sort());
  });

  it('find nothing in a dataset that is as it should be, which scores 100', () => {
    expect(findings()).toEqual({});
    expect(quality()).toMatchObject({ total: 100, rulesVersion: tables.rules.version });
  });

  it('have nothing to say of an empty dataset, which has no score', () => {
    series = [];
    const { total, scores } = quality();
    expect([total, ...scores.map(({ score }) => score)]).toEqual([null, null, null, null, null, null]);
  });

  it.each<[string, number, () => void]>([
    ['completeness.modality', 1, () => sql(`UPDATE series SET modality = NULL WHERE series_uid = '2.25.2.4'`)],
    ['completeness.body-part', 1, () => sql(`UPDATE series SET body_part_code = NULL WHERE series_uid = '2.25.2.4'`)],
    [
      'completeness.manufacturer',
      1,
      () => sql(`UPDATE series SET manufacturer_code = NULL WHERE series_uid = '2.25.2.4'`),
    ],
    ['completeness.study-date', 4, () => sql('UPDATE studies SET study_date = NULL')],
    ['completeness.age', 4, () => sql('UPDATE studies SET age_years = NULL')],
    ['completeness.sex', 1, () => sql(`UPDATE patients SET sex_code = NULL WHERE patient_id = 'two'`)],
    ['completeness.clinical', 3, () => clinical('two', 'patient', { patient_birth_sex: `EUCAIM:${CODES.female}` })],
    [
      'uniqueness.pixels-across-patients',
      2,
      () => {
        examined(2, { pixelHash: PIXELS });
        examined(4, { pixelHash: PIXELS });
      },
    ],
    [
      'uniqueness.pixels-within-patient',
      2,
      () => {
        examined(8, { pixelHash: PIXELS });
        examined(9, { pixelHash: PIXELS });
      },
    ],
    [
      'uniqueness.near-duplicates',
      2,
      () => {
        examined(2, { imageHash: PICTURE });
        examined(4, { imageHash: `${PICTURE.slice(0, -1)}7` });
        examined(6, { imageHash: PICTURE.replaceAll('0', 'f') });
      },
    ],
    [
      'validity.vocabulary',
      1,
      () =>
        sql(`INSERT INTO harmonised_values (entity, entity_id, attribute, original, rule, table_version, at)
          VALUES ('series', '2.25.2.4', 'body_part', 'ELBOW?', 'unmapped', '1', '2026-01-01')`),
    ],
    [
      'validity.sureness',
      1,
      () =>
        sql(`INSERT INTO harmonised_values (entity, entity_id, attribute, original, code, rule, table_version, at, confidence)
          VALUES ('series', '2.25.2.4', 'body_part', 'x', 'BP1000136', 'description', '1', '2026-01-01', 0.3)`),
    ],
    ['validity.age', 1, () => sql(`UPDATE studies SET age_years = 130 WHERE patient_id = 'two'`)],
    ['validity.study-date', 1, () => sql(`UPDATE studies SET study_date = '2027-01-01' WHERE patient_id = 'two'`)],
    ['validity.image-size', 1, () => sql('UPDATE instances SET columns = 0 WHERE instance_uid = ?', instance(4))],
    ['consistency.modality-and-class', 1, () => sql(`UPDATE series SET modality = 'CT' WHERE series_uid = '2.25.2.4'`)],
    [
      'consistency.sex-and-body-part',
      1,
      () => sql('UPDATE series SET body_part_code = ? WHERE series_uid = ?', CODES.prostate, '2.25.2.4'),
    ],
    [
      'consistency.image-size-in-series',
      1,
      () => sql(`UPDATE instances SET series_uid = '2.25.2.8', columns = 9 WHERE instance_uid = '2.25.3.9'`),
    ],
    [
      'consistency.class-in-series',
      1,
      () =>
        sql(`UPDATE instances SET series_uid = '2.25.2.8', sop_class_uid = '1.2.840.10008.5.1.4.1.1.7'
          WHERE instance_uid = '2.25.3.9'`),
    ],
    [
      'consistency.ages-and-dates',
      1,
      () =>
        sql(`INSERT INTO studies (study_uid, patient_id, study_date, age_years, indexed_at)
          VALUES ('2.25.77', 'two', '2022-03-04', 64, '2026-01-01')`) &&
        sql(`UPDATE series SET study_uid = '2.25.77' WHERE series_uid = '2.25.2.9'`),
    ],
    [
      'validity.quantities',
      1,
      () =>
        sql(`INSERT INTO value_findings (entity, entity_id, attribute, rule, sentence, at)
          VALUES ('series', '2.25.2.4', 'dose', 'out-of-range', 'Too much.', '2026-01-01')`),
    ],
    [
      'integrity.geometry',
      1,
      () =>
        sql(`INSERT INTO series_states (series_uid, findings_json) VALUES ('2.25.2.2', '[]'),
          ('2.25.2.4', '[{"name":"missing-slices","severity":"warning","sentence":"One is missing."}]')`),
    ],
    ['integrity.examined', 1, () => sql('DELETE FROM object_examinations WHERE content_hash = ?', hashOf(4))],
    ['integrity.file', 1, () => examined(4, { file: 'unreadable' })],
    ['integrity.hash', 1, () => examined(4, { file: 'changed' })],
    ['integrity.identity', 1, () => examined(4, { instanceUid: '2.25.99' })],
    ['integrity.frames', 1, () => examined(4, { frames: 'broken' })],
    ['integrity.frames-unseen', 1, () => examined(4, { frames: 'not-here' })],
    ['integrity.references', 1, () => examined(4, { references: ['2.25.404', instance(2)] })],
  ])('find, by %s, %i items', (id, offending, spoil) => {
    spoil();
    expect(findings()).toEqual({ [id]: offending });
    const { total } = quality();
    expect(total).toBeLessThan(100);
  });

  it('find two objects of the same content, and that both files state the same SOP Instance UID', () => {
    sql('UPDATE instances SET content_hash = ? WHERE instance_uid = ?', hashOf(2), instance(4));
    expect(findings()).toEqual({ 'uniqueness.content': 2, 'uniqueness.uid': 2, 'integrity.identity': 1 });
  });

  it('find a SOP Instance UID that two files state', () => {
    examined(4, { instanceUid: instance(2) });
    expect(findings()).toEqual({ 'uniqueness.uid': 2, 'integrity.identity': 1 });
  });

  it('find a gap in the instance numbers of a stack of slices', () => {
    const add = (number: number) =>
      index.database.exec(`INSERT INTO instances (instance_uid, series_uid, object_id, file, sop_class_uid, transfer_syntax_uid,
          number, rows, columns, frames, bytes, content_hash, profile_hash, indexed_at)
        SELECT instance_uid || '.${number}', series_uid, object_id || '.${number}', file, sop_class_uid, transfer_syntax_uid,
          ${number}, 8, 8, 1, bytes, content_hash || '${number}', profile_hash, indexed_at
        FROM instances WHERE instance_uid = '2.25.3.4'`);
    for (const number of [2, 3]) add(number);
    expect(findings()['integrity.slices']).toBeUndefined();
    add(5);
    expect(findings()['integrity.slices']).toBe(1);
  });

  it('find images and clinical data that disagree on sex and age', () => {
    for (const id of ['p-0', 'p-1', 'p-2', 'two']) {
      const sex = id === 'two' ? CODES.male : CODES.female;
      clinical(id, 'patient', { patient_birth_sex: `EUCAIM:${sex}` });
      clinical(id, 'cancer_condition', { cancer_condition_age_at_diagnosis: id === 'p-1' ? '33.3' : '51.0' });
    }
    expect(findings()).toEqual({ 'consistency.clinical-sex': 1, 'consistency.clinical-age': 1 });
  });

  it('score a dimension by the shares of its rules, weighted by severity, rounded down', () => {
    // uniqueness: uid and content (error, 3 each) whole; across patients (3) 2 of 3 wrong; within patient (2) whole of 3
    for (const number of [2, 4]) examined(number, { pixelHash: PIXELS });
    examined(6, { pixelHash: 'b'.repeat(64) });
    const { scores, total } = quality();
    const expected = Math.floor((1000 * (3 + 3 + 3 * (1 / 3) + 2)) / 11) / 10;
    expect(scores.find(({ dimension }) => dimension === 'uniqueness')?.score).toBe(expected);
    expect(total).toBe(Math.floor((10 * (400 + expected)) / 5) / 10);
  });

  it('are refused when the table is wrong, with the file and the place', () => {
    expect(() => loadQualityRules('/nowhere.json')).toThrow(/The quality rules \/nowhere\.json cannot be used/);
    expect(() => loadObjectKinds('/nowhere.json')).toThrow(/The kinds of objects \/nowhere\.json cannot be used/);
  });
});
