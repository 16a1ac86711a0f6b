import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Catalogue } from '../../node-agent/catalogue/catalogue.ts';
import type { IndexedValue } from '../../node-agent/catalogue/catalogue-writer.ts';
import { CohortQuery } from '../../node-agent/catalogue/cohort.ts';
import type { CohortFilter } from '../../node-agent/catalogue/cohort-condition.ts';
import { CATALOGUE_MIGRATIONS } from '../../node-agent/catalogue/schema.ts';
import { openDatabase, type SqliteDatabase } from '../../node-agent/store/database.ts';
import { LEDGER_MIGRATIONS } from '../../node-agent/store/ledger-schema.ts';
import { RandomSource } from '../phantom/random.ts';
import { counted } from '../support/soak.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { description, fileOf, openIndex, THREE_PATIENTS, valuesOf } from './fixtures.ts';

/** The kept sums, and the same counted from the entities themselves. */
const KEPT = {
  kinds: `SELECT sex, modality, stated_modality, body_part, manufacturer, series, instances, bytes FROM series_kinds
    WHERE series > 0 ORDER BY 1, 2, 3, 4, 5`,
  studies: `SELECT study_no, patient_no, sex, modality, stated_modality, body_part, manufacturer, study_kinds.series,
      study_kinds.instances, study_kinds.bytes FROM study_kinds JOIN series_kinds USING (kind_no)
    ORDER BY 1, 3, 4, 5, 6, 7`,
  facets: 'SELECT facet, value, studies FROM facet_sums ORDER BY 1, 2',
  words: 'SELECT rowid AS series_no FROM series_words ORDER BY 1',
};
const ENTITIES = `SELECT study_no, patient_no, series_no, COALESCE(sex_key, '') AS sex, COALESCE(modality_key, '') AS modality,
    COALESCE(modality, '') AS stated_modality, COALESCE(body_part_key, '') AS body_part,
    COALESCE(manufacturer_key, '') AS manufacturer, 1 AS series,
    (SELECT COUNT(*) FROM instances WHERE instances.series_uid = series.series_uid) AS instances,
    (SELECT COALESCE(SUM(bytes), 0) FROM instances WHERE instances.series_uid = series.series_uid) AS bytes
  FROM series JOIN studies USING (study_uid) JOIN patients USING (patient_id)`;
const RECOUNT = {
  kinds: `SELECT sex, modality, stated_modality, body_part, manufacturer, SUM(series) AS series,
    SUM(instances) AS instances, SUM(bytes) AS bytes FROM (${ENTITIES}) GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`,
  studies: `SELECT study_no, patient_no, sex, modality, stated_modality, body_part, manufacturer, SUM(series) AS series,
      SUM(instances) AS instances, SUM(bytes) AS bytes FROM (${ENTITIES}) GROUP BY 1, 2, 3, 4, 5, 6, 7
    ORDER BY 1, 3, 4, 5, 6, 7`,
  facets: ['sex', 'modality', 'body_part', 'manufacturer']
    .map(
      (facet) => `SELECT '${facet}' AS facet, ${facet} AS value, COUNT(DISTINCT study_no) AS studies
        FROM (${ENTITIES}) WHERE ${facet} <> '' GROUP BY 2`,
    )
    .join(' UNION ALL ')
    .concat(' ORDER BY 1, 2'),
  words: 'SELECT series_no FROM series ORDER BY 1',
};

function expectSumsOf(database: SqliteDatabase): void {
  expect(database.prepare('SELECT COUNT(*) FROM series_to_describe').pluck().get()).toBe(0);
  for (const name of ['kinds', 'studies', 'facets', 'words'] as const) {
    expect(database.prepare(KEPT[name]).all()).toEqual(database.prepare(RECOUNT[name]).all());
  }
}

const MODALITIES = ['CT', 'MR', 'XX', null];
const BODY_PARTS = ['LUNG', 'BREAST', 'TOE', null];
const MANUFACTURERS = ['SIEMENS', 'PHILIPS', 'ACME', null];
const PLANES = ['axial', 'sagittal', 'coronal'];

/** Few patients, studies and series, so that they meet again and again. */
function randomObject(random: RandomSource) {
  const patient = random.integer(1, 5);
  const study = `2.25.${patient}.${random.integer(1, 3)}`;
  const series = `${study}.${random.integer(1, 4)}`;
  return description({
    patientId: `GH-${patient}`,
    sex: random.pick(['F', 'M', null]),
    studyUid: study,
    studyDescription: random.pick(['MR Mamma', 'CT Thorax', null]),
    ageYears: random.pick([40, 50, null]),
    studyDate: random.pick(['2019-01-01', '2021-06-01', null]),
    seriesUid: series,
    modality: random.pick(MODALITIES),
    bodyPart: random.pick(BODY_PARTS),
    manufacturer: random.pick(MANUFACTURERS),
    instanceUid: `${series}.${random.integer(1, 6)}`,
  });
}

function planeOf(random: RandomSource): IndexedValue {
  const original = random.pick(PLANES);
  return { entity: 'series', attribute: 'plane', original, code: null, label: null, rule: 'exact', tableVersion: '1' };
}

