/** The queue of the retriever: one row a study of a request, in vault.db, with all that identifies sealed. */
import { randomUUID } from 'node:crypto';
import type { SqliteDatabase } from '../../store/database.ts';
import type { Pseudonymiser } from '../../vault/pseudonymiser.ts';
import { SealedText } from '../../vault/sealed-text.ts';
import { QUEUE_SQL as SQL } from './retrieve-queue-sql.ts';
import type { MatchingStudy } from './study-listing.ts';

export type RetrieveState =
  | 'found'
  | 'waiting'
  | 'in transfer'
  | 'complete'
  | 'incomplete'
  | 'failed'
  | 'unknown'
  | 'cancelled'
  | 'skipped';

/** A study of a request; nothing in it identifies. */
export interface RetrieveRow {
  readonly id: string;
  readonly request: string;
  /** Number of the entry of the request that it matches, from 1. */
  readonly entry: number;
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
  /** An earlier request fetched all of it. */
  readonly fetchedBefore: boolean;
  readonly modalities: string;
  readonly series: number | null;
}

export interface Progress {
  readonly state: RetrieveState;
  readonly expected: number | null;
  readonly arrived: number;
  readonly sentence: string | null;
  readonly notBefore?: Date;
}

export interface Job {
  readonly id: string;
  readonly request: string;
  readonly studyUid: string;
  readonly attempts: number;
}

export type StateCounts = Partial<Record<RetrieveState, number>>;

export class RetrieveQueue {
  readonly #database: SqliteDatabase;
  readonly #pseudonymiser: Pseudonymiser;
  readonly #sealed: SealedText;

  constructor(database: SqliteDatabase, siteSecret: Uint8Array, pseudonymiser: Pseudonymiser) {
    this.#database = database;
    this.#pseudonymiser = pseudonymiser;
    this.#sealed = new SealedText(siteSecret, 'retrieve queue');
  }

  /** Notes what an entry of a request matches; a study that another entry matched already is kept once. */
  found(request: string, archive: string, entry: number, studies: readonly MatchingStudy[]): void {
    const insert = this.#database.prepare(SQL.found);
    const now = new Date().toISOString();
    this.#database.transaction(() => {
      for (const study of studies) {
        const id = randomUUID();
        insert.run({
          id,
          request,
          archive,
          entry,
          now,
          studyKey: this.#pseudonymiser.fingerprint('study', study.studyUid),
          studyUid: this.#sealed.seal(id, study.studyUid),
          facts: this.#sealed.seal(factsRow(id), JSON.stringify(study)),
          expected: study.instances,
        });
      }
    })();
  }

  /**
   * Lets the studies of a request wait for their transfer. One that another request is fetching is skipped.
   * @param again also what an earlier request fetched completely
   */
  confirm(request: string, again: boolean): void {
    const values = { request, now: new Date().toISOString() };
    this.#database.transaction(() => {
      if (!again) this.#database.prepare(SQL.skipFetched).run(values);
      this.#database.prepare(SQL.confirm).run(values);
      this.#database.prepare(SQL.skipOpen).run(values);
    })();
  }

  /** The studies of a request in the order of its entries. */
  list(request: string, limit: number, offset: number): RetrieveRow[] {
    const rows = this.#database.prepare(SQL.list).all({ request, limit, offset }) as StoredRow[];
    return rows.map((row) => this.#rowOf(row));
  }

  /** States of all studies, or of those of one request. */
  counts(request?: string): StateCounts {
    const rows = this.#database.prepare(SQL.count).all({ request: request ?? null }) as {
      state: RetrieveState;
      count: number;
    }[];
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  }

  find(id: string): RetrieveRow | undefined {
    const row = this.#database.prepare(SQL.find).get(id) as StoredRow | undefined;
    return row && this.#rowOf(row);
  }

  /** What the PACS says of a study: identifying. Undefined where there is no such study, or it was never asked. */
  identity(id: string): MatchingStudy | undefined {
    const facts = this.#database.prepare(SQL.facts).pluck().get(id) as Buffer | null | undefined;
    return facts ? this.#factsOf(id, facts) : undefined;
  }

  takeNext(archive: string, now: Date): Job | undefined {
    const row = this.#database.prepare(SQL.take).get({ archive, now: now.toISOString() }) as
      | (Omit<Job, 'studyUid'> & { studyUid: Buffer })
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

  /** How far a transfer is. */
  progress(id: string, expected: number | null, arrived: number): void {
    this.#database.prepare(SQL.progress).run({ id, expected, arrived });
  }

  /** A transfer that this node broke off itself waits again, and was no attempt. */
  interrupted(id: string, arrived: number): void {
    this.#database.prepare(SQL.interrupted).run({ id, arrived, now: new Date().toISOString() });
  }

  cancel(id: string): boolean {
    return this.#database.prepare(SQL.cancel).run({ id, now: new Date().toISOString() }).changes > 0;
  }

  cancelRequest(request: string): void {
    this.#database.prepare(SQL.cancelRequest).run({ request, now: new Date().toISOString() });
  }

  /** Puts a study that ended otherwise than complete back into the queue. */
  again(id: string): boolean {
    return this.#database.prepare(SQL.again).run({ id, now: new Date().toISOString() }).changes > 0;
  }

  /** The same for all studies of a request. @returns how many */
  againRequest(request: string): number {
    return this.#database.prepare(SQL.againRequest).run({ request, now: new Date().toISOString() }).changes;
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

  #rowOf({ facts, fetchedBefore, ...row }: StoredRow): RetrieveRow {
    const study = facts ? this.#factsOf(row.id, facts) : undefined;
    const { modalities = '', series = null } = study ?? {};
    return { ...row, fetchedBefore: fetchedBefore === 1, modalities, series };
  }

  #factsOf(id: string, facts: Buffer): MatchingStudy {
    return JSON.parse(this.#sealed.open(factsRow(id), facts)) as MatchingStudy;
  }
}

type StoredRow = Omit<RetrieveRow, 'fetchedBefore' | 'modalities' | 'series'> & {
  readonly facts: Buffer | null;
  readonly fetchedBefore: number;
};

/** Told apart from the sealed UID in the same row. */
function factsRow(id: string): string {
  return `${id} facts`;
}
