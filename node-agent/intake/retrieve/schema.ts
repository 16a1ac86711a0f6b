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
  {
    id: '0113-give-archives-a-rate-and-pinned-certificates',
    sql: `ALTER TABLE archives ADD COLUMN instances_per_second INTEGER; -- no limit where null
      ALTER TABLE archives ADD COLUMN fingerprints TEXT NOT NULL DEFAULT '[]'; -- JSON array of SHA-256`,
  },
  {
    id: '0114-create-the-retrieve-requests',
    sql: `CREATE TABLE retrieve_requests (
      id TEXT PRIMARY KEY,
      archive TEXT NOT NULL REFERENCES archives (tag),
      state TEXT NOT NULL CHECK (state IN ('counting','counted','confirmed','discarded','failed')),
      paused INTEGER NOT NULL DEFAULT 0,
      requested_by TEXT NOT NULL, requested_at TEXT NOT NULL,
      entries INTEGER NOT NULL,          -- lines of the list
      counted INTEGER NOT NULL DEFAULT 0, -- those the PACS has been asked about
      empty TEXT NOT NULL DEFAULT '[]',  -- JSON array: numbers of the entries that matched nothing, at most 100
      criteria BLOB NOT NULL,            -- sealed: matching keys of every entry
      sentence TEXT) STRICT;
      INSERT INTO retrieve_requests (id, archive, state, requested_by, requested_at, entries, counted, criteria)
        SELECT 'before requests ' || archive, archive, 'confirmed', 'command line', MIN(requested_at), 0, 0, x''
        FROM retrieve_studies GROUP BY archive;`,
  },
  {
    id: '0115-let-studies-belong-to-requests',
    sql: `CREATE TABLE retrieve_studies_of_requests (
      id TEXT PRIMARY KEY,
      request TEXT NOT NULL REFERENCES retrieve_requests (id),
      entry INTEGER NOT NULL,            -- number of the entry it matches, from 1
      study_key TEXT NOT NULL,           -- keyed fingerprint of the Study Instance UID
      study_uid BLOB NOT NULL,           -- sealed
      facts BLOB,                        -- sealed: what the PACS says of the study; null where it was not asked
      archive TEXT NOT NULL REFERENCES archives (tag),
      state TEXT NOT NULL CHECK (state IN
        ('found','waiting','in transfer','complete','incomplete','failed','unknown','cancelled','skipped')),
      expected INTEGER,                  -- instances that the PACS lists or reports; null where it says neither
      arrived INTEGER NOT NULL DEFAULT 0,
      attempts INTEGER NOT NULL DEFAULT 0,
      not_before TEXT NOT NULL, requested_at TEXT NOT NULL, began_at TEXT, ended_at TEXT, sentence TEXT,
      UNIQUE (request, study_key)) STRICT;
      INSERT INTO retrieve_studies_of_requests
        SELECT id, 'before requests ' || archive, 0, study_key, study_uid, NULL, archive, state, expected, arrived,
          attempts, not_before, requested_at, began_at, ended_at, sentence
        FROM retrieve_studies AS kept WHERE rowid = (SELECT rowid FROM retrieve_studies AS same
          WHERE same.archive = kept.archive AND same.study_key = kept.study_key
          ORDER BY state IN ('waiting','in transfer') DESC, rowid DESC LIMIT 1);
      DROP TABLE retrieve_studies;
      ALTER TABLE retrieve_studies_of_requests RENAME TO retrieve_studies;
      CREATE INDEX retrieve_studies_by_state ON retrieve_studies (state, not_before);
      CREATE INDEX retrieve_studies_by_archive ON retrieve_studies (archive, began_at);
      CREATE INDEX retrieve_studies_by_key ON retrieve_studies (study_key);
      CREATE INDEX retrieve_studies_by_entry ON retrieve_studies (request, entry);
      CREATE INDEX retrieve_studies_progress ON retrieve_studies (request, state, expected, arrived);
      CREATE UNIQUE INDEX retrieve_studies_open ON retrieve_studies (archive, study_key)
        WHERE state IN ('waiting','in transfer');`,
  },
];
