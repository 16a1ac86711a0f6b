/** The clinical rows of the index: tables of the common data model, one row per record of a patient, without an identifier. */
import type { Statement } from 'better-sqlite3';
import type { SqliteDatabase } from '../../store/database.ts';

/** How a coded or converted cell came about. */
export interface ClinicalValue {
  readonly column: string;
  /** The source's word for a code; null where it could identify (dates, numbers, ids). */
  readonly original: string | null;
  readonly code: string | null;
  readonly label: string | null;
  readonly rule: string;
  readonly tableVersion: string;
}

export interface ClinicalRow {
  /** Of the common data model. */
  readonly table: string;
  /** Unique within the table. */
  readonly key: string;
  /** The pseudonym. */
  readonly patientId: string;
  /** Column of the model to the text of the cell in the common file structure. */
  readonly cells: Readonly<Record<string, string>>;
  /** Days from the patient's reference day to the dates of the row, where dates were changed and the caller asks. */
  readonly days?: Readonly<Record<string, number>>;
}

export interface ClinicalRowToWrite extends ClinicalRow {
  readonly values: readonly ClinicalValue[];
}

export interface ClinicalImportFacts {
  readonly format: string;
  /** Name and version. */
  readonly mapping: string;
  readonly modelVersion: string;
  readonly by: string;
  readonly counts: Readonly<Record<string, number>>;
}

export interface ClinicalImportEntry extends ClinicalImportFacts {
  readonly id: number;
  readonly state: 'imported' | 'withdrawn';
  readonly at: string;
  readonly withdrawnBy: string | null;
  readonly withdrawnAt: string | null;
  /** Rows that are there (now). */
  readonly rows: number;
}

export const CLINICAL_SQL = {
  insertImport: `INSERT INTO clinical_imports (state, format, mapping, model_version, by, at, counts_json)
    VALUES ('imported', @format, @mapping, @modelVersion, @by, @now, @counts)`,
  insertRow: `INSERT INTO clinical_rows (table_name, row_key, patient_id, cells_json, import_id)
    VALUES (@table, @key, @patientId, @cells, @importId)`,
  existing: 'SELECT import_id FROM clinical_rows WHERE table_name = ? AND row_key = ?',
  insertValue: `INSERT INTO clinical_values (row_id, column_name, original, code, label, rule, table_version)
    VALUES (@rowId, @column, @original, @code, @label, @rule, @tableVersion)`,
  ofPatients: `SELECT table_name AS "table", row_key AS "key", patient_id AS patientId, cells_json AS cells
    FROM clinical_rows WHERE patient_id IN (SELECT value FROM json_each(?)) ORDER BY table_name, row_key`,
  ofTable: `SELECT table_name AS "table", row_key AS "key", patient_id AS patientId, cells_json AS cells
    FROM clinical_rows WHERE table_name = ? ORDER BY row_key`,
  valuesOf: `SELECT column_name AS "column", original, code, label, rule, table_version AS tableVersion
    FROM clinical_values JOIN clinical_rows USING (row_id) WHERE table_name = ? AND row_key = ? ORDER BY column_name`,
  importedOf: `SELECT row_id AS rowId, table_name AS "table", row_key AS "key", patient_id AS patientId, cells_json AS cells
    FROM clinical_rows JOIN clinical_imports USING (import_id)
    WHERE patient_id = ? AND format <> 'derived' ORDER BY table_name, row_id`,
  daysOf: `SELECT column_name AS "column", code FROM clinical_values WHERE row_id = ? AND rule = 'date' AND code IS NOT NULL`,
  studiesOf:
    'SELECT study_uid AS studyUid, study_date AS studyDate FROM studies WHERE patient_id = ? ORDER BY study_uid',
  withoutTimepoints: `SELECT DISTINCT studies.patient_id FROM clinical_rows JOIN studies USING (patient_id)
    WHERE studies.study_date IS NOT NULL AND NOT EXISTS
      (SELECT 1 FROM clinical_rows derived WHERE derived.table_name = 'image_study' AND derived.row_key = studies.study_uid)`,
  derivedImport: "SELECT import_id FROM clinical_imports WHERE format = 'derived'",
  insertDerivedImport: `INSERT INTO clinical_imports (state, format, mapping, model_version, by, at, counts_json)
    VALUES ('imported', 'derived', '', '', 'node', @now, '{}')`,
  removeDerived: 'DELETE FROM clinical_rows WHERE patient_id = @patientId AND import_id = @importId',
  patientsOf: 'SELECT DISTINCT patient_id FROM clinical_rows WHERE import_id = ?',
  removePatient: 'DELETE FROM clinical_rows WHERE patient_id = ?',
  removeImport: 'DELETE FROM clinical_rows WHERE import_id = ?',
  withdraw: `UPDATE clinical_imports SET state = 'withdrawn', withdrawn_by = @by, withdrawn_at = @now
    WHERE import_id = @id AND state = 'imported'`,
  imports: `SELECT import_id AS id, state, format, mapping, model_version AS modelVersion, by, at,
      withdrawn_by AS withdrawnBy, withdrawn_at AS withdrawnAt, counts_json AS counts,
      (SELECT COUNT(*) FROM clinical_rows WHERE clinical_rows.import_id = clinical_imports.import_id) AS rows
    FROM clinical_imports WHERE format <> 'derived' ORDER BY import_id DESC`,
  counts: 'SELECT table_name AS "table", COUNT(*) AS rows FROM clinical_rows GROUP BY table_name ORDER BY table_name',
  patients: 'SELECT COUNT(DISTINCT patient_id) FROM clinical_rows',
} as const;

