/** Requests for studies: what was asked for, by whom, how far it was counted, and whether it was confirmed. */
import { randomUUID } from 'node:crypto';
import type { SqliteDatabase } from '../../store/database.ts';
import { SealedText } from '../../vault/sealed-text.ts';
import { RetrieveError } from './archives.ts';
import type { RetrieveRequest } from './request-list.ts';
import type { StateCounts } from './retrieve-queue.ts';

export type RequestState = 'counting' | 'counted' | 'confirmed' | 'discarded' | 'failed';

/** A request without what identifies. */
export interface RequestRow {
  readonly id: string;
  readonly archive: string;
  readonly state: RequestState;
  readonly paused: boolean;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly entries: number;
  /** Entries the PACS has been asked about. */
  readonly counted: number;
  /** Numbers of the entries that matched nothing, the first hundred. */
  readonly empty: readonly number[];
  readonly sentence: string | null;
  readonly studies: StateCounts;
  /** Studies that an earlier request fetched completely; 0 once that is decided on. */
  readonly fetchedBefore: number;
  /** Instances the PACS reports or lists; null where it does not for some study. */
  readonly expected: number | null;
  readonly arrived: number;
}

const EMPTY_SHOWN = 100;
const COLUMNS = `id, archive, state, paused, requested_by AS requestedBy, requested_at AS requestedAt, entries, counted,
  empty, sentence,
  (SELECT json_group_object(state, count) FROM (SELECT state, COUNT(*) AS count FROM retrieve_studies
    WHERE request = retrieve_requests.id GROUP BY state)) AS studies,
  CASE state WHEN 'counted' THEN (SELECT COUNT(*) FROM retrieve_studies AS mine WHERE request = retrieve_requests.id
    AND EXISTS (SELECT 1 FROM retrieve_studies AS earlier WHERE earlier.study_key = mine.study_key
      AND earlier.archive = mine.archive AND earlier.state = 'complete' AND earlier.request <> mine.request))
    ELSE 0 END AS fetchedBefore,
  (SELECT CASE WHEN COUNT(*) = COUNT(expected) THEN SUM(expected) END FROM retrieve_studies
    WHERE request = retrieve_requests.id AND state <> 'skipped') AS expected,
  (SELECT COALESCE(SUM(arrived), 0) FROM retrieve_studies WHERE request = retrieve_requests.id) AS arrived`;
const SQL = {
  create: `INSERT INTO retrieve_requests (id, archive, state, requested_by, requested_at, entries, criteria)
    VALUES (@id, @archive, 'counting', @by, @now, @entries, @criteria)`,
  list: `SELECT ${COLUMNS} FROM retrieve_requests ORDER BY requested_at DESC, rowid DESC LIMIT ? OFFSET ?`,
  find: `SELECT ${COLUMNS} FROM retrieve_requests WHERE id = ?`,
  total: 'SELECT COUNT(*) FROM retrieve_requests',
  counting: `SELECT id FROM retrieve_requests WHERE state = 'counting' ORDER BY requested_at, rowid`,
  criteria: 'SELECT criteria FROM retrieve_requests WHERE id = ?',
  state: 'SELECT state FROM retrieve_requests WHERE id = ?',
  empty: 'SELECT empty FROM retrieve_requests WHERE id = ?',
  noted: `UPDATE retrieve_requests SET counted = @counted, empty = @empty WHERE id = @id AND state = 'counting'`,
  become: `UPDATE retrieve_requests SET state = @state, sentence = @sentence WHERE id = @id
    AND state IN (SELECT value FROM json_each(@from))`,
  pause: 'UPDATE retrieve_requests SET paused = @paused WHERE id = @id',
} as const;

type StoredRow = Omit<RequestRow, 'paused' | 'empty' | 'studies'> & { paused: number; empty: string; studies: string };

export class RetrieveRequests {
  readonly #database: SqliteDatabase;
  readonly #sealed: SealedText;

  constructor(database: SqliteDatabase, siteSecret: Uint8Array) {
    this.#database = database;
    this.#sealed = new SealedText(siteSecret, 'retrieve requests');
  }

  /** @returns the id of the request, which has to be counted next */
  create(archive: string, entries: readonly RetrieveRequest[], by: string): string {
    const id = randomUUID();
    const criteria = this.#sealed.seal(id, JSON.stringify(entries));
    const now = new Date().toISOString();
    this.#database.prepare(SQL.create).run({ id, archive, by, now, entries: entries.length, criteria });
    return id;
  }

  /** Newest first. */
  list(limit: number, offset: number): RequestRow[] {
    return (this.#database.prepare(SQL.list).all(limit, offset) as StoredRow[]).map(rowOf);
  }

  total(): number {
    return this.#database.prepare(SQL.total).pluck().get() as number;
  }

  find(id: string): RequestRow | undefined {
    const row = this.#database.prepare(SQL.find).get(id) as StoredRow | undefined;
    return row && rowOf(row);
  }

  /** @throws RetrieveError */
  get(id: string): RequestRow {
    const row = this.find(id);
    if (!row) throw new RetrieveError('There is no such request any more.');
    return row;
  }

  /** Without what has to be summed up for the rest of the row. */
  stateOf(id: string): RequestState | undefined {
    return this.#database.prepare(SQL.state).pluck().get(id) as RequestState | undefined;
  }

  /** Ids of the requests that are not counted to their end. */
  counting(): string[] {
    return this.#database.prepare(SQL.counting).pluck().all() as string[];
  }

  /** What was asked for: identifying. */
  entriesOf(id: string): RetrieveRequest[] {
    const criteria = this.#database.prepare(SQL.criteria).pluck().get(id) as Buffer | undefined;
    if (!criteria || criteria.length === 0) return [];
    return JSON.parse(this.#sealed.open(id, criteria)) as RetrieveRequest[];
  }

  /** The PACS has been asked about one entry more. */
  noted(id: string, { counted, matches }: { readonly counted: number; readonly matches: number }): void {
    const known = JSON.parse(
      (this.#database.prepare(SQL.empty).pluck().get(id) as string | undefined) ?? '[]',
    ) as number[];
    const empty = matches === 0 && known.length < EMPTY_SHOWN ? [...known, counted] : known;
    this.#database.prepare(SQL.noted).run({ id, counted, empty: JSON.stringify(empty) });
  }

  /** @returns false when the request was in none of the states it may come from */
  become(id: string, state: RequestState, from: readonly RequestState[], sentence: string | null = null): boolean {
    return this.#database.prepare(SQL.become).run({ id, state, sentence, from: JSON.stringify(from) }).changes > 0;
  }

  setPaused(id: string, paused: boolean): void {
    this.#database.prepare(SQL.pause).run({ id, paused: paused ? 1 : 0 });
  }
}

function rowOf({ paused, empty, studies, ...row }: StoredRow): RequestRow {
  return {
    ...row,
    paused: paused === 1,
    empty: JSON.parse(empty) as number[],
    studies: JSON.parse(studies) as StateCounts,
  };
}
