/**
 * The side that asks for an association, as far as this node needs it to send notifications: one context, one message
 * at a time, every wait limited by a timer that wall clocks do not touch (PS3.8 §9.2, states 4 to 7 and 11).
 */
import type { Socket } from 'node:net';
import { type Command, parseCommand } from '../receiver/command-set.ts';
import { encodeAbort, encodeDataTransfer, encodeReleaseResponse, PDU_TYPE } from './protocol-data-unit.ts';
import { type DataValuePiece, PduReader } from './protocol-data-unit-reader.ts';
import {
  type Acceptance,
  CONTEXT_ID,
  encodeAssociateRequest,
  encodeReleaseRequest,
  type Proposal,
  parseAssociateAccept,
} from './requestor-units.ts';

export interface RequestorLimits {
  /** How long each answer may take. */
  readonly milliseconds: number;
  /** Ends the association at once. */
  readonly signal: AbortSignal;
}

/** Why the peer could not be told; a sentence with what to do, without identifiers. */
export class AssociationFailure extends Error {
  override readonly name = 'AssociationFailure';
}

type Arrival =
  | { readonly kind: 'unit'; readonly type: number; readonly body: Buffer }
  | { readonly kind: 'response'; readonly command: Command };

const ASSOCIATE_BYTES = 64 * 1024;
const DATA_TRANSFER_BYTES = 128 * 1024;
const COMMAND_BYTES = 16 * 1024;
const MAXIMUM_LENGTH = 16 * 1024;
const LINGER_MILLISECONDS = 1_000;
const PERMANENT = 1;

const SILENT = 'The peer did not answer in time. It is tried again.';
const BROKEN = 'The connection to the peer broke. It is tried again.';
const NONSENSE = 'The peer sent what is no DICOM. Check host and port of the peer.';
const ABORTED = 'The peer aborted the association. Its own log says why.';
const REJECTED = 'The peer rejected the association. Register the AE title of this node at the peer.';
const BUSY = 'The peer rejected the association for now. It is tried again.';

export class Requestor {
  readonly #socket: Socket;
  readonly #limits: RequestorLimits;
  readonly #onSignal = () => this.#fail(BROKEN);
  readonly #reader: PduReader;
  readonly #arrivals: Arrival[] = [];
  #command: Buffer[] = [];
  #commandBytes = 0;
  #failure: AssociationFailure | undefined;
  #wake: () => void = () => {};
  #acceptance: Acceptance | undefined;
  #ended = false;

