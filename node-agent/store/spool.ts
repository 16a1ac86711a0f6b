/**
 * The spool: received objects, byte for byte, until the pipeline has settled them. A file is
 * `<object id>.part` while it is being written and `<object id>.dcm` once it is whole; the name
 * says nothing about the patient. Quarantined and excluded objects move to the quarantine folder.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataFolder } from './data-folder.ts';
import { renameDurably, syncFolder } from './durable-file.ts';

export class Spool {
  readonly #folder: DataFolder;

  constructor(folder: DataFolder) {
    this.#folder = folder;
  }

  /** A new object id and the path its bytes are written to first. */
  newPart(): { objectId: string; path: string } {
    const objectId = randomUUID();
    return { objectId, path: this.partPathOf(objectId) };
  }

  /** Where a whole object waits for the pipeline. */
  pathOf(objectId: string): string {
    return join(this.#folder.spool, `${objectId}.dcm`);
  }

  /** Where a stopped object is kept. */
  quarantinePathOf(objectId: string): string {
    return join(this.#folder.quarantine, `${objectId}.dcm`);
  }

  /** Makes a part, already written and flushed, a whole object; durable when this returns. */
  async adopt(objectId: string): Promise<void> {
    await this.adoptAll([objectId]);
  }

  /** The same for a group, with one flush of the folder for all. */
  async adoptAll(objectIds: readonly string[]): Promise<void> {
    await Promise.all(objectIds.map((id) => rename(this.partPathOf(id), this.pathOf(id))));
    await syncFolder(this.#folder.spool);
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

  /** Removes a part that will not be completed. */
  async abandon(objectId: string): Promise<void> {
    await unlinkIfThere(this.partPathOf(objectId));
  }

  /** Ids of whole objects and of parts now in the spool, for recovery at start-up. */
  list(): { whole: string[]; parts: string[] } {
    const names = readdirSync(this.#folder.spool);
    const idsEnding = (suffix: string) =>
      names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length));
    return { whole: idsEnding('.dcm'), parts: idsEnding('.part') };
  }

  /** Removes copies that were only to be looked at, for recovery at start-up. @returns how many */
  async removeTemporaryCopies(): Promise<number> {
    const copies = readdirSync(this.#folder.spool).filter((name) => name.endsWith('.tmp'));
    await Promise.all(copies.map((name) => unlinkIfThere(join(this.#folder.spool, name))));
    return copies.length;
  }

  /** Where an object is written until it is whole. */
  partPathOf(objectId: string): string {
    return join(this.#folder.spool, `${objectId}.part`);
  }

  async #move(from: string, to: string): Promise<void> {
    if (!existsSync(from) && existsSync(to)) return;
    await renameDurably(from, to);
  }
}

async function unlinkIfThere(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
