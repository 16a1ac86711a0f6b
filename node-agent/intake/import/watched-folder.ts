/**
 * A folder that is looked through again and again: a file in it is imported once nothing has changed it for a while, and
 * goes to `done` or away only when what it held is durable, or to `refused`. A crash in between costs nothing: the file
 * is taken again and counts as a resend. Names of files may be names of patients: they are neither logged nor stored.
 */
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, extname, join, relative } from 'node:path';
import type { Logger } from '../../operations/logger.ts';
import { filesBelow } from './folder-walk.ts';
import type { FolderImportProgress } from './import-tally.ts';

export interface WatchedFolderParts {
  readonly folder: string;
  readonly everyMilliseconds: number;
  /** How long size and time of a file must stay as they are. */
  readonly stableMilliseconds: number;
  /** Imported files are moved to `done`, or removed. */
  readonly keepDone: boolean;
  /** A sentence where the folder cannot be imported from, e.g. because it is not there. */
  readonly objection: () => string | undefined;
  /** Imports one file; what it holds is durable when this resolves. */
  readonly importFile: (path: string, signal: AbortSignal) => Promise<FolderImportProgress>;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

interface Sighting {
  readonly size: number;
  readonly modified: number;
  readonly since: number;
}

const OWN_FOLDERS = { done: 'done', refused: 'refused' } as const;

export class WatchedFolder {
  readonly #parts: WatchedFolderParts;
  readonly #now: () => number;
  #seen = new Map<string, Sighting>();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  readonly #stopping = new AbortController();
  #trouble: string | undefined;

  constructor(parts: WatchedFolderParts) {
    this.#parts = parts;
    this.#now = parts.now ?? (() => performance.now());
  }

  /** Why nothing is taken from the folder, as a sentence; undefined when all is well. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  start(): void {
    this.#timer = setInterval(() => this.#begin(), this.#parts.everyMilliseconds);
    this.#begin();
  }

  /** Stops after the file in work. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#round;
  }

  #begin(): void {
    this.#round ??= this.look().finally(() => {
      this.#round = undefined;
    });
  }

  /** One look at the folder; never rejects. */
  async look(): Promise<void> {
    const trouble = this.#parts.objection();
    if (trouble) return this.#troubled(trouble);
    try {
      await this.#takeWhatIsStable();
      this.#troubled(undefined);
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      const code = (error as { code?: string }).code ?? 'unknown reason';
      this.#troubled(
        `A file of the watched folder could not be taken (${code}). Check disk and permissions; it is tried again.`,
      );
    }
  }

  async #takeWhatIsStable(): Promise<void> {
    const seen = new Map<string, Sighting>();
    const { folder, stableMilliseconds } = this.#parts;
    const counts = { imported: 0, refused: 0 };
    for await (const path of filesBelow(folder, () => {}, Object.values(OWN_FOLDERS))) {
      if (this.#stopping.signal.aborted) return;
      const found = await stat(path).catch(() => undefined);
      if (!found) continue; // gone again
      const before = this.#seen.get(path);
      const same = before !== undefined && before.size === found.size && before.modified === found.mtimeMs;
      const sighting = same ? before : { size: found.size, modified: found.mtimeMs, since: this.#now() };
      if (!same || this.#now() - sighting.since < stableMilliseconds) seen.set(path, sighting);
      else counts[await this.#take(path)] += 1;
    }
    this.#seen = seen;
    if (counts.imported + counts.refused > 0) this.#parts.logger.info('Files came through the watched folder', counts);
  }

  async #take(path: string): Promise<'imported' | 'refused'> {
    const { importFile, keepDone } = this.#parts;
    const { accepted, refused } = await importFile(path, this.#stopping.signal);
    if (accepted === 0 && refused > 0) {
      await this.#move(path, OWN_FOLDERS.refused);
      return 'refused';
    }
    if (keepDone) await this.#move(path, OWN_FOLDERS.done);
    else await rm(path, { force: true });
    return 'imported';
  }

  /** Keeps the place below the folder; a name that is taken gets a number. */
  async #move(path: string, to: string): Promise<void> {
    const wanted = join(this.#parts.folder, to, relative(this.#parts.folder, path));
    await mkdir(dirname(wanted), { recursive: true });
    const extension = extname(wanted);
    const stem = wanted.slice(0, wanted.length - extension.length);
    let free = wanted;
    for (let number = 2; await exists(free); number += 1) free = `${stem}-${number}${extension}`;
    await rename(path, free);
  }

  #troubled(sentence: string | undefined): void {
    if (sentence !== undefined && sentence !== this.#trouble) {
      this.#parts.logger.warn('Nothing is taken from the watched folder', { reason: sentence });
    }
    this.#trouble = sentence;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
