/**
 * The site secret: 256 random bits from which every pseudonym, UID, date shift and the key of the
 * identity table are derived. It lives in a file of its own, outside both databases, that only the
 * service user may read. Whoever holds it and an identifier can recompute a pseudonym; whoever
 * loses it can never link new studies of a patient to earlier ones.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StartUpError } from '../store/errors.ts';

const FILE = 'site-secret';
const BYTES = 32;

/**
 * Reads the secret of a keys folder, or creates it on the first start.
 * @throws StartUpError when it is missing although the vault has been in use, damaged, or open to others
 */
export function loadSiteSecret(keysFolder: string, options: { mayCreate: boolean }): Buffer {
  const file = join(keysFolder, FILE);
  try {
    return readSecret(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  if (!options.mayCreate) {
    throw new StartUpError(
      `The site secret ${file} is missing, but this node has made pseudonyms before. ` +
        'Restore the file from a backup: with a new secret no patient would keep the pseudonym.',
    );
  }
  const secret = randomBytes(BYTES);
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeSync(descriptor, `${secret.toString('hex')}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return secret;
}

function readSecret(file: string): Buffer {
  const text = readFileSync(file, 'utf8').trim();
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new StartUpError(`The site secret ${file} is damaged. Restore the file from a backup.`);
  }
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw new StartUpError(`The site secret ${file} can be read by other users. Run: chmod 600 ${file}`);
  }
  return Buffer.from(text, 'hex');
}