type StoredRow = Omit<ClinicalRow, 'cells'> & { readonly cells: string };

/** A row of the same key is there already; nothing was written. */
export class ClinicalRowTaken extends Error {
  override readonly name = 'ClinicalRowTaken';
  readonly table: string;
  readonly importId: number;

  constructor(table: string, importId: number) {
    super(
      `A row of the table ${table} stands in the index already, from import ${importId}. Withdraw that import first.`,
    );
    this.table = table;
    this.importId = importId;
  }
}

export class ClinicalStore {
  readonly #database: SqliteDatabase;
  readonly #now: () => Date;
  readonly #statements = new Map<string, Statement>();

  constructor(database: SqliteDatabase, now: () => Date = () => new Date()) {
    this.#database = database;
    this.#now = now;
  }

  /**
   * Writes all rows of an import, or none.
   * @returns the id of the import
   * @throws ClinicalRowTaken when a row of the same table and key is there
   */
  write(facts: ClinicalImportFacts, rows: readonly ClinicalRowToWrite[]): number {
    return this.#database.transaction(() => this.#write(facts, rows)).immediate();
  }

  /** Rows of these patients, or of all patients with images or without, by table and key. @param patientIds pseudonyms */
  rowsOf(patientIds: Iterable<string>): ClinicalRow[] {
    return this.#read(CLINICAL_SQL.ofPatients, JSON.stringify([...patientIds]));
  }

  /** Rows that were imported, without those the node derives, with the days of their dates. @param patientId the pseudonym */
  importedRowsOf(patientId: string): ClinicalRow[] {
    const rows = this.#prepared(CLINICAL_SQL.importedOf).all(patientId) as (StoredRow & { rowId: number })[];
    const days = this.#prepared(CLINICAL_SQL.daysOf);
    return rows.map(({ rowId, cells, ...row }) => ({
      ...row,
      cells: JSON.parse(cells) as Record<string, string>,
      days: Object.fromEntries(
        (days.all(rowId) as { column: string; code: string }[]).map(({ column, code }) => [column, Number(code)]),
      ),
    }));
  }

