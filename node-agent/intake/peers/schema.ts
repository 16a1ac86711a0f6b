import type { Migration } from '../../store/database.ts';

/** Tables of the peers, in index.db: titles and addresses of machines, nothing of a patient. */
export const PEER_MIGRATIONS: readonly Migration[] = [
  {
    id: '0101-create-peers-and-allow-this-computer-alone',
    sql: `
      CREATE TABLE peers (
        peer_id TEXT PRIMARY KEY,
        tag TEXT NOT NULL UNIQUE COLLATE NOCASE,
        calling_ae_title TEXT,         -- null: any
        address TEXT NOT NULL,
        called_ae_title TEXT,          -- null: the title of this node
        services TEXT NOT NULL,        -- JSON array
        maximum_associations INTEGER,
        tls_required INTEGER NOT NULL,
        fingerprints TEXT NOT NULL,    -- JSON array
        dicom_host TEXT,
        dicom_port INTEGER,
        enabled INTEGER NOT NULL,
        created_at TEXT NOT NULL
      ) STRICT;
      INSERT INTO peers VALUES ('this-computer', 'This computer', NULL, 'localhost', NULL,
        '["verification","storage","storage commitment"]', NULL, 0, '[]', NULL, NULL, 1, '1970-01-01T00:00:00.000Z');
      CREATE TABLE knocks (
        calling_ae_title TEXT NOT NULL,
        address TEXT NOT NULL,
        called_ae_title TEXT NOT NULL, -- of the last knock
        count INTEGER NOT NULL,
        first_at TEXT NOT NULL,
        last_at TEXT NOT NULL,
        PRIMARY KEY (calling_ae_title, address)
      ) STRICT, WITHOUT ROWID;`,
  },
  {
    id: '0102-remember-who-paused-the-receiver',
    sql: `CREATE TABLE receiver_pause (
      only_row INTEGER PRIMARY KEY CHECK (only_row = 1), paused_by TEXT NOT NULL, paused_at TEXT NOT NULL) STRICT;`,
  },
];
