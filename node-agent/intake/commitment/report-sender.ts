/**
 * Sends the reports that nobody has in hand, on associations this node asks for as the provider of the class (PS3.4
 * §J.3.3). A peer that cannot be reached is tried again at growing intervals, without end while it is a peer; after a
 * start of the node every report that is still owed is tried at once. Intervals are of a clock that only goes forward.
 */
import type { Socket } from 'node:net';
import type { Logger } from '../../operations/logger.ts';
import type { Peer, PeerSource } from '../peers/peer.ts';
import { AssociationFailure, Requestor } from '../upper-layer/requestor.ts';
import { COMMITMENT_TRANSFER_SYNTAXES, type Requester, STORAGE_COMMITMENT } from './commitment.ts';
import type { CommitmentDesk } from './commitment-desk.ts';
import type { CommitmentQueue } from './commitment-queue.ts';

export interface ReportSenderParts {
  readonly desk: CommitmentDesk;
  readonly queue: CommitmentQueue;
  readonly peers: readonly PeerSource[];
  /** @throws AssociationFailure, also when the signal cuts it short */
  readonly connect: (peer: Peer, signal: AbortSignal) => Promise<Socket>;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  /** Wait after the first failure; doubled for each further one. */
  readonly retryMilliseconds?: number;
  /** How long each answer of a peer may take. */
  readonly answerMilliseconds?: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

interface Trouble {
  readonly failures: number;
  readonly notBefore: number;
  readonly sentence: string;
}

const TICK_MS = 1_000;
export const FIRST_RETRY_MS = 15_000;
export const LONGEST_RETRY_MS = 60 * 60_000;
const ANSWER_MS = 30_000;
const REPORTS_OF_AN_ASSOCIATION = 100;
const MOST_ASSOCIATIONS = 4;

const NO_LONGER_A_PEER = 'The peer that asked is no peer any more.';
const NOT_ALLOWED =
  'The peer is switched off, or may not use storage commitment any more. Allow it on the Receiver page.';
const INSIDE =
  'A report of storage commitment could not be made because of an error inside the node. It is tried again.';

/** A response without a status is a failure: processing failure. */
const NO_STATUS = 0x0110;

export class ReportSender {
  readonly #parts: ReportSenderParts;
  readonly #now: () => number;
  readonly #running = new Map<string, Promise<void>>();
  readonly #trouble = new Map<string, Trouble>();
  #timer: NodeJS.Timeout | undefined;
  readonly #stopping = new AbortController();

  constructor(parts: ReportSenderParts) {
    this.#parts = parts;
    this.#now = parts.now ?? (() => performance.now());
    parts.desk.onReturned((from) => {
      if (from) this.#showedUp(from);
      this.nudge();
    });
  }

  start(): void {
    this.#timer = setInterval(() => this.nudge(), TICK_MS);
    this.nudge();
  }

  /** What is on its way is cut off; it is owed still, and sent after the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearInterval(this.#timer);
    await Promise.all(this.#running.values());
  }

  /** Looks for what can be sent now. */
  nudge(): void {
    if (this.#stopping.signal.aborted || this.#timer === undefined) return;
    try {
      for (const requester of this.#parts.queue.requesters()) this.#begin(requester);
    } catch {
      this.#parts.logger.error('The reports of storage commitment that are owed could not be read; it is tried again.');
    }
  }

  /** Whoever opens an association is there, so it need not be waited for; its trouble is remembered all the same. */
  #showedUp(requester: Requester): void {
    const trouble = this.#trouble.get(keyOf(requester));
    if (trouble) this.#trouble.set(keyOf(requester), { ...trouble, notBefore: Number.NEGATIVE_INFINITY });
  }

  #begin(requester: Requester): void {
    const key = keyOf(requester);
    const notBefore = this.#trouble.get(key)?.notBefore ?? Number.NEGATIVE_INFINITY;
    if (this.#running.has(key) || this.#running.size >= MOST_ASSOCIATIONS || this.#now() < notBefore) return;
    const ids = this.#parts.desk.takeWaiting(requester, REPORTS_OF_AN_ASSOCIATION);
    if (ids.length === 0) return;
    const sending = this.#deliver(requester, ids)
      .catch(() => this.#parts.logger.error(INSIDE))
      .then(() => {
        this.#running.delete(key);
        for (const id of ids) this.#parts.desk.giveBack(id);
      });
    this.#running.set(key, sending);
  }

  async #deliver(requester: Requester, ids: readonly string[]): Promise<void> {
    const left = new Set(ids);
    try {
      const peer = this.#peerOf(requester);
      if (!peer) {
        for (const id of ids) this.#parts.queue.giveUp(id, NO_LONGER_A_PEER);
        this.#parts.logger.warn(NO_LONGER_A_PEER, { peer: requester.peerTag, reports: ids.length });
        return;
      }
      if (!peer.enabled || !peer.services.includes('storage commitment')) throw new AssociationFailure(NOT_ALLOWED);
      await this.#report(await this.#parts.connect(peer, this.#stopping.signal), requester, left);
      if (left.size > 0)
        throw new AssociationFailure('The peer answered reports of storage commitment with a failure.');
      this.#trouble.delete(keyOf(requester));
    } catch (error) {
      this.#failed(requester, [...left], error instanceof AssociationFailure ? error.message : INSIDE);
    }
  }

  /** @param left those not taken by the peer remain in it */
  async #report(socket: Socket, requester: Requester, left: Set<string>): Promise<void> {
    const requestor = await Requestor.associate(
      socket,
      {
        callingAeTitle: requester.calledAeTitle,
        calledAeTitle: requester.callingAeTitle,
        abstractSyntaxUid: STORAGE_COMMITMENT,
        transferSyntaxUids: COMMITMENT_TRANSFER_SYNTAXES,
        role: { sopClassUid: STORAGE_COMMITMENT, user: false, provider: true },
      },
      { milliseconds: this.#parts.answerMilliseconds ?? ANSWER_MS, signal: this.#stopping.signal },
    );
    try {
      let messageId = 0;
      for (const id of [...left]) {
        messageId += 1;
        const report = await this.#parts.desk.report(id, messageId, requestor.transferSyntaxUid);
        if (!report) {
          left.delete(id);
          continue;
        }
        const { status } = await requestor.invoke(messageId, report.command, report.dataSet);
        if (this.#parts.desk.answered(id, requester, status ?? NO_STATUS)) left.delete(id);
      }
      await requestor.release();
    } finally {
      requestor.abort();
    }
  }

  #failed(requester: Requester, ids: readonly string[], sentence: string): void {
    if (this.#stopping.signal.aborted) return;
    const key = keyOf(requester);
    const before = this.#trouble.get(key);
    const failures = (before?.failures ?? 0) + 1;
    const wait = Math.min((this.#parts.retryMilliseconds ?? FIRST_RETRY_MS) * 2 ** (failures - 1), LONGEST_RETRY_MS);
    this.#trouble.set(key, { failures, notBefore: this.#now() + wait, sentence });
    if (before?.sentence !== sentence) {
      this.#parts.logger.warn(sentence, { peer: requester.peerTag, reportsWaiting: ids.length });
    }
    this.#parts.queue.notDelivered(ids, sentence);
  }

  #peerOf({ peerId }: Requester): Peer | undefined {
    return this.#parts.peers.flatMap((source) => source.peers()).find((peer) => peer.peerId === peerId);
  }
}

function keyOf({ peerId, callingAeTitle, calledAeTitle }: Requester): string {
  return JSON.stringify([peerId, callingAeTitle, calledAeTitle]);
}