  /** Studies of a patient with their changed dates. @param patientId the pseudonym */
  studiesOf(patientId: string): { readonly studyUid: string; readonly studyDate: string | null }[] {
    return this.#prepared(CLINICAL_SQL.studiesOf).all(patientId) as {
      studyUid: string;
      studyDate: string | null;
    }[];
  }

  /** Pseudonyms of patients who have clinical rows and dated studies without a timepoint. */
  patientsWithoutTimepoints(): string[] {
    return this.#prepared(CLINICAL_SQL.withoutTimepoints).pluck().all() as string[];
  }

  /** Does the work in one transaction. */
  together(work: () => void): void {
    this.#database.transaction(work).immediate();
  }

  /** Puts the rows the node derives of a patient in the place of those before; no rows where nothing can be derived. */
  writeDerived(patientId: string, rows: readonly ClinicalRow[]): void {
    this.#database
      .transaction(() => {
        let importId = this.#prepared(CLINICAL_SQL.derivedImport).pluck().get() as number | undefined;
        importId ??= Number(
          this.#prepared(CLINICAL_SQL.insertDerivedImport).run({ now: this.#now().toISOString() }).lastInsertRowid,
        );
        this.#prepared(CLINICAL_SQL.removeDerived).run({ patientId, importId });
        const insert = this.#prepared(CLINICAL_SQL.insertRow);
        for (const { table, key, cells } of rows)
          insert.run({ table, key, patientId, cells: JSON.stringify(cells), importId });
      })
      .immediate();
  }

  /** All rows of a table of the model. */
  table(name: string): ClinicalRow[] {
    return this.#read(CLINICAL_SQL.ofTable, name);
  }

  /** How the cells of a row came about. */
  valuesOf(table: string, key: string): ClinicalValue[] {
    return this.#prepared(CLINICAL_SQL.valuesOf).all(table, key) as ClinicalValue[];
  }

  /** Pseudonyms of whom an import has rows. */
  patientsOf(id: number): string[] {
    return this.#prepared(CLINICAL_SQL.patientsOf).pluck().all(id) as string[];
  }

  /** Takes the rows of a patient out, in the transaction of the caller if there is one. @returns how many that were */
  removePatient(patientId: string): number {
    return this.#prepared(CLINICAL_SQL.removePatient).run(patientId).changes;
  }

  /** Takes the rows of an import out. @returns how many that were; undefined when there is no such import to withdraw */
  withdraw(id: number, by: string): number | undefined {
    return this.#database
      .transaction(() => {
        const now = this.#now().toISOString();
        if (this.#prepared(CLINICAL_SQL.withdraw).run({ id, by, now }).changes === 0) return undefined;
        return this.#prepared(CLINICAL_SQL.removeImport).run(id).changes;
      })
      .immediate();
  }

  /** The newest first. */
  imports(): ClinicalImportEntry[] {
    const rows = this.#prepared(CLINICAL_SQL.imports).all() as (Omit<ClinicalImportEntry, 'counts'> & {
      readonly counts: string;
    })[];
    return rows.map((row) => ({ ...row, counts: JSON.parse(row.counts) as Record<string, number> }));
  }

  /** Rows by table, and the patients who have any. */
  counts(): {
    readonly patients: number;
    readonly tables: readonly { readonly table: string; readonly rows: number }[];
  } {
    return {
      patients: this.#prepared(CLINICAL_SQL.patients).pluck().get() as number,
      tables: this.#prepared(CLINICAL_SQL.counts).all() as { table: string; rows: number }[],
    };
  }

  #write(facts: ClinicalImportFacts, rows: readonly ClinicalRowToWrite[]): number {
    const importId = Number(
      this.#prepared(CLINICAL_SQL.insertImport).run({
        ...facts,
        counts: JSON.stringify(facts.counts),
        now: this.#now().toISOString(),
      }).lastInsertRowid,
    );
    const existing = this.#prepared(CLINICAL_SQL.existing).pluck();
    const insertRow = this.#prepared(CLINICAL_SQL.insertRow);
    const insertValue = this.#prepared(CLINICAL_SQL.insertValue);
    for (const { table, key, patientId, cells, values } of rows) {
      const taken = existing.get(table, key) as number | undefined;
      if (taken !== undefined) throw new ClinicalRowTaken(table, taken);
      const rowId = insertRow.run({ table, key, patientId, cells: JSON.stringify(cells), importId }).lastInsertRowid;
      for (const value of values) insertValue.run({ ...value, rowId });
    }
    return importId;
  }

  #read(sql: string, parameter: string): ClinicalRow[] {
    const rows = this.#prepared(sql).all(parameter) as StoredRow[];
    return rows.map((row) => ({ ...row, cells: JSON.parse(row.cells) as Record<string, string> }));
  }

  /** Prepared once: an import asks for every patient. */
  #prepared(sql: string): Statement {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
