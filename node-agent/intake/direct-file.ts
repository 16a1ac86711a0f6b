/**
 * A new file whose bytes go from memory to the disk without a copy in the page cache (O_DIRECT), where system and
 * file system can: an object is read once more, minutes later, so caching it costs more processor time than receiving
 * it. Everywhere else the file is written as usual.
 */
import { close, closeSync, constants, fdatasync, ftruncate, open, unlink, write } from 'node:fs';
import { promisify } from 'node:util';

// File descriptors and not file handles: a handle costs as much processor time as the system call behind it.
const files = {
  open: promisify(open),
  write: promisify(write),
  truncate: promisify(ftruncate),
  flush: promisify(fdatasync),
  close: promisify(close),
  unlink: promisify(unlink),
};

/** Address, offset and length of a direct write are multiples of it; enough for every disk with 512 or 4096 byte sectors. */
const ALIGNMENT = 4096;
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
/** Undefined on systems that have no such thing. */
const DIRECT: number | undefined = constants.O_DIRECT;

export class DirectFile {
  readonly #path: string;
  #descriptor: number;
  #direct: boolean;
  /** What was appended, without padding. */
  #size = 0;

  private constructor(path: string, descriptor: number, direct: boolean) {
    this.#path = path;
    this.#descriptor = descriptor;
    this.#direct = direct;
  }

  /** @throws the operating system's error, EEXIST where the file is there already */
  static async create(path: string): Promise<DirectFile> {
    if (DIRECT !== undefined) {
      try {
        return new DirectFile(path, await files.open(path, CREATE | DIRECT, 0o600), true);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        await files.unlink(path).catch(() => {}); // some file systems create the file before they refuse the flag
      }
    }
    return new DirectFile(path, await files.open(path, CREATE, 0o600), false);
  }

  /**
   * Appends the first `length` bytes of a block of the pool; only the last block of a file is filled partly, and
   * what lies behind `length` in it is overwritten.
   */
  async append(block: Buffer, length: number): Promise<void> {
    const whole = Math.ceil(length / ALIGNMENT) * ALIGNMENT;
    if (this.#direct) block.fill(0, length, whole);
    for (let done = 0; done < length; ) {
      const end = this.#direct ? whole : length;
      try {
        done += (await files.write(this.#descriptor, block, done, end - done, this.#size + done)).bytesWritten;
      } catch (error) {
        if (!this.#direct || !isRefusal(error)) throw error;
        await this.#goOnAsUsual(); // coarser sectors than expected, or a write that was cut short
      }
    }
    this.#size += length;
    if (this.#direct && length < whole) await files.truncate(this.#descriptor, this.#size);
  }

  /** Flushes to the disk what the file holds. */
  async flush(): Promise<void> {
    await files.flush(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  async #goOnAsUsual(): Promise<void> {
    const descriptor = await files.open(this.#path, constants.O_WRONLY);
    await files.close(this.#descriptor);
    this.#descriptor = descriptor;
    this.#direct = false;
  }
}

function isRefusal(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EINVAL';
}