  private constructor(socket: Socket, limits: RequestorLimits) {
    this.#socket = socket;
    this.#limits = limits;
    this.#reader = new PduReader(
      {
        unit: (type, body) => this.#arrived({ kind: 'unit', type, body }),
        dataTransfer: () => {},
        dataValue: (piece) => this.#receive(piece),
        invalid: () => this.#fail(NONSENSE),
      },
      { associateBytes: ASSOCIATE_BYTES, dataTransferBytes: DATA_TRANSFER_BYTES },
    );
    socket.on('data', (bytes: Buffer) => {
      try {
        this.#reader.push(bytes);
      } catch {
        this.#fail(NONSENSE);
      }
    });
    socket.on('error', () => this.#fail(BROKEN));
    socket.on('close', () => {
      limits.signal.removeEventListener('abort', this.#onSignal);
      this.#fail(BROKEN);
    });
    if (limits.signal.aborted) this.#onSignal();
    else limits.signal.addEventListener('abort', this.#onSignal, { once: true });
  }

  /** Asks for an association on a connected socket. @throws AssociationFailure; the socket is closed then */
  static async associate(
    socket: Socket,
    proposal: Omit<Proposal, 'maximumLength'>,
    limits: RequestorLimits,
  ): Promise<Requestor> {
    const requestor = new Requestor(socket, limits);
    try {
      socket.write(encodeAssociateRequest({ ...proposal, maximumLength: MAXIMUM_LENGTH }));
      requestor.#acceptance = requestor.#accepted(await requestor.#next(), proposal);
      return requestor;
    } catch (error) {
      requestor.abort();
      throw error;
    }
  }

  get transferSyntaxUid(): string {
    return this.#acceptance?.transferSyntaxUid ?? '';
  }

  /** Sends a request and waits for its response. @throws AssociationFailure */
  async invoke(messageId: number, command: Buffer, dataSet: Buffer): Promise<Command> {
    if (this.#failure) throw this.#failure;
    this.#socket.write(encodeDataTransfer(CONTEXT_ID, command, dataSet, this.#acceptance?.maximumLength ?? 0));
    const arrival = await this.#next();
    if (arrival.kind === 'response' && arrival.command.messageId === messageId) return arrival.command;
    if (arrival.kind === 'unit' && arrival.type === PDU_TYPE.releaseRequest) {
      this.#socket.write(encodeReleaseResponse());
    }
    throw new AssociationFailure('The peer ended the association without an answer. It is tried again.');
  }

  /** Ends the association in order; a peer that does not answer is left. */
  async release(): Promise<void> {
    try {
      this.#socket.write(encodeReleaseRequest());
      await this.#next();
    } catch {
      // The messages were answered; how the peer says goodbye does not matter.
    } finally {
      this.#ended = true;
      this.#reader.stop();
      this.#socket.destroy();
    }
  }

  /** Ends it at once; nothing where it has ended. */
  abort(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#reader.stop();
    if (!this.#socket.destroyed) this.#socket.write(encodeAbort(0, 0));
    this.#socket.destroySoon();
    setTimeout(() => this.#socket.destroy(), LINGER_MILLISECONDS).unref(); // it may not read
  }

  #accepted(arrival: Arrival, { role, transferSyntaxUids }: Omit<Proposal, 'maximumLength'>): Acceptance {
    if (arrival.kind !== 'unit') throw new AssociationFailure(NONSENSE);
    if (arrival.type === PDU_TYPE.associateReject) {
      throw new AssociationFailure(arrival.body[1] === PERMANENT ? REJECTED : BUSY);
    }
    if (arrival.type !== PDU_TYPE.associateAccept) throw new AssociationFailure(NONSENSE);
    const acceptance = acceptanceOf(arrival.body);
    const { result, transferSyntaxUid } = acceptance;
    if (result !== 0) {
      throw new AssociationFailure('The peer does not take reports of storage commitment. Enable them at the peer.');
    }
    if (!transferSyntaxUids.includes(transferSyntaxUid)) throw new AssociationFailure(NONSENSE);
    // A peer that says nothing about roles is taken at its word that it accepts the class (PS3.7 §D.3.3.4 would have
    // this node be the user then, which cannot report); one that refuses the role is not asked again on this association.
    if (role.provider && acceptance.role?.provider === false) {
      throw new AssociationFailure('The peer does not let this node be the provider of storage commitment.');
    }
    return acceptance;
  }

  #receive({ command, lastFragment, endOfValue, bytes }: DataValuePiece): void {
    if (!command) return; // a reply that comes with a response; none is defined
    this.#commandBytes += bytes.length;
    if (this.#commandBytes > COMMAND_BYTES) {
      this.#fail(NONSENSE);
      return;
    }
    this.#command.push(Buffer.from(bytes));
    if (!endOfValue || !lastFragment) return;
    const parsed = parseCommand(Buffer.concat(this.#command));
    this.#command = [];
    this.#commandBytes = 0;
    if (parsed.isResponse) this.#arrived({ kind: 'response', command: parsed });
    else this.#fail('The peer asked for something on the association of a report. Check what listens at its port.');
  }

  #arrived(arrival: Arrival): void {
    if (arrival.kind === 'unit' && arrival.type === PDU_TYPE.abort) {
      this.#fail(ABORTED);
      return;
    }
    this.#arrivals.push(arrival);
    this.#wake();
  }

  #fail(sentence: string): void {
    this.#failure ??= new AssociationFailure(sentence);
    this.abort();
    this.#wake();
  }

  async #next(): Promise<Arrival> {
    const timer = setTimeout(() => this.#fail(SILENT), this.#limits.milliseconds);
    try {
      for (;;) {
        const arrival = this.#arrivals.shift();
        if (arrival) return arrival;
        if (this.#failure) throw this.#failure;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }
}

function acceptanceOf(body: Buffer): Acceptance {
  try {
    return parseAssociateAccept(body);
  } catch {
    throw new AssociationFailure(NONSENSE);
  }
}
