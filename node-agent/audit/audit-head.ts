/**
 * How far the audit log had come, kept in index.db: a chain alone cannot show that its last entries were cut off.
 * The log is written first, so after a crash the head may be one entry behind, never ahead.
 */
import type { Migration, SqliteDatabase } from '../store/database.ts';

export interface Head {
  readonly sequence: number;
  readonly hash: string;
}

export const AUDIT_MIGRATIONS: readonly Migration[] = [
  {
    id: '0050-create-the-head-of-the-audit-log',
    sql: `CREATE TABLE audit_head (one INTEGER PRIMARY KEY CHECK (one = 1), sequence INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;`,
  },
];

const SQL = {
  read: 'SELECT sequence, hash FROM audit_head',
  write: `INSERT INTO audit_head (one, sequence, hash) VALUES (1, @sequence, @hash)
    ON CONFLICT DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash`,
} as const;

export class AuditHead {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** Undefined before the first entry. */
  read(): Head | undefined {
    return this.#database.prepare(SQL.read).get() as Head | undefined;
  }

  write({ sequence, hash }: Head): void {
    this.#database.prepare(SQL.write).run({ sequence, hash });
  }
}
