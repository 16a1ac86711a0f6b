/** Random access to one compressed frame through a small window, across the fragments it is cut into. */
import { readSync } from 'node:fs';
import type { BulkValue } from '../../dicom/data-set.ts';

const WINDOW = 4096;

export class FrameBytes {
  readonly length: number;
  readonly #file: number;
  readonly #fragments: readonly BulkValue[];
  #window: Buffer = Buffer.alloc(0);
  #start = 0;

  /** @param file an open descriptor of the file that the fragments point into */
  constructor(file: number, fragments: readonly BulkValue[]) {
    this.#file = file;
    this.#fragments = fragments;
    this.length = fragments.reduce((sum, { length }) => sum + length, 0);
  }

  /** The bytes from `position` on, fewer than `length` where the frame ends before. */
  read(position: number, length: number): Buffer {
    const wanted = Math.max(0, Math.min(length, this.length - position));
    if (position < this.#start || position + wanted > this.#start + this.#window.length) {
      this.#window = this.#load(position, Math.min(Math.max(wanted, WINDOW), this.length - position));
      this.#start = position;
    }
    return this.#window.subarray(position - this.#start, position - this.#start + wanted);
  }

  /** Big endian, as every marker and length of these streams; undefined beyond the end. */
  number(position: number, bytes: 1 | 2 | 4): number | undefined {
    const found = this.read(position, bytes);
    return found.length < bytes ? undefined : found.readUIntBE(0, bytes);
  }

  #load(position: number, length: number): Buffer {
    const result = Buffer.alloc(Math.max(0, length));
    let filled = 0;
    let fragmentStart = 0;
    for (const fragment of this.#fragments) {
      if (filled === result.length) break;
      const skipped = position + filled - fragmentStart;
      fragmentStart += fragment.length;
      if (skipped >= fragment.length) continue;
      const part = Math.min(fragment.length - skipped, result.length - filled);
      filled += readSync(this.#file, result, filled, part, fragment.offset + skipped);
    }
    return result.subarray(0, filled);
  }
}
