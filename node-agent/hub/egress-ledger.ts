/** The egress ledger: one row per request that leaves the node, written before it leaves. */
import { createHash } from 'node:crypto';
import type { SqliteDatabase } from '../store/database.ts';

export interface Departure {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly purpose: string;
  readonly body: Uint8Array | undefined;
}

export interface EgressEntry {
  readonly id: number;
  readonly at: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly purpose: string;
  readonly bytesOut: number;
  readonly bodySha256: string | null;
  readonly status: number | null;
  readonly milliseconds: number;
  readonly error: string | null;
}

export const EGRESS_SQL = {
  begin: `INSERT INTO egress (at, method, host, path, purpose, bytes_out, body_sha256)
    VALUES (@at, @method, @host, @path, @purpose, @bytesOut, @bodySha256)`,
  end: 'UPDATE egress SET status = @status, milliseconds = @milliseconds, error = @error WHERE id = @id',
  closeUnfinished: `UPDATE egress SET error = 'The node ended before the answer came.'
    WHERE status IS NULL AND error IS NULL`,
  page: `SELECT id, at, method, host, path, purpose, bytes_out AS bytesOut, body_sha256 AS bodySha256, status,
    milliseconds, error FROM egress ORDER BY id DESC LIMIT @limit OFFSET @offset`,
  count: 'SELECT COUNT(*) FROM egress',
  lastAnswer: 'SELECT MAX(at) FROM egress WHERE status IS NOT NULL',
  forget: `DELETE FROM egress WHERE purpose = @purpose AND at < @before AND bytes_out = 0`,
} as const;

export class EgressLedger {
  readonly #database: SqliteDatabase;
  readonly #now: () => Date;

  constructor(database: SqliteDatabase, now: () => Date = () => new Date()) {
    this.#database = database;
    this.#now = now;
  }

  /** @returns the id to complete the row with; the row is durable when this returns */
  begin({ method, host, path, purpose, body }: Departure): number {
    const row = this.#database.prepare(EGRESS_SQL.begin).run({
      at: this.#now().toISOString(),
      method,
      host,
      path,
      purpose,
      bytesOut: body?.byteLength ?? 0,
      bodySha256: body ? createHash('sha256').update(body).digest('hex') : null,
    });
    return Number(row.lastInsertRowid);
  }

  end(id: number, outcome: { status: number | null; milliseconds: number; error: string | null }): void {
    this.#database.prepare(EGRESS_SQL.end).run({ id, ...outcome, milliseconds: Math.round(outcome.milliseconds) });
  }

  /** At start-up: requests that were on their way when the node ended. */
  closeUnfinished(): void {
    this.#database.prepare(EGRESS_SQL.closeUnfinished).run();
  }

  /** Removes requests of a purpose older than a time that carried no body, such as polls. */
  forget(purpose: string, before: Date): void {
    this.#database.prepare(EGRESS_SQL.forget).run({ purpose, before: before.toISOString() });
  }

  page(offset: number, limit: number): { total: number; rows: EgressEntry[] } {
    return {
      total: this.#database.prepare(EGRESS_SQL.count).pluck().get() as number,
      rows: this.#database.prepare(EGRESS_SQL.page).all({ offset, limit }) as EgressEntry[],
    };
  }

  /** When the hub was last heard, of the requests that are kept. */
  lastAnswerAt(): string | null {
    return this.#database.prepare(EGRESS_SQL.lastAnswer).pluck().get() as string | null;
  }
}
