/**
 * One association as its acceptor sees it: carries out the actions of the upper layer table on a
 * socket, and hands data values to the message exchange (PS3.8 §9.2).
 */
import type { Socket } from 'node:net';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '../../dicom/uids.ts';
import type { Logger } from '../../operations/logger.ts';
import type { AssociationRecord } from '../../store/association-record.ts';
import { type AssociationRequest, parseAssociationRequest } from '../upper-layer/association-request.ts';
import { Deadlines } from '../upper-layer/deadlines.ts';
import {
  ABORT_REASON,
  encodeAbort,
  encodeAssociateAccept,
  encodeAssociateReject,
  encodeCommandTransfer,
  encodeReleaseResponse,
  PDU_TYPE,
  type ProtocolError,
  type Rejection,
} from '../upper-layer/protocol-data-unit.ts';
import { type DataValuePiece, PduReader } from '../upper-layer/protocol-data-unit-reader.ts';
import {
  transitionOf,
  type UpperLayerAction,
  type UpperLayerEvent,
  type UpperLayerState,
} from '../upper-layer/upper-layer-table.ts';
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

/** Some peers count the header of the unit into the maximum length. */
const LENGTH_SLACK_BYTES = 1024;

const EVENT_OF_UNIT: Readonly<Record<number, UpperLayerEvent>> = {
  [PDU_TYPE.associateRequest]: 'Evt6',
  [PDU_TYPE.associateAccept]: 'Evt3',
  [PDU_TYPE.associateReject]: 'Evt4',
  [PDU_TYPE.releaseRequest]: 'Evt12',
  [PDU_TYPE.releaseResponse]: 'Evt13',
  [PDU_TYPE.abort]: 'Evt16',
};

export class Association {
  readonly #socket: Socket;
  readonly #tls: TlsFacts | undefined;
  readonly #remoteAddress: string;
  readonly #parts: AssociationParts;
  readonly #reader: PduReader;
  readonly #deadlines: Deadlines;
  readonly #journal: AssociationJournal;
  readonly #holds = new Set<'answer' | 'disk' | 'peer'>();
  #state: UpperLayerState = 'Sta1';
  #request: AssociationRequest | undefined;
  #peerId: string | undefined;
  #negotiation: Negotiation | undefined;
  #rejection: Rejection | undefined;
  #exchange: MessageExchange | undefined;
  #abortReason: number = ABORT_REASON.unexpectedPdu;
  #leaving = false;
  #noMoreObjects: (() => Promise<void>) | undefined;

