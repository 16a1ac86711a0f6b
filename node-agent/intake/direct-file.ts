/**
 * A new file whose bytes go from memory to the disk without a copy in the page cache (O_DIRECT), where system and
 * file system can: an object is read once more, minutes later, so caching it costs more processor time than receiving
 * it. Everywhere else the file is written as usual.
 */
import { close, closeSync, constants, fdatasync, open, openSync, unlink, write } from 'node:fs';
import { promisify } from 'node:util';

// File descriptors and not file handles: a handle costs as much processor time as the system call behind it.
const files = {
  open: promisify(open),
  write: promisify(write),
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
  #direct: number | undefined;
  #usual: number | undefined;
  #written = 0;

  private constructor(path: string, descriptors: { direct?: number; usual?: number }) {
    this.#path = path;
    this.#direct = descriptors.direct;
    this.#usual = descriptors.usual;
  }

  /** @throws the operating system's error, EEXIST where the file is there already */
  static async create(path: string): Promise<DirectFile> {
    if (DIRECT !== undefined) {
      try {
        return new DirectFile(path, { direct: await files.open(path, CREATE | DIRECT, 0o600) });
      } catch (error) {
        if (!isRefusal(error)) throw error;
        await files.unlink(path).catch(() => {}); // some file systems create the file before they refuse the flag
      }
    }
    return new DirectFile(path, { usual: await files.open(path, CREATE, 0o600) });
  }

  /** Appends the first `length` bytes of a block of the pool; only the last block of a file is filled partly. */
  async append(block: Buffer, length: number): Promise<void> {
    const whole = this.#direct === undefined ? 0 : length - (length % ALIGNMENT);
    const rest = whole < length ? this.#writeUsual(block, whole, length) : undefined;
    // Both are waited for, also when one fails: the block is used again as soon as this returns.
    const [direct, usual] = await Promise.allSettled([whole > 0 ? this.#writeDirect(block, whole) : undefined, rest]);
    if (direct.status === 'rejected') throw direct.reason;
    if (usual.status === 'rejected') throw usual.reason;
    this.#written += length;
  }

  /** Flushes to the disk what the file holds. */
  async flush(): Promise<void> {
    await files.flush(this.#usual ?? (this.#direct as number));
  }

  close(): void {
    const descriptors = [this.#direct, this.#usual];
    [this.#direct, this.#usual] = [undefined, undefined];
    for (const descriptor of descriptors) if (descriptor !== undefined) closeSync(descriptor);
  }

  async #writeDirect(block: Buffer, end: number): Promise<void> {
    try {
      await writeAll(this.#direct as number, block, { from: 0, to: end, position: this.#written });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // Coarser sectors than expected, or a write that was cut short: from here on as usual.
      await this.#writeUsual(block, 0, end);
      closeSync(this.#direct as number);
      this.#direct = undefined;
    }
  }

  async #writeUsual(block: Buffer, from: number, to: number): Promise<void> {
    this.#usual ??= openSync(this.#path, constants.O_WRONLY); // open already, so this takes no time
    await writeAll(this.#usual, block, { from, to, position: this.#written + from });
  }
}

interface Range {
  readonly from: number;
  readonly to: number;
  /** Where `from` stands in the file. */
  readonly position: number;
}

async function writeAll(descriptor: number, block: Buffer, { from, to, position }: Range): Promise<void> {
  for (let done = from; done < to; ) {
    const { bytesWritten } = await files.write(descriptor, block, done, to - done, position + done - from);
    done += bytesWritten;
  }
}

function isRefusal(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EINVAL';
}
