/**
 * Searches many byte strings at once, without regard to the case of ASCII and Latin-1 letters. Building it must cost
 * almost nothing, because every object has its own needles; those that it shares with the objects before it stay, and what
 * is its own is forgotten afterwards.
 *
 * Two ways through the bytes: `scan` looks at every byte and finds all needles, for text; `scanBulk` finds only the long
 * ones, which lets it step over most bytes, for samples and compressed pixels.
 */
import { BulkSearch, equals } from './bulk-search.ts';
import { LOWER } from './lower-case.ts';

const FILTER_BITS = 16;
const SUFFIX = 4;
/** Needles of fewer bytes are not found: they are everywhere. */
const SHORTEST_BYTES = SUFFIX;
/** A slot with more entries than it can count is never emptied: then it only costs time. */
const MOST_IN_SLOT = 255;

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

interface Added {
  readonly key: string;
  readonly word: number;
}

/** A state of the scanner to which it can go back. */
export interface ScannerMark {
  readonly added: number;
  readonly longest: number;
  readonly bulk: number;
}

/** Told of each match; positions are relative to the bytes that were searched. */
type Report = (match: ByteMatch) => void;

export class ByteScanner {
  readonly #filter = new Uint8Array(1 << FILTER_BITS);
  readonly #entries = new Map<number, Entry[]>();
  readonly #known = new Set<string>();
  readonly #added: Added[] = [];
  readonly #bulk = new BulkSearch();
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
    this.#added.push({ key, word });
    const slot = slotOf(word);
    this.#filter[slot] = Math.min((this.#filter[slot] as number) + 1, MOST_IN_SLOT);
    const entry = { needle, bytes: lower };
    const bucket = this.#entries.get(word);
    if (bucket === undefined) this.#entries.set(word, [entry]);
    else bucket.push(entry);
    this.longest = Math.max(this.longest, lower.length);
    this.#bulk.add(entry);
  }

  mark(): ScannerMark {
    return { added: this.#added.length, longest: this.longest, bulk: this.#bulk.size };
  }

  /** Forgets every byte string that was added since the mark. */
  forget(mark: ScannerMark): void {
    while (this.#added.length > mark.added) {
      const { key, word } = this.#added.pop() as Added;
      this.#known.delete(key);
      const bucket = this.#entries.get(word);
      bucket?.pop();
      if (bucket?.length === 0) this.#entries.delete(word);
      const slot = slotOf(word);
      const entries = this.#filter[slot] as number;
      if (entries < MOST_IN_SLOT) this.#filter[slot] = entries - 1;
    }
    this.longest = mark.longest;
    this.#bulk.forget(mark.bulk);
  }

  /** Every match in the bytes. */
  scan(bytes: Uint8Array, report: Report): void {
    const filter = this.#filter;
    const { length } = bytes;
    let word = 0;
    for (let index = 0; index < length; index += 1) {
      word = (word << 8) | (LOWER[bytes[index] as number] as number);
      if (filter[slotOf(word)] !== 0 && index >= SUFFIX - 1) this.#verify(bytes, index, word, report);
    }
  }

  /** Every match of a needle of eight bytes and more. */
  scanBulk(bytes: Uint8Array, report: Report): void {
    this.#bulk.search(bytes, (needle, start, end) => report({ needle, start, end }));
  }

  #verify(bytes: Uint8Array, last: number, word: number, report: Report): void {
    for (const { needle, bytes: wanted } of this.#entries.get(word) ?? []) {
      const start = last + 1 - wanted.length;
      if (start >= 0 && equals(bytes, start, wanted)) report({ needle, start, end: last + 1 });
    }
  }
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
