/**
 * Searches samples and compressed pixels for long byte strings, without regard to the case of ASCII and Latin-1 letters.
 *
 * It looks at one pair of bytes in six. Wherever a string begins, one of the pairs that it begins with is looked at, and
 * nearly every pair begins no string; only around the others are the bytes compared.
 */
import { LOWER } from './lower-case.ts';

/** Shorter needles appear in samples and compressed pixels by chance. */
export const SHORTEST_IN_BULK = 8;

/** Bytes from one pair that is looked at to the next; even, so that pairs can be read as numbers of two bytes. */
const STRIDE = 6;
const WORDS = STRIDE / 2;
const AT_ONCE = 4;
const PREFIX = 4;
const FILTER_BITS = 14;
/** A count that is full is never taken back: then it only costs time. */
const FULL = 255;
const CASES: readonly (readonly number[])[] = Array.from({ length: 256 }, (_, lower) =>
  [...LOWER.keys()].filter((byte) => LOWER[byte] === lower),
);

/** A needle in lower case, under its number. */
export interface BulkEntry {
  readonly needle: number;
  readonly bytes: Uint8Array;
}

type FoundAt = (needle: number, start: number, end: number) => void;

export class BulkSearch {
  /** How often a pair, its first byte in the low half, stands where it would be looked at. */
  readonly #pairs = new Uint8Array(1 << 16);
  readonly #prefixes = new Uint8Array(1 << FILTER_BITS);
  readonly #entries = new Map<number, BulkEntry[]>();
  readonly #added: BulkEntry[] = [];

  /** To be handed to `forget`. */
  get size(): number {
    return this.#added.length;
  }

  /** Entries of fewer than eight bytes are not searched for. */
  add(entry: BulkEntry): void {
    const { bytes } = entry;
    if (bytes.length < SHORTEST_IN_BULK) return;
    this.#added.push(entry);
    const word = prefixAt(bytes, 0);
    count(this.#prefixes, slotOf(word), 1);
    this.#countPairs(bytes, 1);
    const bucket = this.#entries.get(word);
    if (bucket === undefined) this.#entries.set(word, [entry]);
    else bucket.push(entry);
  }

  /** Takes back everything that was added since it had this size. */
  forget(size: number): void {
    while (this.#added.length > size) {
      const { bytes } = this.#added.pop() as BulkEntry;
      const word = prefixAt(bytes, 0);
      count(this.#prefixes, slotOf(word), -1);
      this.#countPairs(bytes, -1);
      const bucket = this.#entries.get(word);
      bucket?.pop();
      if (bucket?.length === 0) this.#entries.delete(word);
    }
  }

  /** Every match in the bytes, each once. */
  search(bytes: Uint8Array, report: FoundAt): void {
    const even = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
    const words = new Uint16Array(even.buffer, even.byteOffset, even.length >> 1);
    const pairs = this.#pairs;
    let at = 0;
    for (const last = words.length - WORDS * (AT_ONCE - 1); at < last; at += WORDS * AT_ONCE) {
      const [one, two] = [pairs[words[at] as number] as number, pairs[words[at + WORDS] as number] as number];
      const three = pairs[words[at + 2 * WORDS] as number] as number;
      if ((one | two | three | (pairs[words[at + 3 * WORDS] as number] as number)) === 0) continue;
      for (let step = 0; step < AT_ONCE; step += 1) {
        const word = at + step * WORDS;
        if (pairs[words[word] as number] !== 0) this.#compareAround(bytes, word * 2, report);
      }
    }
    for (; at < words.length; at += WORDS)
      if (pairs[words[at] as number] !== 0) this.#compareAround(bytes, at * 2, report);
  }

  /** Strings that begin at this pair or up to five bytes before it: those before were found from the pair before. */
  #compareAround(bytes: Uint8Array, pair: number, report: FoundAt): void {
    const first = Math.max(0, pair - STRIDE + 1);
    const last = Math.min(pair, bytes.length - SHORTEST_IN_BULK);
    let word = prefixAt(bytes, first);
    for (let start = first; start <= last; start += 1) {
      if (this.#prefixes[slotOf(word)] !== 0) this.#compare(bytes, start, word, report);
      word = (word << 8) | (LOWER[bytes[start + PREFIX] as number] as number);
    }
  }

  #compare(bytes: Uint8Array, start: number, word: number, report: FoundAt): void {
    for (const { needle, bytes: wanted } of this.#entries.get(word) ?? []) {
      const end = start + wanted.length;
      if (end <= bytes.length && equals(bytes, start, wanted)) report(needle, start, end);
    }
  }

  #countPairs(bytes: Uint8Array, by: 1 | -1): void {
    for (let at = 0; at < STRIDE; at += 1) {
      for (const first of CASES[bytes[at] as number] as readonly number[])
        for (const second of CASES[bytes[at + 1] as number] as readonly number[])
          count(this.#pairs, first | (second << 8), by);
    }
  }
}

function count(counts: Uint8Array, at: number, by: 1 | -1): void {
  const now = counts[at] as number;
  if (now < FULL) counts[at] = now + by;
}

/** The first bytes from here, in lower case. */
function prefixAt(bytes: Uint8Array, start: number): number {
  let word = 0;
  for (let at = start; at < start + PREFIX; at += 1) word = (word << 8) | (LOWER[bytes[at] as number] as number);
  return word;
}

function slotOf(word: number): number {
  return Math.imul(word, 0x9e3779b1) >>> (32 - FILTER_BITS);
}

/** Whether these bytes, which are in lower case, stand here. */
export function equals(bytes: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let index = 0; index < wanted.length; index += 1) {
    if (LOWER[bytes[start + index] as number] !== wanted[index]) return false;
  }
  return true;
}