describe('what is kept for searching', () => {
  it.each(Array.from({ length: counted(3, 40) }, (_, round) => `sums ${round}`))(
    'is what a recount finds, whatever was added, changed and removed (seed "%s")',
    (seed) => {
      const database = openIndex();
      const catalogue = new Catalogue(database);
      const random = new RandomSource(seed);
      for (let step = 0; step < 150; step += 1) {
        const object = randomObject(random);
        switch (random.integer(0, 12)) {
          case 0:
            database.transaction(() => catalogue.removePatient(object.patientId))();
            break;
          case 1:
            database.prepare('UPDATE series SET body_part_code = ? WHERE series_uid = ?').run('BP1', object.seriesUid);
            break;
          case 2:
            database.prepare('DELETE FROM instances WHERE instance_uid = ?').run(object.instanceUid);
            break;
          case 3:
            database.prepare('UPDATE patients SET sex_code = NULL WHERE patient_id = ?').run(object.patientId);
            break;
          case 4:
            // A transaction that is given up leaves nothing behind.
            try {
              database.transaction(() => {
                catalogue.add(object, valuesOf(object), fileOf(object));
                throw new Error('given up');
              })();
            } catch {}
            break;
          default:
            catalogue.add(
              object,
              [...valuesOf(object), planeOf(random)],
              fileOf(object, { bytes: random.integer(1, 9) }),
            );
        }
      }
      catalogue.counts();
      expectSumsOf(database);
      expectFilters(database, random);
      database.close();
    },
  );

  it('is carried over from an index of an earlier version', () => {
    const file = join(temporaryFolder(), 'index.db');
    const all = [...LEDGER_MIGRATIONS, ...CATALOGUE_MIGRATIONS];
    const before = openDatabase(
      file,
      all.filter(({ id }) => !id.startsWith('026')),
    );
    before.exec(EARLIER_ROWS);
    before.close();
    const database = openDatabase(file, all);
    const catalogue = new Catalogue(database);
    expect(catalogue.completeSearch()).toBe(false);
    expectSumsOf(database);
    expect(catalogue.searchStudies({ search: 'thorax' }, { offset: 0, limit: 9 }).rows).toMatchObject([
      { studyUid: '2.25.2', series: 2, instances: 2, bytes: 30 },
    ]);
    const { rows } = catalogue.searchStudies({}, { offset: 0, limit: 9 });
    expect(rows.map(({ studyUid }) => studyUid)).toEqual(['2.25.2', '2.25.1']);
    const [first] = THREE_PATIENTS;
    if (first)
      catalogue.add(description({ studyUid: '2.25.9', seriesUid: '2.25.9.1' }), valuesOf(first), fileOf(first));
    expectSumsOf(database);
    database.close();
  });

  it('gives numbers that nobody has, also after VACUUM and removals', () => {
    const database = openIndex();
    const catalogue = new Catalogue(database);
    const add = (name: number) => {
      const uids = { studyUid: `2.25.${name}`, seriesUid: `2.25.${name}.1`, instanceUid: `2.25.${name}.1.1` };
      const object = description({ patientId: `GH-${name}`, ...uids });
      catalogue.add(object, valuesOf(object), fileOf(object));
    };
    for (const name of [1, 2, 3, 4]) add(name);
    for (const name of [2, 3]) database.transaction(() => catalogue.removePatient(`GH-${name}`))();
    database.exec('VACUUM');
    for (const name of [5, 6, 7]) add(name);
    expectSumsOf(database);
    expect(catalogue.counts()).toMatchObject({ patients: 5, studies: 5, series: 5 });
  });
});

const EARLIER_ROWS = `
  INSERT INTO patients (patient_id, sex_original, first_indexed_at) VALUES ('GH-1', 'F', '2026-01-01'), ('GH-2', NULL, '2026-01-01');
  INSERT INTO studies (study_uid, patient_id, description, indexed_at)
    VALUES ('2.25.2', 'GH-2', 'CT Thorax', '2026-01-02'), ('2.25.1', 'GH-1', 'MR Mamma', '2026-01-01');
  INSERT INTO series (series_uid, study_uid, number, modality, body_part)
    VALUES ('2.25.2.2', '2.25.2', 2, 'KO', NULL), ('2.25.2.1', '2.25.2', 1, 'CT', 'LUNG'), ('2.25.1.1', '2.25.1', 1, 'MR', 'BREAST');
  INSERT INTO instances (instance_uid, series_uid, object_id, file, sop_class_uid, transfer_syntax_uid, frames, bytes,
      content_hash, profile_hash, indexed_at)
    VALUES ('a', '2.25.2.1', 'a', 'a', 'c', 't', 1, 10, 'h', 'p', '2026-01-01'), ('b', '2.25.2.2', 'b', 'b', 'c', 't', 1, 20, 'h', 'p', '2026-01-01'),
      ('c', '2.25.1.1', 'c', 'c', 'c', 't', 1, 30, 'h', 'p', '2026-01-01');`;

