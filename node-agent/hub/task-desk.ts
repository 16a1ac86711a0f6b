/** Carries one task from the inbox to its end: claim, question to the gate, answer, and the audit log. */

import { backOff } from './back-off.ts';
import type { BeamClient, Delivery } from './beam-client.ts';
import type { BeamResult } from './beam-messages.ts';
import type { Gate } from './gate.ts';
import { HubFault } from './hub-fault.ts';
import type { OpenTask, TaskStore } from './task-store.ts';

/** The audit log as this room needs it. */
export interface AuditTrail {
  record(entry: { actor: string; action: string; subject: string; detail?: string }): unknown;
}

export interface TaskDeskParts {
  readonly beam: BeamClient;
  readonly gate: Gate;
  readonly store: TaskStore;
  readonly audit: AuditTrail;
  readonly appId: string;
  readonly random: () => number;
  /** Called after a task changed. */
  readonly onChanged: () => void;
  /** Called when the gate failed on a task, without anything of the task in it. */
  readonly onGateFault: (error: unknown) => void;
}

/** After this many faults of the node itself a task is given up and answered as failed. */
const GATE_ATTEMPTS = 3;
const EXPIRED = 'The task expired at the hub before its answer was there.';

export class TaskDesk {
  readonly #parts: TaskDeskParts;

  constructor(parts: TaskDeskParts) {
    this.#parts = parts;
  }

  /** Works on everything that is due. @throws HubFault that no retry can help, or when stopping */
  async settleDue(signal: AbortSignal): Promise<void> {
    for (const task of this.#parts.store.due()) {
      if (signal.aborted) return;
      await this.#settle(task, signal);
      this.#parts.onChanged();
    }
  }

  async #settle(task: OpenTask, signal: AbortSignal): Promise<void> {
    const { store } = this.#parts;
    if (store.hasExpired(task)) {
      this.#close(task, 'expired', EXPIRED);
      return;
    }
    try {
      if (await this.#claimAndAnswer(task, signal)) return;
    } catch (error) {
      if (!(error instanceof HubFault) || error.permanent || error.kind === 'stopped') throw error;
    }
    store.retryIn(task.taskId, backOff(task.attempts + 1, this.#parts.random));
  }

  /** @returns false where the gate failed and is to be asked again */
  async #claimAndAnswer(task: OpenTask, signal: AbortSignal): Promise<boolean> {
    if (task.state === 'received' && !(await this.#claim(task, signal))) return true;
    const result = this.#resultOf(task);
    if (result) await this.#answer(task, result, signal);
    return result !== undefined;
  }

  async #claim(task: OpenTask, signal: AbortSignal): Promise<boolean> {
    const delivery = await this.#put(task, { status: 'claimed' }, signal);
    if (delivery === 'accepted') {
      this.#parts.store.claimed(task.taskId);
      return true;
    }
    this.#closeUndelivered(task, delivery);
    return false;
  }

  /** The prepared result, or a new one from the gate; undefined where the gate failed and may be asked again. */
  #resultOf(task: OpenTask): Prepared | undefined {
    if (task.resultStatus && task.resultBody !== null) {
      return { status: task.resultStatus, body: task.resultBody, reason: task.reason };
    }
    const { gate, store, audit, onGateFault } = this.#parts;
    try {
      const outcome = gate.answer({ body: task.body, metadata: JSON.parse(task.metadata ?? 'null') });
      audit.record({ actor: task.fromApp, action: 'hub.asked', subject: task.taskId, detail: outcome.question });
      store.prepare(task.taskId, outcome);
      return outcome;
    } catch (error) {
      onGateFault(error);
      if (task.attempts + 1 < GATE_ATTEMPTS) return undefined;
      const reason = 'The node failed while it worked on the question. The log has the cause.';
      const body = 'execution failed';
      store.prepare(task.taskId, {
        status: 'permfailed',
        body,
        question: 'Not worked out',
        ast: null,
        answerJson: null,
        reason,
      });
      return { status: 'permfailed', body, reason };
    }
  }

  async #answer(task: OpenTask, { status, body, reason }: Prepared, signal: AbortSignal): Promise<void> {
    const delivery = await this.#put(task, { status, body }, signal);
    if (delivery === 'accepted') this.#close(task, status === 'succeeded' ? 'answered' : 'refused', reason);
    else this.#closeUndelivered(task, delivery);
  }

  #closeUndelivered(task: OpenTask, delivery: Exclude<Delivery, 'accepted'>): void {
    if (delivery === 'gone') {
      this.#close(task, 'expired', EXPIRED);
    } else {
      const reason = `The hub does not take an answer to this task from ${this.#parts.appId}. Tell its operator.`;
      this.#close(task, 'refused', reason);
    }
  }

  #close(task: OpenTask, state: 'answered' | 'refused' | 'expired', reason: string | null): void {
    const detail = reason ?? 'counts disclosed by policy';
    this.#parts.audit.record({ actor: 'node', action: `hub.${state}`, subject: task.taskId, detail });
    this.#parts.store.close(task.taskId, state, reason);
  }

  #put(task: OpenTask, result: Pick<BeamResult, 'status' | 'body'>, signal: AbortSignal): Promise<Delivery> {
    const { beam, appId } = this.#parts;
    // Beam requires the member; it is clear text for the broker and stays empty
    const message = { from: appId, to: [task.fromApp], task: task.taskId, ...result, metadata: null };
    return beam.putResult(message, signal);
  }
}

interface Prepared {
  readonly status: 'succeeded' | 'permfailed';
  readonly body: string;
  readonly reason: string | null;
}
