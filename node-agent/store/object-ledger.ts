/**
 * The object ledger: one row per object from its arrival to its end. Every number on every screen
 * comes from here. `received = indexed + quarantined + excluded + rejected + waiting` holds by
 * construction, because each object is in exactly one state. A withdrawn object is one that nothing is kept of, whatever
 * it was before, because its patient objected; it keeps counting as received and as excluded.
 */
import type { SqliteDatabase } from './database.ts';
import { Statements } from './statements.ts';
import { WriteAheadFlush } from './write-ahead-flush.ts';

export type ObjectState = 'received' | 'processing' | 'indexed' | 'quarantined' | 'excluded' | 'rejected' | 'withdrawn';

/** What is known about an object when it arrives. Keys are fingerprints, never the UIDs themselves. */
export interface Arrival {
  readonly objectId: string;
  readonly source: 'dimse' | 'import';
  readonly associationId?: string | undefined;
  readonly instanceKey: string;
  readonly contentHash: string;
  readonly sopClassUid?: string | undefined;
  readonly transferSyntaxUid?: string | undefined;
  /** Size of the stored file in bytes. */
  readonly bytes: number;
}

/** `stored`: a new row. `resend`: the same bytes are here already. `conflict`: same UID, other bytes. */
export type Admission = 'stored' | 'resend' | 'conflict';

export interface LedgerRow {
  readonly objectId: string;
  readonly state: ObjectState;
  readonly cause: string | null;
  readonly detail: string | null;
  readonly source: 'dimse' | 'import';
  readonly sopClassUid: string | null;
  readonly transferSyntaxUid: string | null;
  readonly contentHash: string;
  readonly bytes: number;
  readonly attempts: number;
  readonly receivedAt: string;
}

export type HeldObject = Pick<LedgerRow, 'objectId' | 'state' | 'sopClassUid' | 'bytes'>;

export interface LedgerCounts {
  readonly received: number;
  readonly indexed: number;
  readonly quarantined: number;
  readonly excluded: number;
  readonly rejected: number;
  readonly waiting: number;
  readonly bytes: number;
}

export interface Throughput {
  /** Start of the minute, ISO 8601. */
  readonly minute: string;
  readonly received: number;
  readonly indexed: number;
  readonly bytes: number;
}

const MINUTE_MS = 60_000;

export interface Settlement {
  readonly state: 'indexed' | 'quarantined' | 'excluded' | 'rejected' | 'withdrawn';
  readonly cause?: string | undefined;
  readonly detail?: string | undefined;
}

const COLUMNS = `object_id AS objectId, state, cause, detail, source, sop_class_uid AS sopClassUid,
  transfer_syntax_uid AS transferSyntaxUid, content_hash AS contentHash, bytes, attempts, received_at AS receivedAt`;

export const LEDGER_SQL = {
  sameInstance: `SELECT object_id AS objectId, content_hash AS contentHash FROM objects WHERE instance_key = ?
    AND state NOT IN ('rejected','withdrawn')`,
  heldInstance: `SELECT object_id AS objectId, state, sop_class_uid AS sopClassUid, bytes FROM objects
    WHERE instance_key = ? AND state NOT IN ('rejected','withdrawn')`,
  insert: `INSERT INTO objects (object_id, state, cause, detail, source, association_id, instance_key, content_hash,
    sop_class_uid, transfer_syntax_uid, bytes, received_at, settled_at)
    VALUES (@objectId, @state, @cause, @detail, @source, @associationId, @instanceKey, @contentHash,
    @sopClassUid, @transferSyntaxUid, @bytes, @now, @settledAt)`,
  sameRejection: `SELECT object_id FROM objects WHERE instance_key = @instanceKey AND state = 'rejected'
    AND cause = @cause`,
  dropEarlier: `DELETE FROM objects WHERE instance_key = ? AND state IN ('rejected','withdrawn')`,
  countResend: 'UPDATE objects SET resends = resends + 1 WHERE object_id = ?',
  claim: `UPDATE objects SET state = 'processing', attempts = attempts + 1 WHERE object_id IN
    (SELECT object_id FROM objects WHERE state = 'received' ORDER BY received_at LIMIT ?) RETURNING ${COLUMNS}`,
  settle: `UPDATE objects SET state = @state, cause = @cause, detail = @detail, settled_at = @now
    WHERE object_id = @objectId AND state IN ('received','processing')`,
  takeBack: `UPDATE objects SET state = 'rejected', cause = 'not-written', detail = @detail, settled_at = @now
    WHERE object_id = @objectId AND state IN ('received','processing','quarantined')`,
  release: `UPDATE objects SET state = 'received' WHERE object_id IN (SELECT value FROM json_each(?))
    AND state = 'processing'`,
  releaseAll: `UPDATE objects SET state = 'received' WHERE state = 'processing'`,
  requeue: `UPDATE objects SET state = 'received', cause = NULL, detail = NULL, settled_at = NULL
    WHERE object_id = ? AND state = 'quarantined'`,
  exclude: `UPDATE objects SET state = 'excluded', cause = 'excluded-by-person', detail = @detail, settled_at = @now
    WHERE object_id = @objectId AND state = 'quarantined'`,
  withdraw: `UPDATE objects SET state = 'withdrawn', cause = @cause, detail = @detail, settled_at = @now
    WHERE object_id = @objectId AND state IN ('received','indexed','quarantined','excluded')`,
  countWithdrawn: `SELECT COUNT(*) FROM objects WHERE cause = @cause AND state = 'withdrawn' AND detail = @detail`,
  find: `SELECT ${COLUMNS} FROM objects WHERE object_id = ?`,
  list: `SELECT ${COLUMNS} FROM objects WHERE state = @state AND (@cause IS NULL OR cause = @cause)
    ORDER BY received_at DESC, object_id LIMIT @limit OFFSET @offset`,
  countByState: 'SELECT state, count, bytes FROM object_sums',
  countByCause: `SELECT cause, COUNT(*) AS count FROM objects WHERE state = ? AND cause IS NOT NULL
    GROUP BY cause ORDER BY count DESC`,
  oldestWaiting: `SELECT MIN(received_at) FROM objects WHERE state = 'received'`,
  idsInStates: `SELECT object_id FROM objects WHERE state IN (SELECT value FROM json_each(?))`,
  minutes: 'SELECT minute, received, bytes, indexed FROM minute_sums WHERE minute >= ?',
} as const;

