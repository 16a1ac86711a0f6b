/** Versions of a dataset: what is released stays as it is, and a change is a new dataset that names the one before. */
import type { SqliteDatabase } from '../store/database.ts';
import { type AuditTrail, DatasetHistory } from './dataset-history.ts';
import { DATASET_SQL, type DatasetRow, type DatasetVersion, newDatasetId } from './dataset-record.ts';
import type { DatasetShelf } from './dataset-shelf.ts';
import { requireStaff } from './dataset-shelf.ts';
import { DatasetError } from './errors.ts';
import type { Person } from './transitions.ts';

/** What became of the objects of the version before. */
export interface VersionDifference {
  readonly predecessor: DatasetVersion;
  readonly contentHash: string;
  readonly predecessorHash: string | null;
  readonly added: number;
  readonly removed: number;
  /** The same SOP Instance UID with another content. */
  readonly changed: number;
  readonly unchanged: number;
}

export const VERSION_SQL = {
  difference: `WITH mine AS (SELECT instance_uid, content_hash FROM temp.scope JOIN instances USING (series_uid)),
      before AS (SELECT instance_uid, content_hash FROM dataset_objects WHERE dataset_id = @predecessor)
    SELECT (SELECT COUNT(*) FROM mine WHERE instance_uid NOT IN (SELECT instance_uid FROM before)) AS added,
      (SELECT COUNT(*) FROM before WHERE instance_uid NOT IN (SELECT instance_uid FROM mine)) AS removed,
      (SELECT COUNT(*) FROM mine JOIN before USING (instance_uid) WHERE mine.content_hash <> before.content_hash) AS changed,
      (SELECT COUNT(*) FROM mine JOIN before USING (instance_uid) WHERE mine.content_hash = before.content_hash) AS unchanged`,
} as const;

const MAY_HAVE_A_SUCCESSOR: ReadonlySet<string> = new Set(['released', 'published', 'withdrawn']);

export interface VersionParts {
  readonly shelf: DatasetShelf;
  readonly audit: AuditTrail;
  readonly now?: () => Date;
  readonly newId?: () => string;
}

export class DatasetVersions {
  readonly #parts: VersionParts;
  readonly #history: DatasetHistory;

  constructor(parts: VersionParts) {
    this.#parts = parts;
    this.#history = new DatasetHistory(parts.shelf.database, parts.audit, () => this.#now());
  }

  /**
   * Drafts the next version: the same fields, cohort and choices, to be checked and released anew. The version before stays
   * as it is.
   * @returns the id of the draft
   * @throws DatasetError `not-found`, `not-allowed`, `invalid-transition`
   */
  next(id: string, person: Person): string {
    const { shelf } = this.#parts;
    return shelf.database.transaction(() => {
      const row = shelf.find(id);
      requireStaff(person, 'make a new version');
      if (!MAY_HAVE_A_SUCCESSOR.has(row.state)) {
        const sentence = `A ${row.state} dataset can still be changed itself; a new version follows on one that was released.`;
        throw new DatasetError('invalid-transition', sentence);
      }
      const open = openSuccessor(shelf.database, id);
      if (open) {
        throw new DatasetError(
          'invalid-transition',
          `The next version is in work already: ${open}. Go on with that one.`,
        );
      }
      return draftSuccessor(row, person.name, {
        database: shelf.database,
        history: this.#history,
        createdBy: person.name,
        createdAt: this.#now().toISOString(),
        id: (this.#parts.newId ?? newDatasetId)(),
        reason: `Version ${row.version + 1}, following on ${id}.`,
      });
    })();
  }

  /** What changed from the version before; null for a first version. @throws DatasetError `not-found` */
  difference(id: string): VersionDifference | null {
    const { shelf } = this.#parts;
    const row = shelf.find(id);
    if (row.predecessor === null) return null;
    const before = shelf.find(row.predecessor);
    const counts = shelf.within(row, () =>
      shelf.database.prepare(VERSION_SQL.difference).get({ predecessor: before.id }),
    ) as Pick<VersionDifference, 'added' | 'removed' | 'changed' | 'unchanged'>;
    return {
      predecessor: { id: before.id, version: before.version, state: before.state },
      contentHash: shelf.contentHashOf(row),
      predecessorHash: before.contentHash,
      ...counts,
    };
  }

  #now(): Date {
    return this.#parts.now?.() ?? new Date();
  }
}

/** The successor that was not published or withdrawn yet. */
export function openSuccessor(database: SqliteDatabase, id: string): string | undefined {
  const successors = database.prepare(DATASET_SQL.successors).all(id) as DatasetVersion[];
  return successors.find(({ state }) => state !== 'published' && state !== 'withdrawn')?.id;
}

/** Within the caller's transaction. @returns the id of the draft */
export function draftSuccessor(
  row: DatasetRow,
  by: string,
  draft: {
    readonly database: SqliteDatabase;
    readonly history: DatasetHistory;
    readonly createdBy: string;
    readonly createdAt: string;
    readonly id: string;
    readonly reason: string;
  },
): string {
  const { database, history, id, createdBy, createdAt, reason } = draft;
  const changed = { id, state: 'draft', createdBy, createdAt, contentHash: null };
  database.prepare(DATASET_SQL.insert).run({ ...row, ...changed, version: row.version + 1, predecessor: row.id });
  history.remember(id, { from: null, to: 'draft', by, reason }, 'dataset.drafted');
  return id;
}
