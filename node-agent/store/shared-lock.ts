/** A lock between processes for short critical sections, freed by the operating system if the holder dies. */
import Database from 'better-sqlite3';

const LONGEST_WAIT_MS = 10_000;

export class SharedLock {
  readonly #database: Database.Database;

  /** @param file a small file that stands for the lock; created where missing */
  constructor(file: string) {
    this.#database = new Database(file, { timeout: LONGEST_WAIT_MS });
  }

  /** Runs synchronous work while no other process is in such a section of the same lock. */
  during<T>(work: () => T): T {
    this.#database.exec('BEGIN EXCLUSIVE');
    try {
      return work();
    } finally {
      this.#database.exec('COMMIT');
    }
  }

  close(): void {
    this.#database.close();
  }
}
