import type { Migration } from '../../store/database.ts';

/** Clinical tables, in index.db: pseudonyms, shifted dates and codes only, as the common file structure writes them. */
export const CLINICAL_MIGRATIONS: readonly Migration[] = [
  {
    id: '0221-create-the-clinical-tables',
    sql: `
      CREATE TABLE clinical_imports (
        import_id INTEGER PRIMARY KEY,
        state TEXT NOT NULL CHECK (state IN ('imported','withdrawn')),
        format TEXT NOT NULL,              -- csv, xlsx, redcap, fhir
        mapping TEXT NOT NULL,             -- name and version of the mapping
        model_version TEXT NOT NULL,
        by TEXT NOT NULL,
        at TEXT NOT NULL,
        withdrawn_by TEXT,
        withdrawn_at TEXT,
        counts_json TEXT NOT NULL          -- lines read, lines left out, patients, rows by table; never a value
      ) STRICT;
      CREATE TABLE clinical_rows (
        row_id INTEGER PRIMARY KEY,
        table_name TEXT NOT NULL,          -- of the common data model
        row_key TEXT NOT NULL,
        patient_id TEXT NOT NULL,          -- pseudonym; a patient may have no images (yet)
        cells_json TEXT NOT NULL,          -- column of the model to cell text
        import_id INTEGER NOT NULL REFERENCES clinical_imports,
        UNIQUE (table_name, row_key)
      ) STRICT;
      CREATE INDEX clinical_rows_by_patient ON clinical_rows (patient_id, table_name);
      CREATE INDEX clinical_rows_by_import ON clinical_rows (import_id);
      CREATE TABLE clinical_values (
        row_id INTEGER NOT NULL REFERENCES clinical_rows ON DELETE CASCADE,
        column_name TEXT NOT NULL,
        original TEXT,                     -- the source's word for a code, where the mapping lists it; null for dates, ids and numbers
        code TEXT,
        label TEXT,
        rule TEXT NOT NULL,
        table_version TEXT NOT NULL,
        PRIMARY KEY (row_id, column_name)
      ) STRICT, WITHOUT ROWID;`,
  },
];
