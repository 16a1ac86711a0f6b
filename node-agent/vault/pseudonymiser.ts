/**
 * Keyed, deterministic pseudonyms. Everything is derived by HMAC-SHA-256 from the site secret with
 * a domain in front of the input, so the same original always gives the same result without a
 * table, and nobody without the secret can enumerate identifiers to find it.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** What identifies a patient at this site (PS3.3 C.7.1.1: Patient ID and its issuer). */
export interface PatientKey {
  readonly patientId: string;
  readonly issuer?: string | undefined;
}

const CROCKFORD_BASE_32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** What a pseudonym looks like. */
export interface PseudonymForm {
  /** Starts with a letter or digit; see `objectPath` of the catalogue. */
  readonly prefix: string;
  /** Characters of 5 bits each behind the prefix; 51 at most. */
  readonly width: number;
}

/** 80 bits. */
export const USUAL_FORM: PseudonymForm = { prefix: 'GH-', width: 16 };

const SHORTEST_SHIFT_DAYS = 180;
const SHIFT_RANGE_DAYS = 1_800;
const MOST_UIDS = 10_000;

export class Pseudonymiser {
  readonly #secret: KeyObject;
  readonly #uids = new Map<string, string>();

  /** @param secret the site secret, at least 32 bytes */
  constructor(secret: Uint8Array) {
    if (secret.length < 32) throw new Error('The site secret is shorter than 256 bits.');
    this.#secret = createSecretKey(secret);
  }

  /** A prefix and Crockford base-32 characters; the same beginning whatever the width. */
  patientPseudonym(patient: PatientKey, { prefix, width }: PseudonymForm = USUAL_FORM): string {
    const digest = this.#digest('patient', canonicalPatient(patient));
    let text = '';
    for (let index = 0; index < width; index += 1) {
      text += CROCKFORD_BASE_32.charAt(bitsAt(digest, index * 5, 5));
    }
    return `${prefix}${text}`;
  }

  /** The pseudonym with the delimiter of PS3.5 §6.2.1: a name without one is taken for the retired ACR-NEMA form. */
  patientName(pseudonym: string): string {
    return `${pseudonym}^`;
  }

  /** `2.25.` and the decimal of a version 8 UUID (PS3.5 §B.2, RFC 9562 §5.8); 44 characters at most. */
  uid(original: string): string {
    let made = this.#uids.get(original);
    if (made === undefined) {
      // Bounded: the UIDs of a study and of its series come again with every object.
      if (this.#uids.size >= MOST_UIDS) this.#uids.clear();
      made = this.#newUid(original);
      this.#uids.set(original, made);
    }
    return made;
  }

  #newUid(original: string): string {
    const bytes = this.#digest('uid', original.trim()).subarray(0, 16);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    return `2.25.${BigInt(`0x${bytes.toString('hex')}`)}`;
  }

  /** Whole days to add to every date of this patient; always negative, so never 0 and never in the future. */
  dateShiftDays(patient: PatientKey): number {
    const digest = this.#digest('shift', canonicalPatient(patient));
    return -(SHORTEST_SHIFT_DAYS + Number(digest.readBigUInt64BE(0) % BigInt(SHIFT_RANGE_DAYS)));
  }

  /** A keyed fingerprint of the patient, by which the identity table tells two patients apart. */
  patientKey(patient: PatientKey): string {
    return this.fingerprint('patient', canonicalPatient(patient));
  }

  /** A keyed fingerprint of the Patient ID alone, by which a patient is found where the issuer is not known. */
  patientIdKey(patientId: string): string {
    return this.fingerprint('patient id', patientId.trim());
  }

  /** A keyed fingerprint for looking things up without storing them; base64url of 24 bytes. */
  fingerprint(domain: string, value: string): string {
    return this.#digest(`fingerprint:${domain}`, value).subarray(0, 24).toString('base64url');
  }

  /** A key of 32 bytes for one purpose; it tells nothing about the secret or about the keys for other purposes. */
  derivedKey(purpose: string): KeyObject {
    return createSecretKey(this.#digest('key', purpose));
  }

  #digest(domain: string, value: string): Buffer {
    return createHmac('sha256', this.#secret).update(`${domain}|${value}`, 'utf8').digest();
  }
}

/** Spaces around an ID are padding, not meaning (PS3.5 §6.2, VR LO). */
function canonicalPatient(patient: PatientKey): string {
  return `${(patient.issuer ?? '').trim()}|${patient.patientId.trim()}`;
}

function bitsAt(bytes: Uint8Array, offset: number, count: number): number {
  let value = 0;
  for (let bit = offset; bit < offset + count; bit += 1) {
    value = (value << 1) | (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
  }
  return value;
}
