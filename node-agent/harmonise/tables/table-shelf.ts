/**
 * The tables in use at this node: the ones of the release, and in the folder `vocabularies/` of the data folder those that
 * were imported and count instead. A table appears there whole or not at all.
 */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { StartUpError } from '../../store/errors.ts';
import { type HyperOntology, readHyperOntology, SHIPPED_ONTOLOGY } from '../ontology/hyper-ontology.ts';
import {
  loadVocabularies,
  VOCABULARY_NAMES,
  type Vocabularies,
  type VocabularyName,
  vocabularyFile,
} from '../vocabulary.ts';

export const ONTOLOGY = 'hyper-ontology';
export type TableName = typeof ONTOLOGY | (typeof VOCABULARY_NAMES)[VocabularyName];
export const TABLE_NAMES: readonly TableName[] = [ONTOLOGY, ...Object.values(VOCABULARY_NAMES)];

const PARTIAL = '.partial';

export class TableShelf {
  readonly folder: string;
  #ontology: { revision: string; read: HyperOntology } | undefined;

  /** @param folder `vocabularies/` of the data folder */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** Changes with every import and every restoration, also by another process. */
  get revision(): string {
    return TABLE_NAMES.map((name) => {
      const found = statSync(this.#ownFile(name), { throwIfNoEntry: false, bigint: true });
      return found ? `${found.ino}.${found.mtimeNs}` : '-';
    }).join(' ');
  }

  /** @throws StartUpError naming the file that cannot be used */
  vocabularies(): Vocabularies {
    try {
      return loadVocabularies(undefined, this.folder);
    } catch (error) {
      throw this.#unusable(error);
    }
  }

  /** Read when it is asked for: most of what a node does needs none of it. @throws StartUpError naming the file that cannot be used */
  ontology(): HyperOntology {
    const { revision } = this;
    if (this.#ontology?.revision === revision) return this.#ontology.read;
    const own = this.#ownFile(ONTOLOGY);
    try {
      this.#ontology = { revision, read: readHyperOntology(existsSync(own) ? own : SHIPPED_ONTOLOGY) };
    } catch (error) {
      throw this.#unusable(error);
    }
    return this.#ontology.read;
  }

  isImported(name: TableName): boolean {
    return existsSync(this.#ownFile(name));
  }

  /** Puts a table into use, durably: until the last step the one before is in use, after it the new one. */
  install(name: TableName, content: string): void {
    this.#clearAway();
    const target = this.#ownFile(name);
    const partial = join(this.folder, `${basename(target)}.${randomUUID()}${PARTIAL}`);
    const handle = openSync(partial, 'wx', 0o600);
    try {
      writeFileSync(handle, content);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(partial, target);
    syncFolder(dirname(target));
  }

  /** The table of the release counts again. @returns false where it did already */
  restore(name: TableName): boolean {
    const file = this.#ownFile(name);
    if (!existsSync(file)) return false;
    rmSync(file);
    syncFolder(this.folder);
    return true;
  }

  #ownFile(name: TableName): string {
    return name === ONTOLOGY ? join(this.folder, `${ONTOLOGY}.csv`) : vocabularyFile(this.folder, name);
  }

  /** What an import left behind that was cut short; an hour, so that another process may be at work. */
  #clearAway(): void {
    const HOUR = 3_600_000;
    for (const name of readdirSync(this.folder)) {
      const file = join(this.folder, name);
      const found = name.endsWith(PARTIAL) ? statSync(file, { throwIfNoEntry: false }) : undefined;
      if (found && Date.now() - found.mtimeMs > HOUR) rmSync(file, { force: true });
    }
  }

  #unusable(error: unknown): StartUpError {
    const reason = error instanceof Error ? error.message : String(error);
    return new StartUpError(
      `${reason} "gatehouse vocabulary restore NAME" brings the table of the release back; imported tables are in ${this.folder}.`,
    );
  }
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return; // NTFS journals names; folders cannot be opened for sync there
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
