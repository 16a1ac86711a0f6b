/**
 * The reports of storage commitment that go back on the association of their request (PS3.4 §J.3.3). Who wants to be
 * told elsewhere releases the association as soon as its N-ACTION is answered, and a report that crosses the release
 * would be lost on many peers: so a report is sent only after a moment of silence, and what is not taken here is given
 * back to be sent on a new association.
 */
import type { Requester } from '../commitment/commitment.ts';
import type { CommitmentDesk, ReadyReport } from '../commitment/commitment-desk.ts';
import { ABORT_REASON, ProtocolError } from '../upper-layer/protocol-data-unit.ts';
import type { AcceptedContext } from './association-policy.ts';
import { COMMAND_FIELD, type Command } from './command-set.ts';

export interface EventReportsParts {
  readonly desk: CommitmentDesk;
  readonly requester: Requester;
  readonly silenceMilliseconds: number;
  /** Whether an operation of the peer is on its way. */
  readonly busy: () => boolean;
  /** @returns false where the association is over */
  readonly send: (contextId: number, report: ReadyReport) => boolean;
  readonly fail: (error: unknown) => void;
}

interface Owed {
  readonly transactionId: string;
  readonly context: AcceptedContext;
}

const LARGEST_MESSAGE_ID = 0xffff;
/** A response without a status is a failure: processing failure. */
const NO_STATUS = 0x0110;

export class EventReports {
  readonly #parts: EventReportsParts;
  readonly #owed: Owed[] = [];
  #silence: NodeJS.Timeout | undefined;
  #outstanding: { readonly owed: Owed; readonly messageId: number } | undefined;
  #messageId = 0;
  #closed = false;

  constructor(parts: EventReportsParts) {
    this.#parts = parts;
  }

  /** A report has been sent and not been answered. */
  get outstanding(): boolean {
    return this.#outstanding !== undefined;
  }

  /** A transaction was recorded. */
  owe(transactionId: string, context: AcceptedContext): void {
    this.#owed.push({ transactionId, context });
  }

  /** Something came from the peer, or was answered: the silence begins anew. */
  stir(): void {
    clearTimeout(this.#silence);
    if (this.#closed || this.#owed.length === 0 || this.#outstanding) return;
    this.#silence = setTimeout(() => {
      this.#sendNext().catch((error: unknown) => this.#parts.fail(error));
    }, this.#parts.silenceMilliseconds);
    this.#silence.unref();
  }

  /** @throws ProtocolError when nothing was asked that this could answer */
  answered({ commandField, messageId, status }: Command): void {
    const outstanding = this.#outstanding;
    if (
      outstanding === undefined ||
      commandField !== COMMAND_FIELD.nEventReportRequest ||
      messageId !== outstanding.messageId
    ) {
      throw new ProtocolError('A response came without a request.', ABORT_REASON.notSpecified);
    }
    this.#outstanding = undefined;
    this.#parts.desk.answered(outstanding.owed.transactionId, this.#parts.requester, status ?? NO_STATUS);
  }

  /** The association is over. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#silence);
    const left = [...(this.#outstanding ? [this.#outstanding.owed] : []), ...this.#owed.splice(0)];
    this.#outstanding = undefined;
    for (const { transactionId } of left) this.#parts.desk.giveBack(transactionId, this.#parts.requester);
  }

  async #sendNext(): Promise<void> {
    const [next] = this.#owed;
    if (!next || this.#parts.busy()) return;
    this.#messageId = (this.#messageId % LARGEST_MESSAGE_ID) + 1;
    const messageId = this.#messageId;
    const { transactionId, context } = next;
    const report = await this.#parts.desk.report(transactionId, messageId, context.transferSyntaxUid);
    // Meanwhile the peer may have left, or asked for something else: then the silence begins anew with its answer.
    if (this.#closed || this.#owed[0] !== next || this.#parts.busy()) return;
    this.#owed.shift();
    if (report && this.#parts.send(context.id, report)) this.#outstanding = { owed: next, messageId };
    else this.#parts.desk.giveBack(transactionId, this.#parts.requester);
  }
}
