/**
 * The entries of a ZIP archive, one after another as streams. Names inside an archive are never used as
 * paths: an entry is copied under a name of ours, so none can lead out of the folder.
 */
import { createHash, randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type Entry, open as openArchive, type ZipFile } from 'yauzl';

export type ArchiveRefusal =
  | 'zip-damaged'
  | 'zip-beyond-limits'
  | 'zip-entry-damaged'
  | 'zip-entry-encrypted'
  | 'zip-entry-unsupported';

/** What an archive may unpack to, so that a small file cannot fill the disk. */
export interface ArchiveLimits {
  readonly entries: number;
  /** Unpacked bytes of all entries together. */
  readonly totalBytes: number;
  /** Unpacked bytes for each packed one; small archives are let off. */
  readonly ratio: number;
  readonly bytesWithoutRatio: number;
}

const DEFAULT_ARCHIVE_LIMITS: ArchiveLimits = {
  entries: 1_000_000,
  totalBytes: 2 ** 41,
  ratio: 200,
  bytesWithoutRatio: 256 * 1024 * 1024,
};

export interface ArchiveEntry {
  /** SHA-256 that stands for the entry when its bytes cannot be had. */
  readonly fingerprint: string;
  /** Its name in components, for comparing with a DICOMDIR: it is never used as a path, and may name a patient. */
  readonly place: readonly string[];
  /** Why the entry cannot be read, known before reading it. */
  readonly refusal: ArchiveRefusal | undefined;
  /**
   * Unpacks the entry into a new file of the folder.
   * @param mayGoOn asked again and again while it is unpacked
   * @throws ArchiveError when the entry is damaged; Interrupted when it may not go on; the operating system's error when the copy cannot be written
   */
  unpackInto(folder: string, mayGoOn: () => boolean): Promise<string>;
}

/** The archive or an entry cannot be read; says nothing of its names. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
  readonly refusal: ArchiveRefusal;

  constructor(refusal: ArchiveRefusal, cause?: unknown) {
    super('The ZIP archive could not be read.', { cause });
    this.refusal = refusal;
  }
}

/** An entry was given up because the import is: nothing is wrong with the archive. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

const LOCAL_HEADER = 'PK\x03\x04';
const EMPTY_ARCHIVE = 'PK\x05\x06';
const STORED = 0;
const DEFLATED = 8;
const SLASH = 0x2f;

/** Whether a file begins like a ZIP archive (APPNOTE §4.3). @throws the operating system's error */
export async function isArchive(path: string): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    const start = buffer.toString('latin1', 0, bytesRead);
    return start === LOCAL_HEADER || start === EMPTY_ARCHIVE;
  } finally {
    await handle.close();
  }
}

/**
 * Yields every file of an archive; folders are passed over.
 * @throws ArchiveError when the directory of the archive cannot be read on, or it unpacks to more than it may
 */
export async function* entriesOf(path: string, limits: Partial<ArchiveLimits> = {}): AsyncGenerator<ArchiveEntry> {
  const { entries, totalBytes, ratio, bytesWithoutRatio } = { ...DEFAULT_ARCHIVE_LIMITS, ...limits };
  const archive = await opened(path);
  try {
    if (archive.entryCount > entries) throw new ArchiveError('zip-beyond-limits');
    // Entries may lie over one another in the archive: the sum is held against the archive's own size.
    const most = Math.min(totalBytes, Math.max(bytesWithoutRatio, archive.fileSize * ratio));
    let unpacked = 0;
    for (let entry = await nextEntry(archive); entry; entry = await nextEntry(archive)) {
      if (entry.fileNameRaw.at(-1) === SLASH) continue;
      unpacked += entry.uncompressedSize;
      if (unpacked > most) throw new ArchiveError('zip-beyond-limits');
      yield describe(archive, entry);
    }
  } finally {
    archive.close();
  }
}

/** Names stay bytes: nothing here needs them, and they may be the names of patients. */
async function opened(path: string): Promise<ZipFile> {
  const options = { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: true };
  return new Promise((resolve, reject) => {
    openArchive(path, options, (error, archive) =>
      error ? reject(new ArchiveError('zip-damaged', error)) : resolve(archive),
    );
  });
}

async function nextEntry(archive: ZipFile): Promise<Entry | undefined> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      archive.removeAllListeners('entry').removeAllListeners('end').removeAllListeners('error');
      archive.on('error', () => {});
      act();
    };
    archive.once('entry', (entry: Entry) => settle(() => resolve(entry)));
    archive.once('end', () => settle(() => resolve(undefined)));
    archive.once('error', (error: unknown) => settle(() => reject(new ArchiveError('zip-damaged', error))));
    archive.readEntry();
  });
}

function describe(archive: ZipFile, entry: Entry): ArchiveEntry {
  const { fileNameRaw, crc32: checksum, uncompressedSize } = entry;
  return {
    fingerprint: createHash('sha256')
      .update(`entry|${checksum}|${uncompressedSize}|`)
      .update(fileNameRaw)
      .digest('hex'),
    refusal: objectionTo(entry),
    place: fileNameRaw.toString('latin1').split(/[/\\]/),
    unpackInto: async (folder, mayGoOn) => {
      const copy = join(folder, `${randomUUID()}.tmp`);
      await unpack(archive, entry, copy, mayGoOn);
      return copy;
    },
  };
}

function objectionTo(entry: Entry): ArchiveRefusal | undefined {
  if (entry.isEncrypted()) return 'zip-entry-encrypted';
  const { compressionMethod } = entry;
  return compressionMethod === STORED || compressionMethod === DEFLATED ? undefined : 'zip-entry-unsupported';
}

/** A copy that could not be finished is removed. */
async function unpack(archive: ZipFile, entry: Entry, copy: string, mayGoOn: () => boolean): Promise<void> {
  const handle = await open(copy, 'wx', 0o600);
  try {
    for await (const chunk of bytesOf(archive, entry)) {
      if (!mayGoOn()) throw new Interrupted('The import is given up.');
      await handle.writeFile(chunk);
    }
    await handle.close();
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(copy, { force: true });
    throw error;
  }
}

/** The unpacked bytes; their number is checked by the library, their checksum here. */
async function* bytesOf(archive: ZipFile, entry: Entry): AsyncGenerator<Buffer> {
  let checksum = 0;
  const source = (await streamOf(archive, entry))[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await source.next().catch((error: unknown) => {
        throw new ArchiveError('zip-entry-damaged', error);
      });
      if (next.done) break;
      checksum = crc32(next.value as Buffer, checksum);
      yield next.value as Buffer;
    }
  } finally {
    await source.return?.();
  }
  if (checksum !== entry.crc32 >>> 0) throw new ArchiveError('zip-entry-damaged');
}

async function streamOf(archive: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    try {
      archive.openReadStream(entry, (error, stream) =>
        error ? reject(new ArchiveError('zip-entry-damaged', error)) : resolve(stream),
      );
    } catch (error) {
      reject(new ArchiveError('zip-entry-damaged', error));
    }
  });
}
