/**
 * Takes the files of a folder in through the reception. Files are kept byte for byte as they are; each
 * one ends as a ledger row or as a resend of one, so an import can be repeated without counting twice.
 * Names of files and folders may be names of patients: they are not logged, and handed to the vault alone.
 */
import { rm, stat } from 'node:fs/promises';
import { basename, relative, sep } from 'node:path';
import type { Logger } from '../../operations/logger.ts';
import type { Spool } from '../../store/spool.ts';
import { admissionErrorOf, outOfSpaceError } from '../admission-error.ts';
import type { DiskReserve } from '../disk-reserve.ts';
import type { Reception } from '../reception.ts';
import { FileAdmission, type SourceNameKeeper } from './file-admission.ts';
import { type FileIdentity, identifyFile } from './file-identity.ts';
import { filesBelow } from './folder-walk.ts';
import { type FolderImportProgress, ImportTally } from './import-tally.ts';
import { MediaCensus } from './media-census.ts';
import { isDirectoryName, readMediaDirectory } from './media-directory.ts';
import { OrderedWork } from './ordered-work.ts';
import {
  type ArchiveEntry,
  ArchiveError,
  type ArchiveLimits,
  entriesOf,
  Interrupted,
  isArchive,
} from './zip-archive.ts';

export interface FolderImportOptions {
  readonly reception: Reception;
  readonly spool: Spool;
  readonly reserve: DiskReserve;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** Where it is remembered under which names objects came; nowhere unless given. */
  readonly sourceNames?: SourceNameKeeper | undefined;
  /** A folder of the identified zone for copies while they are looked at: inflated data sets, unpacked files. */
  readonly temporaryFolder: string;
  readonly archiveLimits?: Partial<ArchiveLimits> | undefined;
  readonly onProgress?: ((progress: FolderImportProgress) => void) | undefined;
  /** Stops the import after the files in work; one that is being unpacked is given up. */
  readonly signal?: AbortSignal | undefined;
}

export interface FolderImportResult extends FolderImportProgress {
  /** What the DICOMDIRs of the source say that is not so, in sentences without identifiers; absent where all is well. */
  readonly remarks?: readonly string[];
}

const PROGRESS_EVERY_MILLISECONDS = 200;

/**
 * Imports every file below a folder, and the files in the ZIP archives found there; or those of one archive. Where a
 * DICOMDIR lists the files of a medium, it is held against what is there.
 * @throws the operating system's error when the folder cannot be read, AdmissionError (`code` ENOSPC when the
 *   disk is nearly full) when the data folder cannot take more, and the signal's reason; what was taken
 *   until then stays
 */
export async function importFolder(folder: string, options: FolderImportOptions): Promise<FolderImportResult> {
  const isFile = (await stat(folder)).isFile();
  return new FolderImport(folder, isFile, options).run();
}

class FolderImport {
  readonly #source: string;
  readonly #isFile: boolean;
  readonly #options: FolderImportOptions;
  readonly #admission: FileAdmission;
  readonly #work = new OrderedWork();
  readonly #tally = new ImportTally();
  #unreadableFolders = 0;
  #missing = 0;
  #unlisted = 0;
  #distrusted = 0;
  #toldAt = performance.now();

  constructor(source: string, isFile: boolean, options: FolderImportOptions) {
    this.#source = source;
    this.#isFile = isFile;
    this.#options = options;
    this.#admission = new FileAdmission(options.reception, options.spool, options.sourceNames);
  }

  async run(): Promise<FolderImportResult> {
    const { logger, onProgress, signal } = this.#options;
    try {
      await this.#takeFiles();
    } catch (error) {
      this.#work.fail(error);
    }
    await this.#work.finished();
    const progress = this.#tally.progress();
    onProgress?.(progress);
    this.#work.throwIfFailed();
    signal?.throwIfAborted();
    const unreadableFolders = this.#unreadableFolders;
    if (unreadableFolders > 0) logger.warn('Folders of an import could not be read', { unreadableFolders });
    const remarks = this.#remarks();
    for (const remark of remarks) logger.warn(remark);
    logger.info('A folder was imported', { ...progress });
    return remarks.length === 0 ? progress : { ...progress, remarks };
  }

  async #takeFiles(): Promise<void> {
    const census = new MediaCensus();
    const files = this.#isFile
      ? [this.#source]
      : filesBelow(this.#source, () => {
          this.#unreadableFolders += 1;
        });
    for await (const path of files) {
      if (!this.#mayGoOn()) return;
      const identity = await this.#identify(path);
      const place = relative(this.#source, path).split(sep);
      // A DICOMDIR that comes alone says nothing of what comes later.
      if (!this.#isFile && identity?.kind === 'dicomdir' && isDirectoryName(basename(path))) {
        await this.#takeDirectory(path, place, census);
        continue;
      }
      const isListed = census.note(place);
      if (identity?.kind === 'not-dicom' && (await isArchive(path).catch(() => false))) await this.#takeArchive(path);
      else await this.#take({ path, name: this.#nameOf(place) }, identity, isListed);
    }
    this.#refuseMissing(census);
  }

  /** The place with the name of the imported folder itself, which is often called after the patient. */
  #nameOf(place: readonly string[]): string {
    return [basename(this.#source), ...place].filter((part) => part !== '').join('/');
  }

  async #take(
    { path, name }: { path: string; name: string },
    identity: FileIdentity | undefined,
    isListed: boolean,
    afterwards = async () => {},
  ): Promise<void> {
    const instance = identity?.kind === 'object' ? identity.sopInstanceUid : undefined;
    if (!isListed && identity?.kind === 'object') this.#unlisted += 1;
    await this.#work.add(instance, async () => {
      try {
        this.#tally.add(await this.#admission.takeIn(path, identity, name));
      } finally {
        await afterwards();
      }
    });
    if (performance.now() - this.#toldAt < PROGRESS_EVERY_MILLISECONDS) return;
    this.#toldAt = performance.now();
    this.#options.onProgress?.(this.#tally.progress());
  }

