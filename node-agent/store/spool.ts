/**
 * The spool: received objects, byte for byte, until the pipeline has settled them. A file belongs once
 * the ledger has its row; one without a row was never acknowledged, and start-up recovery removes it.
 * Its name says nothing about the patient. Quarantined and excluded objects move to the quarantine folder.
 */
import { closeSync, existsSync, fsync, openSync, readdirSync, statSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DataFolder } from './data-folder.ts';
import { renameDurably } from './durable-file.ts';
import { ObjectIds } from './object-id.ts';
import { SharedRun } from './shared-run.ts';

const flush = promisify(fsync);

export class Spool {
  readonly #folder: DataFolder;
  /** Of the spool folder, kept open: its entries are flushed with every group of arrivals. */
  #descriptor: number | undefined;
  readonly #names: SharedRun;
  readonly #ids = new ObjectIds();

  constructor(folder: DataFolder) {
    this.#folder = folder;
    this.#names = new SharedRun(async () => {
      this.#descriptor ??= openSync(folder.spool, 'r');
      await flush(this.#descriptor);
    });
  }

  /** A new object id and the path its bytes are written to. */
  newObject(): { objectId: string; path: string } {
    const objectId = this.#ids.next();
    return { objectId, path: this.pathOf(objectId) };
  }

  /** Where an object is written and waits for the pipeline. */
  pathOf(objectId: string): string {
    return join(this.#folder.spool, `${objectId}.dcm`);
  }

  /** Where a stopped object is kept. */
  quarantinePathOf(objectId: string): string {
    return join(this.#folder.quarantine, `${objectId}.dcm`);
  }

  /** Makes the names of all files created before the call durable. Calls that come while a flush runs share the next. */
  async syncNames(): Promise<void> {
    if (process.platform === 'win32') return; // NTFS journals names; folders cannot be opened for sync there
    await this.#names.run();
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  /** Moves a whole object to the quarantine folder; safe to repeat after a crash. */
  async keepInQuarantine(objectId: string): Promise<void> {
    await this.#move(this.pathOf(objectId), this.quarantinePathOf(objectId));
  }

  /** Moves a quarantined object back to the spool; safe to repeat after a crash. */
  async takeFromQuarantine(objectId: string): Promise<void> {
    await this.#move(this.quarantinePathOf(objectId), this.pathOf(objectId));
  }

  /** Removes an object from the spool; no error where it is gone already. */
  async remove(objectId: string): Promise<void> {
    await unlinkIfThere(this.pathOf(objectId));
  }

  /** Removes a stopped object; no error where it is gone already. */
  async removeFromQuarantine(objectId: string): Promise<void> {
    await unlinkIfThere(this.quarantinePathOf(objectId));
  }

  /** Ids of the objects now in the spool, for recovery at start-up. */
  list(): string[] {
    return objectsIn(this.#folder.spool);
  }

  /** Ids of the objects now in the quarantine folder. */
  listQuarantine(): string[] {
    return objectsIn(this.#folder.quarantine);
  }

  /** Size of an object's file in bytes; undefined where there is none. */
  sizeOf(objectId: string): number | undefined {
    return statSync(this.pathOf(objectId), { throwIfNoEntry: false })?.size;
  }

  /** Whether an object's file is there with all its bytes, in the spool or in quarantine. */
  holdsWhole(objectId: string, bytes: number): boolean {
    const paths = [this.pathOf(objectId), this.quarantinePathOf(objectId)];
    return paths.some((path) => statSync(path, { throwIfNoEntry: false })?.size === bytes);
  }

  /** Removes copies that were only to be looked at, for recovery at start-up. @returns how many */
  async removeTemporaryCopies(): Promise<number> {
    const copies = readdirSync(this.#folder.spool).filter((name) => name.endsWith('.tmp'));
    await Promise.all(copies.map((name) => unlinkIfThere(join(this.#folder.spool, name))));
    return copies.length;
  }

  async #move(from: string, to: string): Promise<void> {
    if (!existsSync(from) && existsSync(to)) return;
    await renameDurably(from, to);
  }
}

function objectsIn(folder: string): string[] {
  const suffix = '.dcm';
  const names = readdirSync(folder).filter((name) => name.endsWith(suffix));
  return names.map((name) => name.slice(0, -suffix.length));
}

async function unlinkIfThere(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
