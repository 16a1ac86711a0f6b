/**
 * The DIMSE side of an association (PS3.7 §6.3, annex E): gathers commands, streams the data sets
 * that follow them, answers. One operation at a time: an asynchronous window is never granted.
 */

import type { CommitmentDesk } from '../commitment/commitment-desk.ts';
import { ABORT_REASON, ProtocolError } from '../upper-layer/protocol-data-unit.ts';
import type { DataValuePiece } from '../upper-layer/protocol-data-unit-reader.ts';
import type { AcceptedContext } from './association-policy.ts';
import { COMMAND_FIELD, type Command, encodeResponse, parseCommand, type Status, SUCCESS } from './command-set.ts';
import { beginCommitment } from './commitment-operation.ts';
import { EventReports } from './event-reports.ts';
import type { ReceiverLimits } from './receiver-limits.ts';
import { beginStore, type DataSetTarget, DiscardedDataSet, type Sender, type StoreParts } from './store-operation.ts';

/** What the exchange needs of its association. */
interface ExchangeHost {
  /** @returns false where the association is over */
  send(contextId: number, command: Buffer, dataSet?: Buffer): boolean;
  /** Reads nothing more from the peer until `release` with the same reason. */
  hold(reason: 'answer' | 'disk'): void;
  release(reason: 'answer' | 'disk'): void;
  /** An operation has been answered and the next has not begun. */
  betweenOperations(): void;
  /** Something went wrong inside this node. */
  fail(error: unknown): void;
}

interface ExchangeParts {
  readonly accepted: ReadonlyMap<number, AcceptedContext>;
  readonly sender: Sender;
  readonly store: StoreParts;
  readonly commitments: CommitmentDesk;
  readonly limits: Pick<ReceiverLimits, 'commandBytes' | 'reportSilenceMilliseconds'>;
  /** Waits until an object that was kept may be answered. */
  readonly pace?: (() => Promise<void>) | undefined;
  readonly host: ExchangeHost;
}

interface Operation {
  readonly command: Command;
  readonly context: AcceptedContext;
  readonly target: DataSetTarget;
}

const UNRECOGNISED_OPERATION: Status = { code: 0x0211, comment: 'This operation is not offered here.' };
const NO_DATA_SET: Status = { code: 0xc000, comment: 'The request has no data set.' };

