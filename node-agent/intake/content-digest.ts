/**
 * Tells the contents of objects apart: a keyed digest of a data set's bytes (GMAC, NIST SP 800-38D §3, with the
 * bytes as authenticated data). Fifteen times as fast as SHA-256, so that reception is not spent on it, and without
 * the key it says nothing about the content. The nonce is constant: as a digest under a secret key that never
 * leaves the node, its strength is the universal hash below it (two contents of n blocks meet with n in 2^128).
 */
import { type CipherGCM, createCipheriv, type KeyObject } from 'node:crypto';

const NONCE = Buffer.alloc(12);

export class ContentDigest {
  readonly #mac: CipherGCM;

  /** @param key 32 secret bytes */
  constructor(key: KeyObject) {
    this.#mac = createCipheriv('aes-256-gcm', key, NONCE);
  }

  /** The bytes are read before this returns. */
  update(bytes: Buffer): void {
    if (bytes.length > 0) this.#mac.setAAD(bytes);
  }

  /** 128 bits in hexadecimal; nothing can be added afterwards. */
  finish(): string {
    this.#mac.final();
    return this.#mac.getAuthTag().toString('hex');
  }
}
