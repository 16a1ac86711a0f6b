/**
 * How far a search may step over bytes in which none of its needles can end: Wu and Manber's shift table, by pairs of bytes,
 * over the first eight bytes of each needle.
 */
import { LOWER } from './lower-case.ts';

/** Shorter needles appear in samples and compressed pixels by chance. */
export const SHORTEST_IN_BULK = 8;

const PAIRS = 1 << 16;
const CASES: readonly (readonly number[])[] = Array.from({ length: 256 }, (_, lower) =>
  [...LOWER.keys()].filter((byte) => LOWER[byte] === lower),
);

/** A needle in lower case, under its number. */
export interface BulkEntry {
  readonly needle: number;
  readonly bytes: Uint8Array;
}

/** What one pair was before an entry was added. */
interface Change {
  readonly pair: number;
  readonly step: number;
  readonly stood: boolean;
  readonly candidate: boolean;
}

export class BulkTables {
  /** One bit for each pair that stands among the first eight bytes of a needle. */
  readonly pairs = new Uint32Array(PAIRS / 32);
  /** How far the search may step from such a pair to where the first eight bytes of a needle could end. */
  readonly steps = new Uint8Array(PAIRS).fill(SHORTEST_IN_BULK - 1);
  /** The needles whose first eight bytes end with such a pair. */
  readonly candidates = new Map<number, BulkEntry[]>();
  readonly #changes: Change[] = [];

  /** To be handed to `forget`. */
  get size(): number {
    return this.#changes.length;
  }

  add(entry: BulkEntry): void {
    const { bytes } = entry;
    if (bytes.length < SHORTEST_IN_BULK) return;
    for (let last = 1; last < SHORTEST_IN_BULK; last += 1) {
      for (const first of CASES[bytes[last - 1] as number] as readonly number[]) {
        for (const second of CASES[bytes[last] as number] as readonly number[])
          this.#addPair((first << 8) | second, last, entry);
      }
    }
  }

  /** Takes back everything that was added since the tables had this size. */
  forget(size: number): void {
    while (this.#changes.length > size) {
      const { pair, step, stood, candidate } = this.#changes.pop() as Change;
      this.steps[pair] = step;
      if (!stood) this.pairs[pair >> 5] = (this.pairs[pair >> 5] as number) & ~(1 << (pair & 31));
      if (candidate) this.candidates.get(pair)?.pop();
    }
  }

  #addPair(pair: number, last: number, entry: BulkEntry): void {
    const [word, bit] = [pair >> 5, 1 << (pair & 31)];
    const [stood, step] = [((this.pairs[word] as number) & bit) !== 0, this.steps[pair] as number];
    const candidate = last === SHORTEST_IN_BULK - 1;
    const shorter = Math.min(step, SHORTEST_IN_BULK - 1 - last);
    if (stood && shorter === step && !candidate) return;
    this.#changes.push({ pair, step, stood, candidate });
    this.pairs[word] = (this.pairs[word] as number) | bit;
    this.steps[pair] = shorter;
    if (!candidate) return;
    const others = this.candidates.get(pair);
    if (others === undefined) this.candidates.set(pair, [entry]);
    else others.push(entry);
  }
}