export class MessageExchange {
  readonly #parts: ExchangeParts;
  readonly #commandBytes: Buffer;
  readonly #reports: EventReports;
  #commandFilled = 0;
  #commandContext: number | undefined;
  #operation: Operation | undefined;
  #answering: Promise<void> | undefined;
  #objects = 0;
  #failures = 0;
  #bytes = 0;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    this.#commandBytes = Buffer.alloc(parts.limits.commandBytes);
    this.#reports = new EventReports({
      desk: parts.commitments,
      requester: parts.sender,
      silenceMilliseconds: parts.limits.reportSilenceMilliseconds,
      busy: () => this.#operating,
      send: (contextId, { command, dataSet }) => parts.host.send(contextId, command, dataSet),
      fail: (error) => parts.host.fail(error),
    });
  }

  /** Objects answered with success, C-STOREs that failed, and the bytes kept. */
  get figures(): { objects: number; failures: number; bytes: number } {
    return { objects: this.#objects, failures: this.#failures, bytes: this.#bytes };
  }

  /** A command has begun and has not been answered, on either side. */
  get busy(): boolean {
    return this.#operating || this.#reports.outstanding;
  }

  get #operating(): boolean {
    return this.#operation !== undefined || this.#answering !== undefined || this.#commandContext !== undefined;
  }

  /** @throws ProtocolError when the peer breaks the order of messages */
  receive(piece: DataValuePiece): void {
    const context = this.#parts.accepted.get(piece.contextId);
    if (!context) {
      throw new ProtocolError(
        'A presentation context was used that was not accepted.',
        ABORT_REASON.invalidParameterValue,
      );
    }
    if (piece.command) this.#receiveCommand(piece, context);
    else this.#receiveDataSet(piece);
    this.#reports.stir();
  }

  /** The association is over: what is half received goes; what is being answered is waited for. */
  async close(): Promise<void> {
    await this.#answering;
    this.#reports.close();
    const operation = this.#operation;
    this.#operation = undefined;
    if (!operation) return;
    if (isStore(operation.command)) this.#failures += 1;
    await operation.target.abandon();
  }

  #receiveCommand(piece: DataValuePiece, context: AcceptedContext): void {
    if (this.#operation) throw new ProtocolError('A command came inside a data set.', ABORT_REASON.unexpectedPdu);
    if (this.#commandContext !== undefined && this.#commandContext !== context.id) {
      throw new ProtocolError('A command came in pieces of two contexts.', ABORT_REASON.unexpectedPdu);
    }
    if (this.#commandFilled + piece.bytes.length > this.#commandBytes.length) {
      throw new ProtocolError('A command set is too long.', ABORT_REASON.invalidParameterValue);
    }
    this.#commandContext = context.id;
    this.#commandFilled += piece.bytes.copy(this.#commandBytes, this.#commandFilled);
    if (!piece.endOfValue || !piece.lastFragment) return;
    const command = parseCommand(this.#commandBytes.subarray(0, this.#commandFilled));
    this.#commandFilled = 0;
    this.#commandContext = undefined;
    this.#begin(command, context);
  }

  #begin(command: Command, context: AcceptedContext): void {
    if (command.isResponse) {
      this.#reports.answered(command);
      // PS3.7 §10.1.1.1.8: a response may carry an event reply; this class defines none.
      if (command.hasDataSet) this.#operation = { command, context, target: new DiscardedDataSet(() => SUCCESS) };
      else this.#parts.host.betweenOperations();
      return;
    }
    if (command.commandField === COMMAND_FIELD.cCancelRequest) return; // nothing here can be cancelled
    const target = this.#targetOf(command, context);
    if (command.hasDataSet) this.#operation = { command, context, target };
    else this.#finishSoon({ command, context, target });
  }

  /** Where the data set goes; one that was not announced is an empty one. */
  #targetOf(command: Command, context: AcceptedContext): DataSetTarget {
    const { store, sender, commitments } = this.#parts;
    switch (command.commandField) {
      case COMMAND_FIELD.cStoreRequest:
        return command.hasDataSet
          ? beginStore(store, sender, command, context)
          : new DiscardedDataSet(() => NO_DATA_SET);
      case COMMAND_FIELD.nActionRequest:
        return beginCommitment(commitments, sender, command, context, (id) => this.#reports.owe(id, context));
      case COMMAND_FIELD.cEchoRequest:
        return new DiscardedDataSet(() => SUCCESS);
      default:
        return new DiscardedDataSet(() => UNRECOGNISED_OPERATION);
    }
  }

  #receiveDataSet(piece: DataValuePiece): void {
    const operation = this.#operation;
    if (!operation || operation.context.id !== piece.contextId) {
      throw new ProtocolError('A data set came without its command.', ABORT_REASON.unexpectedPdu);
    }
    const { host } = this.#parts;
    if (!operation.target.write(piece.bytes)) {
      host.hold('disk');
      operation.target.whenDrained(() => host.release('disk'));
    }
    if (!piece.endOfValue || !piece.lastFragment) return;
    this.#operation = undefined;
    this.#finishSoon(operation);
  }

  #finishSoon(operation: Operation): void {
    const { host } = this.#parts;
    host.hold('answer');
    this.#answering = this.#finish(operation)
      .catch((error: unknown) => host.fail(error))
      .finally(() => {
        this.#answering = undefined;
        this.#reports.stir();
        host.betweenOperations();
        host.release('answer');
      });
  }

  async #finish({ command, context, target }: Operation): Promise<void> {
    let kept = false;
    try {
      const { status, bytes } = await target.finish();
      kept = isStore(command) && status.code === SUCCESS.code;
      this.#bytes += bytes;
      if (kept) await this.#parts.pace?.();
      if (!command.isResponse) this.#parts.host.send(context.id, encodeResponse(command, status));
    } finally {
      if (kept) this.#objects += 1;
      else if (isStore(command)) this.#failures += 1;
    }
  }
}

function isStore({ commandField, isResponse }: Command): boolean {
  return commandField === COMMAND_FIELD.cStoreRequest && !isResponse;
}
