import type { Migration } from './database.ts';

/** Tables of the object ledger and of the association record, in index.db. They hold no identifier. */
export const LEDGER_MIGRATIONS: readonly Migration[] = [
  {
    id: '0001-create-the-object-ledger',
    sql: `
      CREATE TABLE objects (
        object_id TEXT PRIMARY KEY,
        state TEXT NOT NULL CHECK (state IN
          ('received','processing','indexed','quarantined','excluded','rejected','withdrawn')),
        cause TEXT,                    -- of a quarantine, exclusion or rejection
        detail TEXT,                   -- more on the cause, without identifiers
        source TEXT NOT NULL CHECK (source IN ('dimse','import')),
        association_id TEXT,
        instance_key TEXT NOT NULL,    -- keyed fingerprint of the SOP Instance UID
        content_hash TEXT NOT NULL,    -- keyed fingerprint of the data set's bytes
        sop_class_uid TEXT,
        transfer_syntax_uid TEXT,
        bytes INTEGER NOT NULL,
        resends INTEGER NOT NULL DEFAULT 0,
        attempts INTEGER NOT NULL DEFAULT 0,
        received_at TEXT NOT NULL,
        settled_at TEXT
      ) STRICT;
      CREATE INDEX objects_by_state ON objects (state, received_at);
      CREATE INDEX objects_by_cause ON objects (cause, received_at) WHERE cause IS NOT NULL;
      CREATE INDEX objects_by_instance ON objects (instance_key);
      CREATE INDEX objects_by_arrival ON objects (received_at);
      CREATE INDEX objects_by_settling ON objects (settled_at);
      CREATE TABLE associations (
        association_id TEXT PRIMARY KEY,
        calling_ae_title TEXT NOT NULL,
        called_ae_title TEXT NOT NULL,
        remote_address TEXT NOT NULL,
        started_at TEXT NOT NULL,
        ended_at TEXT,
        outcome TEXT,
        objects INTEGER NOT NULL DEFAULT 0,
        failures INTEGER NOT NULL DEFAULT 0,
        bytes INTEGER NOT NULL DEFAULT 0
      ) STRICT;
      CREATE INDEX associations_by_start ON associations (started_at);`,
  },
  {
    // Counting a million rows takes a quarter of a second, and every console asks four times a second. The sums are
    // kept by the database itself, in the transaction of the change, so they can never differ from the rows.
    id: '0002-keep-the-sums-of-the-ledger',
    sql: `
      CREATE TABLE object_sums (
        state TEXT PRIMARY KEY, count INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      INSERT INTO object_sums SELECT state, COUNT(*), SUM(bytes) FROM objects GROUP BY state;
      CREATE TRIGGER objects_added AFTER INSERT ON objects BEGIN
        INSERT INTO object_sums VALUES (new.state, 1, new.bytes)
          ON CONFLICT (state) DO UPDATE SET count = count + 1, bytes = bytes + new.bytes;
      END;
      CREATE TRIGGER objects_removed AFTER DELETE ON objects BEGIN
        UPDATE object_sums SET count = count - 1, bytes = bytes - old.bytes WHERE state = old.state;
      END;
      CREATE TRIGGER objects_moved AFTER UPDATE OF state, bytes ON objects BEGIN
        UPDATE object_sums SET count = count - 1, bytes = bytes - old.bytes WHERE state = old.state;
        INSERT INTO object_sums VALUES (new.state, 1, new.bytes)
          ON CONFLICT (state) DO UPDATE SET count = count + 1, bytes = bytes + new.bytes;
      END;`,
  },
  {
    id: '0103-record-what-an-association-offered-and-got',
    sql: `
      ALTER TABLE associations ADD COLUMN peer_tag TEXT;
      ALTER TABLE associations ADD COLUMN tls_protocol TEXT;       -- null: plain
      ALTER TABLE associations ADD COLUMN certificate TEXT;        -- SHA-256 of the client certificate
      ALTER TABLE associations ADD COLUMN rejection TEXT;          -- result/source/reason of PS3.8 table 9-21
      ALTER TABLE associations ADD COLUMN contexts TEXT NOT NULL DEFAULT '[]';
      ALTER TABLE associations ADD COLUMN milliseconds INTEGER;    -- by a clock that only goes forward
      CREATE INDEX associations_rejected ON associations (started_at) WHERE rejection IS NOT NULL;`,
  },
  {
    // Rows have an order of their own, which clocks that are set back do not change.
    id: '0132-list-associations-in-the-order-they-came',
    sql: `
      DROP INDEX associations_by_start;
      DROP INDEX associations_rejected;
      CREATE INDEX associations_rejected ON associations (rejection) WHERE rejection IS NOT NULL;`,
  },
  {
    // The last hour of a busy node is a hundred thousand rows, and every console shows it.
    id: '0263-keep-the-sums-of-each-minute',
    sql: `
      CREATE TABLE minute_sums (
        minute TEXT PRIMARY KEY,       -- YYYY-MM-DDTHH:MM, UTC
        received INTEGER NOT NULL,
        bytes INTEGER NOT NULL,        -- of what was received
        indexed INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      INSERT INTO minute_sums SELECT substr(received_at, 1, 16), COUNT(*), SUM(bytes), 0 FROM objects GROUP BY 1;
      INSERT INTO minute_sums SELECT substr(settled_at, 1, 16), 0, 0, COUNT(*) FROM objects
        WHERE state = 'indexed' AND settled_at IS NOT NULL GROUP BY 1
        ON CONFLICT (minute) DO UPDATE SET indexed = excluded.indexed;
      CREATE TRIGGER objects_came AFTER INSERT ON objects BEGIN
        INSERT INTO minute_sums VALUES (substr(new.received_at, 1, 16), 1, new.bytes, 0)
          ON CONFLICT (minute) DO UPDATE SET received = received + 1, bytes = bytes + excluded.bytes;
      END;
      CREATE TRIGGER objects_went AFTER DELETE ON objects BEGIN
        UPDATE minute_sums SET received = received - 1, bytes = bytes - old.bytes
          WHERE minute = substr(old.received_at, 1, 16);
        UPDATE minute_sums SET indexed = indexed - 1
          WHERE old.state = 'indexed' AND minute = substr(old.settled_at, 1, 16);
      END;
      CREATE TRIGGER objects_were_indexed AFTER UPDATE OF state ON objects
        WHEN new.state = 'indexed' AND old.state <> 'indexed' BEGIN
        INSERT INTO minute_sums VALUES (substr(new.settled_at, 1, 16), 0, 0, 1)
          ON CONFLICT (minute) DO UPDATE SET indexed = indexed + 1;
      END;
      CREATE TRIGGER objects_left_the_index AFTER UPDATE OF state ON objects
        WHEN old.state = 'indexed' AND new.state <> 'indexed' BEGIN
        UPDATE minute_sums SET indexed = indexed - 1 WHERE minute = substr(old.settled_at, 1, 16);
      END;
      CREATE TRIGGER objects_grew AFTER UPDATE OF bytes ON objects WHEN new.bytes <> old.bytes BEGIN
        UPDATE minute_sums SET bytes = bytes + new.bytes - old.bytes WHERE minute = substr(new.received_at, 1, 16);
      END;
      DROP INDEX objects_by_arrival;
      DROP INDEX objects_by_settling;`,
  },
];
