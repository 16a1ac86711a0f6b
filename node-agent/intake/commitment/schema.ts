import type { Migration } from '../../store/database.ts';

/** Transactions of storage commitment, in vault.db: what is asked for names instances of patients, so it is sealed. */
export const COMMITMENT_MIGRATIONS: readonly Migration[] = [
  {
    id: '0131-create-the-commitment-transactions',
    sql: `CREATE TABLE commitment_transactions (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, -- the order they came in, whatever the clock said
      id TEXT NOT NULL UNIQUE,
      transaction_key TEXT NOT NULL UNIQUE,       -- keyed fingerprint of the Transaction UID
      peer_id TEXT NOT NULL,
      peer_tag TEXT NOT NULL,
      calling_ae_title TEXT NOT NULL,
      called_ae_title TEXT NOT NULL,
      request BLOB,                               -- sealed; null once the transaction has ended
      state TEXT NOT NULL CHECK (state IN ('waiting','reported','given up')),
      attempts INTEGER NOT NULL DEFAULT 0,        -- reports that were not delivered
      refusals INTEGER NOT NULL DEFAULT 0,        -- reports that were delivered and answered with a failure
      sentence TEXT,                              -- of the last attempt
      requested_at TEXT NOT NULL,
      ended_at TEXT) STRICT;
      CREATE INDEX commitment_transactions_by_state ON commitment_transactions (state, peer_id);`,
  },
];
