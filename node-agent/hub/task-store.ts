/**
 * Durable inbox and outbox of hub tasks. A task is here before it is claimed, because a claimed task
 * is not listed by the hub again; an answer is here before it is sent, and stays as it left.
 */
import type { SqliteDatabase } from '../store/database.ts';
import { type BeamTask, parseTtl } from './beam-messages.ts';
import { LARGEST_QUERY } from './focus-query.ts';
import type { GateOutcome } from './gate.ts';

type HubTaskState = 'received' | 'claimed' | 'answered' | 'refused' | 'expired';

/** A task on its way, as the connector needs it. */
export interface OpenTask {
  readonly taskId: string;
  readonly fromApp: string;
  readonly body: string;
  readonly metadata: string | null;
  readonly state: 'received' | 'claimed';
  readonly expiresAt: string;
  readonly attempts: number;
  readonly resultStatus: 'succeeded' | 'permfailed' | null;
  readonly resultBody: string | null;
  readonly reason: string | null;
}

/** A task as the console shows it. */
export interface HubTaskView {
  readonly taskId: string;
  readonly from: string;
  readonly receivedAt: string;
  readonly answeredAt: string | null;
  readonly state: HubTaskState;
  readonly question: string;
  readonly ast: unknown;
  readonly answer: unknown;
  readonly reason: string | null;
}

export interface HubTaskCounts {
  readonly tasks: number;
  readonly answered: number;
  readonly refused: number;
  readonly waiting: number;
}

export const TASK_SQL = {
  receive: `INSERT INTO hub_tasks (task_id, from_app, received_at, expires_at, body, metadata, state, next_attempt_at)
    VALUES (@taskId, @fromApp, @now, @expiresAt, @body, @metadata, 'received', @now) ON CONFLICT DO NOTHING`,
  /** The hub lists a task again only while it has no final result from here: send it once more. */
  reopen: `UPDATE hub_tasks SET state = 'received', next_attempt_at = @now, expires_at = @expiresAt, attempts = 0
    WHERE task_id = @taskId AND (state = 'answered' OR (state = 'refused' AND result_status = 'permfailed'))`,
  due: `SELECT task_id AS taskId, from_app AS fromApp, body, metadata, state, expires_at AS expiresAt, attempts,
      result_status AS resultStatus, result_body AS resultBody, reason
    FROM hub_tasks WHERE state IN ('received','claimed') AND next_attempt_at <= ? ORDER BY next_attempt_at LIMIT 50`,
  nextDue: `SELECT MIN(next_attempt_at) FROM hub_tasks WHERE state IN ('received','claimed')`,
  wake: `UPDATE hub_tasks SET next_attempt_at = ? WHERE state IN ('received','claimed')`,
  claimed: `UPDATE hub_tasks SET state = 'claimed' WHERE task_id = ?`,
  prepare: `UPDATE hub_tasks SET question = @question, ast_json = @astJson, answer_json = @answerJson,
    result_status = @status, result_body = @body, reason = @reason WHERE task_id = @taskId`,
  close: `UPDATE hub_tasks SET state = @state, reason = @reason, answered_at = @answeredAt WHERE task_id = @taskId`,
  retry: 'UPDATE hub_tasks SET attempts = attempts + 1, next_attempt_at = @at WHERE task_id = @taskId',
  page: `SELECT task_id AS taskId, from_app AS "from", received_at AS receivedAt, answered_at AS answeredAt, state,
    question, ast_json AS astJson, answer_json AS answerJson, reason
    FROM hub_tasks ORDER BY received_at DESC, task_id LIMIT @limit OFFSET @offset`,
  counts: `SELECT COUNT(*) AS tasks, COALESCE(SUM(state = 'answered'), 0) AS answered,
    COALESCE(SUM(state = 'refused'), 0) AS refused, COALESCE(SUM(state IN ('received','claimed')), 0) AS waiting
    FROM hub_tasks`,
} as const;