  /** A DICOMDIR is no object: what it lists is remembered, and that it came is recorded. */
  async #takeDirectory(path: string, place: readonly string[], census: MediaCensus): Promise<void> {
    const directory = await readMediaDirectory(path, this.#options.temporaryFolder).catch(unlessOutOfSpace);
    if (directory?.files) census.add(place, directory.files);
    if (directory?.objection) this.#distrusted += 1;
    this.#tally.add(
      directory
        ? await this.#admission.refuseDirectory(path, directory.objection)
        : await this.#admission.takeIn(path, undefined),
    );
  }

  #refuseMissing(census: MediaCensus): void {
    for (const file of census.missing()) {
      this.#missing += 1;
      this.#admission.refuseMissing(file);
    }
  }

  /** What does not fit the data folder ends the import; what is wrong with the archive is recorded. */
  async #takeArchive(path: string): Promise<void> {
    const { archiveLimits } = this.#options;
    const census = new MediaCensus();
    try {
      const directories = await this.#takeDirectoriesOf(path, census);
      for await (const entry of entriesOf(path, archiveLimits)) {
        if (!this.#mayGoOn()) return;
        if (!directories.has(entry.fingerprint)) await this.#takeEntry(entry, census);
      }
      this.#refuseMissing(census);
    } catch (error) {
      if (error instanceof Interrupted) return;
      if (!(error instanceof ArchiveError)) throw error;
      this.#tally.add(await this.#admission.refuseArchive(path, error.refusal));
    }
  }

  /**
   * The DICOMDIRs of an archive, before its other entries, wherever they stand in it.
   * @returns the fingerprints of those that were taken
   */
  async #takeDirectoriesOf(path: string, census: MediaCensus): Promise<Set<string>> {
    const taken = new Set<string>();
    try {
      for await (const entry of entriesOf(path, this.#options.archiveLimits)) {
        if (!this.#mayGoOn()) break;
        if (entry.refusal || !isDirectoryName(entry.place.at(-1) ?? '')) continue;
        const isTaken = await this.#takeDirectoryOf(entry, census).catch(unlessOutOfSpace);
        if (isTaken) taken.add(entry.fingerprint);
      }
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error; // told when the entries are taken
    }
    return taken;
  }

  async #takeEntry(entry: ArchiveEntry, census: MediaCensus): Promise<void> {
    const isListed = census.note(entry.place);
    if (entry.refusal) return this.#tally.add(this.#admission.refuseEntry(entry.fingerprint, entry.refusal));
    try {
      const copy = await entry.unpackInto(this.#options.temporaryFolder, () => this.#mayGoOn());
      const discard = () => rm(copy, { force: true });
      const identity = await this.#identify(copy).catch(async (error: unknown) => {
        await discard();
        throw error;
      });
      await this.#take({ path: copy, name: this.#nameOf(entry.place) }, identity, isListed, discard);
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error instanceof Interrupted ? error : admissionErrorOf(error);
      this.#tally.add(this.#admission.refuseEntry(entry.fingerprint, error.refusal));
    }
  }

  /** @returns whether it is a DICOMDIR */
  async #takeDirectoryOf(entry: ArchiveEntry, census: MediaCensus): Promise<boolean> {
    const copy = await entry.unpackInto(this.#options.temporaryFolder, () => this.#mayGoOn());
    try {
      const isDirectory = (await this.#identify(copy))?.kind === 'dicomdir';
      if (isDirectory) await this.#takeDirectory(copy, entry.place, census);
      return isDirectory;
    } finally {
      await rm(copy, { force: true });
    }
  }

  /** @returns undefined when the file cannot be read */
  async #identify(path: string): Promise<FileIdentity | undefined> {
    return await identifyFile(path, this.#options.temporaryFolder).catch(unlessOutOfSpace);
  }

  #mayGoOn(): boolean {
    const { reserve, signal } = this.#options;
    if (reserve.nearlyFull && !this.#work.failed) this.#work.fail(outOfSpaceError());
    return !this.#work.failed && !signal?.aborted;
  }

  #remarks(): string[] {
    const remarks: string[] = [];
    if (this.#distrusted > 0) {
      remarks.push(
        `${counted(this.#distrusted, 'DICOMDIR')} could not be followed; the files were imported all the same.`,
      );
    }
    if (this.#missing > 0) {
      remarks.push(
        `${counted(this.#missing, 'file')} that a DICOMDIR lists ${this.#missing === 1 ? 'is' : 'are'} missing: copy the whole medium and import it again.`,
      );
    }
    if (this.#unlisted > 0) {
      remarks.push(`${counted(this.#unlisted, 'object')} that no DICOMDIR lists came as well.`);
    }
    return remarks;
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/**
 * For what is read: a file that cannot be is told as such, but without room for its copy nothing can be.
 * @throws AdmissionError, and what is no error of a file
 */
function unlessOutOfSpace(error: unknown): undefined {
  if (error instanceof ArchiveError) return undefined;
  if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  const failure = admissionErrorOf(error);
  if (failure.outOfSpace) throw failure; // the copy, not the source
  return undefined;
}
