/**
 * Write buffers used again and again: what comes from a socket in pieces of any size leaves for the
 * disk in blocks of one size, and a large object costs no more memory than a small one.
 */

export const BLOCK_BYTES = 256 * 1024;
const BLOCKS_KEPT = 64;

export class BlockPool {
  readonly #free: Buffer[] = [];

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
  }

  give(block: Buffer): void {
    if (this.#free.length < BLOCKS_KEPT) this.#free.push(block);
  }
}
