import type { Migration } from '../store/database.ts';

/** Tables of the hub connector, in index.db. */
export const HUB_MIGRATIONS: readonly Migration[] = [
  {
    id: '0030-create-the-egress-ledger',
    sql: `
      CREATE TABLE egress (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        method TEXT NOT NULL,
        host TEXT NOT NULL,
        path TEXT NOT NULL,
        purpose TEXT NOT NULL,
        bytes_out INTEGER NOT NULL,
        body_sha256 TEXT,              -- of the bytes that left; NULL without a body
        status INTEGER,                -- NULL until, or where no, answer came
        milliseconds INTEGER NOT NULL DEFAULT 0,
        error TEXT
      ) STRICT;
      CREATE INDEX egress_answered ON egress (at) WHERE status IS NOT NULL;
      CREATE INDEX egress_by_purpose ON egress (purpose, at);`,
  },
  {
    id: '0031-create-the-inbox-and-outbox-of-hub-tasks',
    sql: `
      CREATE TABLE hub_tasks (
        task_id TEXT PRIMARY KEY,
        from_app TEXT NOT NULL,
        received_at TEXT NOT NULL,
        expires_at TEXT NOT NULL,
        body TEXT NOT NULL,            -- as it came
        metadata TEXT,                 -- JSON, as it came
        state TEXT NOT NULL CHECK (state IN ('received','claimed','answered','refused','expired')),
        question TEXT,                 -- in words
        ast_json TEXT,
        answer_json TEXT,              -- the exact JSON of the answer
        result_status TEXT CHECK (result_status IN ('succeeded','permfailed')),
        result_body TEXT,              -- the body of the Beam result as it leaves
        reason TEXT,
        answered_at TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        next_attempt_at TEXT NOT NULL
      ) STRICT;
      CREATE INDEX hub_tasks_due ON hub_tasks (next_attempt_at) WHERE state IN ('received','claimed');
      CREATE INDEX hub_tasks_by_arrival ON hub_tasks (received_at DESC, task_id);
      CREATE INDEX hub_tasks_by_state ON hub_tasks (state);`,
  },
];
