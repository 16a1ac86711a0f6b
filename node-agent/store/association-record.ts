/** Who connected, when, what was offered and accepted, what came, and how it ended. */
import type { SqliteDatabase } from './database.ts';
import { Statements } from './statements.ts';

export interface AssociationStart {
  readonly associationId: string;
  readonly callingAeTitle: string;
  readonly calledAeTitle: string;
  readonly remoteAddress: string;
  /** The peer as it was called then; null when nobody was recognised. */
  readonly peerTag: string | null;
  /** `TLSv1.3` or `TLSv1.2`; null on the plain port. */
  readonly tlsProtocol: string | null;
  /** SHA-256 of the client certificate that was shown. */
  readonly certificate: string | null;
  /** Result, source and reason of a rejection, `1/1/7`; null when it was accepted. */
  readonly rejection: string | null;
  /** See `encodeContexts`. */
  readonly contexts: string;
}

export interface AssociationEnd {
  /** `released`, `aborted by the peer`, `rejected: called AE title not recognised` … */
  readonly outcome: string;
  readonly objects: number;
  readonly failures: number;
  readonly bytes: number;
  /** From the connection to its end. */
  readonly milliseconds: number;
}

export interface AssociationRow extends AssociationStart {
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly outcome: string | null;
  readonly objects: number;
  readonly failures: number;
  readonly bytes: number;
  readonly milliseconds: number | null;
}

/** One presentation context that was proposed (PS3.8 §9.3.2.2). */
export interface ContextSummary {
  readonly abstractSyntaxUid: string;
  /** Transfer syntaxes proposed, as many as are kept. */
  readonly offered: readonly string[];
  /** Result of PS3.8 table 9-18; null when the association was rejected before contexts were looked at. */
  readonly result: number | null;
  /** The transfer syntax accepted. */
  readonly accepted: string | null;
}

export interface ContextGroup extends ContextSummary {
  /** Contexts that were alike. */
  readonly count: number;
}

const MOST_GROUPS = 128;
const MOST_SYNTAXES = 8;
const LONGEST_UID = 64;
/** Rejected associations that are kept; a scanner that knocks all night leaves no more than these. */
const MOST_REJECTED = 5_000;
const REJECTIONS_PER_TRIM = 200;

const COLUMNS = `association_id AS associationId, calling_ae_title AS callingAeTitle, called_ae_title AS calledAeTitle,
  remote_address AS remoteAddress, peer_tag AS peerTag, tls_protocol AS tlsProtocol, certificate, rejection, contexts,
  started_at AS startedAt, ended_at AS endedAt, outcome, objects, failures, bytes, milliseconds`;

const SQL = {
  start: `INSERT INTO associations (association_id, calling_ae_title, called_ae_title, remote_address, peer_tag,
      tls_protocol, certificate, rejection, contexts, started_at)
    VALUES (@associationId, @callingAeTitle, @calledAeTitle, @remoteAddress, @peerTag, @tlsProtocol, @certificate,
      @rejection, @contexts, @now)`,
  end: `UPDATE associations SET ended_at = @now, outcome = @outcome, objects = @objects, failures = @failures,
    bytes = @bytes, milliseconds = @milliseconds WHERE association_id = @associationId`,
  closeOpen: `UPDATE associations SET ended_at = @now, outcome = 'cut off: the node stopped' WHERE ended_at IS NULL`,
  // By the order they were entered in, which a clock that is set back does not change.
  newest: `SELECT ${COLUMNS} FROM associations ORDER BY rowid DESC LIMIT ? OFFSET ?`,
  find: `SELECT ${COLUMNS} FROM associations WHERE association_id = ?`,
  count: 'SELECT COUNT(*) FROM associations',
  trimRejected: `DELETE FROM associations WHERE rejection IS NOT NULL AND rowid < (
    SELECT rowid FROM associations WHERE rejection IS NOT NULL ORDER BY rowid DESC LIMIT 1 OFFSET ?)`,
} as const;

export class AssociationRecord {
  readonly #statements: Statements;
  #rejections = 0;

  constructor(database: SqliteDatabase) {
    this.#statements = new Statements(database);
  }

  start(association: AssociationStart): void {
    this.#statements.of(SQL.start).run({ ...association, now: new Date().toISOString() });
    if (association.rejection === null) return;
    if (this.#rejections % REJECTIONS_PER_TRIM === 0) this.#statements.of(SQL.trimRejected).run(MOST_REJECTED - 1);
    this.#rejections += 1;
  }

  end(associationId: string, end: AssociationEnd): void {
    this.#statements.of(SQL.end).run({ ...end, associationId, now: new Date().toISOString() });
  }

  /** After a crash: associations that were open have ended with the process. */
  closeOpen(): void {
    this.#statements.of(SQL.closeOpen).run({ now: new Date().toISOString() });
  }

  newest(limit: number, offset = 0): AssociationRow[] {
    return this.#statements.of(SQL.newest).all(limit, offset) as AssociationRow[];
  }

  find(associationId: string): AssociationRow | undefined {
    return this.#statements.of(SQL.find).get(associationId) as AssociationRow | undefined;
  }

  count(): number {
    return this.#statements.of(SQL.count).pluck().get() as number;
  }
}

type Packed = readonly [
  abstractSyntaxUid: string,
  offered: readonly string[],
  result: number | null,
  accepted: string | null,
  count: number,
];

/** Compact JSON of bounded length: like contexts together, the first syntaxes of each, UIDs cut to their longest. */
export function encodeContexts(contexts: readonly ContextSummary[]): string {
  const groups = new Map<string, number>();
  for (const { abstractSyntaxUid, offered, result, accepted } of contexts) {
    const syntaxes = offered.slice(0, MOST_SYNTAXES).map(bounded);
    const key = JSON.stringify([bounded(abstractSyntaxUid), syntaxes, result, accepted]);
    groups.set(key, (groups.get(key) ?? 0) + 1);
  }
  const packed = [...groups].slice(0, MOST_GROUPS).map(([key, count]) => [...(JSON.parse(key) as unknown[]), count]);
  return JSON.stringify(packed);
}

export function decodeContexts(text: string): ContextGroup[] {
  return (JSON.parse(text) as Packed[]).map(([abstractSyntaxUid, offered, result, accepted, count]) => ({
    abstractSyntaxUid,
    offered,
    result,
    accepted,
    count,
  }));
}

/** A peer may put anything where a UID belongs; only what can be one is kept. */
function bounded(uid: string): string {
  return /^[0-9.]*$/.test(uid) ? uid.slice(0, LONGEST_UID) : 'not a UID';
}
