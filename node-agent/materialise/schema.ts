import type { Migration } from '../store/database.ts';

/** Tables of materialised datasets, in index.db: pseudonyms and codes only. */
export const MATERIALISE_MIGRATIONS: readonly Migration[] = [
  {
    id: '0231-create-materialisations-of-datasets',
    sql: `
      CREATE TABLE materialisations (
        id TEXT PRIMARY KEY,
        dataset_id TEXT NOT NULL REFERENCES datasets,
        layout TEXT NOT NULL CHECK (layout IN ('eucaim','bids')),
        root TEXT NOT NULL,                -- absolute; the folder of the dataset lies in it
        name TEXT NOT NULL,                -- of the dataset's folder
        recipe_json TEXT,
        wanted TEXT NOT NULL CHECK (wanted IN ('link','copy')),
        state TEXT NOT NULL CHECK (state IN ('queued','running','done','cancelled','failed','stale')),
        content_hash TEXT NOT NULL,        -- of the dataset's check
        requested_by TEXT NOT NULL,
        requested_at TEXT NOT NULL,
        started_at TEXT,
        ended_at TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        cancel_asked INTEGER NOT NULL DEFAULT 0,
        placing INTEGER NOT NULL DEFAULT 0, -- 1 from before the first rename until what was replaced is removed
        series INTEGER NOT NULL DEFAULT 0,
        series_done INTEGER NOT NULL DEFAULT 0,
        files INTEGER NOT NULL DEFAULT 0,
        files_done INTEGER NOT NULL DEFAULT 0,
        bytes INTEGER NOT NULL DEFAULT 0,
        bytes_done INTEGER NOT NULL DEFAULT 0,
        way TEXT CHECK (way IN ('hard-link','reflink','copy')),
        copied INTEGER NOT NULL DEFAULT 0, -- files that took space of their own
        objections INTEGER NOT NULL DEFAULT 0,
        sentence TEXT,
        on_disk INTEGER NOT NULL DEFAULT 0 -- 1 while there is a folder, finished or in work
      ) STRICT;
      CREATE INDEX materialisations_by_dataset ON materialisations (dataset_id, requested_at);
      CREATE INDEX materialisations_by_state ON materialisations (state, requested_at);
      CREATE INDEX materialisations_by_place ON materialisations (root, name);
      CREATE TABLE materialisation_objections (
        materialisation_id TEXT NOT NULL REFERENCES materialisations,
        number INTEGER NOT NULL,
        table_name TEXT NOT NULL,
        column_name TEXT NOT NULL,
        patient_id TEXT NOT NULL,          -- pseudonym; empty where the whole table is meant
        row_key TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('missing','refused','unreferenced','not-convertible')),
        sentence TEXT NOT NULL,
        PRIMARY KEY (materialisation_id, number)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX materialisation_objections_by_patient ON materialisation_objections (patient_id);`,
  },
];
