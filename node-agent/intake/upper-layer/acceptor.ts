/**
 * The acceptor of an association as the upper layer service sees it: carries out the actions of the upper layer table
 * on a socket (PS3.8 §9.2), keeps its times, and tells its user what was asked for and what arrived.
 */
import type { Socket } from 'node:net';
import type { ReceiverLimits } from '../receiver/receiver-limits.ts';
import type { Wire } from '../receiver/wire.ts';
import { type AssociationRequest, parseAssociationRequest } from './association-request.ts';
import { Deadlines } from './deadlines.ts';
import {
  ABORT_REASON,
  encodeAbort,
  encodeAssociateReject,
  encodeReleaseResponse,
  PDU_TYPE,
  type ProtocolError,
  type Rejection,
} from './protocol-data-unit.ts';
import { type DataValuePiece, PduReader } from './protocol-data-unit-reader.ts';
import {
  transitionOf,
  type UpperLayerAction,
  type UpperLayerEvent,
  type UpperLayerState,
} from './upper-layer-table.ts';

/** Whoever uses the service; whatever it throws ends the association, never the process. */
export interface UpperLayerUser {
  /** An association is asked for; `accept` or `reject` answers. */
  requested(request: AssociationRequest): void;
  /** A piece of a message; only between acceptance and the end. */
  received(piece: DataValuePiece): void;
  /** Why it ends, as a sentence; the first is the reason, later ones are its consequences. */
  concluded(outcome: string): void;
  /** Something went wrong inside this node; the socket is closed. */
  failed(error: unknown): void;
  /** The socket is closed; called once. */
  closed(): void;
}

/** Why nothing is read: an answer is owed, the disk is behind, or the peer does not read its answers. */
export type HoldReason = 'answer' | 'disk' | 'peer';

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

export class Acceptor {
  readonly #socket: Socket;
  readonly #limits: ReceiverLimits;
  readonly #user: UpperLayerUser;
  readonly #reader: PduReader;
  readonly #deadlines: Deadlines;
  readonly #holds = new Set<HoldReason>();
  #state: UpperLayerState = 'Sta1';
  #request: AssociationRequest | undefined;
  #accepting: Buffer | undefined;
  #rejection: Rejection | undefined;
  #abortReason: number = ABORT_REASON.unexpectedPdu;

