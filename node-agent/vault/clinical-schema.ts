import type { Migration } from '../store/database.ts';

/** What the identified side keeps for clinical tables, in vault.db: everything that may identify is sealed. */
export const CLINICAL_VAULT_MIGRATIONS: readonly Migration[] = [
  {
    id: '0171-keep-mappings-of-clinical-files-and-the-reports-of-their-imports',
    sql: `
      CREATE TABLE clinical_mappings (
        name TEXT NOT NULL,
        version INTEGER NOT NULL,
        mapping BLOB NOT NULL,             -- JSON, sealed: names of columns and words of a file may identify
        by TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (name, version)
      ) STRICT;
      CREATE TABLE clinical_reports (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        by TEXT NOT NULL,
        outcome TEXT NOT NULL CHECK (outcome IN ('imported','refused')),
        import_id INTEGER,
        report BLOB NOT NULL               -- JSON, sealed
      ) STRICT;`,
  },
  {
    id: '0172-remember-the-original-studies-for-the-linkage-file',
    sql: `
      CREATE TABLE identified_studies (
        study_uid TEXT PRIMARY KEY,        -- the replaced one, as the index has it
        pseudonym TEXT NOT NULL,
        study BLOB NOT NULL,               -- JSON, sealed: original UID, date and description
        seen_at TEXT NOT NULL
      ) STRICT;
      CREATE INDEX identified_studies_by_patient ON identified_studies (pseudonym);`,
  },
];
