/**
 * Takes the files of a folder in through the reception. Files are kept byte for byte as they are; each
 * one ends as a ledger row or as a resend of one, so an import can be repeated without counting twice.
 * Names of files and folders may be names of patients: they are neither logged nor stored.
 */
import { rm, stat } from 'node:fs/promises';
import type { Logger } from '../../operations/logger.ts';
import type { Spool } from '../../store/spool.ts';
import { admissionErrorOf, outOfSpaceError } from '../admission-error.ts';
import type { DiskReserve } from '../disk-reserve.ts';
import type { Reception } from '../reception.ts';
import { FileAdmission, type FileOutcome } from './file-admission.ts';
import { type FileIdentity, identifyFile } from './file-identity.ts';
import { filesBelow } from './folder-walk.ts';
import { type ArchiveEntry, ArchiveError, type ArchiveLimits, entriesOf, isArchive } from './zip-archive.ts';

export interface FolderImportOptions {
  readonly reception: Reception;
  readonly spool: Spool;
  readonly reserve: DiskReserve;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** A folder of the identified zone for copies while they are looked at: inflated data sets, unpacked files. */
  readonly temporaryFolder: string;
  readonly archiveLimits?: Partial<ArchiveLimits> | undefined;
  readonly onProgress?: ((progress: FolderImportProgress) => void) | undefined;
  /** Stops the import after the files in work. */
  readonly signal?: AbortSignal | undefined;
}

/** `files = accepted + refused`; resent and conflicts are among the accepted. */
export interface FolderImportProgress {
  readonly files: number;
  readonly accepted: number;
  /** The same bytes were here already. */
  readonly resent: number;
  /** Another object with the same SOP Instance UID is here already; both are kept. */
  readonly conflicts: number;
  /** Not DICOM, a DICOMDIR, or not readable; the ledger has each with its cause. */
  readonly refused: number;
}

const FILES_AT_A_TIME = 8;
const PROGRESS_EVERY_MILLISECONDS = 200;

/**
 * Imports every file below a folder, and the files in the ZIP archives found there; or those of one archive.
 * @throws the operating system's error when the folder cannot be read, AdmissionError (`code` ENOSPC when the
 *   disk is nearly full) when the data folder cannot take more, and the signal's reason; what was taken
 *   until then stays
 */
export async function importFolder(folder: string, options: FolderImportOptions): Promise<FolderImportProgress> {
  const { reception, spool, reserve, logger, temporaryFolder, archiveLimits, onProgress, signal } = options;
  const admission = new FileAdmission(reception, spool);
  const work = new OrderedWork();
  const tally = new Tally();
  let unreadableFolders = 0;
  let toldAt = performance.now();
  const isFile = (await stat(folder)).isFile();
  const files = isFile
    ? [folder]
    : filesBelow(folder, () => {
        unreadableFolders += 1;
      });
  const mayGoOn = () => {
    if (reserve.nearlyFull) work.fail(outOfSpaceError());
    return !work.failed && !signal?.aborted;
  };
  const take = async (path: string, identity: FileIdentity | undefined, afterwards = async () => {}) => {
    const instance = identity?.kind === 'object' ? identity.sopInstanceUid : undefined;
    await work.add(instance, async () => {
      try {
        tally.add(await admission.takeIn(path, identity));
      } finally {
        await afterwards();
      }
    });
    if (performance.now() - toldAt < PROGRESS_EVERY_MILLISECONDS) return;
    toldAt = performance.now();
    onProgress?.(tally.progress());
  };
  /** What does not fit the data folder ends the import; what is wrong with the archive is recorded. */
  const takeArchive = async (path: string) => {
    try {
      for await (const entry of entriesOf(path, archiveLimits)) {
        if (!mayGoOn()) return;
        await takeEntry(entry);
      }
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      tally.add(await admission.refuseArchive(path, error.refusal));
    }
  };
  const takeEntry = async (entry: ArchiveEntry) => {
    if (entry.refusal) return tally.add(admission.refuseEntry(entry.fingerprint, entry.refusal));
    const copy = await entry.unpackInto(temporaryFolder).catch((error: unknown) => {
      if (!(error instanceof ArchiveError)) throw admissionErrorOf(error);
      tally.add(admission.refuseEntry(entry.fingerprint, error.refusal));
    });
    if (copy) await take(copy, await identify(copy, temporaryFolder), () => rm(copy, { force: true }));
  };
  try {
    for await (const path of files) {
      if (!mayGoOn()) break;
      const identity = await identify(path, temporaryFolder);
      if (identity?.kind === 'not-dicom' && (await isArchive(path).catch(() => false))) await takeArchive(path);
      else await take(path, identity);
    }
  } catch (error) {
    work.fail(error);
  }
  await work.finished();
  const progress = tally.progress();
  onProgress?.(progress);
  work.throwIfFailed();
  signal?.throwIfAborted();
  if (unreadableFolders > 0) logger.warn('Folders of an import could not be read', { unreadableFolders });
  logger.info('A folder was imported', { ...progress });
  return progress;
}

/** @returns undefined when the file cannot be read */
async function identify(path: string, temporaryFolder: string): Promise<FileIdentity | undefined> {
  try {
    return await identifyFile(path, temporaryFolder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    const failure = admissionErrorOf(error);
    if (failure.outOfSpace) throw failure; // the inflated copy, not the source
    return undefined;
  }
}

/**
 * Several files at a time, but files of the same instance one after the other: of two objects with the
 * same UID the first in order is kept and the second is the conflict, every time.
 */
class OrderedWork {
  readonly #inWork = new Set<Promise<void>>();
  readonly #newestOf = new Map<string, Promise<void>>();
  #failures: unknown[] = [];

  get failed(): boolean {
    return this.#failures.length > 0;
  }

  fail(error: unknown): void {
    this.#failures.push(error);
  }

  /** Resolves when there is room for more. */
  async add(instance: string | undefined, work: () => Promise<void>): Promise<void> {
    const earlier = instance === undefined ? undefined : this.#newestOf.get(instance);
    const promise = Promise.resolve(earlier)
      .then(work)
      .catch((error: unknown) => this.fail(error))
      .finally(() => {
        this.#inWork.delete(promise);
        if (instance !== undefined && this.#newestOf.get(instance) === promise) this.#newestOf.delete(instance);
      });
    this.#inWork.add(promise);
    if (instance !== undefined) this.#newestOf.set(instance, promise);
    if (this.#inWork.size >= FILES_AT_A_TIME) await Promise.race(this.#inWork);
  }

  async finished(): Promise<void> {
    await Promise.all(this.#inWork);
  }

  throwIfFailed(): void {
    if (this.failed) throw this.#failures[0];
  }
}

/** Counts outcomes for the progress display; the figures of record are the ledger's. */
class Tally {
  readonly #counts: Record<FileOutcome, number> = { stored: 0, resend: 0, conflict: 0, refused: 0 };

  add(outcome: FileOutcome): void {
    this.#counts[outcome] += 1;
  }

  progress(): FolderImportProgress {
    const { stored, resend, conflict, refused } = this.#counts;
    const accepted = stored + resend + conflict;
    return { files: accepted + refused, accepted, resent: resend, conflicts: conflict, refused };
  }
}