/** Tasks without a time to live that can be read are dropped after this. */
const DEFAULT_TTL_MILLISECONDS = 60_000;
const LONGEST_TTL_MILLISECONDS = 7 * 24 * 3_600_000;

export class TaskStore {
  readonly #database: SqliteDatabase;
  readonly #now: () => Date;

  constructor(database: SqliteDatabase, now: () => Date = () => new Date()) {
    this.#database = database;
    this.#now = now;
  }

  /** Takes a task in, durable when this returns. @returns false when it was here already */
  receive(task: BeamTask): boolean {
    const ttl = Math.min(parseTtl(task.ttl) ?? DEFAULT_TTL_MILLISECONDS, LONGEST_TTL_MILLISECONDS);
    const values = {
      taskId: task.id,
      fromApp: task.from,
      now: this.#time(),
      expiresAt: new Date(this.#now().getTime() + ttl).toISOString(),
      // one character over the limit is enough for the gate to refuse it; the disk is not the hub's to fill
      body: task.body.slice(0, LARGEST_QUERY + 1),
      metadata: JSON.stringify(task.metadata ?? null),
    };
    if (this.#database.prepare(TASK_SQL.receive).run(values).changes > 0) return true;
    const { taskId, now, expiresAt } = values;
    this.#database.prepare(TASK_SQL.reopen).run({ taskId, now, expiresAt });
    return false;
  }

  /** Tasks to work on now, longest due first. */
  due(): OpenTask[] {
    return this.#database.prepare(TASK_SQL.due).all(this.#time()) as OpenTask[];
  }

  /** Milliseconds until the next task is due; undefined without an open task. */
  untilNextDue(): number | undefined {
    const at = this.#database.prepare(TASK_SQL.nextDue).pluck().get() as string | null;
    return at === null ? undefined : Math.max(0, Date.parse(at) - this.#now().getTime());
  }

  /** At start-up: everything that is open is due. */
  wake(): void {
    this.#database.prepare(TASK_SQL.wake).run(this.#time());
  }

  hasExpired(task: OpenTask): boolean {
    return task.expiresAt <= this.#time();
  }

  claimed(taskId: string): void {
    this.#database.prepare(TASK_SQL.claimed).run(taskId);
  }

  /** Puts the result into the outbox. */
  prepare(taskId: string, outcome: GateOutcome): void {
    const { status, body, question, ast, answerJson, reason } = outcome;
    const astJson = ast && JSON.stringify(ast);
    this.#database.prepare(TASK_SQL.prepare).run({ taskId, question, astJson, answerJson, status, body, reason });
  }

  /** Ends a task: it was answered or refused at the hub, or it is lost. */
  close(taskId: string, state: 'answered' | 'refused' | 'expired', reason: string | null): void {
    const answeredAt = state === 'expired' ? null : this.#time();
    this.#database.prepare(TASK_SQL.close).run({ taskId, state, reason, answeredAt });
  }

  retryIn(taskId: string, milliseconds: number): void {
    const at = new Date(this.#now().getTime() + milliseconds).toISOString();
    this.#database.prepare(TASK_SQL.retry).run({ taskId, at });
  }

  page(offset: number, limit: number): { total: number; rows: HubTaskView[] } {
    const rows = this.#database.prepare(TASK_SQL.page).all({ offset, limit }) as (Omit<
      HubTaskView,
      'ast' | 'answer'
    > & {
      question: string | null;
      astJson: string | null;
      answerJson: string | null;
    })[];
    return {
      total: this.counts().tasks,
      rows: rows.map(({ astJson, answerJson, question, ...row }) => ({
        ...row,
        question: question ?? 'Not read yet',
        ast: parse(astJson),
        answer: parse(answerJson),
      })),
    };
  }

  counts(): HubTaskCounts {
    return this.#database.prepare(TASK_SQL.counts).get() as HubTaskCounts;
  }

  #time(): string {
    return this.#now().toISOString();
  }
}

function parse(json: string | null): unknown {
  return json === null ? null : JSON.parse(json);
}
