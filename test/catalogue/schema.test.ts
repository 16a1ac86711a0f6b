import { describe, expect, it } from 'vitest';
import { CATALOGUE_MIGRATIONS } from '../../node-agent/catalogue/schema.ts';
import { openDatabase, type SqliteDatabase } from '../../node-agent/store/database.ts';

const upTo = (count: number) => openDatabase(':memory:', CATALOGUE_MIGRATIONS.slice(0, count));
const tables = (database: SqliteDatabase) =>
  database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`).pluck().all();
const addSeries = `INSERT INTO patients (patient_id, sex_original, first_indexed_at) VALUES ('p', 'F', 't');
  INSERT INTO studies (study_uid, patient_id, indexed_at) VALUES ('1', 'p', 't');
  INSERT INTO series (series_uid, study_uid, modality) VALUES ('1.1', '1', 'MR')`;

describe('the migrations of the catalogue', () => {
  it('create the index, where a study needs its patient', () => {
    const database = upTo(1);
    expect(tables(database)).toEqual(expect.arrayContaining(['patients', 'studies', 'series', 'instances']));
    expect(() =>
      database.exec(`INSERT INTO studies (study_uid, patient_id, indexed_at) VALUES ('1', 'p', 't')`),
    ).toThrow(/FOREIGN KEY/);
  });

  it('filter by the code, and by the original as long as there is none', () => {
    const database = upTo(1);
    database.exec(addSeries);
    const key = () => database.prepare('SELECT modality_key FROM series').pluck().get();
    expect(key()).toBe('MR');
    database.exec(`UPDATE series SET modality_code = 'IMG1000022'`);
    expect(key()).toBe('IMG1000022');
  });

  it('create the provenance of harmonised values, one per entity and attribute', () => {
    const database = upTo(2);
    const add = `INSERT INTO harmonised_values VALUES ('series', '1.1', 'modality', 'MR', NULL, NULL, 'unmapped', '1', 't')`;
    database.exec(add);
    expect(() => database.exec(add)).toThrow(/UNIQUE/);
  });

  it('create datasets, whose members have to exist and whose states are the known ones', () => {
    const database = upTo(3);
    database.exec(addSeries);
    const add = (id: string, state: string) =>
      database.exec(`INSERT INTO datasets VALUES ('${id}', 'T', 'D', 'C', 'L', '${state}', '{}', 'P', 'e', '[]', 'p',
        'u', 'anna', 't', NULL)`);
    add('d', 'draft');
    expect(() => add('e', 'lost')).toThrow(/CHECK/);
    database.exec(`INSERT INTO dataset_series VALUES ('d', '1.1')`);
    expect(() => database.exec(`INSERT INTO dataset_series VALUES ('d', '1.2')`)).toThrow(/FOREIGN KEY/);
  });
});
