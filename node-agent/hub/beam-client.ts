/** The application side of Samply Beam: long poll for tasks, claims and answers. */
import type { BeamResult } from './beam-messages.ts';
import type { Egress, EgressAnswer, EgressRequest } from './egress.ts';
import { HubFault } from './hub-fault.ts';

export const POLL_PURPOSE = 'poll for tasks';

/** Since 0.11 the Beam proxy repeats a poll up to three times by itself before it gives up. */
const POLL_ALLOWANCE_MILLISECONDS = 30_000;
const ANSWER_LIMIT_MILLISECONDS = 60_000;

/** `gone`: the task expired at the hub. `rejected`: the hub will never take this result. */
export type Delivery = 'accepted' | 'gone' | 'rejected';

export class BeamClient {
  readonly #egress: Egress;
  readonly #appId: string;
  readonly #authorization: string;

  /** @param apiKey of the application at the Beam proxy */
  constructor(egress: Egress, appId: string, apiKey: string) {
    this.#egress = egress;
    this.#appId = appId;
    this.#authorization = `ApiKey ${appId} ${apiKey}`;
  }

  /**
   * Waits up to `waitSeconds` for a task addressed to this application that it has not answered or claimed.
   * @returns tasks as they came, not validated
   * @throws HubFault
   */
  async poll(waitSeconds: number, signal: AbortSignal): Promise<unknown[]> {
    const answer = await this.#send({
      method: 'GET',
      path: `/v1/tasks?filter=todo&wait_count=1&wait_time=${waitSeconds}s`,
      purpose: POLL_PURPOSE,
      timeLimitMilliseconds: waitSeconds * 1000 + POLL_ALLOWANCE_MILLISECONDS,
      signal,
    });
    if (answer.status === 200 || answer.status === 206) return this.#tasksIn(answer);
    if (answer.status === 504) return [];
    if (answer.status === 403) throw new HubFault('not-permitted', { hub: this.#egress.host });
    throw this.#faultOf(answer);
  }

  /** Sends a claim or an answer. @throws HubFault where it is worth trying again, or the key is not accepted */
  async putResult(result: BeamResult, signal: AbortSignal): Promise<Delivery> {
    const answer = await this.#send({
      method: 'PUT',
      path: `/v1/tasks/${encodeURIComponent(result.task)}/results/${encodeURIComponent(this.#appId)}`,
      body: JSON.stringify(result),
      purpose: result.status === 'claimed' ? 'claim a task' : 'answer a task',
      timeLimitMilliseconds: ANSWER_LIMIT_MILLISECONDS,
      signal,
    });
    if (answer.status === 201 || answer.status === 204) return 'accepted';
    if (answer.status === 404 || answer.status === 410) return 'gone';
    if (answer.status === 400 || answer.status === 403 || answer.status === 413) return 'rejected';
    throw this.#faultOf(answer);
  }

  #send(given: Omit<EgressRequest, 'headers'>): Promise<EgressAnswer> {
    const headers = {
      accept: 'application/json',
      authorization: this.#authorization,
      ...(given.body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    return this.#egress.request({ ...given, headers });
  }

  #tasksIn(answer: EgressAnswer): unknown[] {
    try {
      const tasks: unknown = JSON.parse(answer.body);
      if (Array.isArray(tasks) && /json/i.test(answer.contentType)) return tasks;
    } catch {
      // not JSON: falls through to the fault
    }
    throw new HubFault('nonsense', { hub: this.#egress.host });
  }

  #faultOf({ status }: EgressAnswer): HubFault {
    const hub = this.#egress.host;
    if (status === 401) return new HubFault('authentication', { hub });
    if (status >= 500) return new HubFault('hub-unavailable', { hub, detail: `HTTP status ${status}` });
    return new HubFault('nonsense', { hub, detail: `HTTP status ${status}` });
  }
}
