/** What named persons accepted with a reason, each for exactly the objects it was accepted for. */
import type { SqliteDatabase } from '../store/database.ts';

export interface Acceptance {
  /** A rule of quality, or the gate `k` or `conformance`. */
  readonly subject: string;
  readonly by: string;
  readonly at: string;
  readonly reason: string;
}

export type Accepted = ReadonlyMap<string, Acceptance>;

export const ACCEPTANCE_SQL = {
  of: `SELECT subject, by, at, reason FROM dataset_acceptances WHERE dataset_id = @datasetId AND content_hash = @contentHash
    ORDER BY subject`,
  accept: `INSERT INTO dataset_acceptances (dataset_id, subject, content_hash, by, at, reason)
    VALUES (@datasetId, @subject, @contentHash, @by, @at, @reason)
    ON CONFLICT (dataset_id, subject, content_hash) DO UPDATE SET by = excluded.by, at = excluded.at, reason = excluded.reason`,
} as const;

/** By subject, for the objects with this hash: when an object comes or changes, it is a question again. */
export function acceptedFor(database: SqliteDatabase, datasetId: string, contentHash: string): Accepted {
  const rows = database.prepare(ACCEPTANCE_SQL.of).all({ datasetId, contentHash }) as Acceptance[];
  return new Map(rows.map((row) => [row.subject, row]));
}

export function keepAcceptance(
  database: SqliteDatabase,
  place: { readonly datasetId: string; readonly contentHash: string },
  acceptance: Acceptance,
): void {
  database.prepare(ACCEPTANCE_SQL.accept).run({ ...place, ...acceptance });
}
