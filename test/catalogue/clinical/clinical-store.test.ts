import { beforeEach, expect, test } from 'vitest';
import { Catalogue } from '../../../node-agent/catalogue/catalogue.ts';
import {
  CLINICAL_SQL,
  ClinicalRowTaken,
  type ClinicalRowToWrite,
  ClinicalStore,
} from '../../../node-agent/catalogue/clinical/clinical-store.ts';
import { CATALOGUE_MIGRATIONS } from '../../../node-agent/catalogue/schema.ts';
import { openDatabase, type SqliteDatabase } from '../../../node-agent/store/database.ts';
import { LEDGER_MIGRATIONS } from '../../../node-agent/store/ledger-schema.ts';

let database: SqliteDatabase;
let store: ClinicalStore;

beforeEach(() => {
  database = openDatabase(':memory:', [...LEDGER_MIGRATIONS, ...CATALOGUE_MIGRATIONS]);
  store = new ClinicalStore(database, () => new Date('2026-11-28T12:00:00Z'));
});

const FACTS = { format: 'csv', mapping: 'breast v1', modelVersion: '1', by: 'anna', counts: { patients: 1 } };

function row(patientId: string, table = 'patient', key = patientId): ClinicalRowToWrite {
  const sex = { column: 'patient_birth_sex', original: 'w', code: 'COM1001370', label: 'Female', rule: 'mapping' };
  return {
    table,
    key,
    patientId,
    cells: { patient_id: patientId, patient_birth_sex: 'EUCAIM:COM1001370' },
    values: [{ ...sex, tableVersion: '1' }],
  };
}

test('what is written is read again, with how each code came about', () => {
  const id = store.write(FACTS, [row('GH-A'), row('GH-B')]);
  expect(store.rowsOf(['GH-A'])).toEqual([
    { table: 'patient', key: 'GH-A', patientId: 'GH-A', cells: row('GH-A').cells },
  ]);
  expect(store.valuesOf('patient', 'GH-A')).toEqual(row('GH-A').values);
  expect(store.counts()).toEqual({ patients: 2, tables: [{ table: 'patient', rows: 2 }] });
  expect(store.imports()).toMatchObject([{ id, state: 'imported', rows: 2, by: 'anna', counts: { patients: 1 } }]);
});

test('of an import with a row that is there already nothing is written', () => {
  store.write(FACTS, [row('GH-A')]);
  expect(() => store.write(FACTS, [row('GH-B'), row('GH-A')])).toThrow(ClinicalRowTaken);
  expect(store.counts().patients).toBe(1);
  expect(store.imports()).toHaveLength(1);
});

test('a withdrawn import leaves its entry and none of its rows, and can be imported again', () => {
  const id = store.write(FACTS, [row('GH-A')]);
  expect(store.withdraw(id, 'berta')).toBe(1);
  expect(store.withdraw(id, 'berta')).toBeUndefined();
  expect(store.rowsOf(['GH-A'])).toEqual([]);
  expect(store.imports()).toMatchObject([{ state: 'withdrawn', withdrawnBy: 'berta', rows: 0 }]);
  expect(() => store.write(FACTS, [row('GH-A')])).not.toThrow();
});

test('a patient taken out of the index takes the clinical rows along, provenance included', () => {
  store.write(FACTS, [row('GH-A'), row('GH-A', 'procedure', 'GH-A-procedure-1'), row('GH-B')]);
  new Catalogue(database).removePatient('GH-A');
  expect(store.rowsOf(['GH-A', 'GH-B']).map(({ patientId }) => patientId)).toEqual(['GH-B']);
  expect(database.prepare('SELECT COUNT(*) FROM clinical_values').pluck().get()).toBe(1);
});

test('rows of patients and of an import are found by an index', () => {
  for (const sql of [CLINICAL_SQL.ofPatients, CLINICAL_SQL.removePatient, CLINICAL_SQL.removeImport]) {
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all('x') as { detail: string }[];
    expect(plan.map(({ detail }) => detail).join('\n')).toMatch(
      /clinical_rows USING (COVERING )?INDEX clinical_rows_by_/,
    );
  }
});
