import type { Migration } from '../store/database.ts';
import { CLINICAL_VAULT_MIGRATIONS } from './clinical-schema.ts';

/** Tables of the vault, in vault.db. Whatever identifies is sealed, or there as a keyed fingerprint only. */
export const VAULT_MIGRATIONS: readonly Migration[] = [
  {
    id: '0001-create-the-identity-table',
    sql: `
      CREATE TABLE identities (
        pseudonym TEXT PRIMARY KEY,
        patient_key TEXT NOT NULL UNIQUE,  -- keyed fingerprint of issuer and Patient ID
        identity BLOB NOT NULL,            -- JSON, sealed
        created_at TEXT NOT NULL
      ) STRICT;`,
  },
  {
    id: '0141-keep-a-check-of-every-site-secret-and-the-epoch-of-every-patient',
    sql: `
      CREATE TABLE epochs (
        epoch INTEGER PRIMARY KEY,
        key_check TEXT NOT NULL,           -- tells whether a secret is the one of this epoch, and nothing else
        created_at TEXT NOT NULL
      ) STRICT;
      -- Of the secret under which the row's key and seal were made.
      ALTER TABLE identities ADD COLUMN epoch INTEGER NOT NULL DEFAULT 1;
      -- Keyed fingerprint of the Patient ID without its issuer; rows from before get theirs when the vault is opened.
      ALTER TABLE identities ADD COLUMN id_key TEXT;
      CREATE INDEX identities_by_patient_id ON identities (id_key);`,
  },
  {
    id: '0142-create-the-tombstones-of-patients-who-objected',
    sql: `
      CREATE TABLE opt_outs (
        id TEXT PRIMARY KEY,               -- random
        patient_key TEXT NOT NULL UNIQUE,  -- keyed fingerprint: of issuer and Patient ID, or of the ID under every issuer
        epoch INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('withdrawing','withdrawn')),
        by TEXT NOT NULL,
        at TEXT NOT NULL,
        finished_at TEXT,
        objects INTEGER NOT NULL DEFAULT 0,
        unreadable INTEGER NOT NULL DEFAULT 0 -- stopped objects of which nobody can say whose they are
      ) STRICT;
      -- What is still to be withdrawn; empty once it is.
      CREATE TABLE opt_out_pseudonyms (
        opt_out_id TEXT NOT NULL REFERENCES opt_outs (id),
        pseudonym TEXT NOT NULL,
        PRIMARY KEY (opt_out_id, pseudonym)
      ) STRICT, WITHOUT ROWID;`,
  },
  {
    id: '0143-create-the-list-of-study-ids',
    sql: `
      CREATE TABLE study_ids (
        patient_key TEXT PRIMARY KEY,      -- keyed fingerprint: of issuer and Patient ID, or of the ID under every issuer
        id_key TEXT NOT NULL,              -- keyed fingerprint of the Patient ID
        study_key TEXT NOT NULL UNIQUE,    -- keyed fingerprint of the study ID
        epoch INTEGER NOT NULL,
        study_id BLOB NOT NULL             -- sealed
      ) STRICT;
      CREATE INDEX study_ids_by_patient_id ON study_ids (id_key);
      CREATE INDEX identities_by_any_capitals ON identities (pseudonym COLLATE NOCASE);`,
  },
  {
    id: '0144-create-requests-to-identify-a-patient',
    sql: `
      CREATE TABLE reidentifications (
        id TEXT PRIMARY KEY,
        pseudonym TEXT NOT NULL,
        reason TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('requested','granted','refused','shown')),
        requested_by TEXT NOT NULL,
        requested_at TEXT NOT NULL,
        decided_by TEXT,
        decided_at TEXT,
        shown_to TEXT,
        expires_at TEXT NOT NULL
      ) STRICT;
      CREATE INDEX reidentifications_by_time ON reidentifications (requested_at);`,
  },
  ...CLINICAL_VAULT_MIGRATIONS,
];
