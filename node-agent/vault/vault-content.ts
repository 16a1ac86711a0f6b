/** Everything a vault is made of, so that another data folder can go on with it: secrets of all epochs and all tables. */
import { existsSync, renameSync } from 'node:fs';
import { z } from 'zod';
import type { SqliteDatabase } from '../store/database.ts';
import { openIdentity } from './identity-seal.ts';
import { epochRows, type Keyring, keyCheckOf } from './keyring.ts';
import { readSecret, secretFile, writeSecret } from './site-secret.ts';

/** Whose rows refer to which comes after it. */
const TABLES = [
  ...['epochs', 'identities', 'study_ids', 'opt_outs', 'opt_out_pseudonyms'],
  ...['identified_studies', 'clinical_mappings'],
];
/** Not in exports of earlier versions. */
const NEWER = new Set(['identified_studies', 'clinical_mappings']);

/** A value of a row; what is sealed as base64. */
const value = z.union([z.string(), z.number(), z.null(), z.object({ base64: z.string() })]);
const rows = z.array(z.record(z.string().regex(/^[a-z_]+$/), value));
const content = z.object({
  secrets: z.array(z.string().regex(/^[0-9a-f]{64}$/)).min(1),
  tables: z.object(Object.fromEntries(TABLES.map((table) => [table, NEWER.has(table) ? rows.default([]) : rows]))),
});
type Row = Record<string, z.infer<typeof value>>;

/** A vault that cannot be restored where it should be; the message says why and what to do. */
export class VaultRestoreError extends Error {
  override readonly name = 'VaultRestoreError';
}

/** What there is at one moment, as JSON. */
export function vaultContent(database: SqliteDatabase, keyring: Keyring): Buffer {
  const tables = database.transaction(() =>
    Object.fromEntries(
      TABLES.map((table) => [
        table,
        database
          .prepare(`SELECT * FROM ${table}`)
          .all()
          .map((row) => encoded(row as object)),
      ]),
    ),
  )();
  const secrets = keyring.epochs.map(({ secret }) => secret.toString('hex'));
  return Buffer.from(JSON.stringify({ secrets, tables }));
}

export type Restored =
  | { readonly kind: 'everything'; readonly epochs: number; readonly patients: number }
  /** The vault was there and lacked its secrets. */
  | { readonly kind: 'secrets'; readonly epochs: number };

/**
 * Makes the vault of an empty data folder from an export, or gives a vault its lost secrets back; rows that are there are
 * never changed. A file with another secret is set aside.
 * @throws VaultRestoreError when the export is not of this vault or too old, before anything is written
 */
export function restoreVault(bytes: Buffer, keysFolder: string, database: SqliteDatabase): Restored {
  const { secrets, tables } = content.parse(JSON.parse(bytes.toString('utf8')));
  const buffers = secrets.map((secret) => Buffer.from(secret, 'hex'));
  if (tables.epochs?.length !== secrets.length) throw new VaultRestoreError('The export is not complete.');
  const rows = epochRows(database);
  const used = rows.length > 0 || database.prepare('SELECT 1 FROM identities').get() !== undefined;
  if (used) {
    requireSameVault(database, buffers);
    placeSecrets(keysFolder, buffers.slice(0, Math.max(1, rows.length)));
    return { kind: 'secrets', epochs: Math.max(1, rows.length) };
  }
  for (const epoch of buffers.keys()) requireNoOther(keysFolder, epoch + 1, buffers[epoch] as Buffer);
  placeSecrets(keysFolder, buffers);
  database
    .transaction(() => {
      for (const table of TABLES) for (const row of tables[table] ?? []) insert(database, table, row);
    })
    .immediate();
  return { kind: 'everything', epochs: secrets.length, patients: tables.identities?.length ?? 0 };
}

function requireSameVault(database: SqliteDatabase, secrets: readonly Buffer[]): void {
  const rows = epochRows(database);
  if (rows.length > secrets.length) {
    throw new VaultRestoreError(
      `The export was made before epoch ${secrets.length + 1} began, so a secret is missing in it. Use a newer export.`,
    );
  }
  const first = database.prepare('SELECT pseudonym, identity FROM identities WHERE epoch = 1 LIMIT 1').get();
  const same =
    rows.length > 0
      ? rows.every(({ epoch, keyCheck }) => keyCheckOf(secrets[epoch - 1] as Buffer) === keyCheck)
      : opens(secrets[0] as Buffer, first as { pseudonym: string; identity: Buffer });
  if (!same) {
    throw new VaultRestoreError(
      'The export is not of the vault in this data folder. Use its own export, or restore into an empty data folder (--data-dir). Nothing was written.',
    );
  }
}

function opens(secret: Buffer, { pseudonym, identity }: { pseudonym: string; identity: Buffer }): boolean {
  try {
    openIdentity(secret, pseudonym, identity);
    return true;
  } catch {
    return false;
  }
}

/** An empty vault with a secret of its own has been started already, and its ledger's fingerprints are made with that. */
function requireNoOther(keysFolder: string, epoch: number, secret: Buffer): void {
  if (!existsSync(secretFile(keysFolder, epoch)) || isThere(keysFolder, epoch, secret)) return;
  throw new VaultRestoreError(
    'The data folder has a site secret of its own. Restore into an empty data folder (--data-dir). Nothing was written.',
  );
}

function placeSecrets(keysFolder: string, secrets: readonly Buffer[]): void {
  for (const [index, secret] of secrets.entries()) {
    const epoch = index + 1;
    if (isThere(keysFolder, epoch, secret)) continue;
    const file = secretFile(keysFolder, epoch);
    if (existsSync(file)) renameSync(file, `${file}.set-aside-${Date.now()}`);
    writeSecret(keysFolder, epoch, secret);
  }
}

function isThere(keysFolder: string, epoch: number, secret: Buffer): boolean {
  try {
    return readSecret(keysFolder, epoch)?.equals(secret) ?? false;
  } catch {
    return false; // damaged, or open to others
  }
}

function insert(database: SqliteDatabase, table: string, row: Row): void {
  const columns = Object.keys(row);
  const values = Object.values(row).map((one) =>
    typeof one === 'object' && one !== null ? Buffer.from(one.base64, 'base64') : one,
  );
  const marks = columns.map(() => '?').join(', ');
  database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${marks})`).run(...values);
}

function encoded(row: object): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, one]) => [name, Buffer.isBuffer(one) ? { base64: one.toString('base64') } : one]),
  );
}
