/**
 * ZIP archives that come through the console: they wait in a folder of the identified zone until they are imported, and
 * are removed when their import has ended, however it did.
 */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { admissionErrorOf, outOfSpaceError } from '../intake/admission-error.ts';
import type { DiskReserve } from '../intake/disk-reserve.ts';
import { isArchive } from '../intake/import/zip-archive.ts';

export interface ImportUploadParts {
  readonly folder: string;
  readonly reserve: DiskReserve;
  /** Space an unprivileged process may still fill on the disk of the folder, in bytes. */
  readonly freeBytes: () => number;
  readonly reserveBytes: number;
  /** Of one archive. */
  readonly mostBytes: number;
}

/** An archive that was not taken; nothing is left of it. The message says why and what to do. */
export class UploadError extends Error {
  override readonly name = 'UploadError';
  override readonly cause: 'too large' | 'no room' | 'not written' | 'not a ZIP archive';

  constructor(cause: UploadError['cause'], message: string) {
    super(message);
    this.cause = cause;
  }
}

export class ImportUploads {
  readonly #parts: ImportUploadParts;
  /** Files that come, or came and have no request yet. */
  readonly #coming = new Set<string>();

  constructor(parts: ImportUploadParts) {
    this.#parts = parts;
  }

  /**
   * Writes an archive to the disk as it comes, and asks for its import.
   * @param statedBytes its size, where the sender says it
   * @param request told the path once the archive is whole and durable
   * @throws UploadError; and what the body throws when the sender goes away
   */
  async receive<Run>(
    body: AsyncIterable<Buffer>,
    statedBytes: number | undefined,
    request: (path: string) => Run,
  ): Promise<Run> {
    const { folder, freeBytes, reserveBytes, mostBytes } = this.#parts;
    if ((statedBytes ?? 0) > mostBytes) throw this.#tooLarge();
    if (statedBytes !== undefined && freeBytes() - statedBytes < reserveBytes) throw noRoom();
    const name = randomUUID();
    const coming = join(folder, `${name}.part`);
    const whole = join(folder, `${name}.zip`);
    this.#coming.add(coming).add(whole);
    try {
      await this.#write(body, coming);
      if (!(await isArchive(coming))) {
        throw new UploadError(
          'not a ZIP archive',
          'The file is no ZIP archive. Pack the folder as ZIP and choose that.',
        );
      }
      await rename(coming, whole);
      return request(whole);
    } catch (error) {
      for (const path of [coming, whole]) await rm(path, { force: true }).catch(() => {});
      throw error;
    } finally {
      this.#coming.delete(coming);
      this.#coming.delete(whole);
    }
  }

  /**
   * Removes what no import waits for any more.
   * @param wanted paths of imports that wait or run
   */
  async removeAllBut(wanted: readonly string[]): Promise<void> {
    const kept = new Set(wanted);
    for (const name of await readdir(this.#parts.folder)) {
      const path = join(this.#parts.folder, name);
      if (!kept.has(path) && !this.#coming.has(path)) await rm(path, { force: true });
    }
  }

  async #write(body: AsyncIterable<Buffer>, path: string): Promise<void> {
    const { reserve, mostBytes } = this.#parts;
    const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
      throw notWritten(error);
    });
    try {
      let bytes = 0;
      for await (const chunk of body) {
        bytes += chunk.length;
        if (bytes > mostBytes) throw this.#tooLarge();
        if (reserve.nearlyFull) throw noRoom();
        await append(file, chunk);
      }
      await file.sync().catch((error: unknown) => {
        throw notWritten(error);
      });
    } finally {
      await file.close();
    }
  }

  #tooLarge(): UploadError {
    const megabytes = Math.floor(this.#parts.mostBytes / 2 ** 20);
    const sentence = `An upload may have up to ${megabytes} MB (http.uploadMegabytes). Copy the archive to the computer of the node and import it there.`;
    return new UploadError('too large', sentence);
  }
}

async function append(file: FileHandle, chunk: Buffer): Promise<void> {
  try {
    for (let done = 0; done < chunk.length; ) done += (await file.write(chunk, done)).bytesWritten;
  } catch (error) {
    throw notWritten(error);
  }
}

function noRoom(): UploadError {
  return new UploadError('no room', outOfSpaceError().message);
}

function notWritten(error: unknown): UploadError {
  const { outOfSpace, message } = admissionErrorOf(error);
  return new UploadError(outOfSpace ? 'no room' : 'not written', message);
}