/** Random filters by the search and by going through the entities one by one. */
function expectFilters(database: SqliteDatabase, random: RandomSource): void {
  const cohorts = new CohortQuery(database);
  const catalogue = new Catalogue(database);
  for (let round = 0; round < 30; round += 1) {
    const filter: CohortFilter = {
      ...(random.integer(0, 1) ? { modality: [random.pick(['CT', 'MR', 'IMG1000026'])] } : {}),
      ...(random.integer(0, 2) ? {} : { bodyPart: [random.pick(['Lung', 'TOE', 'BP1'])] }),
      ...(random.integer(0, 2) ? {} : { sex: [random.pick(['F', 'M', 'Female'])] }),
      ...(random.integer(0, 2) ? {} : { attributes: { plane: [random.pick(PLANES)] } }),
      ...(random.integer(0, 3) ? {} : { ageFrom: 45 }),
      ...(random.integer(0, 3) ? {} : { yearTo: 2020 }),
      ...(random.integer(0, 3) ? {} : { search: random.pick(['mamma', 'thorax', '2.25.1', 'GH-2']) }),
    };
    const series = seriesOneByOne(database, filter);
    expect(cohorts.series(filter)).toEqual(series.map(({ uid }) => uid).sort());
    expect(cohorts.counts(filter)).toEqual(countsOf(database, series, filter));
    const studies = new Set(series.map(({ study }) => study));
    const everything = Object.keys(filter).length === 0;
    const { total, rows } = catalogue.searchStudies(filter, { offset: 0, limit: 200 });
    expect([total, rows.length]).toEqual([total, total]);
    if (!everything) expect(new Set(rows.map(({ studyUid }) => studyUid))).toEqual(studies);
    const { modality: _, ...others } = filter;
    const byModality = Map.groupBy(seriesOneByOne(database, others), ({ modalityKey }) => modalityKey);
    for (const { value, studies: count } of catalogue.facets(filter).modality) {
      expect(count).toBe(new Set(byModality.get(value)?.map(({ study }) => study)).size);
    }
  }
}

interface SeriesFacts {
  readonly uid: string;
  readonly study: string;
  readonly patient: string;
  readonly sexKey: string | null;
  readonly sexOriginal: string | null;
  readonly modality: string | null;
  readonly modalityKey: string | null;
  readonly bodyPartKey: string | null;
  readonly age: number | null;
  readonly date: string | null;
  readonly texts: string;
  readonly plane: string | null;
}

const LABELS: Readonly<Record<string, string>> = { Lung: 'BP1000113', Female: 'COM1001370' };

function seriesOneByOne(database: SqliteDatabase, filter: CohortFilter): SeriesFacts[] {
  const all = database
    .prepare(`SELECT series_uid AS uid, study_uid AS study, patient_id AS patient, sex_key AS sexKey,
        sex_original AS sexOriginal, modality, modality_key AS modalityKey, body_part_key AS bodyPartKey, age_years AS age,
        study_date AS date, COALESCE(studies.description, '') AS texts, (SELECT original FROM harmonised_values
          WHERE entity = 'series' AND entity_id = series_uid AND attribute = 'plane') AS plane
      FROM series JOIN studies USING (study_uid) JOIN patients USING (patient_id)`)
    .all() as SeriesFacts[];
  const fits = (wanted: readonly string[] | undefined, ...values: (string | null)[]) =>
    wanted === undefined || wanted.some((value) => values.includes(value) || values.includes(LABELS[value] ?? ''));
  const search = filter.search?.toLowerCase();
  return all.filter(
    (one) =>
      fits(filter.modality, one.modality, one.modalityKey) &&
      fits(filter.bodyPart, one.bodyPartKey) &&
      fits(filter.sex, one.sexKey) &&
      fits(filter.attributes?.plane, one.plane) &&
      (filter.ageFrom === undefined || (one.age !== null && one.age >= filter.ageFrom)) &&
      (filter.yearTo === undefined || (one.date !== null && Number(one.date.slice(0, 4)) <= filter.yearTo)) &&
      (search === undefined ||
        one.texts.toLowerCase().includes(search) ||
        [one.uid, one.study, one.patient].some((id) => id.toLowerCase().startsWith(search))),
  );
}

function countsOf(database: SqliteDatabase, series: readonly SeriesFacts[], filter: CohortFilter) {
  const everything = Object.keys(filter).length === 0;
  const sizes = database
    .prepare(`SELECT COUNT(*) AS instances, COALESCE(SUM(bytes), 0) AS bytes FROM instances
      WHERE series_uid IN (SELECT value FROM json_each(?))`)
    .get(JSON.stringify(series.map(({ uid }) => uid))) as { instances: number; bytes: number };
  const all = (table: string) => database.prepare(`SELECT COUNT(*) FROM ${table}`).pluck().get() as number;
  return {
    patients: everything ? all('patients') : new Set(series.map(({ patient }) => patient)).size,
    studies: everything ? all('studies') : new Set(series.map(({ study }) => study)).size,
    series: series.length,
    ...sizes,
  };
}
