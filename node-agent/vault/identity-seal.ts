/** Who a pseudonym stands for, as it lies sealed in a row of the identity table. */
import { SealedText } from './sealed-text.ts';

export interface Identity {
  readonly patientId: string;
  readonly issuer?: string | undefined;
  readonly name?: string | undefined;
  readonly birthDate?: string | undefined;
}

const PURPOSE = 'identity table';

export function sealIdentity(secret: Uint8Array, pseudonym: string, identity: Identity): Buffer {
  return new SealedText(secret, PURPOSE).seal(pseudonym, JSON.stringify(identity));
}

/** @throws Error when it was sealed under another secret or for another pseudonym, or was changed */
export function openIdentity(secret: Uint8Array, pseudonym: string, sealed: Uint8Array): Identity {
  return JSON.parse(new SealedText(secret, PURPOSE).open(pseudonym, sealed)) as Identity;
}
