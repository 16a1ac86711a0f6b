/**
 * Files for objects that are about to come, created ahead while associations are open: their names are durable
 * before the first byte arrives, so that an object costs the disk two flushes and not three. When the last
 * association ends, what was not used is removed; after a crash, start-up recovery removes it.
 */
import type { Spool } from '../store/spool.ts';
import { DirectFile } from './direct-file.ts';

/** A file of the spool for one object. */
export interface NewFile {
  readonly objectId: string;
  /** Rejects with the operating system's error when the file cannot be created. */
  readonly file: Promise<DirectFile>;
  readonly nameDurable: boolean;
}

interface Prepared {
  readonly objectId: string;
  readonly file: DirectFile;
}

const FILES_FOR_AN_ASSOCIATION = 4;
const MOST_FILES = 32;

export class PreparedFiles {
  readonly #spool: Spool;
  readonly #ready: Prepared[] = [];
  #associations = 0;
  #work: Promise<void> | undefined;

  constructor(spool: Spool) {
    this.#spool = spool;
  }

  /** Objects are about to come. */
  open(): void {
    this.#associations += 1;
    this.#refill();
  }

  /** The counterpart of `open`; resolves when no file is left that nobody will use. */
  async close(): Promise<void> {
    this.#associations -= 1;
    await this.#work;
    if (this.#associations > 0) return;
    const unused = this.#ready.splice(0);
    await Promise.all(unused.map((prepared) => this.#discard(prepared)));
  }

  /** A file that was created ahead, or where there is none left a new one. */
  take(): NewFile {
    const prepared = this.#ready.pop();
    this.#refill();
    if (prepared) return { objectId: prepared.objectId, file: Promise.resolve(prepared.file), nameDurable: true };
    const { objectId, path } = this.#spool.newObject();
    const file = DirectFile.create(path);
    file.catch(() => {}); // told when the first block is written
    return { objectId, file, nameDurable: false };
  }

  #refill(): void {
    const wanted = Math.min(this.#associations * FILES_FOR_AN_ASSOCIATION, MOST_FILES);
    if (this.#work || this.#ready.length > wanted / 2) return;
    this.#work = this.#prepare(wanted - this.#ready.length).finally(() => {
      this.#work = undefined;
    });
  }

  /** A disk that takes no files now may take them later: the sink meets the error, and says what it is. */
  async #prepare(count: number): Promise<void> {
    const created = await Promise.allSettled(
      Array.from({ length: count }, async (): Promise<Prepared> => {
        const { objectId, path } = this.#spool.newObject();
        return { objectId, file: await DirectFile.create(path) };
      }),
    );
    const files = created.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    try {
      await this.#spool.syncNames();
      this.#ready.push(...files);
    } catch {
      await Promise.all(files.map((file) => this.#discard(file)));
    }
  }

  async #discard({ objectId, file }: Prepared): Promise<void> {
    file.close();
    await this.#spool.remove(objectId).catch(() => {});
  }
}
