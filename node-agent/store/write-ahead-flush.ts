/**
 * Commits that do not stop the event loop while the disk works: the transaction is written to the write-ahead log
 * without a flush, and the log is flushed on a thread of its own. What was committed is durable once `flushed`
 * resolves, exactly as with synchronous = FULL, which does the same two steps while everything waits (SQLite,
 * "Write-Ahead Logging", section 2.3).
 */
import { closeSync, fdatasync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import type { SqliteDatabase } from './database.ts';

const flush = promisify(fdatasync);

export class WriteAheadFlush {
  readonly #database: SqliteDatabase;
  /** Of the log; SQLite takes no locks on this file, so closing it releases none. */
  #descriptor: number | undefined;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /**
   * Runs a transaction that is not durable before `flushed` resolves.
   * A checkpoint in between makes it durable itself: it flushes log and database.
   */
  commit<T>(work: () => T): T {
    this.#database.exec('PRAGMA synchronous = NORMAL');
    try {
      return this.#database.transaction(work)();
    } finally {
      this.#database.exec('PRAGMA synchronous = FULL');
    }
  }

  /** Resolves when all that was committed before the call survives a power cut. */
  async flushed(): Promise<void> {
    this.#descriptor ??= openSync(`${this.#database.name}-wal`, 'r+');
    await flush(this.#descriptor);
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}
