/**
 * One association as the receiver sees it: decides about the request, gives what arrives to the message exchange, and
 * has it recorded.
 */
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '../../dicom/uids.ts';
import type { Logger } from '../../operations/logger.ts';
import type { AssociationRecord } from '../../store/association-record.ts';
import type { CommitmentDesk } from '../commitment/commitment-desk.ts';
import type { Peer } from '../peers/peer.ts';
import { Acceptor } from '../upper-layer/acceptor.ts';
import type { AssociationRequest } from '../upper-layer/association-request.ts';
import { encodeAssociateAccept, encodeDataTransfer, type Rejection } from '../upper-layer/protocol-data-unit.ts';
import type { Admission, TlsFacts } from './admission.ts';
import { AssociationJournal } from './association-journal.ts';
import { type Negotiation, negotiate } from './association-policy.ts';
import { MessageExchange } from './message-exchange.ts';
import type { ReceiverLimits } from './receiver-limits.ts';
import type { StoreParts } from './store-operation.ts';
import type { Wire } from './wire.ts';

export interface AssociationParts {
  readonly limits: ReceiverLimits;
  readonly store: StoreParts;
  readonly commitments: CommitmentDesk;
  readonly associations: AssociationRecord;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  readonly admission: Admission;
  /** It was entered in the association record, or ended. */
  readonly onChanged: () => void;
  /** Waits until an object of a peer may be answered. */
  readonly pace?: ((peerId: string) => Promise<void>) | undefined;
}

/** What a peer came through. */
export interface Transport {
  readonly wire: Wire;
  /** Undefined on the plain port. */
  readonly tls: TlsFacts | undefined;
}

const NOT_RECORDED: Rejection = {
  result: 2,
  source: 3,
  reason: 1,
  sentence: 'the association could not be recorded',
};

export class Association {
  readonly #tls: TlsFacts | undefined;
  readonly #remoteAddress: string;
  readonly #parts: AssociationParts;
  readonly #journal: AssociationJournal;
  readonly #acceptor: Acceptor;
  #peerId: string | undefined;
  #exchange: MessageExchange | undefined;
  #leaving = false;
  #noMoreObjects: (() => Promise<void>) | undefined;

  /** @param onClosed called once, when the socket is closed and the association recorded */
  constructor({ wire, tls }: Transport, parts: AssociationParts, onClosed: () => void) {
    this.#tls = tls;
    this.#parts = parts;
    this.#remoteAddress = wire.socket.remoteAddress ?? 'unknown';
    this.#journal = new AssociationJournal({ ...parts, tls, remoteAddress: this.#remoteAddress });
    this.#acceptor = new Acceptor(wire, parts.limits, parts.now, {
      requested: (request) => this.#requested(request),
      received: (piece) => this.#exchange?.receive(piece),
      concluded: (outcome) => this.#journal.conclude(outcome),
      failed: (error) => this.#journal.failed('An association ended by an error inside the node', error),
      closed: () => void this.#closed().finally(onClosed),
    });
  }

  /** An association exists or is being asked for, so that it counts against the limit. */
  get open(): boolean {
    return this.#acceptor.open;
  }

  /** The peer it belongs to, once that is known. */
  get peerId(): string | undefined {
    return this.#peerId;
  }

  /** Closes what has waited too long; called about once a second. */
  sweep(): void {
    this.#acceptor.sweep();
  }

  /** Ends the association as soon as the operation in progress has been answered. */
  leave(): void {
    this.#leaving = true;
    if (!this.#exchange?.busy) this.#acceptor.abort('aborted: the receiver was stopped');
  }

  /** Closes the socket at once. */
  destroy(): void {
    this.#acceptor.destroy('cut off: the receiver was stopped');
  }

  /** The answer may have to wait until the host name of a peer has been looked up. */
  #requested(request: AssociationRequest): void {
    const wait = this.#parts.admission.prepare();
    if (!wait) {
      this.#decide(request);
      return;
    }
    this.#acceptor.hold('answer');
    void wait.then(() => {
      this.#acceptor.guard(() => this.#acceptor.awaitsAnswer && this.#decide(request));
      this.#acceptor.release('answer');
    });
  }

  #decide(request: AssociationRequest): void {
    const { peer, rejection } = this.#parts.admission.judge(request, {
      remoteAddress: this.#remoteAddress,
      tls: this.#tls,
    });
    const negotiation = rejection ? undefined : negotiate(request, peer.services);
    if (!this.#journal.requested(request, { peer, rejection, answers: negotiation?.answers ?? [] })) {
      this.#acceptor.reject(NOT_RECORDED);
    } else if (negotiation && !rejection) {
      this.#peerId = peer.peerId;
      this.#accept(request, negotiation, peer);
    } else if (rejection) this.#acceptor.reject(rejection);
  }

  #accept(request: AssociationRequest, { accepted, answers, roles }: Negotiation, { peerId, tag }: Peer): void {
    const { limits, store, commitments, pace } = this.#parts;
    const { callingAeTitle, calledAeTitle } = request;
    const acceptor = this.#acceptor;
    this.#noMoreObjects = store.reception.expectObjects();
    this.#exchange = new MessageExchange({
      accepted,
      sender: { associationId: this.#journal.associationId, peerId, peerTag: tag, callingAeTitle, calledAeTitle },
      store,
      commitments,
      limits,
      pace: pace && (() => pace(peerId)),
      host: {
        send: (contextId, command, dataSet) =>
          acceptor.send(encodeDataTransfer(contextId, command, dataSet, request.maximumLength)),
        hold: (reason) => acceptor.hold(reason),
        release: (reason) => acceptor.release(reason),
        betweenOperations: () => this.#leaving && this.leave(),
        fail: (error) => acceptor.fail(error),
      },
    });
    acceptor.accept(
      encodeAssociateAccept({
        titles: request.titles,
        contexts: answers,
        roles,
        maximumLength: limits.maximumPduBytes,
        implementationClassUid: IMPLEMENTATION_CLASS_UID,
        implementationVersionName: IMPLEMENTATION_VERSION_NAME,
        answerAsynchronousWindow: request.asynchronousWindow,
      }),
    );
    this.#journal.accepted(answers);
  }

  async #closed(): Promise<void> {
    try {
      await this.#exchange?.close();
      await this.#noMoreObjects?.();
      this.#journal.ended(this.#exchange?.figures ?? { objects: 0, failures: 0, bytes: 0 });
    } catch (error) {
      this.#journal.failed('The end of an association could not be recorded', error);
    }
  }
}
