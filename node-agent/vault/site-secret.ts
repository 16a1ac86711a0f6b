/**
 * The files of the site secrets: 256 random bits each, from which every pseudonym, UID, date shift and the key of the
 * identity table are derived. They live outside both databases, and only the service user may read them. Whoever holds
 * one and an identifier can recompute a pseudonym; whoever loses it can never link new studies of a patient to earlier ones.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StartUpError } from '../store/errors.ts';

export const SECRET_BYTES = 32;

/** The file of an epoch's secret; the first one has no number, because there was one before there were epochs. */
export function secretFile(keysFolder: string, epoch: number): string {
  return join(keysFolder, epoch === 1 ? 'site-secret' : `site-secret-${epoch}`);
}

/**
 * Undefined where there is no such file.
 * @throws StartUpError when it is damaged or open to others
 */
export function readSecret(keysFolder: string, epoch: number): Buffer | undefined {
  const file = secretFile(keysFolder, epoch);
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new StartUpError(`The site secret ${file} is damaged. Restore the file from a backup.`);
  }
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw new StartUpError(`The site secret ${file} can be read by other users. Run: chmod 600 ${file}`);
  }
  return Buffer.from(text, 'hex');
}

/** Writes the file of an epoch's secret and flushes it. @throws the system's error where there is one already */
export function writeSecret(keysFolder: string, epoch: number, secret: Buffer = randomBytes(SECRET_BYTES)): Buffer {
  const descriptor = openSync(secretFile(keysFolder, epoch), 'wx', 0o600);
  try {
    writeSync(descriptor, `${secret.toString('hex')}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  syncFolderNow(keysFolder);
  return secret;
}

/** Removes what an interrupted rotation left: a file of an epoch that never began, so that nothing was made with it. */
export function removeUnusedSecret(keysFolder: string, epoch: number): void {
  rmSync(secretFile(keysFolder, epoch), { force: true });
}

function syncFolderNow(folder: string): void {
  if (process.platform === 'win32') return; // NTFS journals names; folders cannot be opened for sync there
  const descriptor = openSync(folder, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
