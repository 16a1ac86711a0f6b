/** The queue of the retriever: one row a study, in vault.db, with its Study Instance UID sealed. */
import { randomUUID } from 'node:crypto';
import type { SqliteDatabase } from '../../store/database.ts';
import type { Pseudonymiser } from '../../vault/pseudonymiser.ts';
import { SealedText } from '../../vault/sealed-text.ts';

export type RetrieveState = 'waiting' | 'in transfer' | 'complete' | 'incomplete' | 'failed' | 'unknown' | 'cancelled';

export interface RetrieveRow {
  readonly id: string;
  readonly archive: string;
  readonly state: RetrieveState;
  /** Instances that the PACS lists; null where it does not say. */
  readonly expected: number | null;
  readonly arrived: number;
  readonly attempts: number;
  readonly notBefore: string;
  readonly requestedAt: string;
  readonly endedAt: string | null;
  readonly sentence: string | null;
}

export interface Progress {
  readonly state: RetrieveState;
  readonly expected: number | null;
  readonly arrived: number;
  readonly sentence: string | null;
  readonly notBefore?: Date;
}

const COLUMNS = `id, archive, state, expected, arrived, attempts, not_before AS notBefore, requested_at AS requestedAt,
  ended_at AS endedAt, sentence`;
const SQL = {
  add: `INSERT INTO retrieve_studies (id, study_key, study_uid, archive, state, expected, not_before, requested_at)
    VALUES (@id, @studyKey, @studyUid, @archive, 'waiting', @expected, @now, @now) ON CONFLICT DO NOTHING`,
  list: `SELECT ${COLUMNS} FROM retrieve_studies ORDER BY requested_at DESC, rowid DESC LIMIT @limit OFFSET @offset`,
  count: 'SELECT state, COUNT(*) AS count FROM retrieve_studies GROUP BY state',
  find: `SELECT ${COLUMNS} FROM retrieve_studies WHERE id = ?`,
  take: `UPDATE retrieve_studies SET state = 'in transfer', began_at = @now, attempts = attempts + 1, sentence = NULL
    WHERE id = (SELECT id FROM retrieve_studies WHERE state = 'waiting' AND archive = @archive AND not_before <= @now
      ORDER BY requested_at, rowid LIMIT 1) RETURNING id, study_uid AS studyUid, attempts`,
  settle: `UPDATE retrieve_studies SET state = @state, expected = @expected, arrived = @arrived, sentence = @sentence,
    not_before = @notBefore, ended_at = @endedAt WHERE id = @id AND state = 'in transfer'`,
  cancel: `UPDATE retrieve_studies SET state = 'cancelled', ended_at = @now, sentence = 'Cancelled by a person.'
    WHERE id = @id AND state IN ('waiting','in transfer')`,
  again: `UPDATE OR IGNORE retrieve_studies SET state = 'waiting', not_before = @now, attempts = 0, ended_at = NULL,
    sentence = NULL WHERE id = @id AND state IN ('incomplete','failed','unknown','cancelled')`,
  restart: `UPDATE retrieve_studies SET state = 'waiting' WHERE state = 'in transfer'`,
  setBack: `UPDATE retrieve_studies SET not_before = strftime('%Y-%m-%dT%H:%M:%fZ', not_before, @by),
    began_at = strftime('%Y-%m-%dT%H:%M:%fZ', began_at, @by) WHERE state IN ('waiting','in transfer') OR began_at > @now`,
  begunSince: 'SELECT COUNT(*) FROM retrieve_studies WHERE archive = ? AND began_at > ?',
  pause: 'INSERT OR IGNORE INTO retrieve_pause VALUES (1)',
  resume: 'DELETE FROM retrieve_pause',
  paused: 'SELECT COUNT(*) FROM retrieve_pause',
} as const;

export class RetrieveQueue {
  readonly #database: SqliteDatabase;
  readonly #pseudonymiser: Pseudonymiser;
  readonly #sealed: SealedText;

  constructor(database: SqliteDatabase, siteSecret: Uint8Array, pseudonymiser: Pseudonymiser) {
    this.#database = database;
    this.#pseudonymiser = pseudonymiser;
    this.#sealed = new SealedText(siteSecret, 'retrieve queue');
  }

  /** Adds studies in one transaction; one that already waits or is in transfer is not added twice. @returns how many were added */
  add(archive: string, studies: readonly { studyUid: string; expected: number | null }[]): number {
    const insert = this.#database.prepare(SQL.add);
    const now = new Date().toISOString();
    return this.#database.transaction(() =>
      studies.reduce((added, { studyUid, expected }) => {
        const id = randomUUID();
        const studyKey = this.#pseudonymiser.fingerprint('study', studyUid);
        const sealed = this.#sealed.seal(id, studyUid);
        return added + insert.run({ id, studyKey, studyUid: sealed, archive, expected, now }).changes;
      }, 0),
    )();
  }

  /** Newest first. */
  list(limit: number, offset: number): RetrieveRow[] {
    return this.#database.prepare(SQL.list).all({ limit, offset }) as RetrieveRow[];
  }

  counts(): Partial<Record<RetrieveState, number>> {
    const rows = this.#database.prepare(SQL.count).all() as { state: RetrieveState; count: number }[];
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  }

  find(id: string): RetrieveRow | undefined {
    return this.#database.prepare(SQL.find).get(id) as RetrieveRow | undefined;
  }

  takeNext(archive: string, now: Date): { id: string; studyUid: string; attempts: number } | undefined {
    const row = this.#database.prepare(SQL.take).get({ archive, now: now.toISOString() }) as
      | { id: string; studyUid: Buffer; attempts: number }
      | undefined;
    return row && { ...row, studyUid: this.#sealed.open(row.id, row.studyUid) };
  }

  /** Says how a transfer ended; a study that was cancelled meanwhile stays so. */
  settle(id: string, { notBefore, ...progress }: Progress): void {
    const now = new Date();
    this.#database.prepare(SQL.settle).run({
      ...progress,
      id,
      notBefore: (notBefore ?? now).toISOString(),
      endedAt: progress.state === 'waiting' ? null : now.toISOString(),
    });
  }

  cancel(id: string): boolean {
    return this.#database.prepare(SQL.cancel).run({ id, now: new Date().toISOString() }).changes > 0;
  }

  /** Puts a study that ended otherwise than complete back into the queue. */
  again(id: string): boolean {
    return this.#database.prepare(SQL.again).run({ id, now: new Date().toISOString() }).changes > 0;
  }

  /** After a crash: what was in transfer waits again; objects that had come are recognised as resent. */
  restart(): void {
    this.#database.prepare(SQL.restart).run();
  }

  /** The clock was set back: what waits for a time, and what began in the future, keeps its distance from now. */
  clockWasSetBack(milliseconds: number, now: Date): void {
    const by = `-${(milliseconds / 1000).toFixed(3)} seconds`;
    this.#database.prepare(SQL.setBack).run({ by, now: now.toISOString() });
  }

  begunSince(archive: string, since: Date): number {
    return this.#database.prepare(SQL.begunSince).pluck().get(archive, since.toISOString()) as number;
  }

  pause(): void {
    this.#database.prepare(SQL.pause).run();
  }

  resume(): void {
    this.#database.prepare(SQL.resume).run();
  }

  get paused(): boolean {
    return this.#database.prepare(SQL.paused).pluck().get() !== 0;
  }
}
