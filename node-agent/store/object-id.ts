/**
 * Names for objects that say nothing about them and sort in the order they were given: UUIDs of version 7 (RFC 9562
 * §5.7). Names in no order at all would spread every group of rows over the whole of an index of millions.
 */
import { randomFillSync } from 'node:crypto';

/** The counter of RFC 9562 §6.2, method 1: the bits behind the version. */
const MOST_IN_A_MILLISECOND = 0xfff;

export class ObjectIds {
  readonly #now: () => number;
  readonly #bytes = Buffer.alloc(16);
  #milliseconds = 0;
  #counter = 0;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Later than every name given before, also when the clock was set back. */
  next(): string {
    const now = this.#now();
    if (now > this.#milliseconds) {
      this.#milliseconds = now;
      this.#counter = 0;
    } else if (this.#counter < MOST_IN_A_MILLISECOND) {
      this.#counter += 1;
    } else {
      this.#milliseconds += 1;
      this.#counter = 0;
    }
    const bytes = this.#bytes;
    bytes.writeUIntBE(this.#milliseconds, 0, 6);
    bytes.writeUInt16BE(0x7000 | this.#counter, 6);
    randomFillSync(bytes, 8);
    bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
    const hex = bytes.toString('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }
}
