/**
 * Takes the series of a patient who objected out of every dataset. What two persons released was fixed object by object, so
 * a released or published dataset does not go on with fewer: it is withdrawn, and a draft of the same cohort takes its
 * place, to be checked and released anew.
 */
import type { SqliteDatabase } from '../store/database.ts';
import { type AuditTrail, DatasetHistory } from './dataset-history.ts';
import { DATASET_SQL, type DatasetRow, newDatasetId } from './dataset-record.ts';

export const WITHDRAWAL_SQL = {
  holders: `SELECT DISTINCT dataset_id FROM dataset_series
    WHERE series_uid IN (SELECT value FROM json_each(?)) ORDER BY dataset_id`,
  thaw: 'DELETE FROM dataset_series WHERE dataset_id = ?',
  removeMembers: 'DELETE FROM dataset_series WHERE series_uid IN (SELECT value FROM json_each(?))',
  removeFaces: 'DELETE FROM dataset_faces WHERE series_uid IN (SELECT value FROM json_each(?))',
} as const;

const BY = 'node';
const OBJECTED = 'A patient objected to the use of their data and was taken out.';

export class PatientWithdrawal {
  readonly #database: SqliteDatabase;
  readonly #history: DatasetHistory;
  readonly #now: () => Date;

  constructor(database: SqliteDatabase, audit: AuditTrail, now: () => Date = () => new Date()) {
    this.#database = database;
    this.#history = new DatasetHistory(database, audit, now);
    this.#now = now;
  }

  /** Within the caller's transaction. @returns how many datasets held such a series */
  withdraw(seriesUids: readonly string[]): number {
    const series = JSON.stringify(seriesUids);
    const holders = this.#database.prepare(WITHDRAWAL_SQL.holders).pluck().all(series) as string[];
    for (const id of holders) this.#settle(this.#database.prepare(DATASET_SQL.find).get(id) as DatasetRow);
    this.#database.prepare(WITHDRAWAL_SQL.removeMembers).run(series);
    this.#database.prepare(WITHDRAWAL_SQL.removeFaces).run(series);
    return holders.length;
  }

  #settle(row: DatasetRow): void {
    switch (row.state) {
      case 'checked':
        this.#database.prepare(WITHDRAWAL_SQL.thaw).run(row.id);
        this.#history.move(row, 'draft', { by: BY, reason: `${OBJECTED} Check the dataset again.`, contentHash: null });
        return;
      case 'released':
      case 'published': {
        const successor = this.#draftAgain(row);
        const reason = `${OBJECTED} The dataset ${successor} takes its place, to be checked and released anew.`;
        this.#history.move(row, 'withdrawn', { by: BY, reason, contentHash: row.contentHash });
        return;
      }
      default:
        this.#history.remember(
          row.id,
          { from: row.state, to: row.state, by: BY, reason: OBJECTED },
          'dataset.member-withdrawn',
        );
    }
  }

  /** Drafted by whoever drafted the first one, so that release still takes another person. */
  #draftAgain(row: DatasetRow): string {
    const id = newDatasetId();
    const createdAt = this.#now().toISOString();
    this.#database.prepare(DATASET_SQL.insert).run({ ...row, id, state: 'draft', createdAt, contentHash: null });
    const reason = `The next version of ${row.id}, without a patient who objected.`;
    this.#history.remember(id, { from: null, to: 'draft', by: BY, reason }, 'dataset.drafted');
    return id;
  }
}
