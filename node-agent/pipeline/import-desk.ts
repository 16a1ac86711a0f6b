/**
 * Folder imports, one after another, requested by the console or by the command line. Requests
 * wait in vault.db, because the name of a folder may be the name of a patient.
 */
import { randomUUID } from 'node:crypto';
import type { Migration, SqliteDatabase } from '../store/database.ts';

export interface ImportProgress {
  readonly files: number;
  readonly accepted: number;
  readonly refused: number;
}

export interface ImportRun extends ImportProgress {
  readonly id: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly requestedAt: string;
  readonly endedAt: string | null;
  readonly sentence: string | null;
}

export const IMPORT_MIGRATIONS: readonly Migration[] = [
  {
    id: '0002-create-import-requests',
    sql: `CREATE TABLE import_requests (
      id TEXT PRIMARY KEY, folder TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('waiting','running','done','failed')),
      requested_at TEXT NOT NULL, ended_at TEXT, sentence TEXT,
      files INTEGER NOT NULL DEFAULT 0, accepted INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0) STRICT;
      CREATE INDEX import_requests_by_state ON import_requests (state, requested_at);`,
  },
];

const COLUMNS = 'id, state, requested_at AS requestedAt, ended_at AS endedAt, sentence, files, accepted, refused';
const SQL = {
  request: `INSERT INTO import_requests (id, folder, state, requested_at) VALUES (?, ?, 'waiting', ?)`,
  find: `SELECT ${COLUMNS} FROM import_requests WHERE id = ?`,
  list: `SELECT ${COLUMNS} FROM import_requests ORDER BY requested_at DESC LIMIT 50`,
  next: `UPDATE import_requests SET state = 'running' WHERE id =
    (SELECT id FROM import_requests WHERE state = 'waiting' ORDER BY requested_at LIMIT 1) RETURNING id, folder`,
  progress: 'UPDATE import_requests SET files = @files, accepted = @accepted, refused = @refused WHERE id = @id',
  end: 'UPDATE import_requests SET state = @state, ended_at = @now, sentence = @sentence WHERE id = @id',
  restart: `UPDATE import_requests SET state = 'waiting' WHERE state = 'running'`,
} as const;

const POLL_MS = 500;

/** The requests as they stand in vault.db; usable from a second process while the node runs. */
export class ImportRequests {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  request(folder: string): ImportRun {
    const id = randomUUID();
    this.#database.prepare(SQL.request).run(id, folder, new Date().toISOString());
    return this.find(id) as ImportRun;
  }

  find(id: string): ImportRun | undefined {
    return this.#database.prepare(SQL.find).get(id) as ImportRun | undefined;
  }

  list(): ImportRun[] {
    return this.#database.prepare(SQL.list).all() as ImportRun[];
  }

  takeNext(): { id: string; folder: string } | undefined {
    return this.#database.prepare(SQL.next).get() as { id: string; folder: string } | undefined;
  }

  progress(id: string, { files, accepted, refused }: ImportProgress): void {
    this.#database.prepare(SQL.progress).run({ id, files, accepted, refused });
  }

  end(id: string, state: 'done' | 'failed', sentence: string): void {
    this.#database.prepare(SQL.end).run({ id, state, sentence, now: new Date().toISOString() });
  }

  /** After a crash: an import that was running starts again; what it had stored is recognised as resent. */
  restart(): void {
    this.#database.prepare(SQL.restart).run();
  }
}

export interface ImportDeskOptions {
  readonly requests: ImportRequests;
  readonly importFolder: (
    folder: string,
    onProgress: (progress: ImportProgress) => void,
    signal: AbortSignal,
  ) => Promise<ImportProgress>;
  readonly onChanged: () => void;
  readonly onDone: (run: ImportRun) => void;
}

export class ImportDesk {
  readonly #options: ImportDeskOptions;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> | undefined;
  #running = false;
  readonly #stopping = new AbortController();

  constructor(options: ImportDeskOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = true;
    this.#options.requests.restart();
    this.#timer = setInterval(() => this.nudge(), POLL_MS);
    this.nudge();
  }

  nudge(): void {
    if (!this.#running) return;
    this.#work ??= this.#runWaiting().finally(() => {
      this.#work = undefined;
    });
  }

  /** Stops after the files in work; an import that was cut short starts again with the node. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#stopping.abort();
    clearInterval(this.#timer);
    await this.#work;
  }

  async #runWaiting(): Promise<void> {
    const { requests } = this.#options;
    for (let next = requests.takeNext(); next && this.#running; next = requests.takeNext()) {
      await this.#runOne(next.id, next.folder);
    }
  }

  async #runOne(id: string, folder: string): Promise<void> {
    const { requests, importFolder, onChanged, onDone } = this.#options;
    try {
      const onProgress = (progress: ImportProgress) => {
        requests.progress(id, progress);
        onChanged();
      };
      const end = await importFolder(folder, onProgress, this.#stopping.signal);
      requests.progress(id, end);
      requests.end(id, 'done', `${end.files} files read: ${end.accepted} accepted, ${end.refused} refused.`);
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      requests.end(id, 'failed', describeFailure(error));
    }
    onChanged();
    const run = requests.find(id);
    if (run) onDone(run);
  }
}

/** System error texts carry the path, and a path may be a name: only the code is told. */
function describeFailure(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'The folder does not exist. Check the path and start the import again.';
  if (code === 'ENOTDIR') return 'The path is not a folder. Name the folder that holds the files.';
  if (code === 'EACCES')
    return 'The folder may not be read by the service user. Change its permissions and start again.';
  if (code === 'ENOSPC')
    return 'The disk of the data folder is full. Free space and start the import again; what came is kept.';
  return `The import stopped (${code ?? (error instanceof Error ? error.name : 'unknown')}). Start it again; what came is kept.`;
}
