import type { Migration } from '../../store/database.ts';

/** Tables of the retriever, in vault.db: what is asked of a PACS names patients, so it is sealed. */
export const RETRIEVE_MIGRATIONS: readonly Migration[] = [
  {
    id: '0111-create-the-archives',
    sql: `CREATE TABLE archives (
      tag TEXT PRIMARY KEY, ae_title TEXT NOT NULL, host TEXT NOT NULL, port INTEGER NOT NULL,
      calling_ae_title TEXT NOT NULL,
      certificate_authorities TEXT,      -- path of a PEM file; no TLS where null
      way TEXT NOT NULL CHECK (way IN ('move','get')),
      studies_per_hour INTEGER,          -- no limit where null
      concurrent_studies INTEGER NOT NULL DEFAULT 1,
      windows TEXT NOT NULL DEFAULT '[]', -- JSON array of cron expressions: minutes in which studies may begin
      enabled INTEGER NOT NULL DEFAULT 1) STRICT;`,
  },
  {
    id: '0112-create-the-retrieve-queue',
    sql: `CREATE TABLE retrieve_studies (
      id TEXT PRIMARY KEY,
      study_key TEXT NOT NULL,           -- keyed fingerprint of the Study Instance UID
      study_uid BLOB NOT NULL,           -- sealed
      archive TEXT NOT NULL REFERENCES archives (tag),
      state TEXT NOT NULL CHECK (state IN
        ('waiting','in transfer','complete','incomplete','failed','unknown','cancelled')),
      expected INTEGER,                  -- instances that the PACS lists or reports; null where it says neither
      arrived INTEGER NOT NULL DEFAULT 0,
      attempts INTEGER NOT NULL DEFAULT 0,
      not_before TEXT NOT NULL, requested_at TEXT NOT NULL, began_at TEXT, ended_at TEXT, sentence TEXT) STRICT;
      CREATE INDEX retrieve_studies_by_state ON retrieve_studies (state, not_before);
      CREATE INDEX retrieve_studies_by_archive ON retrieve_studies (archive, began_at);
      CREATE UNIQUE INDEX retrieve_studies_open ON retrieve_studies (archive, study_key)
        WHERE state IN ('waiting','in transfer');
      CREATE TABLE retrieve_pause (only_row INTEGER PRIMARY KEY CHECK (only_row = 1)) STRICT;`,
  },
];
