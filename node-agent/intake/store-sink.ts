/** Streams one object into its file in the spool, and takes the digest of its data set on the way. */
import type { KeyObject } from 'node:crypto';
import type { Spool } from '../store/spool.ts';
import { BLOCK_BYTES, type BlockPool } from './block-pool.ts';
import { ContentDigest } from './content-digest.ts';
import type { DirectFile } from './direct-file.ts';
import type { PreparedFiles } from './prepared-files.ts';

interface FilledBlock {
  readonly block: Buffer;
  readonly length: number;
}

/** Beyond this much unwritten data the sender has to wait. */
const HIGH_WATER_BYTES = 2 * BLOCK_BYTES;
const LOW_WATER_BYTES = BLOCK_BYTES;

/** A file with all its bytes. */
export interface FinishedFile {
  readonly objectId: string;
  /** Size of the file. */
  readonly bytes: number;
  /** Digest of the data set. */
  readonly contentHash: string;
  /** Resolves when content and name survive a power cut, rejects when they may not. */
  readonly durable: Promise<void>;
}

export interface SinkParts {
  readonly spool: Spool;
  readonly files: PreparedFiles;
  readonly pool: BlockPool;
  /** Of the content digest. */
  readonly contentKey: KeyObject;
}

export class StoreSink {
  readonly objectId: string;
  readonly #spool: Spool;
  readonly #pool: BlockPool;
  readonly #digest: ContentDigest;
  readonly #opening: Promise<DirectFile>;
  readonly #nameDurable: boolean;
  #block: Buffer;
  #filled = 0;
  #hashedFrom = 0;
  readonly #queue: FilledBlock[] = [];
  #unwritten = 0;
  #written = 0;
  #dataSetBytes = 0;
  #writing: Promise<void> | undefined;
  #error: Error | undefined;
  #onDrained: (() => void) | undefined;
  #ended = false;
  #finished = false;

  /** @param head what stands in the file before the data set; not part of the digest */
  constructor({ spool, files, pool, contentKey }: SinkParts, head: Buffer) {
    const { objectId, file, nameDurable } = files.take();
    this.objectId = objectId;
    this.#spool = spool;
    this.#pool = pool;
    this.#digest = new ContentDigest(contentKey);
    this.#opening = file;
    this.#nameDurable = nameDurable;
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

  /** `write` for those who can wait: resolves when more may come. */
  async append(bytes: Buffer): Promise<void> {
    if (!this.write(bytes)) await new Promise<void>((resolve) => this.whenDrained(resolve));
  }

  /** Calls back once, when enough has been written for more to come. */
  whenDrained(callback: () => void): void {
    this.#onDrained = callback;
  }

  /**
   * Writes the rest. The object can be admitted then, while the disk still makes it durable.
   * @throws the error of the operating system when the file could not be written
   */
  async finish(): Promise<FinishedFile> {
    this.#passBlock();
    await this.#endWriting();
    const file = await this.#opening.catch(() => undefined);
    if (this.#error || !file) {
      file?.close();
      throw this.#error;
    }
    const durable = Promise.all([file.flush(), this.#nameDurable ? undefined : this.#spool.syncNames()])
      .then(() => {})
      .finally(() => file.close());
    durable.catch(() => {}); // told to whoever waits for it
    this.#finished = true;
    return { objectId: this.objectId, bytes: this.#written, contentHash: this.#digest.finish(), durable };
  }

  /** Gives up and removes the file; nothing once it is finished, for then the reception answers for it. */
  async abandon(): Promise<void> {
    if (this.#finished) return;
    this.#error ??= new Error('The object was abandoned.');
    if (!this.#ended) {
      await this.#endWriting();
      (await this.#opening.catch(() => undefined))?.close();
    }
    // A disk that lets nothing be removed keeps a file without a row, which start-up recovery clears away.
    await this.#spool.remove(this.objectId).catch(() => {});
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
      for (let next = this.#queue[0]; next; next = this.#queue[0]) {
        if (!this.#error) await file.append(next.block, next.length);
        this.#written += next.length;
        this.#unwritten -= next.length;
        this.#queue.shift();
        this.#pool.give(next.block);
        if (this.#unwritten <= LOW_WATER_BYTES) this.#wakeSender();
      }
    } catch (error) {
      this.#error ??= error as Error;
      for (const { block } of this.#queue.splice(0)) this.#pool.give(block);
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

  async #endWriting(): Promise<void> {
    this.#ended = true;
    while (this.#writing) await this.#writing;
    this.#pool.give(this.#block);
  }
}
