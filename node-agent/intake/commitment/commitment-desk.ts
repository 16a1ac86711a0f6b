/**
 * Takes requests for storage commitment and says what is to be reported. A transaction is in the hands of the
 * association that brought it until that gives it back; what nobody has in hand is reported on a new association.
 */
import type { Logger } from '../../operations/logger.ts';
import { admissionErrorOf } from '../admission-error.ts';
import { encodeEventReport, SUCCESS } from '../receiver/command-set.ts';
import {
  ALL_COMMITTED,
  FAILURES_EXIST,
  type Requester,
  STORAGE_COMMITMENT,
  STORAGE_COMMITMENT_INSTANCE,
} from './commitment.ts';
import { encodeCommitmentReport, readCommitmentRequest } from './commitment-data-sets.ts';
import type { CommitmentQueue } from './commitment-queue.ts';
import type { HeldInstances } from './held-instances.ts';
import { CommitmentRefusal } from './statuses.ts';

export interface CommitmentDeskParts {
  readonly queue: CommitmentQueue;
  readonly held: HeldInstances;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/** An N-EVENT-REPORT, ready to be sent. */
export interface ReadyReport {
  readonly command: Buffer;
  readonly dataSet: Buffer;
}

/** A peer that answers a report with a failure this often will not take it any more. */
const MOST_REFUSALS = 12;

export class CommitmentDesk {
  readonly #parts: CommitmentDeskParts;
  readonly #inHand = new Set<string>();
  #onReturned: (from: Requester | undefined) => void = () => {};

  constructor(parts: CommitmentDeskParts) {
    this.#parts = parts;
  }

  /** Tells one listener of every transaction that was given back, and by whose association. */
  onReturned(listener: (from: Requester | undefined) => void): void {
    this.#onReturned = listener;
  }

  /**
   * Reads the data set of an N-ACTION and records the transaction, which is durable when this resolves.
   * @returns its id; it is in the hands of the caller then
   * @throws CommitmentRefusal with the status to answer
   */
  async request(requester: Requester, information: Uint8Array, transferSyntaxUid: string): Promise<string> {
    const request = await readCommitmentRequest(information, transferSyntaxUid);
    const added = this.#record(() => this.#parts.queue.add(requester, request));
    if (added === 'full')
      throw new CommitmentRefusal('resourceLimitation', 'Too many transactions wait for their report.');
    if (added === 'duplicate') throw new CommitmentRefusal('duplicateTransaction', 'The Transaction UID is in use.');
    this.#inHand.add(added.id);
    const { peerTag } = requester;
    this.#parts.logger.info('Storage commitment was asked for', {
      peer: peerTag,
      instances: request.references.length,
    });
    return added.id;
  }

  /** Takes what waits for this requester and is in nobody's hands, oldest first. */
  takeWaiting(requester: Requester, limit: number): string[] {
    const { queue } = this.#parts;
    const ids = queue.waitingOf(requester, limit + this.#inHand.size).filter((id) => !this.#inHand.has(id));
    const taken = ids.slice(0, limit);
    for (const id of taken) this.#inHand.add(id);
    return taken;
  }

  /** The report as things stand now; undefined when the transaction has ended. */
  async report(id: string, messageId: number, transferSyntaxUid: string): Promise<ReadyReport | undefined> {
    const request = this.#parts.queue.request(id);
    if (!request) return undefined;
    const report = await this.#parts.held.report(request);
    const command = encodeEventReport({
      messageId,
      sopClassUid: STORAGE_COMMITMENT,
      sopInstanceUid: STORAGE_COMMITMENT_INSTANCE,
      eventTypeId: report.failed.length === 0 ? ALL_COMMITTED : FAILURES_EXIST,
    });
    return { command, dataSet: encodeCommitmentReport(report, transferSyntaxUid) };
  }

  /** The peer answered the report. @returns whether it took it */
  answered(id: string, { peerTag }: Requester, status: number): boolean {
    try {
      const taken = status === SUCCESS.code || isWarning(status);
      if (taken) {
        this.#parts.queue.reported(id);
        this.#parts.logger.info('The report of a storage commitment was delivered', { peer: peerTag });
      } else this.#refused(id, peerTag, status);
      return taken;
    } finally {
      this.giveBack(id);
    }
  }

  /**
   * The caller lets go of the transaction; unless it was reported, it waits.
   * @param from whose association had it, which shows that the peer is there
   */
  giveBack(id: string, from?: Requester): void {
    if (this.#inHand.delete(id)) this.#onReturned(from);
  }

  #refused(id: string, peer: string, status: number): void {
    const { queue, logger } = this.#parts;
    const code = status.toString(16).toUpperCase().padStart(4, '0');
    const sentence = `The peer answered the report of a storage commitment with the failure ${code}. Its own log says why.`;
    logger.warn(sentence, { peer });
    if (queue.refused(id, sentence) >= MOST_REFUSALS) queue.giveUp(id, sentence);
  }

  #record<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const { outOfSpace } = admissionErrorOf(error);
      const comment = 'The transaction could not be recorded. Ask again later.';
      throw new CommitmentRefusal(outOfSpace ? 'resourceLimitation' : 'processingFailure', comment);
    }
  }
}

/** PS3.7 annex C.4. */
function isWarning(status: number): boolean {
  return status === 0x0001 || status === 0x0107 || status === 0x0116 || status >> 12 === 0xb;
}
