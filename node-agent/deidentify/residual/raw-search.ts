/** Searches a file from end to end, whatever its structure: all needles in its structure, the long ones in its bulk values. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteScanner } from './byte-scanner.ts';

/** Bytes of a file: `start` and the byte after the last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const CHUNK = 256 * 1024;

/**
 * @param file a path, or the descriptor of an open file, which stays open
 * @param bulk where bulk values lie, in the order of the file; they may end beyond it
 * @param report told of each match once, with the offset where it begins
 * @throws the system's error
 */
export function searchFile(
  file: string | number,
  bulk: readonly Span[],
  scanner: ByteScanner,
  report: (needle: number, offset: number) => void,
): void {
  const descriptor = typeof file === 'number' ? file : openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const search = new RawSearch(descriptor, scanner, report);
    let from = 0;
    for (const { start, end } of [...bulk, { start: size, end: size }]) {
      const [first, last] = [Math.min(start, size), Math.min(end, size)];
      if (from < first) search.structure({ start: from, end: first }, size);
      if (first < last) search.bulk({ start: first, end: last });
      from = last;
    }
  } finally {
    if (descriptor !== file) closeSync(descriptor);
  }
}

class RawSearch {
  readonly #descriptor: number;
  readonly #scanner: ByteScanner;
  readonly #report: (needle: number, offset: number) => void;
  readonly #overlap: number;
  readonly #buffer: Uint8Array;

  constructor(descriptor: number, scanner: ByteScanner, report: (needle: number, offset: number) => void) {
    this.#descriptor = descriptor;
    this.#scanner = scanner;
    this.#report = report;
    this.#overlap = Math.max(scanner.longest - 1, 0);
    this.#buffer = new Uint8Array(CHUNK + this.#overlap);
  }

  /** Everything between bulk values, with what reaches into them from here. */
  structure(own: Span, size: number): void {
    const around = { start: Math.max(0, own.start - this.#overlap), end: Math.min(size, own.end + this.#overlap) };
    this.#chunks(around, (bytes, base, from) => {
      this.#scanner.scan(bytes, ({ needle, start, end }) => {
        const isNew = base + end > from;
        if (isNew && base + end > own.start && base + start < own.end) this.#report(needle, base + start);
      });
    });
  }

  bulk(own: Span): void {
    this.#chunks(own, (bytes, base, from) => {
      this.#scanner.scanBulk(bytes, ({ needle, start, end }) => {
        if (base + end > from) this.#report(needle, base + start);
      });
    });
  }

  /** Hands the span over in pieces that overlap; before `from`, matches were found in the piece before. */
  #chunks(span: Span, search: (bytes: Uint8Array, base: number, from: number) => void): void {
    let kept = 0;
    for (let position = span.start; position < span.end; ) {
      const wanted = Math.min(CHUNK, span.end - position);
      const read = readSync(this.#descriptor, this.#buffer, kept, wanted, position);
      if (read === 0) return;
      const held = kept + read;
      search(this.#buffer.subarray(0, held), position - kept, position);
      position += read;
      kept = Math.min(this.#overlap, held);
      this.#buffer.copyWithin(0, held - kept, held);
    }
  }
}
