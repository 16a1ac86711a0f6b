/** One N-ACTION that requests storage commitment, from its request to its response (PS3.4 §J.3.2). */
import {
  REQUEST_STORAGE_COMMITMENT,
  type Requester,
  STORAGE_COMMITMENT,
  STORAGE_COMMITMENT_INSTANCE,
} from '../commitment/commitment.ts';
import type { CommitmentDesk } from '../commitment/commitment-desk.ts';
import { CommitmentRefusal } from '../commitment/statuses.ts';
import { type AcceptedContext, isCommitment } from './association-policy.ts';
import { type Command, type Status, SUCCESS } from './command-set.ts';
import { type DataSetTarget, DiscardedDataSet, type OperationResult } from './store-operation.ts';

/** Fifty thousand references with the longest of UIDs. */
const LARGEST_REQUEST_BYTES = 8 * 1024 * 1024;
const NOT_ON_THIS_CONTEXT: Status = { code: 0x0211, comment: 'This operation is not offered on this context.' };

/** @param onRecorded called with the id of the transaction before the request is answered */
export function beginCommitment(
  desk: CommitmentDesk,
  requester: Requester,
  command: Command,
  context: AcceptedContext,
  onRecorded: (transactionId: string) => void,
): DataSetTarget {
  if (!isCommitment(context)) return new DiscardedDataSet(() => NOT_ON_THIS_CONTEXT);
  const objection = objectionTo(command);
  if (objection) return new DiscardedDataSet(() => objection.status);
  return new CommitmentDataSet(async (information) => {
    onRecorded(await desk.request(requester, information, context.transferSyntaxUid));
  });
}

function objectionTo({ sopClassUid, sopInstanceUid, actionTypeId }: Command): CommitmentRefusal | undefined {
  const rightInstance = sopInstanceUid === STORAGE_COMMITMENT_INSTANCE;
  if (sopClassUid !== STORAGE_COMMITMENT) {
    return rightInstance
      ? new CommitmentRefusal('classInstanceConflict', 'The SOP Instance is not one of this SOP Class.')
      : new CommitmentRefusal('noSuchClass', 'The SOP Class is not Storage Commitment Push Model.');
  }
  if (!rightInstance) return new CommitmentRefusal('noSuchInstance', 'The SOP Instance is not the well-known one.');
  if (actionTypeId === REQUEST_STORAGE_COMMITMENT) return undefined;
  return new CommitmentRefusal('noSuchAction', 'The Action Type is not Request Storage Commitment.');
}

/** Gathers the data set in memory, up to a limit. */
class CommitmentDataSet implements DataSetTarget {
  readonly #take: (information: Buffer) => Promise<void>;
  #pieces: Buffer[] = [];
  #bytes = 0;

  /** @param take throws CommitmentRefusal */
  constructor(take: (information: Buffer) => Promise<void>) {
    this.#take = take;
  }

  write(bytes: Buffer): boolean {
    this.#bytes += bytes.length;
    if (this.#bytes <= LARGEST_REQUEST_BYTES) this.#pieces.push(Buffer.from(bytes));
    else this.#pieces = [];
    return true;
  }

  whenDrained(callback: () => void): void {
    callback();
  }

  async finish(): Promise<OperationResult> {
    try {
      if (this.#bytes > LARGEST_REQUEST_BYTES) {
        throw new CommitmentRefusal('resourceLimitation', 'The data set of the request is too long.');
      }
      await this.#take(Buffer.concat(this.#pieces));
      return { status: SUCCESS, bytes: 0 };
    } catch (error) {
      if (error instanceof CommitmentRefusal) return { status: error.status, bytes: 0 };
      throw error;
    }
  }

  async abandon(): Promise<void> {
    this.#pieces = [];
  }
}
