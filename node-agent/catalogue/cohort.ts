/** Which series a cohort query means, and how many patients and studies they are of. */
import type { SqliteDatabase } from '../store/database.ts';
import { type CohortFilter, conditionOf } from './cohort-condition.ts';

export interface CohortCounts {
  readonly patients: number;
  readonly studies: number;
  readonly series: number;
  readonly instances: number;
  readonly bytes: number;
}

export const COHORT_SQL = {
  series: (condition: string) => `SELECT series.series_uid FROM series JOIN studies USING (study_uid)
    JOIN patients USING (patient_id) WHERE ${condition} ORDER BY series.series_uid`,
  counts: (condition: string) => `WITH cohort AS MATERIALIZED (
      SELECT series.series_uid, studies.study_uid, patients.patient_id FROM series JOIN studies USING (study_uid)
      JOIN patients USING (patient_id) WHERE ${condition})
    SELECT (SELECT COUNT(DISTINCT patient_id) FROM cohort) AS patients,
      (SELECT COUNT(DISTINCT study_uid) FROM cohort) AS studies,
      (SELECT COUNT(*) FROM cohort) AS series,
      COUNT(instances.bytes) AS instances, COALESCE(SUM(instances.bytes), 0) AS bytes
    FROM cohort JOIN instances USING (series_uid)`,
};

export class CohortQuery {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** UIDs of the series that match now, sorted. An empty filter means everything indexed. */
  series(filter: CohortFilter): string[] {
    const { sql, parameters } = conditionOf(this.#database, filter);
    return this.#database.prepare(COHORT_SQL.series(sql)).pluck().all(parameters) as string[];
  }

  counts(filter: CohortFilter): CohortCounts {
    const { sql, parameters } = conditionOf(this.#database, filter);
    return this.#database.prepare(COHORT_SQL.counts(sql)).get(parameters) as CohortCounts;
  }
}
