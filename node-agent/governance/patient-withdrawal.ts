/**
 * Takes the series of a patient who objected out of every dataset. What two persons released was fixed object by object, so
 * a released or published dataset does not go on with fewer: it is withdrawn, and a draft of the same cohort takes its
 * place, to be checked and released anew.
 */
import type { SqliteDatabase } from '../store/database.ts';
import { type AuditTrail, DatasetHistory } from './dataset-history.ts';
import { DATASET_SQL, type DatasetRow, newDatasetId } from './dataset-record.ts';
import { draftSuccessor, openSuccessor } from './dataset-versions.ts';

export const WITHDRAWAL_SQL = {
  holders: `SELECT DISTINCT dataset_id FROM dataset_series
    WHERE series_uid IN (SELECT value FROM json_each(?)) ORDER BY dataset_id`,
  /** What of a dataset goes with these series. */
  held: `SELECT COUNT(DISTINCT series_uid) AS series, COUNT(instance_uid) AS objects FROM dataset_series
    LEFT JOIN instances USING (series_uid)
    WHERE dataset_id = @id AND series_uid IN (SELECT value FROM json_each(@series))`,
  removeObjects: `DELETE FROM dataset_objects WHERE instance_uid IN
    (SELECT instance_uid FROM instances WHERE series_uid IN (SELECT value FROM json_each(?)))`,
  thawObjects: 'DELETE FROM dataset_objects WHERE dataset_id = ?',
  dropEvidence: 'DELETE FROM dataset_evidence WHERE dataset_id = ?',
  thaw: 'DELETE FROM dataset_series WHERE dataset_id = ?',
  removeMembers: 'DELETE FROM dataset_series WHERE series_uid IN (SELECT value FROM json_each(?))',
  removeFaces: 'DELETE FROM dataset_faces WHERE series_uid IN (SELECT value FROM json_each(?))',
} as const;

const BY = 'node';

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
    for (const id of holders) {
      const held = this.#database.prepare(WITHDRAWAL_SQL.held).get({ id, series }) as Held;
      this.#settle(this.#database.prepare(DATASET_SQL.find).get(id) as DatasetRow, objectedSentence(held));
    }
    this.#database.prepare(WITHDRAWAL_SQL.removeObjects).run(series);
    this.#database.prepare(WITHDRAWAL_SQL.removeMembers).run(series);
    this.#database.prepare(WITHDRAWAL_SQL.removeFaces).run(series);
    return holders.length;
  }

  #settle(row: DatasetRow, objected: string): void {
    switch (row.state) {
      case 'checked':
        for (const sql of [WITHDRAWAL_SQL.thaw, WITHDRAWAL_SQL.thawObjects, WITHDRAWAL_SQL.dropEvidence]) {
          this.#database.prepare(sql).run(row.id);
        }
        this.#history.move(row, 'draft', { by: BY, reason: `${objected} Check the dataset again.`, contentHash: null });
        return;
      case 'released':
      case 'published': {
        const successor = this.#draftAgain(row);
        const reason = `${objected} The dataset ${successor} takes its place, to be checked and released anew.`;
        this.#history.move(row, 'withdrawn', { by: BY, reason, contentHash: row.contentHash });
        return;
      }
      default:
        this.#history.remember(
          row.id,
          { from: row.state, to: row.state, by: BY, reason: objected },
          'dataset.member-withdrawn',
        );
    }
  }

  /** Drafted by whoever drafted the first one, so that release still takes another person. */
  #draftAgain(row: DatasetRow): string {
    const open = openSuccessor(this.#database, row.id);
    if (open) return open;
    return draftSuccessor(row, BY, {
      database: this.#database,
      history: this.#history,
      createdBy: row.createdBy,
      createdAt: this.#now().toISOString(),
      id: newDatasetId(),
      reason: `The next version of ${row.id}, without a patient who objected.`,
    });
  }
}

interface Held {
  readonly series: number;
  readonly objects: number;
}

function objectedSentence({ series, objects }: Held): string {
  return `A patient objected to the use of their data and was taken out, with ${objects} objects in ${series} series.`;
}
