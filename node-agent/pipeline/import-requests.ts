/**
 * Requests for folder imports, by the console or by the command line. They wait in vault.db with the
 * folder's path sealed, because the name of a folder may be the name of a patient.
 */
import { randomUUID } from 'node:crypto';
import type { Migration, SqliteDatabase } from '../store/database.ts';
import { SealedText } from '../vault/sealed-text.ts';

export interface ImportProgress {
  readonly files: number;
  readonly accepted: number;
  readonly refused: number;
}

export interface ImportRun extends ImportProgress {
  readonly id: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly requestedAt: string;
  readonly endedAt: string | null;
  readonly sentence: string | null;
}

export const IMPORT_MIGRATIONS: readonly Migration[] = [
  {
    id: '0002-create-import-requests',
    sql: `CREATE TABLE import_requests (
      id TEXT PRIMARY KEY, folder BLOB NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('waiting','running','done','failed')),
      requested_at TEXT NOT NULL, ended_at TEXT, sentence TEXT,
      files INTEGER NOT NULL DEFAULT 0, accepted INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0) STRICT;
      CREATE INDEX import_requests_by_state ON import_requests (state, requested_at);`,
  },
  {
    id: '0003-let-import-requests-be-cancelled',
    sql: `CREATE TABLE import_requests_with_cancel (
      id TEXT PRIMARY KEY, folder BLOB NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('waiting','running','done','failed','cancelled')),
      requested_at TEXT NOT NULL, ended_at TEXT, sentence TEXT,
      files INTEGER NOT NULL DEFAULT 0, accepted INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0,
      cancel_asked INTEGER NOT NULL DEFAULT 0) STRICT;
      INSERT INTO import_requests_with_cancel
        (id, folder, state, requested_at, ended_at, sentence, files, accepted, refused)
        SELECT id, folder, state, requested_at, ended_at, sentence, files, accepted, refused FROM import_requests;
      DROP TABLE import_requests;
      ALTER TABLE import_requests_with_cancel RENAME TO import_requests;
      CREATE INDEX import_requests_by_state ON import_requests (state, requested_at);`,
  },
];

const COLUMNS = 'id, state, requested_at AS requestedAt, ended_at AS endedAt, sentence, files, accepted, refused';
const SQL = {
  request: `INSERT INTO import_requests (id, folder, state, requested_at) VALUES (?, ?, 'waiting', ?)`,
  find: `SELECT ${COLUMNS} FROM import_requests WHERE id = ?`,
  list: `SELECT ${COLUMNS} FROM import_requests ORDER BY requested_at DESC LIMIT 50`,
  pending: `SELECT id, folder FROM import_requests WHERE state IN ('waiting','running')`,
  next: `UPDATE import_requests SET state = 'running' WHERE id =
    (SELECT id FROM import_requests WHERE state = 'waiting' ORDER BY requested_at LIMIT 1) RETURNING id, folder`,
  progress: 'UPDATE import_requests SET files = @files, accepted = @accepted, refused = @refused WHERE id = @id',
  end: 'UPDATE import_requests SET state = @state, ended_at = @now, sentence = @sentence WHERE id = @id',
  askToCancel: `UPDATE import_requests SET cancel_asked = 1 WHERE id = ? AND state IN ('waiting','running')`,
  cancelWaiting: `UPDATE import_requests SET state = 'cancelled', ended_at = @now, sentence = @sentence
    WHERE state = 'waiting' AND cancel_asked = 1`,
  isCancelAsked: 'SELECT cancel_asked FROM import_requests WHERE id = ?',
  restart: `UPDATE import_requests SET state = 'waiting' WHERE state = 'running'`,
} as const;

/** What stands at an import that was given up. */
export const CANCELLED = 'The import was cancelled. What came until then is kept; repeat it to take the rest.';

/** The requests as they stand in vault.db; usable from a second process while the node runs. */
export class ImportRequests {
  readonly #database: SqliteDatabase;
  readonly #sealed: SealedText;

  constructor(database: SqliteDatabase, siteSecret: Uint8Array) {
    this.#database = database;
    this.#sealed = new SealedText(siteSecret, 'import requests');
  }

  request(folder: string): ImportRun {
    const id = randomUUID();
    this.#database.prepare(SQL.request).run(id, this.#sealed.seal(id, folder), new Date().toISOString());
    return this.find(id) as ImportRun;
  }

  find(id: string): ImportRun | undefined {
    return this.#database.prepare(SQL.find).get(id) as ImportRun | undefined;
  }

  list(): ImportRun[] {
    return this.#database.prepare(SQL.list).all() as ImportRun[];
  }

  takeNext(): { id: string; folder: string } | undefined {
    const next = this.#database.prepare(SQL.next).get() as { id: string; folder: Buffer } | undefined;
    return next && { id: next.id, folder: this.#sealed.open(next.id, next.folder) };
  }

  /** What imports that wait or run are to read. */
  pendingFolders(): string[] {
    const rows = this.#database.prepare(SQL.pending).all() as { id: string; folder: Buffer }[];
    return rows.map(({ id, folder }) => this.#sealed.open(id, folder));
  }

  progress(id: string, { files, accepted, refused }: ImportProgress): void {
    this.#database.prepare(SQL.progress).run({ id, files, accepted, refused });
  }

  /**
   * Asks for an import to be given up; one that waits is at once, one that runs after the files in work.
   * @returns undefined when there is no such import; one that has ended stays as it is
   */
  cancel(id: string): ImportRun | undefined {
    this.#database.transaction(() => {
      this.#database.prepare(SQL.askToCancel).run(id);
      this.#cancelWaiting();
    })();
    return this.find(id);
  }

  isCancelAsked(id: string): boolean {
    return this.#database.prepare(SQL.isCancelAsked).pluck().get(id) === 1;
  }

  end(id: string, state: 'done' | 'failed' | 'cancelled', sentence: string): void {
    this.#database.prepare(SQL.end).run({ id, state, sentence, now: new Date().toISOString() });
  }

  /** After a crash: an import that was running starts again; what it had stored is recognised as resent. */
  restart(): void {
    this.#database.prepare(SQL.restart).run();
    this.#cancelWaiting();
  }

  #cancelWaiting(): void {
    this.#database.prepare(SQL.cancelWaiting).run({ now: new Date().toISOString(), sentence: CANCELLED });
  }
}
