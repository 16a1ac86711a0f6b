/** The identity table of vault.db: which patient a pseudonym stands for, sealed. */
import type { Migration, SqliteDatabase } from '../store/database.ts';
import { SealedText } from './sealed-text.ts';

export interface Identity {
  readonly patientId: string;
  readonly issuer?: string | undefined;
  readonly name?: string | undefined;
  readonly birthDate?: string | undefined;
}

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
];

const SQL = {
  insert: `INSERT INTO identities (pseudonym, patient_key, identity, created_at) VALUES (?, ?, ?, ?)
    ON CONFLICT DO NOTHING`,
  keyOf: 'SELECT patient_key FROM identities WHERE pseudonym = ?',
  find: 'SELECT identity FROM identities WHERE pseudonym = ?',
  count: 'SELECT COUNT(*) FROM identities',
} as const;

/** Two patients would share a pseudonym: nothing may be written under it (chance about 1 in 10^12 at a million patients). */
export class PseudonymCollision extends Error {
  override readonly name = 'PseudonymCollision';
}

export class IdentityTable {
  readonly #database: SqliteDatabase;
  readonly #sealed: SealedText;

  constructor(database: SqliteDatabase, siteSecret: Uint8Array) {
    this.#database = database;
    this.#sealed = new SealedText(siteSecret, 'identity table');
  }

  /** True while nobody is in it: only then may a new site secret be made. */
  static isEmpty(database: SqliteDatabase): boolean {
    return database.prepare(SQL.count).pluck().get() === 0;
  }

  /** Enters a patient once. @throws PseudonymCollision when the pseudonym stands for somebody else */
  remember(pseudonym: string, patientKey: string, identity: Identity): void {
    const known = this.#database.prepare(SQL.keyOf).pluck().get(pseudonym);
    if (known === undefined) {
      const sealed = this.#sealed.seal(pseudonym, JSON.stringify(identity));
      this.#database.prepare(SQL.insert).run(pseudonym, patientKey, sealed, new Date().toISOString());
    } else if (known !== patientKey) {
      throw new PseudonymCollision('Two patients have the same pseudonym; neither may be written under it.');
    }
  }

  /** Who a pseudonym stands for; undefined when it was never given. */
  lookUp(pseudonym: string): Identity | undefined {
    const sealed = this.#database.prepare(SQL.find).pluck().get(pseudonym) as Buffer | undefined;
    return sealed && (JSON.parse(this.#sealed.open(pseudonym, sealed)) as Identity);
  }
}
