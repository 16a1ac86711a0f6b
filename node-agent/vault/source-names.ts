/**
 * The names of file and folders under which an imported object came, in vault.db, until it is settled: they may name the
 * patient, so they are searched for in its de-identified copy, and stored sealed.
 */
import type { Migration, SqliteDatabase } from '../store/database.ts';
import { SealedText } from './sealed-text.ts';

export const SOURCE_NAME_MIGRATIONS: readonly Migration[] = [
  {
    id: '0181-remember-under-which-names-objects-were-imported',
    sql: `CREATE TABLE source_names (
        object_id TEXT PRIMARY KEY,        -- of the ledger
        path BLOB NOT NULL                 -- below the folder or in the archive that was imported, sealed
      ) STRICT, WITHOUT ROWID;`,
  },
];

export const SOURCE_NAME_SQL = {
  remember: 'INSERT OR REPLACE INTO source_names (object_id, path) VALUES (?, ?)',
  find: 'SELECT path FROM source_names WHERE object_id = ?',
  forget: 'DELETE FROM source_names WHERE object_id IN (SELECT value FROM json_each(?))',
  objects: 'SELECT object_id FROM source_names',
} as const;

export class SourceNames {
  readonly #database: SqliteDatabase;
  readonly #sealed: SealedText;

  constructor(database: SqliteDatabase, siteSecret: Uint8Array) {
    this.#database = database;
    this.#sealed = new SealedText(siteSecret, 'source names');
  }

  /** @param path relative, with slashes; durable when this returns */
  remember(objectId: string, path: string): void {
    this.#database.prepare(SOURCE_NAME_SQL.remember).run(objectId, this.#sealed.seal(objectId, path));
  }

  /** The path under which an object was imported; none where it came another way. */
  of(objectId: string): string[] {
    const sealed = this.#database.prepare(SOURCE_NAME_SQL.find).pluck().get(objectId) as Buffer | undefined;
    return sealed === undefined ? [] : [this.#sealed.open(objectId, sealed)];
  }

  /** When the original is gone, nothing is left to search for. */
  forget(objectIds: readonly string[]): void {
    this.#database.prepare(SOURCE_NAME_SQL.forget).run(JSON.stringify(objectIds));
  }

  /** Forgets what a crash left of objects whose original is gone. @param isHeld whether there is an original */
  sweep(isHeld: (objectId: string) => boolean): void {
    const objectIds = this.#database.prepare(SOURCE_NAME_SQL.objects).pluck().all() as string[];
    this.forget(objectIds.filter((objectId) => !isHeld(objectId)));
  }
}
