/** Prepared statements of one database, each prepared once: preparing takes longer than running most of them. */
import type { Statement } from 'better-sqlite3';
import type { SqliteDatabase } from './database.ts';

export class Statements {
  readonly #database: SqliteDatabase;
  readonly #prepared = new Map<string, Statement>();

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** @param sql a constant; texts made up at run time would fill the memory */
  of(sql: string): Statement {
    let statement = this.#prepared.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }
}
