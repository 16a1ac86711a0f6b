/**
 * The worker's side of the worker pool: a process of its own that is told once what it needs, then answers one task
 * after the other. It ends with the node that started it, also when that was killed and also while it is busy.
 */
import { Worker } from 'node:worker_threads';

/** What a worker tells its pool. */
export type WorkerMessage<Answer> = { readonly answer: Answer } | { readonly fault: string };

const WATCH_EVERY_MILLISECONDS = 1_000;
/** In a thread, because a worker whose object keeps it busy for ever hears nothing itself. */
const WATCHER = `setInterval(() => { if (process.ppid !== ${process.ppid}) process.kill(process.pid, 'SIGKILL'); },
  ${WATCH_EVERY_MILLISECONDS});`;

/** @param prepare makes, of what every worker is told when it starts, the function that answers a task */
export function answerTasks<SetUp, Task, Answer>(prepare: (setUp: SetUp) => (task: Task) => Promise<Answer>): void {
  let answerTo: ((task: Task) => Promise<Answer>) | undefined;
  const tell = (message: WorkerMessage<Answer>, then?: () => void) => process.send?.(message, then);
  process.on('message', async (message) => {
    if (!answerTo) {
      answerTo = prepare(message as SetUp);
      return;
    }
    tell({ answer: await answerTo(message as Task) });
  });
  process.once('disconnect', () => process.exit(0));
  const fail = (error: unknown) => {
    // The message of an error may quote the object; its name does not.
    const fault = error instanceof Error ? error.name : 'Unknown error.';
    tell({ fault }, () => process.exit(1));
  };
  process.once('uncaughtException', fail);
  process.once('unhandledRejection', fail);
  new Worker(WATCHER, {
    eval: true,
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 },
  }).unref();
}
