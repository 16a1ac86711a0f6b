/** Streams one object into its part file and hashes its data set on the way. */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { BLOCK_BYTES, type BlockPool } from './block-pool.ts';

interface FilledBlock {
  readonly block: Buffer;
  readonly length: number;
}

/** Beyond this much unwritten data the sender has to wait. */
const HIGH_WATER_BYTES = 4 * 1024 * 1024;
const LOW_WATER_BYTES = 1024 * 1024;

export class StoreSink {
  readonly #pool: BlockPool;
  readonly #digest = createHash('sha256');
  readonly #path: string;
  #block: Buffer;
  #filled = 0;
  #hashedFrom = 0;
  #queue: FilledBlock[] = [];
  #unwritten = 0;
  #written = 0;
  #dataSetBytes = 0;
  #writing: Promise<void> | undefined;
  #handle: FileHandle | undefined;
  #error: Error | undefined;
  #onDrained: (() => void) | undefined;
  #closed = false;

  /** @param head what stands in the file before the data set; not part of the digest */
  constructor(path: string, head: Buffer, pool: BlockPool) {
    this.#path = path;
    this.#pool = pool;
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
   * Writes the rest and closes the file. Flushing it to the disk is the reception's part.
   * @returns size of the file and SHA-256 of the data set, in hexadecimal
   * @throws the error of the operating system when the file could not be written
   */
  async finish(): Promise<{ bytes: number; contentHash: string }> {
    this.#passBlock();
    await this.#close();
    if (this.#error) throw this.#error;
    return { bytes: this.#written, contentHash: this.#digest.digest('hex') };
  }

  /** Gives up; the caller removes the file. */
  async abandon(): Promise<void> {
    this.#error ??= new Error('The object was abandoned.');
    await this.#close();
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
      this.#handle ??= await open(this.#path, 'wx', 0o600);
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
        await this.#writeBlock(this.#handle, next);
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

  async #writeBlock(handle: FileHandle, { block, length }: FilledBlock): Promise<void> {
    for (let done = 0; done < length && !this.#error; ) {
      const { bytesWritten } = await handle.write(block, done, length - done, this.#written);
      done += bytesWritten;
      this.#written += bytesWritten;
    }
    this.#unwritten -= length;
  }

  #wakeSender(): void {
    const callback = this.#onDrained;
    this.#onDrained = undefined;
    callback?.();
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    while (this.#writing) await this.#writing;
    this.#pool.give(this.#block);
    try {
      await this.#handle?.close();
    } catch (error) {
      this.#error ??= error as Error;
    }
  }
}
