/**
 * Write buffers used again and again: what comes from a socket in pieces of any size leaves for the
 * disk in blocks of one size, and a large object costs no more memory than a small one. The blocks lie
 * on page boundaries, so that the disk can take them directly (see `direct-file.ts`).
 */

/** The part of the JavaScript API that is used here; TypeScript knows it from browsers only. */
declare const WebAssembly: {
  readonly Memory: new (limits: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
};

/** Large enough to keep a disk busy, small enough that the first half of a slice is written while the second comes. */
export const BLOCK_BYTES = 384 * 1024;
const WEB_ASSEMBLY_PAGE_BYTES = 64 * 1024;
const BLOCKS_OF_AN_ARENA = 8;

export class BlockPool {
  readonly #free: Buffer[] = [];

  take(): Buffer {
    if (this.#free.length === 0) this.#addArena();
    return this.#free.pop() as Buffer;
  }

  /** The block may be handed out again at once: nothing may use it any more. */
  give(block: Buffer): void {
    this.#free.push(block);
  }

  /** The memory of a WebAssembly module is the one way in Node to memory that begins on a page boundary. */
  #addArena(): void {
    const pages = (BLOCKS_OF_AN_ARENA * BLOCK_BYTES) / WEB_ASSEMBLY_PAGE_BYTES;
    const { buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages });
    for (let index = 0; index < BLOCKS_OF_AN_ARENA; index += 1) {
      this.#free.push(Buffer.from(buffer, index * BLOCK_BYTES, BLOCK_BYTES));
    }
  }
}
