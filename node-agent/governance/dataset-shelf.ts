/** Finds datasets, and the series each is made of: what a draft's cohort finds now, else what the check fixed. */
import type { SqliteDatabase } from '../store/database.ts';
import { type MembershipCounts, scopeHash } from './dataset-membership.ts';
import { type CohortSelection, cohortOf, DATASET_SQL, type DatasetRow } from './dataset-record.ts';
import { fixedMembers, withScope } from './dataset-scope.ts';
import { DatasetError } from './errors.ts';
import type { Person } from './transitions.ts';

/** The catalogue's cohort queries as this room needs them. */
export interface CohortSource {
  /** UIDs of the series that match now. */
  series(query: CohortSelection): readonly string[];
  counts(query: CohortSelection): MembershipCounts;
}

export class DatasetShelf {
  readonly database: SqliteDatabase;
  readonly cohorts: CohortSource;

  constructor(database: SqliteDatabase, cohorts: CohortSource) {
    this.database = database;
    this.cohorts = cohorts;
  }

  /** @throws DatasetError `not-found` */
  find(id: string): DatasetRow {
    const row = this.database.prepare(DATASET_SQL.find).get(id) as DatasetRow | undefined;
    if (!row) throw new DatasetError('not-found', 'There is no dataset with this id.');
    return row;
  }

  seriesOf(row: DatasetRow): readonly string[] {
    return row.state === 'draft' ? this.cohorts.series(cohortOf(row)) : fixedMembers(this.database, row.id);
  }

  /** Answers a question about the series of a dataset, which are in `scope` meanwhile. */
  within<Answer>(row: DatasetRow, answer: () => Answer): Answer {
    return withScope(this.database, { datasetId: row.id, seriesUids: this.seriesOf(row) }, answer);
  }

  /** The content hash that is fixed, or the one that a check would fix now. */
  contentHashOf(row: DatasetRow): string {
    return row.contentHash ?? this.within(row, () => scopeHash(this.database));
  }
}

/** @throws DatasetError `not-allowed` for whoever may only look */
export function requireStaff(person: Person, verb: string): void {
  if (person.role !== 'viewer') return;
  throw new DatasetError('not-allowed', `To ${verb} needs the role officer or administrator. Ask an administrator.`);
}

/** @throws DatasetError `invalid-transition` where the members are fixed */
export function requireDraft(row: DatasetRow): void {
  if (row.state === 'draft') return;
  throw new DatasetError(
    'invalid-transition',
    `The members of a ${row.state} dataset are fixed. Take it back to draft first, or make a new version.`,
  );
}
