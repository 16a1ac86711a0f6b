/** Housekeeping at fixed times (node-cron), each task with its last run and result. */
import cron from 'node-cron';
import type { Logger } from './logger.ts';

export interface HousekeepingTask {
  readonly id: string;
  /** Five-field cron expression, local time. */
  readonly cron: string;
  readonly description: string;
  /** Does the work and says in one sentence what came of it. */
  run(): Promise<string> | string;
}

export interface ScheduleRow {
  readonly id: string;
  readonly cron: string;
  readonly description: string;
  readonly lastRunAt: string | null;
  readonly lastResult: string | null;
}

export class Schedule {
  readonly #tasks: readonly HousekeepingTask[];
  readonly #logger: Logger;
  readonly #last = new Map<string, { at: string; result: string }>();
  #jobs: { stop(): unknown }[] = [];

  constructor(tasks: readonly HousekeepingTask[], logger: Logger) {
    this.#tasks = tasks;
    this.#logger = logger;
  }

  start(): void {
    this.#jobs = this.#tasks.map((task) => cron.schedule(task.cron, () => this.runNow(task.id), { noOverlap: true }));
  }

  stop(): void {
    for (const job of this.#jobs) job.stop();
    this.#jobs = [];
  }

  /** Runs a task out of turn. A failure is logged and becomes the task's result; it does not stop the schedule. */
  async runNow(id: string): Promise<void> {
    const task = this.#tasks.find((candidate) => candidate.id === id);
    if (!task) throw new Error(`There is no housekeeping task ${id}.`);
    const at = new Date().toISOString();
    try {
      this.#last.set(id, { at, result: await task.run() });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#last.set(id, { at, result: `Failed: ${reason}` });
      this.#logger.error('A housekeeping task failed; it runs again at its next time.', { task: id, reason });
    }
  }

  describe(): ScheduleRow[] {
    return this.#tasks.map(({ id, cron: expression, description }) => {
      const last = this.#last.get(id);
      return { id, cron: expression, description, lastRunAt: last?.at ?? null, lastResult: last?.result ?? null };
    });
  }
}
