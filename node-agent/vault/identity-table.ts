/** The identity table of vault.db: which patient a pseudonym stands for, sealed. */
import type { SqliteDatabase } from '../store/database.ts';
import { type Identity, openIdentity, sealIdentity } from './identity-seal.ts';
import type { Keyring } from './keyring.ts';
import type { PatientKey } from './pseudonymiser.ts';

const SQL = {
  insert: `INSERT INTO identities (pseudonym, patient_key, id_key, epoch, identity, created_at)
    VALUES (@pseudonym, @patientKey, @idKey, @epoch, @identity, @now)`,
  holder: 'SELECT 1 FROM identities WHERE pseudonym = ?',
  sameName: 'SELECT pseudonym FROM identities WHERE pseudonym = ? COLLATE NOCASE',
  ofPatient: 'SELECT pseudonym, epoch FROM identities WHERE patient_key IN (SELECT value FROM json_each(?))',
  ofPatientId: 'SELECT pseudonym, epoch FROM identities WHERE id_key IN (SELECT value FROM json_each(?))',
  find: 'SELECT identity, epoch FROM identities WHERE pseudonym = ?',
  withoutIdKey: 'SELECT pseudonym, epoch, identity FROM identities WHERE id_key IS NULL',
  setIdKey: 'UPDATE identities SET id_key = ? WHERE pseudonym = ?',
} as const;

/** A patient's place in the table. */
export interface KnownPatient {
  readonly pseudonym: string;
  /** The epoch whose secret makes UIDs and the date shift of this patient. */
  readonly epoch: number;
}

/** Two patients would share a pseudonym: nothing may be written under it (chance about 1 in 10^12 at a million patients). */
export class PseudonymCollision extends Error {
  override readonly name = 'PseudonymCollision';
}

export class IdentityTable {
  readonly #database: SqliteDatabase;
  readonly #keyring: Keyring;

  /** The database may be open for reading only where nothing is entered. */
  constructor(database: SqliteDatabase, keyring: Keyring) {
    this.#database = database;
    this.#keyring = keyring;
  }

  /** Where the patient stands; undefined when no object came yet. */
  find(patient: PatientKey): KnownPatient | undefined {
    return this.#database.prepare(SQL.ofPatient).get(JSON.stringify(this.#keyring.patientKeys(patient))) as
      | KnownPatient
      | undefined;
  }

  /** All patients with this Patient ID, whoever issued it. */
  findEveryIssuer(patientId: string): KnownPatient[] {
    const keys = JSON.stringify(this.#keyring.patientIdKeys(patientId));
    return this.#database.prepare(SQL.ofPatientId).all(keys) as KnownPatient[];
  }

  /**
   * Enters a patient once, under the current epoch.
   * @throws PseudonymCollision when the pseudonym stands for somebody else
   * @throws Error when the patient has another pseudonym already; the object has to be made again with that one
   */
  remember(pseudonym: string, identity: Identity): void {
    const known = this.find(identity);
    if (known?.pseudonym === pseudonym) return;
    if (known) throw new Error('The patient got another pseudonym meanwhile.');
    if (this.#database.prepare(SQL.holder).get(pseudonym) !== undefined) {
      throw new PseudonymCollision('Two patients have the same pseudonym; neither may be written under it.');
    }
    const { number, secret, pseudonymiser } = this.#keyring.current;
    this.#database.prepare(SQL.insert).run({
      pseudonym,
      patientKey: pseudonymiser.patientKey(identity),
      idKey: pseudonymiser.patientIdKey(identity.patientId),
      epoch: number,
      identity: sealIdentity(secret, pseudonym, identity),
      now: new Date().toISOString(),
    });
  }

  /** Who has this pseudonym, whatever its capitals. */
  holderOf(pseudonym: string): Identity | undefined {
    const known = this.#database.prepare(SQL.sameName).pluck().get(pseudonym) as string | undefined;
    return known === undefined ? undefined : this.lookUp(known);
  }

  /** Who a pseudonym stands for; undefined when it was never given, or is forgotten. */
  lookUp(pseudonym: string): Identity | undefined {
    const row = this.#database.prepare(SQL.find).get(pseudonym) as { identity: Buffer; epoch: number } | undefined;
    return row && openIdentity(this.#keyring.epoch(row.epoch).secret, pseudonym, row.identity);
  }

  /** Completes rows from before Patient IDs could be looked for without their issuer. */
  complete(): void {
    const rows = this.#database.prepare(SQL.withoutIdKey).all() as {
      pseudonym: string;
      epoch: number;
      identity: Buffer;
    }[];
    this.#database.transaction(() => {
      for (const { pseudonym, epoch, identity } of rows) {
        const { secret, pseudonymiser } = this.#keyring.epoch(epoch);
        const { patientId } = openIdentity(secret, pseudonym, identity);
        this.#database.prepare(SQL.setIdKey).run(pseudonymiser.patientIdKey(patientId), pseudonym);
      }
    })();
  }
}
