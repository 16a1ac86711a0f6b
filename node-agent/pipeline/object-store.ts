/** Where de-identified objects live: `objects/<patient>/<study>/<series>/<instance>.dcm`. */
import { mkdir, readdir, rename, rm, unlink } from 'node:fs/promises';
import { basename, dirname, join, parse } from 'node:path';
import { syncFiles, syncFolder } from '../store/durable-file.ts';

const INCOMING = '.incoming';

export class ObjectStore {
  readonly #root: string;
  readonly #incoming: string;

  /** @param root the data folder; files are named relative to it */
  constructor(root: string) {
    this.#root = root;
    this.#incoming = join(root, 'objects', INCOMING);
  }

  /** Makes room for work in progress and removes what an earlier process left unfinished. */
  async open(): Promise<void> {
    await mkdir(this.#incoming, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#incoming)) await unlink(join(this.#incoming, name));
  }

  /** Where a de-identified object is written before it has its place. */
  incomingPath(objectId: string): string {
    return join(this.#incoming, `${objectId}.dcm`);
  }

  /** Makes the content of written objects durable; `place` is for those alone. */
  async flushWritten(objectIds: readonly string[]): Promise<void> {
    await syncFiles(objectIds.map((objectId) => this.incomingPath(objectId)));
  }

  /** Gives a written and flushed object its place. @returns the folders that changed, for `flush` */
  async place(objectId: string, file: string): Promise<string[]> {
    const folder = dirname(join(this.#root, file));
    const firstNew = await mkdir(folder, { recursive: true, mode: 0o700 });
    await rename(this.incomingPath(objectId), join(this.#root, file));
    const changed = [folder];
    if (firstNew)
      for (let at = dirname(folder); at.length >= dirname(firstNew).length; at = dirname(at)) changed.push(at);
    return changed;
  }

  /** Makes the new names in these folders durable. */
  async flush(folders: Iterable<string>): Promise<void> {
    await Promise.all([...new Set(folders)].map((folder) => syncFolder(folder)));
  }

  /** Removes an object that was placed but could not be indexed. */
  async remove(file: string): Promise<void> {
    await unlinkIfThere(join(this.#root, file));
  }

  /** Removes all objects of a patient; nothing where there is none. @param pseudonym as in `objectPath` */
  async removePatient(pseudonym: string): Promise<void> {
    const folder = join(this.#root, 'objects');
    await rm(join(folder, basename(pseudonym)), { recursive: true, force: true });
    await syncFolder(folder);
  }

  /** Removes an object that never got a place, with what a worker that had to be ended left beside it. */
  async discard(objectId: string): Promise<void> {
    const { name } = parse(this.incomingPath(objectId));
    const left = (await readdir(this.#incoming)).filter((entry) => entry.startsWith(`${name}.`));
    await Promise.all(left.map((entry) => unlinkIfThere(join(this.#incoming, entry))));
  }
}

async function unlinkIfThere(file: string): Promise<void> {
  await unlink(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