export class ObjectLedger {
  readonly #database: SqliteDatabase;
  readonly #statements: Statements;
  readonly #log: WriteAheadFlush;
  readonly #now: () => Date;

  constructor(database: SqliteDatabase, now: () => Date = () => new Date()) {
    this.#database = database;
    this.#statements = new Statements(database);
    this.#log = new WriteAheadFlush(database);
    this.#now = now;
  }

  /**
   * Enters a group of arrivals in one transaction, which survives a power cut once `flushed` resolves;
   * the answers are in the same order.
   */
  admit(arrivals: readonly Arrival[]): Admission[] {
    return this.#log.commit(() => arrivals.map((arrival) => this.#admitOne(arrival)));
  }

  /** Resolves when everything admitted before the call is durable. */
  async flushed(): Promise<void> {
    await this.#log.flushed();
  }

  close(): void {
    this.#log.close();
  }

  /**
   * Records an object that was not kept, with the reason. The same object refused again for the same
   * reason counts as a resend, so that a sender who keeps trying does not raise the figures.
   */
  reject(arrival: Arrival, cause: string, detail: string): 'rejected' | 'resend' {
    return this.#database.transaction(() => {
      const { instanceKey } = arrival;
      const earlier = this.#statements.of(LEDGER_SQL.sameRejection).pluck().get({ instanceKey, cause });
      if (earlier !== undefined) {
        this.#statements.of(LEDGER_SQL.countResend).run(earlier);
        return 'resend';
      }
      this.#insert(arrival, 'rejected', cause, detail);
      return 'rejected';
    })();
  }

  /** Takes up to `limit` waiting objects, oldest first. */
  claim(limit: number): LedgerRow[] {
    return this.#statements.of(LEDGER_SQL.claim).all(limit) as LedgerRow[];
  }

  /** Ends an object's way. @returns false when it was not waiting or in work any more */
  settle(objectId: string, settlement: Settlement): boolean {
    const { state, cause = null, detail = null } = settlement;
    return (
      this.#statements.of(LEDGER_SQL.settle).run({ objectId, state, cause, detail, now: this.#time() }).changes > 0
    );
  }

  /** Whether an object of this SOP instance stands in the ledger, whatever became of it since. */
  holdsInstance(instanceKey: string): boolean {
    return this.#statements.of(LEDGER_SQL.sameInstance).get(instanceKey) !== undefined;
  }

  /** The objects of this SOP instance that the node took and still has to answer for; several where their contents differ. */
  objectsOfInstance(instanceKey: string): HeldObject[] {
    return this.#statements.of(LEDGER_SQL.heldInstance).all(instanceKey) as HeldObject[];
  }

  /** Undoes an admission whose file did not reach the disk; nothing where there is no such row. */
  takeBack(objectId: string, detail: string): void {
    this.#statements.of(LEDGER_SQL.takeBack).run({ objectId, detail, now: this.#time() });
  }

  /** Gives claimed objects back to the queue. */
  release(objectIds: readonly string[]): void {
    this.#statements.of(LEDGER_SQL.release).run(JSON.stringify(objectIds));
  }

  /** After a crash: everything that was in work waits again. @returns how many */
  releaseAll(): number {
    return this.#statements.of(LEDGER_SQL.releaseAll).run().changes;
  }

  requeue(objectId: string): boolean {
    return this.#statements.of(LEDGER_SQL.requeue).run(objectId).changes > 0;
  }

  exclude(objectId: string, reason: string): boolean {
    return this.#statements.of(LEDGER_SQL.exclude).run({ objectId, detail: reason, now: this.#time() }).changes > 0;
  }

  /**
   * Ends an object of which nothing is kept any more, wherever it is but in work.
   * @param detail what it was withdrawn for, without identifiers
   * @returns false when there is no such object, or it is in work or withdrawn already
   */
  withdraw(objectId: string, cause: string, detail: string): boolean {
    const row = { objectId, cause, detail, now: this.#time() };
    return this.#statements.of(LEDGER_SQL.withdraw).run(row).changes > 0;
  }

  /** Objects that are withdrawn for this cause and detail. */
  countWithdrawn(cause: string, detail: string): number {
    return this.#statements.of(LEDGER_SQL.countWithdrawn).pluck().get({ cause, detail }) as number;
  }

  find(objectId: string): LedgerRow | undefined {
    return this.#statements.of(LEDGER_SQL.find).get(objectId) as LedgerRow | undefined;
  }

  list(state: ObjectState, options: { cause?: string | undefined; limit: number; offset: number }): LedgerRow[] {
    const { cause = null, limit, offset } = options;
    return this.#statements.of(LEDGER_SQL.list).all({ state, cause, limit, offset }) as LedgerRow[];
  }

  counts(): LedgerCounts {
    const rows = this.#statements.of(LEDGER_SQL.countByState).all() as {
      state: ObjectState;
      count: number;
      bytes: number;
    }[];
    const of = (...states: ObjectState[]) =>
      rows.filter((row) => states.includes(row.state)).reduce((sum, row) => sum + row.count, 0);
    return {
      received: rows.reduce((sum, row) => sum + row.count, 0),
      indexed: of('indexed'),
      quarantined: of('quarantined'),
      excluded: of('excluded', 'withdrawn'),
      rejected: of('rejected'),
      waiting: of('received', 'processing'),
      bytes: rows.reduce((sum, row) => sum + row.bytes, 0),
    };
  }

  countByCause(state: ObjectState): { cause: string; count: number }[] {
    return this.#statements.of(LEDGER_SQL.countByCause).all(state) as { cause: string; count: number }[];
  }

  idsInStates(states: readonly ObjectState[]): Set<string> {
    return new Set(this.#statements.of(LEDGER_SQL.idsInStates).pluck().all(JSON.stringify(states)) as string[]);
  }

  /** When the object that waits longest arrived; undefined when none waits. */
  oldestWaiting(): string | undefined {
    return (this.#statements.of(LEDGER_SQL.oldestWaiting).pluck().get() as string | null) ?? undefined;
  }

  /** Arrivals and indexed objects in each of the last `count` minutes, this one included; UTC. */
  throughput(count: number): Throughput[] {
    const now = this.#now().getTime();
    const start = now - (now % MINUTE_MS) - (count - 1) * MINUTE_MS;
    const minutes = new Map<string, Throughput>();
    for (let at = start; at <= now; at += MINUTE_MS) {
      const minute = new Date(at).toISOString();
      minutes.set(minute.slice(0, 16), { minute, received: 0, indexed: 0, bytes: 0 });
    }
    const from = new Date(start).toISOString().slice(0, 16);
    for (const { minute, ...sums } of this.#statements.of(LEDGER_SQL.minutes).all(from) as Throughput[]) {
      Object.assign(minutes.get(minute) ?? {}, sums);
    }
    return [...minutes.values()];
  }

  #admitOne(arrival: Arrival): Admission {
    const same = this.#statements.of(LEDGER_SQL.sameInstance).all(arrival.instanceKey) as {
      objectId: string;
      contentHash: string;
    }[];
    const twin = same.find((row) => row.contentHash === arrival.contentHash);
    if (twin) {
      this.#statements.of(LEDGER_SQL.countResend).run(twin.objectId);
      return 'resend';
    }
    if (same.length > 0) {
      this.#insert(arrival, 'quarantined', 'conflict', null);
      return 'conflict';
    }
    // An object that was refused or withdrawn before and comes again is still one object, in one row.
    this.#statements.of(LEDGER_SQL.dropEarlier).run(arrival.instanceKey);
    this.#insert(arrival, 'received', null, null);
    return 'stored';
  }

  #insert(arrival: Arrival, state: ObjectState, cause: string | null, detail: string | null): void {
    const now = this.#time();
    this.#statements.of(LEDGER_SQL.insert).run({
      objectId: arrival.objectId,
      state,
      cause,
      detail,
      source: arrival.source,
      associationId: arrival.associationId ?? null,
      instanceKey: arrival.instanceKey,
      contentHash: arrival.contentHash,
      sopClassUid: arrival.sopClassUid ?? null,
      transferSyntaxUid: arrival.transferSyntaxUid ?? null,
      bytes: arrival.bytes,
      now,
      settledAt: state === 'received' ? null : now,
    });
  }

  #time(): string {
    return this.#now().toISOString();
  }
}
