/** One C-STORE from its request to its response (PS3.7 §9.1.1, PS3.4 annex B). */
import { randomUUID } from 'node:crypto';
import { type AdmissionError, admissionErrorOf, outOfSpaceError } from '../admission-error.ts';
import type { Requester } from '../commitment/commitment.ts';
import type { DiskReserve } from '../disk-reserve.ts';
import { part10Head } from '../part10-head.ts';
import type { IncomingObject, Reception } from '../reception.ts';
import type { StoreSink } from '../store-sink.ts';
import type { WriteTrouble } from '../write-trouble.ts';
import { type AcceptedContext, isCommitment, VERIFICATION } from './association-policy.ts';
import { type Command, isUsableUid, type Status, SUCCESS } from './command-set.ts';

/** Where the data set that follows a command goes. */
export interface DataSetTarget {
  /** @returns false when the sender should wait for `whenDrained` */
  write(bytes: Buffer): boolean;
  whenDrained(callback: () => void): void;
  /** The data set is complete. */
  finish(): Promise<OperationResult>;
  /** The data set will not be completed. */
  abandon(): Promise<void>;
}

export interface OperationResult {
  readonly status: Status;
  /** Bytes kept; 0 on failure. */
  readonly bytes: number;
}

/** What every association shares for storing. */
export interface StoreParts {
  readonly reception: Reception;
  readonly reserve: DiskReserve;
  readonly trouble: WriteTrouble;
}

export interface Sender extends Requester {
  readonly associationId: string;
}

/** Swallows a data set that will not be kept: DIMSE has no way to refuse one before it has come. */
export class DiscardedDataSet implements DataSetTarget {
  readonly #answer: () => Status;

  /** @param answer called when the data set has come */
  constructor(answer: () => Status) {
    this.#answer = answer;
  }

  write(): boolean {
    return true;
  }

  whenDrained(callback: () => void): void {
    callback();
  }

  async finish(): Promise<OperationResult> {
    return { status: this.#answer(), bytes: 0 };
  }

  async abandon(): Promise<void> {}
}

const WRONG_CONTEXT: Status = { code: 0x0122, comment: 'SOP Class not supported on this presentation context' };
const WRONG_CLASS: Status = { code: 0xa900, comment: 'SOP Class differs from the presentation context' };
const MALFORMED_UIDS: Status = { code: 0xc000, comment: 'Affected SOP Class or Instance UID is missing or malformed' };
const EMPTY_DATA_SET: Status = { code: 0xc000, comment: 'The data set is empty.' };

/** Starts a C-STORE; one that cannot be kept is refused after its data set has been swallowed. */
export function beginStore(
  parts: StoreParts,
  sender: Sender,
  command: Command,
  context: AcceptedContext,
): DataSetTarget {
  const { sopClassUid, sopInstanceUid } = command;
  if (context.abstractSyntaxUid === VERIFICATION || isCommitment(context)) {
    return new DiscardedDataSet(() => WRONG_CONTEXT);
  }
  if (!isUsableUid(sopClassUid) || !isUsableUid(sopInstanceUid)) return new DiscardedDataSet(() => MALFORMED_UIDS);
  if (sopClassUid !== context.abstractSyntaxUid) return new DiscardedDataSet(() => WRONG_CLASS);
  const { transferSyntaxUid } = context;
  const { associationId } = sender;
  const known = { source: 'dimse' as const, associationId, sopClassUid, sopInstanceUid, transferSyntaxUid };
  if (parts.reserve.nearlyFull) return new DiscardedDataSet(() => record(parts.reception, known, outOfSpaceError()));
  const head = part10Head({ sopClassUid, sopInstanceUid, transferSyntaxUid, sourceAeTitle: sender.callingAeTitle });
  return new StoredDataSet(parts, known, parts.reception.begin(head));
}

type KnownObject = Omit<IncomingObject, 'objectId' | 'contentHash' | 'bytes'>;

/** An object that the node has no room for is in the ledger all the same. @returns what to answer */
function record(reception: Reception, known: KnownObject, { message, ledgerCause, status }: AdmissionError): Status {
  try {
    reception.refuse({ ...known, objectId: randomUUID(), contentHash: '', bytes: 0 }, ledgerCause, message);
  } catch {
    // The ledger has no room either: the sender is told, and the association record counts the failure.
  }
  return status;
}

class StoredDataSet implements DataSetTarget {
  readonly #parts: StoreParts;
  readonly #known: KnownObject;
  readonly #sink: StoreSink;

  constructor(parts: StoreParts, known: KnownObject, sink: StoreSink) {
    this.#parts = parts;
    this.#known = known;
    this.#sink = sink;
  }

  write(bytes: Buffer): boolean {
    return this.#sink.write(bytes);
  }

  whenDrained(callback: () => void): void {
    this.#sink.whenDrained(callback);
  }

  async finish(): Promise<OperationResult> {
    if (this.#sink.dataSetBytes === 0) {
      await this.abandon();
      return { status: EMPTY_DATA_SET, bytes: 0 };
    }
    const { reception, trouble } = this.#parts;
    try {
      const file = await this.#sink.finish();
      await reception.admit({ ...this.#known, ...file });
      trouble.succeeded();
      return { status: SUCCESS, bytes: file.bytes };
    } catch (error) {
      await this.abandon();
      const failure = admissionErrorOf(error);
      trouble.failed(failure);
      return { status: failure.outOfSpace ? record(reception, this.#known, failure) : failure.status, bytes: 0 };
    }
  }

  async abandon(): Promise<void> {
    await this.#sink.abandon();
  }
}
