/**
 * Searches many byte strings at once, without regard to the case of ASCII and Latin-1 letters. Building it must cost
 * almost nothing, because every object has its own needles.
 *
 * Two ways through the bytes: `scan` looks at every byte and finds all needles, for text; `scanBulk` finds only the long
 * ones, which lets it step over most bytes (Wu and Manber's multi-pattern search), for samples and compressed pixels.
 */

const FILTER_BITS = 16;
const SUFFIX = 4;
const LOWER = new Uint8Array(256).map((_, byte) => {
  const upper = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0xc0 && byte <= 0xde && byte !== 0xd7);
  return upper ? byte + 0x20 : byte;
});

/** Needles of fewer bytes are not found: they are everywhere. */
const SHORTEST_BYTES = SUFFIX;
/** Shorter needles appear in samples and compressed pixels by chance. */
const SHORTEST_IN_BULK = 8;
const CASES: readonly (readonly number[])[] = Array.from({ length: 256 }, (_, lower) =>
  [...LOWER.keys()].filter((byte) => LOWER[byte] === lower),
);

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

/** Told of each match; positions are relative to the bytes that were searched. */
type Report = (match: ByteMatch) => void;

export class ByteScanner {
  readonly #filter = new Uint8Array(1 << FILTER_BITS);
  readonly #entries = new Map<number, Entry[]>();
  readonly #known = new Set<string>();
  #bulk: BulkTables | undefined;
  longest = 0;

  /** The same bytes under two numbers are kept under the first. */
  add(needle: number, bytes: Uint8Array): void {
    if (bytes.length < SHORTEST_BYTES) return;
    const lower = new Uint8Array(bytes.length);
    let key = '';
    for (let index = 0; index < lower.length; index += 1) {
      const byte = LOWER[bytes[index] as number] as number;
      lower[index] = byte;
      key += String.fromCharCode(byte);
    }
    if (this.#known.has(key)) return;
    this.#known.add(key);
    const word = lastWord(lower);
    this.#filter[slotOf(word)] = 1;
    const entry = { needle, bytes: lower };
    const bucket = this.#entries.get(word);
    if (bucket === undefined) this.#entries.set(word, [entry]);
    else bucket.push(entry);
    this.longest = Math.max(this.longest, lower.length);
    this.#bulk = undefined;
  }

  /** Every match in the bytes. */
  scan(bytes: Uint8Array, report: Report): void {
    const filter = this.#filter;
    const { length } = bytes;
    let word = 0;
    for (let index = 0; index < length; index += 1) {
      word = (word << 8) | (LOWER[bytes[index] as number] as number);
      if (filter[slotOf(word)] === 1 && index >= SUFFIX - 1) this.#verify(bytes, index, word, report);
    }
  }

  /** Every match of a needle of eight bytes and more. */
  scanBulk(bytes: Uint8Array, report: Report): void {
    this.#bulk ??= bulkTables([...this.#entries.values()].flat());
    const { pairs, steps, candidates } = this.#bulk;
    const { length } = bytes;
    for (let last = SHORTEST_IN_BULK - 1; last < length; ) {
      const pair = ((bytes[last - 1] as number) << 8) | (bytes[last] as number);
      // Nearly every pair stands in no needle. The set of those that do is small enough to stay close to the processor.
      if ((((pairs[pair >> 5] as number) >>> (pair & 31)) & 1) === 0) {
        last += SHORTEST_IN_BULK - 1;
        continue;
      }
      const step = steps[pair] as number;
      if (step > 0) {
        last += step;
        continue;
      }
      const start = last - SHORTEST_IN_BULK + 1;
      for (const { needle, bytes: wanted } of candidates.get(pair) ?? []) {
        const end = start + wanted.length;
        if (end <= length && equals(bytes, start, wanted)) report({ needle, start, end });
      }
      last += 1;
    }
  }

  #verify(bytes: Uint8Array, last: number, word: number, report: Report): void {
    for (const { needle, bytes: wanted } of this.#entries.get(word) ?? []) {
      const start = last + 1 - wanted.length;
      if (start >= 0 && equals(bytes, start, wanted)) report({ needle, start, end: last + 1 });
    }
  }
}

/** By a pair of bytes as they may stand in a file. */
interface BulkTables {
  /** One bit for each pair that stands among the first eight bytes of a needle. */
  readonly pairs: Uint32Array;
  /** How far the search may step from such a pair to where the first eight bytes of a needle could end. */
  readonly steps: Uint8Array;
  /** The needles whose first eight bytes end with such a pair. */
  readonly candidates: ReadonlyMap<number, readonly Entry[]>;
}

function bulkTables(entries: readonly Entry[]): BulkTables {
  const steps = new Uint8Array(1 << 16).fill(SHORTEST_IN_BULK - 1);
  const pairs = new Uint32Array((1 << 16) / 32);
  const candidates = new Map<number, Entry[]>();
  for (const entry of entries) {
    const { bytes } = entry;
    if (bytes.length < SHORTEST_IN_BULK) continue;
    for (let last = 1; last < SHORTEST_IN_BULK; last += 1) {
      for (const first of casesOf(bytes[last - 1] as number)) {
        for (const second of casesOf(bytes[last] as number)) {
          const pair = (first << 8) | second;
          pairs[pair >> 5] = (pairs[pair >> 5] as number) | (1 << (pair & 31));
          steps[pair] = Math.min(steps[pair] as number, SHORTEST_IN_BULK - 1 - last);
          if (last < SHORTEST_IN_BULK - 1) continue;
          const others = candidates.get(pair);
          if (others === undefined) candidates.set(pair, [entry]);
          else others.push(entry);
        }
      }
    }
  }
  return { pairs, steps, candidates };
}

/** The bytes that count as this one, which is in lower case. */
function casesOf(lower: number): readonly number[] {
  return CASES[lower] as readonly number[];
}

function lastWord(bytes: Uint8Array): number {
  let word = 0;
  for (let index = bytes.length - SUFFIX; index < bytes.length; index += 1)
    word = (word << 8) | (bytes[index] as number);
  return word;
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
