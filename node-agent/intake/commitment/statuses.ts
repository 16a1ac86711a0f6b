/** What this node answers about storage commitment; the conformance statement shows the same tables. */
import { readFileSync } from 'node:fs';
import type { Status } from '../receiver/command-set.ts';

type ActionRow = readonly [code: string, meaning: string, sender: string];
type ReasonRow = readonly [code: string, meaning: string];
type ActionStatus =
  | 'success'
  | 'invalidAttributeValue'
  | 'processingFailure'
  | 'noSuchInstance'
  | 'invalidArgument'
  | 'noSuchClass'
  | 'classInstanceConflict'
  | 'noSuchAction'
  | 'duplicateTransaction'
  | 'resourceLimitation';
export type FailureReason = 'processingFailure' | 'noSuchInstance' | 'classConflict';

interface Table {
  readonly action: Readonly<Record<ActionStatus, ActionRow>>;
  readonly failureReason: Readonly<Record<FailureReason, ReasonRow>>;
}

const table = JSON.parse(readFileSync(new URL('./data/statuses.json', import.meta.url), 'utf8')) as Table;

/** Code, meaning and what the sender does, of every status of an N-ACTION response. */
export const ACTION_STATUSES: readonly ActionRow[] = Object.values(table.action);
/** Code and meaning of every reason in a Failed SOP Sequence. */
export const FAILURE_REASONS: readonly ReasonRow[] = Object.values(table.failureReason);

/** The value of Failure Reason (0008,1197). */
export function failureReasonCode(reason: FailureReason): number {
  return Number.parseInt(table.failureReason[reason][0], 16);
}

/** A request that is not taken. */
export class CommitmentRefusal extends Error {
  override readonly name = 'CommitmentRefusal';
  readonly status: Status;

  /** @param comment for the sender's log: at most 64 characters, without identifiers */
  constructor(status: Exclude<ActionStatus, 'success'>, comment: string) {
    super(comment);
    this.status = { code: Number.parseInt(table.action[status][0], 16), comment };
  }
}
