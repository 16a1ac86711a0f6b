/**
 * Searches many byte strings at once, without regard to the case of ASCII and Latin-1 letters. A filter on
 * the last four bytes of every needle passes over nearly everything, so one pass costs little more than
 * reading, and building it costs almost nothing - which matters, because every object has its own needles.
 */

const FILTER_BITS = 16;
const SUFFIX = 4;
const LOWER = new Uint8Array(256).map((_, byte) => {
  const upper = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0xc0 && byte <= 0xde && byte !== 0xd7);
  return upper ? byte + 0x20 : byte;
});

/** Needles of fewer bytes are not found: they are everywhere. */
const SHORTEST_BYTES = SUFFIX;

interface ByteMatch {
  /** The number that the needle was given. */
  readonly needle: number;
  readonly start: number;
  readonly end: number;
}

interface Entry {
  readonly needle: number;
  readonly bytes: Uint8Array;
}

export class ByteScanner {
  readonly #filter = new Uint8Array(1 << FILTER_BITS);
  readonly #entries = new Map<number, Entry[]>();
  readonly #known = new Set<string>();
  longest = 0;

  /** The same bytes under two numbers are kept under the first. */
  add(needle: number, bytes: Uint8Array): void {
    if (bytes.length < SHORTEST_BYTES) return;
    const lower = bytes.map((byte) => LOWER[byte] ?? byte);
    const key = Buffer.from(lower.buffer, lower.byteOffset, lower.length).toString('latin1');
    if (this.#known.has(key)) return;
    this.#known.add(key);
    const word = lower.slice(-SUFFIX).reduce((sum, byte) => (sum << 8) | byte, 0);
    this.#filter[slotOf(word)] = 1;
    const entry = { needle, bytes: lower };
    const bucket = this.#entries.get(word);
    if (bucket === undefined) this.#entries.set(word, [entry]);
    else bucket.push(entry);
    this.longest = Math.max(this.longest, lower.length);
  }

  /**
   * Every match in the bytes that ends at or after `from`.
   * @param report called for each match, positions relative to the bytes
   */
  scan(bytes: Uint8Array, from: number, report: (match: ByteMatch) => void): void {
    const filter = this.#filter;
    const { length } = bytes;
    let word = 0;
    const start = Math.max(0, from - SUFFIX + 1);
    for (let index = start; index < length; index += 1) {
      word = (word << 8) | (LOWER[bytes[index] as number] as number);
      if (filter[slotOf(word)] === 1 && index >= from && index - start >= SUFFIX - 1) {
        this.#verify(bytes, index, word, report);
      }
    }
  }

  #verify(bytes: Uint8Array, last: number, word: number, report: (match: ByteMatch) => void): void {
    for (const { needle, bytes: wanted } of this.#entries.get(word) ?? []) {
      const start = last + 1 - wanted.length;
      if (start >= 0 && equals(bytes, start, wanted)) report({ needle, start, end: last + 1 });
    }
  }
}

function slotOf(word: number): number {
  return Math.imul(word, 0x9e3779b1) >>> (32 - FILTER_BITS);
}

function equals(bytes: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let index = 0; index < wanted.length; index += 1) {
    if (LOWER[bytes[start + index] as number] !== wanted[index]) return false;
  }
  return true;
}
