/**
 * The series that a question about a dataset is asked of, in a table of this connection alone: what a draft's cohort finds
 * now and what a check fixed are looked at by the same statements.
 */
import type { SqliteDatabase } from '../store/database.ts';

export const SCOPE_SQL = {
  create: 'CREATE TEMP TABLE IF NOT EXISTS scope (series_uid TEXT PRIMARY KEY) WITHOUT ROWID',
  clear: 'DELETE FROM temp.scope',
  fill: 'INSERT INTO temp.scope SELECT DISTINCT value FROM json_each(?)',
  /** Without the series that were left out for a face in them. */
  leaveOut: `DELETE FROM temp.scope WHERE series_uid IN
    (SELECT series_uid FROM dataset_faces WHERE dataset_id = ? AND decision = 'excluded')`,
  members: 'SELECT series_uid FROM dataset_series WHERE dataset_id = ?',
} as const;

/** Answers a question about these series; within it `scope` holds their UIDs. */
export function withScope<Answer>(
  database: SqliteDatabase,
  { datasetId, seriesUids }: { readonly datasetId: string; readonly seriesUids: readonly string[] },
  answer: () => Answer,
): Answer {
  database.exec(SCOPE_SQL.create);
  return database.transaction(() => {
    database.exec(SCOPE_SQL.clear);
    database.prepare(SCOPE_SQL.fill).run(JSON.stringify(seriesUids));
    database.prepare(SCOPE_SQL.leaveOut).run(datasetId);
    return answer();
  })();
}

/** Series that the check fixed. */
export function fixedMembers(database: SqliteDatabase, datasetId: string): string[] {
  return database.prepare(SCOPE_SQL.members).pluck().all(datasetId) as string[];
}