  /** @param now milliseconds of a clock that only goes forward */
  constructor({ socket, onBytes }: Wire, limits: ReceiverLimits, now: () => number, user: UpperLayerUser) {
    this.#socket = socket;
    this.#limits = limits;
    this.#user = user;
    this.#deadlines = new Deadlines(limits, now);
    this.#reader = new PduReader(
      {
        unit: (type, body) => this.#receiveUnit(type, body),
        dataTransfer: () => this.#fire('Evt10'),
        dataValue: (piece) => this.#state === 'Sta6' && user.received(piece),
        invalid: (error) => this.#receiveNonsense(error),
      },
      {
        associateBytes: limits.associateBytes,
        dataTransferBytes: limits.maximumPduBytes + LENGTH_SLACK_BYTES,
      },
    );
    onBytes((bytes) =>
      this.guard(() => {
        this.#deadlines.arrived();
        this.#reader.push(bytes);
      }),
    );
    socket.on('drain', () => this.release('peer'));
    socket.on('error', (error: NodeJS.ErrnoException) => user.concluded(`connection lost (${error.code ?? 'error'})`));
    socket.on('close', () => {
      this.#reader.stop();
      this.#fire('Evt17');
      user.closed();
    });
    this.#fire('Evt5');
  }

  /** An association exists or is being asked for, so that it counts against the limit. */
  get open(): boolean {
    return this.#state === 'Sta3' || this.#state === 'Sta6' || this.#state === 'Sta8';
  }

  /** It was asked for and has not been answered. */
  get awaitsAnswer(): boolean {
    return this.#state === 'Sta3';
  }

  /** @param unit the A-ASSOCIATE-AC */
  accept(unit: Buffer): void {
    this.#accepting = unit;
    this.#fire('Evt7');
  }

  reject(rejection: Rejection): void {
    this.#rejection = rejection;
    this.#fire('Evt8');
  }

  /** @param units P-DATA-TF units; not sent where the association is over. @returns whether they were sent */
  send(units: Buffer): boolean {
    if (this.#socket.destroyed || !transitionOf(this.#state, 'Evt9')) return false;
    this.#fire('Evt9');
    // A peer that does not read its answers is not read from either.
    if (!this.#socket.write(units)) this.hold('peer');
    return true;
  }

  /** Reads nothing more from the peer until `release` with the same reason. */
  hold(reason: HoldReason): void {
    this.#holds.add(reason);
    this.#reader.hold();
    this.#socket.pause();
  }

  release(reason: HoldReason): void {
    if (!this.#holds.delete(reason) || this.#holds.size > 0) return;
    this.guard(() => {
      this.#deadlines.arrived();
      this.#socket.resume();
      this.#reader.resume();
    });
  }

  abort(outcome: string): void {
    this.#user.concluded(outcome);
    if (this.#state === 'Sta2' || this.#state === 'Sta13') this.#socket.destroy();
    else this.#fire('Evt15');
  }

  /** Closes the socket at once. */
  destroy(outcome: string): void {
    this.#user.concluded(outcome);
    this.#socket.destroy();
  }

  /** Closes what has waited too long; called about once a second. */
  sweep(): void {
    this.guard(() => {
      const waitingForUs = this.#holds.has('answer') || this.#holds.has('disk');
      const overdue = this.#deadlines.overdue(this.#reader.currentUnit, waitingForUs);
      if (overdue === 'ARTIM') {
        this.#user.concluded('closed: no association was asked for in time');
        this.#fire('Evt18');
      } else if (overdue && this.#state === 'Sta6') {
        this.abort(
          overdue === 'idle' ? 'aborted: nothing arrived for too long' : 'aborted: a unit took too long to arrive',
        );
      }
    });
  }

  /** Whatever goes wrong in here ends this association, never the process. */
  guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error: unknown): void {
    this.#user.failed(error);
    this.#reader.stop();
    this.destroy('aborted: an error inside the node');
  }

  #receiveUnit(type: number, body: Buffer): void {
    const event = EVENT_OF_UNIT[type];
    if (!event) return;
    // A malformed request throws and becomes Evt19 before the table sees it as Evt6.
    if (event === 'Evt6' && this.#state === 'Sta2') this.#request = parseAssociationRequest(body);
    this.#fire(event);
  }

  #receiveNonsense(error: ProtocolError): void {
    this.#abortReason = error.abortReason;
    this.#user.concluded(`aborted: ${error.message}`);
    this.#fire('Evt19');
  }

  #fire(event: UpperLayerEvent): void {
    const transition = transitionOf(this.#state, event);
    if (!transition) return;
    this.#state = transition.next;
    this.#perform(transition.action);
  }

  /** PS3.8 tables 9-6 to 9-9; the labels are the standard's. */
  #perform(action: UpperLayerAction): void {
    switch (action) {
      case 'AE-5':
        this.#deadlines.startArtim(this.#limits.artimMilliseconds);
        return;
      case 'AE-6':
        this.#deadlines.stopArtim();
        if (this.#request) this.#user.requested(this.#request);
        return;
      case 'AE-7':
        if (this.#accepting) this.#socket.write(this.#accepting);
        return;
      case 'AE-8':
        if (!this.#rejection) return;
        this.#user.concluded(`rejected: ${this.#rejection.sentence}`);
        this.#sendLast(encodeAssociateReject(this.#rejection));
        return;
      case 'AR-2':
        this.#user.concluded('released');
        this.#fire('Evt14');
        return;
      case 'AR-4':
        this.#sendLast(encodeReleaseResponse());
        return;
      case 'AA-1':
        this.#user.concluded('aborted: a unit came that was not expected');
        this.#sendLast(encodeAbort(0, 0));
        return;
      case 'AA-7':
        this.#reader.stop(); // one answer to nonsense after the end is enough
        this.#sendLast(encodeAbort(2, this.#abortReason));
        return;
      case 'AA-8':
        this.#user.concluded('aborted: a unit came that was not expected');
        this.#sendLast(encodeAbort(2, this.#abortReason));
        return;
      case 'AA-2':
        this.#socket.destroy();
        return;
      case 'AA-3':
        this.#user.concluded('aborted by the peer');
        this.#socket.destroy();
        return;
      case 'AA-4':
      case 'AA-5':
        this.#user.concluded('connection closed by the peer without a release');
        return;
      case 'AR-5':
        this.#deadlines.stopArtim();
        return;
      case 'AA-6': // ignored
      case 'DT-1': // written by the caller
      case 'DT-2': // pieces go to the user as they come
      case 'AR-7':
        return;
    }
  }

  /** The last unit of this side: the peer has a moment to close the transport. */
  #sendLast(unit: Buffer): void {
    if (!this.#socket.destroyed) this.#socket.write(unit);
    this.#deadlines.startArtim(this.#limits.lingerMilliseconds);
    this.#holds.clear();
    this.#socket.resume(); // to see it close
    this.#reader.resume();
  }
}
