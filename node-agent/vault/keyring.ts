/**
 * The site secrets of all epochs. A new secret begins a new epoch and the old ones are kept: a patient stays with the
 * epoch in which the first object came, so that pseudonym, UIDs and date shift stay the same and no study is split.
 */
import type { SqliteDatabase } from '../store/database.ts';
import { StartUpError } from '../store/errors.ts';
import { openIdentity } from './identity-seal.ts';
import { type PatientKey, Pseudonymiser } from './pseudonymiser.ts';
import { readSecret, removeUnusedSecret, secretFile, writeSecret } from './site-secret.ts';

export interface Epoch {
  readonly number: number;
  readonly secret: Buffer;
  readonly pseudonymiser: Pseudonymiser;
}

const SQL = {
  epochs: 'SELECT epoch, key_check AS keyCheck, created_at AS createdAt FROM epochs ORDER BY epoch',
  begin: 'INSERT INTO epochs (epoch, key_check, created_at) VALUES (?, ?, ?)',
  anyIdentity: 'SELECT pseudonym, identity FROM identities LIMIT 1',
} as const;

export interface EpochRow {
  readonly epoch: number;
  readonly keyCheck: string;
  readonly createdAt: string;
}

export class Keyring {
  /** The oldest first; there is always one. */
  readonly epochs: readonly Epoch[];

  /** @param secrets of the epochs 1, 2, … in order */
  constructor(secrets: readonly Uint8Array[]) {
    if (secrets.length === 0) throw new Error('A keyring has at least one site secret.');
    this.epochs = secrets.map((secret, index) => ({
      number: index + 1,
      secret: Buffer.from(secret),
      pseudonymiser: new Pseudonymiser(secret),
    }));
  }

  /** For what must stay the same for ever: the fingerprints of the ledger, and what is sealed in vault.db. */
  get first(): Epoch {
    return this.epochs[0] as Epoch;
  }

  /** For patients who come now for the first time. */
  get current(): Epoch {
    return this.epochs.at(-1) as Epoch;
  }

  /** @throws Error when there is no such epoch */
  epoch(number: number): Epoch {
    const epoch = this.epochs[number - 1];
    if (!epoch) throw new Error(`There is no epoch ${number}.`);
    return epoch;
  }

  /** The fingerprints under which a patient may stand in a table, one for each epoch. */
  patientKeys(patient: PatientKey): string[] {
    return this.epochs.map(({ pseudonymiser }) => pseudonymiser.patientKey(patient));
  }

  /** The same of the Patient ID alone, whatever its issuer. */
  patientIdKeys(patientId: string): string[] {
    return this.epochs.map(({ pseudonymiser }) => pseudonymiser.patientIdKey(patientId));
  }
}

export function epochRows(database: SqliteDatabase): EpochRow[] {
  return database.prepare(SQL.epochs).all() as EpochRow[];
}

/** A value by which a secret is recognised; it tells nothing about the secret. */
export function keyCheckOf(secret: Uint8Array): string {
  return new Pseudonymiser(secret).fingerprint('key check', '');
}

/** Enters an epoch whose secret is in its file. */
export function beginEpoch(database: SqliteDatabase, epoch: number, secret: Uint8Array): void {
  database.prepare(SQL.begin).run(epoch, keyCheckOf(secret), new Date().toISOString());
}

/**
 * Reads the secrets of a node, or makes the first one where nobody has a pseudonym yet.
 * @throws StartUpError when one is lost, damaged, open to others, or not the one that was used
 */
export function openKeyring(keysFolder: string, database: SqliteDatabase): Keyring {
  const rows = epochRows(database);
  if (rows.length > 0) return new Keyring(rows.map((row) => secretOf(keysFolder, row)));
  const identity = database.prepare(SQL.anyIdentity).get() as { pseudonym: string; identity: Buffer } | undefined;
  const secret = readSecret(keysFolder, 1) ?? (identity ? lost(keysFolder, 1) : writeSecret(keysFolder, 1));
  // A vault from before there were epochs: its own rows say whether the secret is theirs.
  if (identity && !opens(secret, identity)) wrong(keysFolder, 1);
  database.transaction(() => {
    if (epochRows(database).length === 0) beginEpoch(database, 1, secret);
  })();
  return new Keyring([secret]);
}

/** Makes the secret of a new epoch. Nothing may work with the vault meanwhile. @returns its number */
export function rotate(keysFolder: string, database: SqliteDatabase, keyring: Keyring): number {
  const epoch = keyring.current.number + 1;
  removeUnusedSecret(keysFolder, epoch);
  beginEpoch(database, epoch, writeSecret(keysFolder, epoch));
  return epoch;
}

function secretOf(keysFolder: string, { epoch, keyCheck }: EpochRow): Buffer {
  const secret = readSecret(keysFolder, epoch) ?? lost(keysFolder, epoch);
  return keyCheckOf(secret) === keyCheck ? secret : wrong(keysFolder, epoch);
}

function opens(secret: Buffer, { pseudonym, identity }: { pseudonym: string; identity: Buffer }): boolean {
  try {
    openIdentity(secret, pseudonym, identity);
    return true;
  } catch {
    return false;
  }
}

const REMEDY =
  'Restore the file from a backup, or from an export with "gatehouse vault restore": with a new secret no patient would keep the pseudonym. Nothing was changed, and received originals stay where they are.';

function lost(keysFolder: string, epoch: number): never {
  throw new StartUpError(
    `The site secret ${secretFile(keysFolder, epoch)} is missing, but this node has made pseudonyms before. ${REMEDY}`,
  );
}

function wrong(keysFolder: string, epoch: number): never {
  throw new StartUpError(
    `The site secret ${secretFile(keysFolder, epoch)} is not the one with which this node has made its pseudonyms. ${REMEDY}`,
  );
}
