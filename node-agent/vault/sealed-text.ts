/**
 * Texts of the identified zone as they lie in vault.db: AES-256-GCM under a key derived from the site
 * secret, so that a copy of the database alone says nothing about anybody.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export class SealedText {
  readonly #key: Buffer;

  /** @param purpose keeps the keys of different tables apart */
  constructor(siteSecret: Uint8Array, purpose: string) {
    this.#key = Buffer.from(hkdfSync('sha256', siteSecret, '', `gatehouse ${purpose}`, 32));
  }

  /**
   * 12 bytes nonce, 16 bytes tag, ciphertext.
   * @param row the key of the row it will stand in: authenticated, so rows cannot be exchanged unnoticed
   */
  seal(row: string, text: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(row));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** @throws Error when the text was sealed under another secret, for another row, or was changed */
  open(row: string, sealed: Uint8Array): string {
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(row)).setAuthTag(tag);
    const content = sealed.subarray(NONCE_BYTES + TAG_BYTES);
    return Buffer.concat([decipher.update(content), decipher.final()]).toString('utf8');
  }
}