  /** @param onClosed called once, when the socket is closed and the association recorded */
  constructor({ wire: { socket, onBytes }, tls }: Transport, parts: AssociationParts, onClosed: () => void) {
    this.#socket = socket;
    this.#tls = tls;
    this.#parts = parts;
    this.#remoteAddress = socket.remoteAddress ?? 'unknown';
    this.#journal = new AssociationJournal({ ...parts, tls, remoteAddress: this.#remoteAddress });
    this.#deadlines = new Deadlines(parts.limits, parts.now);
    this.#reader = new PduReader(
      {
        unit: (type, body) => this.#receiveUnit(type, body),
        dataTransfer: () => this.#fire('Evt10'),
        dataValue: (piece) => this.#receivePiece(piece),
        invalid: (error) => this.#receiveNonsense(error),
      },
      {
        associateBytes: parts.limits.associateBytes,
        dataTransferBytes: parts.limits.maximumPduBytes + LENGTH_SLACK_BYTES,
      },
    );
    onBytes((bytes) => this.#guard(() => this.#receive(bytes)));
    socket.on('drain', () => this.#release('peer'));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      this.#journal.conclude(`connection lost (${error.code ?? 'error'})`),
    );
    socket.on('close', () => void this.#closed().finally(onClosed));
    this.#fire('Evt5');
  }

  /** An association exists or is being asked for, so that it counts against the limit. */
  get open(): boolean {
    return this.#state === 'Sta3' || this.#state === 'Sta6' || this.#state === 'Sta8';
  }

  /** The peer it belongs to, once that is known. */
  get peerId(): string | undefined {
    return this.#peerId;
  }

  /** Closes what has waited too long; called about once a second. */
  sweep(): void {
    this.#guard(() => {
      const overdue = this.#deadlines.overdue(
        this.#reader.currentUnit,
        this.#holds.has('answer') || this.#holds.has('disk'),
      );
      if (overdue === 'ARTIM') {
        this.#journal.conclude('closed: no association was asked for in time');
        this.#fire('Evt18');
      } else if (overdue && this.#state === 'Sta6') {
        this.#abort(
          overdue === 'idle' ? 'aborted: nothing arrived for too long' : 'aborted: a unit took too long to arrive',
        );
      }
    });
  }

  /** Ends the association as soon as the operation in progress has been answered. */
  leave(): void {
    this.#leaving = true;
    if (!this.#exchange?.busy) this.#abort('aborted: the receiver was stopped');
  }

  /** Closes the socket at once. */
  destroy(): void {
    this.#journal.conclude('cut off: the receiver was stopped');
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#deadlines.arrived();
    this.#reader.push(chunk);
  }

  #receiveUnit(type: number, body: Buffer): void {
    const event = EVENT_OF_UNIT[type];
    if (!event) return;
    // A malformed request throws and becomes Evt19 before the table sees it as Evt6.
    if (event === 'Evt6' && this.#state === 'Sta2') this.#request = parseAssociationRequest(body);
    this.#fire(event);
  }

  #receivePiece(piece: DataValuePiece): void {
    if (this.#state === 'Sta6') this.#exchange?.receive(piece);
  }

  #receiveNonsense(error: ProtocolError): void {
    this.#abortReason = error.abortReason;
    this.#journal.conclude(`aborted: ${error.message}`);
    this.#fire('Evt19');
  }

  #abort(outcome: string): void {
    this.#journal.conclude(outcome);
    if (this.#state === 'Sta2' || this.#state === 'Sta13') this.#socket.destroy();
    else this.#fire('Evt15');
  }

  #fire(event: UpperLayerEvent): void {
    const transition = transitionOf(this.#state, event);
    if (!transition) return;
    this.#state = transition.next;
    this.#perform(transition.action);
  }

  /** PS3.8 tables 9-6 to 9-9; the labels are the standard's. */
  #perform(action: UpperLayerAction): void {
    const { limits } = this.#parts;
    switch (action) {
      case 'AE-5':
        this.#deadlines.startArtim(limits.artimMilliseconds);
        return;
      case 'AE-6':
        this.#deadlines.stopArtim();
        this.#decide();
        return;
      case 'AE-7':
        this.#accept();
        return;
      case 'AE-8':
        if (!this.#rejection) return;
        this.#journal.conclude(`rejected: ${this.#rejection.sentence}`);
        this.#sendLast(encodeAssociateReject(this.#rejection));
        return;
      case 'AR-2':
        this.#journal.conclude('released');
        this.#fire('Evt14');
        return;
      case 'AR-4':
        this.#sendLast(encodeReleaseResponse());
        return;
      case 'AA-1':
        this.#journal.conclude('aborted: a unit came that was not expected');
        this.#sendLast(encodeAbort(0, 0));
        return;
      case 'AA-7':
        this.#reader.stop(); // one answer to nonsense after the end is enough
        this.#sendLast(encodeAbort(2, this.#abortReason));
        return;
      case 'AA-8':
        this.#journal.conclude('aborted: a unit came that was not expected');
        this.#sendLast(encodeAbort(2, this.#abortReason));
        return;
      case 'AA-2':
        this.#socket.destroy();
        return;
      case 'AA-3':
        this.#journal.conclude('aborted by the peer');
        this.#socket.destroy();
        return;
      case 'AA-4':
      case 'AA-5':
        this.#journal.conclude('connection closed by the peer without a release');
        return;
      case 'AR-5':
        this.#deadlines.stopArtim();
        return;
      case 'AA-6': // ignored
      case 'DT-1': // written by the caller
      case 'DT-2': // pieces come through #receivePiece
      case 'AR-7':
        return;
    }
  }

  /** The last unit of this side: the peer has a moment to close the transport. */
  #sendLast(unit: Buffer): void {
    if (!this.#socket.destroyed) this.#socket.write(unit);
    this.#deadlines.startArtim(this.#parts.limits.lingerMilliseconds);
    this.#holds.clear();
    this.#socket.resume(); // to see it close
    this.#reader.resume();
  }

  /** Sta3: the answer may have to wait until the host name of a peer has been looked up. */
  #decide(): void {
    const answer = () => {
      this.#rejection = this.#judge();
      this.#fire(this.#rejection ? 'Evt8' : 'Evt7');
    };
    const wait = this.#parts.admission.prepare();
    if (!wait) {
      answer();
      return;
    }
    this.#hold('answer');
    void wait.then(() => {
      this.#guard(() => this.#state === 'Sta3' && answer());
      this.#release('answer');
    });
  }

  /** Whether to reject, and the association's record. */
  #judge(): Rejection | undefined {
    const request = this.#request;
    if (!request) return { result: 1, source: 2, reason: 1, sentence: 'no request was read' };
    const { peer, rejection } = this.#parts.admission.judge(request, {
      remoteAddress: this.#remoteAddress,
      tls: this.#tls,
    });
    const negotiation = rejection ? undefined : negotiate(request, peer.services);
    if (!this.#journal.requested(request, { peer, rejection, answers: negotiation?.answers ?? [] })) {
      return { result: 2, source: 3, reason: 1, sentence: 'the association could not be recorded' };
    }
    if (!rejection) this.#peerId = peer.peerId;
    this.#negotiation = negotiation;
    return rejection;
  }

  #accept(): void {
    const request = this.#request;
    if (!request || !this.#negotiation) return;
    const { limits, store, pace } = this.#parts;
    const peerId = this.#peerId;
    const { accepted, answers } = this.#negotiation;
    this.#noMoreObjects = store.reception.expectObjects();
    this.#exchange = new MessageExchange({
      accepted,
      sender: { associationId: this.#journal.associationId, callingAeTitle: request.callingAeTitle },
      store,
      commandBytes: limits.commandBytes,
      pace: pace && peerId !== undefined ? () => pace(peerId) : undefined,
      host: {
        send: (contextId, command) => this.#send(contextId, command),
        hold: (reason) => this.#hold(reason),
        release: (reason) => this.#release(reason),
        betweenOperations: () => this.#leaving && this.leave(),
        fail: (error) => this.#fail(error),
      },
    });
    this.#socket.write(
      encodeAssociateAccept({
        titles: request.titles,
        contexts: answers,
        maximumLength: limits.maximumPduBytes,
        implementationClassUid: IMPLEMENTATION_CLASS_UID,
        implementationVersionName: IMPLEMENTATION_VERSION_NAME,
        answerAsynchronousWindow: request.asynchronousWindow,
      }),
    );
    this.#journal.accepted(answers);
  }

  #send(contextId: number, command: Buffer): void {
    if (this.#socket.destroyed || !transitionOf(this.#state, 'Evt9')) return;
    this.#fire('Evt9');
    // A peer that does not read its answers is not read from either.
    if (!this.#socket.write(encodeCommandTransfer(contextId, command, this.#request?.maximumLength ?? 0))) {
      this.#hold('peer');
    }
  }

  #hold(reason: 'answer' | 'disk' | 'peer'): void {
    this.#holds.add(reason);
    this.#reader.hold();
    this.#socket.pause();
  }

  #release(reason: 'answer' | 'disk' | 'peer'): void {
    if (!this.#holds.delete(reason) || this.#holds.size > 0) return;
    this.#guard(() => {
      this.#deadlines.arrived();
      this.#socket.resume();
      this.#reader.resume();
    });
  }

  /** Whatever goes wrong in here ends this association, never the process. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#journal.failed('An association ended by an error inside the node', error);
    this.#reader.stop();
    this.#journal.conclude('aborted: an error inside the node');
    this.#socket.destroy();
  }

  async #closed(): Promise<void> {
    this.#reader.stop();
    this.#fire('Evt17');
    try {
      await this.#exchange?.close();
      await this.#noMoreObjects?.();
      this.#journal.ended(this.#exchange?.figures ?? { objects: 0, failures: 0, bytes: 0 });
    } catch (error) {
      this.#journal.failed('The end of an association could not be recorded', error);
    }
  }
}
