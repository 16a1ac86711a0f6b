/** Opening SQLite databases and bringing their schema up to date. */
import Database from 'better-sqlite3';
import { StartUpError } from './errors.ts';

export type SqliteDatabase = Database.Database;

/** A schema change: a numbered sentence and its SQL. Applied once, in order, each in one transaction. */
export interface Migration {
  /** e.g. `0003-create-the-association-record`; unique in the whole database. */
  readonly id: string;
  readonly sql: string;
}

/** Pages in memory, as far as the database has them: the upper levels of the indexes of an archive of years. */
const CACHE_KIBIBYTES = 64 * 1024;
/** Pages of the log before they go to the database: the more, the fewer are written twice. 16 MB. */
const PAGES_BETWEEN_CHECKPOINTS = 4000;

const CREATE_MIGRATIONS = `CREATE TABLE IF NOT EXISTS schema_migrations (
  id TEXT PRIMARY KEY, applied_at TEXT NOT NULL) STRICT`;
const LIST_MIGRATIONS = 'SELECT id FROM schema_migrations';
const RECORD_MIGRATION = 'INSERT INTO schema_migrations (id, applied_at) VALUES (?, ?)';

/**
 * Opens a database for writing with write-ahead logging and full durability (a commit survives a
 * power cut), checks that it is sound, and applies the migrations it lacks.
 * @throws StartUpError when the file is damaged, unreadable, or was written by a newer version
 */
export function openDatabase(file: string, migrations: readonly Migration[]): SqliteDatabase {
  let database: SqliteDatabase | undefined;
  try {
    database = new Database(file, { timeout: 10_000 });
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    database.pragma(`cache_size = -${CACHE_KIBIBYTES}`);
    database.pragma(`wal_autocheckpoint = ${PAGES_BETWEEN_CHECKPOINTS}`);
    checkSound(database);
    migrate(database, migrations);
    // After the migrations, which may sort whole tables: what a transaction keeps to go back by would be written to files.
    database.pragma('temp_store = MEMORY');
    return database;
  } catch (error) {
    database?.close();
    throw describeOpenFailure(file, error);
  }
}

/** Opens an existing database for reading only. @throws StartUpError when it cannot be read */
export function openDatabaseReadOnly(file: string): SqliteDatabase {
  try {
    return new Database(file, { readonly: true, fileMustExist: true, timeout: 10_000 });
  } catch (error) {
    throw describeOpenFailure(file, error);
  }
}

function checkSound(database: SqliteDatabase): void {
  const verdict = database.pragma('quick_check(1)', { simple: true });
  if (verdict !== 'ok') throw new Error('database disk image is malformed');
}

function migrate(database: SqliteDatabase, migrations: readonly Migration[]): void {
  database.exec(CREATE_MIGRATIONS);
  const applied = new Set(database.prepare(LIST_MIGRATIONS).pluck().all() as string[]);
  const known = new Set(migrations.map((migration) => migration.id));
  const unknown = [...applied].filter((id) => !known.has(id));
  if (unknown.length > 0) {
    throw new StartUpError(
      `The database has schema changes this version does not know (${unknown[0]}). ` +
        'It was written by a newer Gatehouse; start that version, or restore a backup made by this one.',
    );
  }
  for (const migration of migrations) {
    if (applied.has(migration.id)) continue;
    database.transaction(() => {
      database.exec(migration.sql);
      database.prepare(RECORD_MIGRATION).run(migration.id, new Date().toISOString());
    })();
  }
}

function describeOpenFailure(file: string, error: unknown): StartUpError {
  if (error instanceof StartUpError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  if (/malformed|not a database|corrupt/i.test(reason)) {
    return new StartUpError(
      `The database ${file} is damaged and was left as it is. Move it aside and restore the newest file from the backups folder.`,
    );
  }
  return new StartUpError(
    `The database ${file} cannot be opened (${reason}). Check that the service user may read and write the data folder and that its disk is not full.`,
  );
}
