/**
 * The DIMSE side of an association (PS3.7 §6.3, annex E): gathers commands, streams the data sets
 * that follow them, answers. One operation at a time: an asynchronous window is never granted.
 */

import { ABORT_REASON, ProtocolError } from '../upper-layer/protocol-data-unit.ts';
import type { DataValuePiece } from '../upper-layer/protocol-data-unit-reader.ts';
import type { AcceptedContext } from './association-policy.ts';
import { COMMAND_FIELD, type Command, encodeResponse, parseCommand, type Status, SUCCESS } from './command-set.ts';
import { beginStore, type DataSetTarget, DiscardedDataSet, type Sender, type StoreParts } from './store-operation.ts';

/** What the exchange needs of its association. */
interface ExchangeHost {
  send(contextId: number, command: Buffer): void;
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
  readonly commandBytes: number;
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
  #commandFilled = 0;
  #commandContext: number | undefined;
  #operation: Operation | undefined;
  #answering: Promise<void> | undefined;
  #objects = 0;
  #failures = 0;
  #bytes = 0;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    this.#commandBytes = Buffer.alloc(parts.commandBytes);
  }

  /** Objects answered with success, C-STOREs that failed, and the bytes kept. */
  get figures(): { objects: number; failures: number; bytes: number } {
    return { objects: this.#objects, failures: this.#failures, bytes: this.#bytes };
  }

  /** A command has begun and has not been answered. */
  get busy(): boolean {
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
  }

  /** The association is over: what is half received goes; what is being answered is waited for. */
  async close(): Promise<void> {
    await this.#answering;
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
    if (command.commandField === COMMAND_FIELD.cCancelRequest) return; // nothing here can be cancelled
    if (isStore(command) && command.hasDataSet) {
      const target = beginStore(this.#parts.store, this.#parts.sender, command, context);
      this.#operation = { command, context, target };
      return;
    }
    const status = statusWithoutStoring(command);
    if (command.hasDataSet) {
      this.#operation = { command, context, target: new DiscardedDataSet(() => status) };
      return;
    }
    if (isStore(command)) this.#failures += 1;
    this.#respond(command, context, status);
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
    host.hold('answer');
    this.#operation = undefined;
    this.#answering = this.#finish(operation)
      .catch((error: unknown) => host.fail(error))
      .finally(() => {
        this.#answering = undefined;
        host.betweenOperations();
        host.release('answer');
      });
  }

  async #finish({ command, context, target }: Operation): Promise<void> {
    let kept = false;
    try {
      const { status, bytes } = await target.finish();
      kept = status.code === SUCCESS.code;
      this.#bytes += bytes;
      if (kept) await this.#parts.pace?.();
      this.#respond(command, context, status);
    } finally {
      if (kept) this.#objects += 1;
      else if (isStore(command)) this.#failures += 1;
    }
  }

  #respond(command: Command, context: AcceptedContext, status: Status): void {
    this.#parts.host.send(context.id, encodeResponse(command, status));
  }
}

function isStore(command: Command): boolean {
  return command.commandField === COMMAND_FIELD.cStoreRequest;
}

function statusWithoutStoring(command: Command): Status {
  if (command.commandField === COMMAND_FIELD.cEchoRequest) return SUCCESS;
  return isStore(command) ? NO_DATA_SET : UNRECOGNISED_OPERATION;
}
