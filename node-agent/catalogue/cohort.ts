/** Which series a cohort query means, and how many patients and studies they are of. */
import type { SqliteDatabase } from '../store/database.ts';
import { type CohortFilter, type Condition, conditionOf } from './cohort-condition.ts';
import { SeriesDescriber } from './search/series-describer.ts';

export interface CohortCounts {
  readonly patients: number;
  readonly studies: number;
  readonly series: number;
  readonly instances: number;
  readonly bytes: number;
}

type Rows = Pick<Condition, 'rows'>;

export const COHORT_SQL = {
  /** A numbered list of the series would be read in the order of their UIDs, all of them. */
  series: ({ seriesRows }: Pick<Condition, 'seriesRows'>) => `SELECT series_uid FROM series
    WHERE series_no IN (SELECT facts.series_no ${seriesRows}) ORDER BY +series_uid`,
  counts: ({ rows }: Rows) => `SELECT COUNT(DISTINCT facts.patient_no) AS patients,
      COUNT(DISTINCT facts.study_no) AS studies, COALESCE(SUM(facts.series), 0) AS series,
      COALESCE(SUM(facts.instances), 0) AS instances, COALESCE(SUM(facts.bytes), 0) AS bytes ${rows}`,
  /** Of everything: from the sums that are kept. */
  allCounts: `SELECT (SELECT COUNT(*) FROM patients) AS patients, (SELECT COUNT(*) FROM studies) AS studies,
      COALESCE(SUM(series), 0) AS series, COALESCE(SUM(instances), 0) AS instances, COALESCE(SUM(bytes), 0) AS bytes
    FROM series_kinds`,
};

export class CohortQuery {
  readonly #database: SqliteDatabase;
  readonly #describer: SeriesDescriber;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#describer = new SeriesDescriber(database);
  }

  /** UIDs of the series that match now, sorted. An empty filter means everything indexed. */
  series(filter: CohortFilter): string[] {
    this.#describer.catchUp();
    const condition = conditionOf(this.#database, filter);
    return this.#database.prepare(COHORT_SQL.series(condition)).pluck().all(condition.parameters) as string[];
  }

  counts(filter: CohortFilter): CohortCounts {
    this.#describer.catchUp();
    return cohortCounts(this.#database, conditionOf(this.#database, filter));
  }
}

export function cohortCounts(database: SqliteDatabase, condition: Condition): CohortCounts {
  const sql = condition.everything ? COHORT_SQL.allCounts : COHORT_SQL.counts(condition);
  return database.prepare(sql).get(condition.parameters) as CohortCounts;
}
