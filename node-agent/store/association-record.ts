/** Who connected, when, what came, and how it ended. */
import type { SqliteDatabase } from './database.ts';
import { Statements } from './statements.ts';

export interface AssociationStart {
  readonly associationId: string;
  readonly callingAeTitle: string;
  readonly calledAeTitle: string;
  readonly remoteAddress: string;
}

export interface AssociationEnd {
  /** `released`, `aborted by the peer`, `rejected: called AE title not recognised` … */
  readonly outcome: string;
  readonly objects: number;
  readonly failures: number;
  readonly bytes: number;
}

export interface AssociationRow extends AssociationStart {
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly outcome: string | null;
  readonly objects: number;
  readonly failures: number;
  readonly bytes: number;
}

const SQL = {
  start: `INSERT INTO associations (association_id, calling_ae_title, called_ae_title, remote_address, started_at)
    VALUES (@associationId, @callingAeTitle, @calledAeTitle, @remoteAddress, @now)`,
  end: `UPDATE associations SET ended_at = @now, outcome = @outcome, objects = @objects, failures = @failures,
    bytes = @bytes WHERE association_id = @associationId`,
  closeOpen: `UPDATE associations SET ended_at = @now, outcome = 'cut off: the node stopped' WHERE ended_at IS NULL`,
  newest: `SELECT association_id AS associationId, calling_ae_title AS callingAeTitle, called_ae_title AS calledAeTitle,
    remote_address AS remoteAddress, started_at AS startedAt, ended_at AS endedAt, outcome, objects, failures, bytes
    FROM associations ORDER BY started_at DESC LIMIT ?`,
} as const;

export class AssociationRecord {
  readonly #statements: Statements;

  constructor(database: SqliteDatabase) {
    this.#statements = new Statements(database);
  }

  start(association: AssociationStart): void {
    this.#statements.of(SQL.start).run({ ...association, now: new Date().toISOString() });
  }

  end(associationId: string, end: AssociationEnd): void {
    this.#statements.of(SQL.end).run({ ...end, associationId, now: new Date().toISOString() });
  }

  /** After a crash: associations that were open have ended with the process. */
  closeOpen(): void {
    this.#statements.of(SQL.closeOpen).run({ now: new Date().toISOString() });
  }

  newest(limit: number): AssociationRow[] {
    return this.#statements.of(SQL.newest).all(limit) as AssociationRow[];
  }
}
