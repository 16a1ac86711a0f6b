/** A tree in work: what is written into it is made durable, hashed and listed for the manifest. */
import { createHash } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../store/durable-file.ts';
import type { ManifestFile } from './manifest.ts';

const BLOCK_CHARACTERS = 1024 * 1024;

export class StagedTree {
  readonly root: string;
  readonly #folders = new Set<string>();
  readonly #files: ManifestFile[] = [];

  /** @param root the hidden folder it is built in */
  constructor(root: string) {
    this.root = root;
    this.#folders.add(root);
  }

  /** Every file so far but the manifest itself, by path. */
  get files(): readonly ManifestFile[] {
    return this.#files.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** @param path relative, with `/` */
  pathOf(path: string): string {
    return join(this.root, ...path.split('/'));
  }

  /** Makes a folder with those above it, for the service user alone. */
  async makeFolder(path: string): Promise<void> {
    const folder = this.pathOf(path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (let at = folder; at.length > this.root.length; at = dirname(at)) this.#folders.add(at);
  }

  /** Lists a file that stands there already, durable. */
  add(file: ManifestFile): void {
    this.#files.push(file);
  }

  /** Writes a text file, replacing what an earlier attempt left. */
  async write(path: string, pieces: Iterable<string>): Promise<void> {
    this.#files.push(await this.writeUnlisted(path, pieces));
  }

  /** The same, for a file that the manifest does not list, or that is listed later with `add`. */
  async writeUnlisted(path: string, pieces: Iterable<string>): Promise<ManifestFile> {
    const target = this.pathOf(path);
    if (path.includes('/')) await this.makeFolder(dirname(path));
    await rm(target, { force: true });
    const handle = await open(target, 'wx', 0o400);
    const hash = createHash('sha256');
    let bytes = 0;
    const put = async (text: string) => {
      const block = Buffer.from(text, 'utf8');
      hash.update(block);
      bytes += block.length;
      await handle.writeFile(block);
    };
    try {
      let gathered = '';
      for (const piece of pieces) {
        gathered += piece;
        if (gathered.length < BLOCK_CHARACTERS) continue;
        await put(gathered);
        gathered = '';
      }
      await put(gathered);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return { path, bytes, sha256: hash.digest('hex') };
  }

  /** Makes the names durable. */
  async flush(): Promise<void> {
    for (const folder of this.#folders) await syncFolder(folder);
  }
}
