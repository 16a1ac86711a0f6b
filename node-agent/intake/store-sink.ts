/** Streams one object into its file in the spool, and takes the digest of its data set on the way. */
import type { Spool } from '../store/spool.ts';
import { BLOCK_BYTES, type BlockPool } from './block-pool.ts';
import { ContentDigest } from './content-digest.ts';
import { DirectFile } from './direct-file.ts';

interface FilledBlock {
  readonly block: Buffer;
  readonly length: number;
}

/** Beyond this much unwritten data the sender has to wait. */
const HIGH_WATER_BYTES = 2 * BLOCK_BYTES;
const LOW_WATER_BYTES = BLOCK_BYTES;

export interface SinkParts {
  readonly spool: Spool;
  readonly pool: BlockPool;
  /** Of the content digest. */
  readonly contentKey: Buffer;
}

export class StoreSink {
  readonly objectId: string;
  readonly #spool: Spool;
  readonly #pool: BlockPool;
  readonly #digest: ContentDigest;
  readonly #opening: Promise<DirectFile>;
  #block: Buffer;
  #filled = 0;
  #hashedFrom = 0;
  #queue: FilledBlock[] = [];
  #unwritten = 0;
  #written = 0;
  #dataSetBytes = 0;
  #writing: Promise<void> | undefined;
  #error: Error | undefined;
  #onDrained: (() => void) | undefined;
  #closed = false;

  /** @param head what stands in the file before the data set; not part of the digest */
  constructor({ spool, pool, contentKey }: SinkParts, head: Buffer) {
    const { objectId, path } = spool.newObject();
    this.objectId = objectId;
    this.#spool = spool;
    this.#pool = pool;
    this.#digest = new ContentDigest(contentKey);
    this.#opening = DirectFile.create(path);
    this.#opening.catch(() => {}); // told when the first block is written
    this.#block = pool.take();
    this.#filled = head.copy(this.#block);
    this.#hashedFrom = this.#filled;
  }

  /** Why writing stopped; what is written after that is dropped. */
  get error(): Error | undefined {
    return this.#error;
  }

  get dataSetBytes(): number {
    return this.#dataSetBytes;
  }

  /** Takes bytes of the data set; they are copied. @returns false when the sender should wait for `drained` */
  write(bytes: Buffer): boolean {
    this.#dataSetBytes += bytes.length;
    for (let offset = 0; offset < bytes.length && !this.#error; ) {
      const taken = bytes.copy(this.#block, this.#filled, offset);
      this.#filled += taken;
      offset += taken;
      if (this.#filled === BLOCK_BYTES) this.#passBlock();
    }
    return this.#unwritten < HIGH_WATER_BYTES;
  }

  /** Calls back once, when enough has been written for more to come. */
  whenDrained(callback: () => void): void {
    this.#onDrained = callback;
  }

  /**
   * Writes the rest, and flushes file and name to the disk.
   * @returns size of the file and digest of the data set
   * @throws the error of the operating system when the file could not be written
   */
  async finish(): Promise<{ bytes: number; contentHash: string }> {
    this.#passBlock();
    await this.#close({ flush: true });
    if (this.#error) throw this.#error;
    return { bytes: this.#written, contentHash: this.#digest.finish() };
  }

  /** Gives up and removes the file. */
  async abandon(): Promise<void> {
    this.#error ??= new Error('The object was abandoned.');
    await this.#close({ flush: false });
    await this.#spool.remove(this.objectId);
  }

  #passBlock(): void {
    this.#digest.update(this.#block.subarray(this.#hashedFrom, this.#filled));
    this.#queue.push({ block: this.#block, length: this.#filled });
    this.#unwritten += this.#filled;
    this.#block = this.#pool.take();
    this.#filled = 0;
    this.#hashedFrom = 0;
    this.#writing ??= this.#writeQueue();
  }

  async #writeQueue(): Promise<void> {
    try {
      const file = await this.#opening;
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
        if (!this.#error) await file.append(next.block, next.length);
        this.#written += next.length;
        this.#unwritten -= next.length;
        this.#pool.give(next.block);
        if (this.#unwritten <= LOW_WATER_BYTES) this.#wakeSender();
      }
    } catch (error) {
      this.#error ??= error as Error;
      this.#queue = [];
      this.#unwritten = 0;
    } finally {
      this.#writing = undefined;
      this.#wakeSender();
    }
  }

  #wakeSender(): void {
    const callback = this.#onDrained;
    this.#onDrained = undefined;
    callback?.();
  }

  async #close({ flush }: { flush: boolean }): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    while (this.#writing) await this.#writing;
    this.#pool.give(this.#block);
    const file = await this.#opening.catch(() => undefined);
    try {
      if (flush && file && !this.#error) await Promise.all([file.flush(), this.#spool.syncNames()]);
    } catch (error) {
      this.#error = error as Error;
    }
    file?.close();
  }
}
