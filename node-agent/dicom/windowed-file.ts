/** Random access to a file through one window, so that memory does not depend on the file's size. */
import { closeSync, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import type { ByteWindow } from './byte-window.ts';
import { DicomParseError } from './parse-error.ts';

const WINDOW = 64 * 1024;

/** An open file, read with or without giving way to other work. */
interface OpenFile {
  /** Only where reading blocks. */
  readonly descriptor?: number;
  stat(): Stats | Promise<Stats>;
  read(bytes: Uint8Array, at: number, length: number, position: number): number | Promise<number>;
  close(): void | Promise<void>;
}

export class WindowedFile implements ByteWindow {
  readonly size: number;
  /** Undefined where all bytes are in the window. */
  readonly #file: OpenFile | undefined;
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  #start = 0;

  private constructor(file: OpenFile | undefined, size: number) {
    this.#file = file;
    this.size = size;
  }

  /**
   * @param blocking whether nothing else is to be done in this process while the file is read, which costs less
   * @throws DicomParseError 'not-dicom' for a folder or device; the system's error when it cannot be opened
   */
  static async open(path: string, blocking = false): Promise<WindowedFile> {
    const file = blocking ? blockingFile(path) : await yieldingFile(path);
    try {
      const status = await file.stat();
      if (!status.isFile()) throw new DicomParseError('not-dicom', 'This is not a regular file.', 0);
      return new WindowedFile(file, status.size);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Bytes in memory, read like a file that holds them alone. */
  static over(bytes: Uint8Array<ArrayBuffer>): WindowedFile {
    const file = new WindowedFile(undefined, bytes.length);
    file.#bytes = bytes;
    file.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return file;
  }

  /** Of a file that is read without giving way, until it is closed. */
  get descriptor(): number | undefined {
    return this.#file?.descriptor;
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }

  /** Whether these bytes are in the window, so that they can be read without waiting. */
  holds(offset: number, length: number): boolean {
    return offset >= this.#start && offset + length <= this.#start + this.#bytes.length;
  }

  /** Moves the window. The caller has checked that the bytes lie inside the file. */
  async load(offset: number, length: number): Promise<void> {
    if (this.#file === undefined) return;
    const wanted = Math.min(Math.max(length, WINDOW), this.size - offset);
    const bytes = new Uint8Array(wanted);
    let filled = 0;
    while (filled < wanted) {
      const read = this.#file.read(bytes, filled, wanted - filled, offset + filled);
      const bytesRead = typeof read === 'number' ? read : await read;
      if (bytesRead === 0) {
        throw new DicomParseError('truncated', 'The file became shorter while it was read.', offset + filled);
      }
      filled += bytesRead;
    }
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
    this.#start = offset;
  }

  uint8(offset: number): number {
    return this.#view.getUint8(offset - this.#start);
  }

  uint16(offset: number, littleEndian: boolean): number {
    return this.#view.getUint16(offset - this.#start, littleEndian);
  }

  uint32(offset: number, littleEndian: boolean): number {
    return this.#view.getUint32(offset - this.#start, littleEndian);
  }

  /** A copy: a view would keep the whole window alive for a short value. */
  bytes(offset: number, length: number): Uint8Array {
    return this.#bytes.slice(offset - this.#start, offset - this.#start + length);
  }
}

function blockingFile(path: string): OpenFile {
  const descriptor = openSync(path, 'r');
  return {
    descriptor,
    stat: () => fstatSync(descriptor),
    read: (bytes, at, length, position) => readSync(descriptor, bytes, at, length, position),
    close: () => closeSync(descriptor),
  };
}

async function yieldingFile(path: string): Promise<OpenFile> {
  const handle = await open(path, 'r');
  return {
    stat: () => handle.stat(),
    read: async (bytes, at, length, position) => (await handle.read(bytes, at, length, position)).bytesRead,
    close: () => handle.close(),
  };
}
