/**
 * The identity table of vault.db: which patient a pseudonym stands for, encrypted. The key is
 * derived from the site secret, so a copy of the database alone says nothing about anybody.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Migration, SqliteDatabase } from '../store/database.ts';

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
        identity BLOB NOT NULL,            -- AES-256-GCM: 12 bytes nonce, 16 bytes tag, ciphertext
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

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Two patients would share a pseudonym: nothing may be written under it (chance about 1 in 10^12 at a million patients). */
export class PseudonymCollision extends Error {
  override readonly name = 'PseudonymCollision';
}

export class IdentityTable {
  readonly #database: SqliteDatabase;
  readonly #key: Buffer;

  constructor(database: SqliteDatabase, siteSecret: Uint8Array) {
    this.#database = database;
    this.#key = Buffer.from(hkdfSync('sha256', siteSecret, '', 'gatehouse identity table', 32));
  }

  /** True while nobody is in it: only then may a new site secret be made. */
  static isEmpty(database: SqliteDatabase): boolean {
    return database.prepare(SQL.count).pluck().get() === 0;
  }

  /** Enters a patient once. @throws PseudonymCollision when the pseudonym stands for somebody else */
  remember(pseudonym: string, patientKey: string, identity: Identity): void {
    const known = this.#database.prepare(SQL.keyOf).pluck().get(pseudonym);
    if (known === undefined) {
      const sealed = this.#seal(pseudonym, JSON.stringify(identity));
      this.#database.prepare(SQL.insert).run(pseudonym, patientKey, sealed, new Date().toISOString());
    } else if (known !== patientKey) {
      throw new PseudonymCollision('Two patients have the same pseudonym; neither may be written under it.');
    }
  }

  /** Who a pseudonym stands for; undefined when it was never given. */
  lookUp(pseudonym: string): Identity | undefined {
    const sealed = this.#database.prepare(SQL.find).pluck().get(pseudonym) as Buffer | undefined;
    return sealed && (JSON.parse(this.#open(pseudonym, sealed)) as Identity);
  }

  /** The pseudonym is authenticated with the content, so rows cannot be exchanged unnoticed. */
  #seal(pseudonym: string, text: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(pseudonym));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  #open(pseudonym: string, sealed: Buffer): string {
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(pseudonym)).setAuthTag(tag);
    const content = sealed.subarray(NONCE_BYTES + TAG_BYTES);
    return Buffer.concat([decipher.update(content), decipher.final()]).toString('utf8');
  }
}
