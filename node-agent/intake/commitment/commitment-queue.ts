/** The transactions whose reports are owed, durable from before their N-ACTION is answered until the report is. */
import { randomUUID } from 'node:crypto';
import type { SqliteDatabase } from '../../store/database.ts';
import { Statements } from '../../store/statements.ts';
import type { Pseudonymiser } from '../../vault/pseudonymiser.ts';
import { SealedText } from '../../vault/sealed-text.ts';
import type { CommitmentRequest, Requester } from './commitment.ts';

/** A peer whose reports are not fetched leaves no more than these. */
const MOST_WAITING = 10_000;
/** Ended ones are kept to know their Transaction UIDs again. */
const MOST_ENDED = 100_000;
const ADDITIONS_PER_TRIM = 200;
const REQUESTER = `peer_id AS peerId, peer_tag AS peerTag, calling_ae_title AS callingAeTitle,
  called_ae_title AS calledAeTitle`;

const SQL = {
  add: `INSERT INTO commitment_transactions (id, transaction_key, peer_id, peer_tag, calling_ae_title, called_ae_title,
      request, state, requested_at)
    VALUES (@id, @transactionKey, @peerId, @peerTag, @callingAeTitle, @calledAeTitle, @request, 'waiting', @now)
    ON CONFLICT (transaction_key) DO NOTHING`,
  trim: `DELETE FROM commitment_transactions WHERE state <> 'waiting' AND sequence <= (
    SELECT sequence FROM commitment_transactions WHERE state <> 'waiting' ORDER BY sequence DESC LIMIT 1 OFFSET ?)`,
  request: `SELECT request FROM commitment_transactions WHERE id = ? AND state = 'waiting'`,
  requesters: `SELECT DISTINCT ${REQUESTER} FROM commitment_transactions WHERE state = 'waiting'`,
  waitingOf: `SELECT id FROM commitment_transactions WHERE state = 'waiting' AND peer_id = @peerId
    AND calling_ae_title = @callingAeTitle AND called_ae_title = @calledAeTitle ORDER BY sequence LIMIT @limit`,
  end: `UPDATE commitment_transactions SET state = @state, sentence = @sentence, request = NULL, ended_at = @now
    WHERE id = @id AND state = 'waiting'`,
  notDelivered: `UPDATE commitment_transactions SET attempts = attempts + 1, sentence = @sentence
    WHERE id IN (SELECT value FROM json_each(@ids)) AND state = 'waiting'`,
  refused: `UPDATE commitment_transactions SET refusals = refusals + 1, sentence = @sentence
    WHERE id = @id AND state = 'waiting' RETURNING refusals`,
  countWaiting: `SELECT COUNT(*) FROM commitment_transactions WHERE state = 'waiting'`,
  overdue: `SELECT peer_tag AS peerTag, COUNT(*) AS count, MAX(sentence) AS sentence FROM commitment_transactions
    WHERE state = 'waiting' AND attempts >= ? GROUP BY peer_tag ORDER BY peer_tag`,
} as const;

export class CommitmentQueue {
  readonly #statements: Statements;
  readonly #pseudonymiser: Pseudonymiser;
  readonly #sealed: SealedText;
  #additions = 0;

  constructor(database: SqliteDatabase, siteSecret: Uint8Array, pseudonymiser: Pseudonymiser) {
    this.#statements = new Statements(database);
    this.#pseudonymiser = pseudonymiser;
    this.#sealed = new SealedText(siteSecret, 'storage commitment');
  }

  /** Records a transaction; it survives a power cut when this returns. @returns its id, or why it is not taken */
  add(requester: Requester, request: CommitmentRequest): { id: string } | 'duplicate' | 'full' {
    if ((this.#statements.of(SQL.countWaiting).pluck().get() as number) >= MOST_WAITING) return 'full';
    const id = randomUUID();
    const transactionKey = this.#pseudonymiser.fingerprint('transaction', request.transactionUid);
    const sealed = this.#sealed.seal(id, JSON.stringify(request));
    const now = new Date().toISOString();
    const row = { ...requester, id, transactionKey, request: sealed, now };
    if (this.#statements.of(SQL.add).run(row).changes === 0) return 'duplicate';
    if (this.#additions % ADDITIONS_PER_TRIM === 0) this.#statements.of(SQL.trim).run(MOST_ENDED);
    this.#additions += 1;
    return { id };
  }

  /** What was asked; undefined when the transaction has ended. */
  request(id: string): CommitmentRequest | undefined {
    const sealed = this.#statements.of(SQL.request).pluck().get(id) as Buffer | undefined;
    return sealed && (JSON.parse(this.#sealed.open(id, sealed)) as CommitmentRequest);
  }

  /** Those to whom a report is owed. */
  requesters(): Requester[] {
    return this.#statements.of(SQL.requesters).all() as Requester[];
  }

  /** The transactions of one of them, oldest first. */
  waitingOf({ peerId, callingAeTitle, calledAeTitle }: Requester, limit: number): string[] {
    const parameters = { peerId, callingAeTitle, calledAeTitle, limit };
    return this.#statements.of(SQL.waitingOf).pluck().all(parameters) as string[];
  }

  reported(id: string): void {
    this.#end(id, 'reported', null);
  }

  giveUp(id: string, sentence: string): void {
    this.#end(id, 'given up', sentence);
  }

  notDelivered(ids: readonly string[], sentence: string): void {
    this.#statements.of(SQL.notDelivered).run({ ids: JSON.stringify(ids), sentence });
  }

  /** The peer got the report and answered with a failure. @returns how often it has done so */
  refused(id: string, sentence: string): number {
    const row = this.#statements.of(SQL.refused).get({ id, sentence }) as { refusals: number } | undefined;
    return row?.refusals ?? 0;
  }

  /** Reports that could not be delivered several times, by peer. */
  overdue(attempts: number): { peerTag: string; count: number; sentence: string }[] {
    return this.#statements.of(SQL.overdue).all(attempts) as { peerTag: string; count: number; sentence: string }[];
  }

  #end(id: string, state: 'reported' | 'given up', sentence: string | null): void {
    this.#statements.of(SQL.end).run({ id, state, sentence, now: new Date().toISOString() });
  }
}
