/**
 * Patients and UIDs named as EUCAIM's tool Lethe names them, so that what a site sent through Lethe and what it sends
 * through Gatehouse belong together. Lethe hashes with MD5: whoever has the secret and a list of Patient IDs finds them
 * again, which is why Gatehouse's own identifiers are the default.
 */
import { createHash, createHmac } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StartUpError } from '../store/errors.ts';
import type { PatientKey, Pseudonymiser } from './pseudonymiser.ts';

const UID_ROOT = '1.3.6.1.4.1.58108.2023.';
const LONGEST_UID = 64;
const FILE = 'lethe-secret';

export class LetheIdentifiers {
  readonly #secret: string;
  readonly #own: Pick<Pseudonymiser, 'dateShiftDays' | 'fingerprint'>;

  /**
   * @param secret as `loadLetheSecret` gives it
   * @param own gives the days to shift dates by, which Lethe does not do
   */
  constructor(secret: string, own: Pick<Pseudonymiser, 'dateShiftDays' | 'fingerprint'>) {
    this.#secret = secret;
    this.#own = own;
  }

  /** Lethe does not look at the issuer: two patients of two issuers with one ID would be one, and are refused later. */
  patientPseudonym({ patientId }: PatientKey): string {
    return `EUCAIM-${decimalOfMd5(`[${this.#secret}]${trimmed(patientId)}`)}`;
  }

  patientName(pseudonym: string): string {
    return `${pseudonym}^Anonymous`;
  }

  /** Every UID of a patient depends on who the patient became. */
  uid(original: string, patientPseudonym: string): string {
    const number = decimalOfMd5(`${original.trim()}${patientPseudonym}`);
    return `${UID_ROOT}${number.startsWith('0') ? '9' : ''}${number}`.slice(0, LONGEST_UID);
  }

  /** What rules of a profile derive with a key is the site's own. */
  fingerprint(domain: string, value: string): string {
    return this.#own.fingerprint(domain, value);
  }

  dateShiftDays(patient: PatientKey): number {
    return this.#own.dateShiftDays(patient);
  }
}

/**
 * The secret that Lethe was run with (its option --secret), from the file `lethe-secret` of the keys folder; without
 * such a file one of the same form that follows from the site secret, so that it need not be kept apart.
 * @throws StartUpError when the file is damaged or open to others
 */
export function loadLetheSecret(keysFolder: string, siteSecret: Uint8Array): string {
  const file = join(keysFolder, FILE);
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return derivedSecret(siteSecret);
    throw error;
  }
  if (!/^[0-9a-f]{33}$/.test(text) || checkDigit(text.slice(0, -1)) !== text.at(-1)) {
    throw new StartUpError(
      `The file ${file} does not hold a secret of Lethe: 32 hexadecimal digits in small letters and their check digit. Copy it again from where Lethe was run.`,
    );
  }
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw new StartUpError(`The secret of Lethe ${file} can be read by other users. Run: chmod 600 ${file}`);
  }
  return text;
}

function derivedSecret(siteSecret: Uint8Array): string {
  const digits = createHmac('sha256', siteSecret).update('lethe secret', 'utf8').digest('hex').slice(0, 32);
  return digits + checkDigit(digits);
}

/** Luhn's algorithm with 16 digits instead of 10. */
function checkDigit(digits: string): string {
  let sum = 0;
  for (const [index, digit] of [...digits].reverse().entries()) {
    const value = Number.parseInt(digit, 16) * (index % 2 === 0 ? 2 : 1);
    sum += (value >> 4) + (value & 15);
  }
  return ((16 - (sum % 16)) % 16).toString(16);
}

/** MD5 as one unsigned number, most significant byte first, in decimal. */
function decimalOfMd5(text: string): string {
  return BigInt(`0x${createHash('md5').update(text, 'utf8').digest('hex')}`).toString();
}

/** As Java trims: spaces and control characters, and nothing else. */
function trimmed(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && text.charCodeAt(start) <= 0x20) start += 1;
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end -= 1;
  return text.slice(start, end);
}
