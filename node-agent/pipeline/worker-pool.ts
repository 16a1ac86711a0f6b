/**
 * Worker processes for the work on one object at a time each. An object that takes too long or brings its worker down
 * is answered with a cause; the worker is replaced, the others go on, and the node itself never shares its fate.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Outcome, Task } from './messages.ts';
import type { WorkerMessage } from './worker-process.ts';

export interface WorkerPoolOptions {
  readonly size: number;
  /** What every worker is told when it starts. */
  readonly setUp: unknown;
  readonly timeLimitMs: number;
  /** Memory of one worker's heap; V8 ends the worker there. */
  readonly heapLimitMegabytes: number;
  /** The script of a worker; the de-identifying one unless told. */
  readonly worker?: URL;
}

/** What is said about an object that took too long or brought its worker down. */
export type Stopped = Extract<Outcome, { kind: 'quarantined' }>;

interface Slot<Answer> {
  worker: ChildProcess | undefined;
  finish: ((answer: Answer | Stopped) => void) | undefined;
  timer: NodeJS.Timeout | undefined;
  /** Why the worker is about to end, once that is known; nothing it still says counts. */
  death: Stopped | undefined;
}

interface Waiting<Work, Answer> {
  readonly task: Work;
  readonly finish: (answer: Answer | Stopped) => void;
}

const DE_IDENTIFYING_WORKER = new URL('./worker.ts', import.meta.url);
/** How V8 ends a process that passes its limit. */
const OUT_OF_MEMORY = { signal: 'SIGABRT', code: 134 };

export class WorkerPool<Work = Task, Answer = Outcome> {
  readonly #options: WorkerPoolOptions;
  readonly #slots: Slot<Answer>[];
  readonly #waiting: Waiting<Work, Answer>[] = [];
  #stopping = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.size }, () => {
      const slot: Slot<Answer> = { worker: undefined, finish: undefined, timer: undefined, death: undefined };
      slot.worker = this.#newWorker(slot);
      return slot;
    });
  }

  get size(): number {
    return this.#slots.length;
  }

  /** Runs one task on the next free worker. Never rejects: a failure is an outcome. Unanswered after `stop`. */
  run(task: Work): Promise<Answer | Stopped> {
    return new Promise((finish) => {
      this.#waiting.push({ task, finish });
      this.#next();
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(
      this.#slots.map(async (slot) => {
        clearTimeout(slot.timer);
        await ended(slot.worker);
      }),
    );
  }

  #newWorker(slot: Slot<Answer>): ChildProcess {
    const { worker: script = DE_IDENTIFYING_WORKER, setUp, heapLimitMegabytes } = this.#options;
    const worker = fork(fileURLToPath(script), {
      execArgv: [`--max-old-space-size=${heapLimitMegabytes}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'], // what V8 prints when it gives up is of no use to anybody here
    });
    worker.on('message', (message) => {
      const told = message as WorkerMessage<Answer>;
      if ('fault' in told) slot.death ??= engineError(told.fault);
      else if (slot.death === undefined) this.#finish(slot, told.answer);
    });
    worker.on('error', (error) => {
      slot.death ??= engineError(error.name);
      if (worker.pid === undefined) this.#bury(slot); // it could not be started, so it will not exit
    });
    // Only when the process has ended is nothing written any more to the object's target.
    worker.on('exit', (code, signal) => {
      if (signal === OUT_OF_MEMORY.signal || code === OUT_OF_MEMORY.code) {
        slot.death ??= engineError('It needed too much memory.');
      }
      this.#bury(slot);
    });
    worker.send(setUp as object);
    return worker;
  }

  #next(): void {
    if (this.#stopping) return;
    const slot = this.#slots.find((candidate) => candidate.finish === undefined);
    const next = slot && this.#waiting.shift();
    if (!next) return;
    // Replaced only here, so that workers that cannot even start do not spin.
    slot.worker ??= this.#newWorker(slot);
    slot.finish = next.finish;
    slot.timer = setTimeout(() => {
      slot.death ??= { kind: 'quarantined', cause: 'time-limit', detail: undefined };
      slot.worker?.kill('SIGKILL');
    }, this.#options.timeLimitMs);
    slot.worker.send(next.task as object);
  }

  #finish(slot: Slot<Answer>, answer: Answer | Stopped): void {
    clearTimeout(slot.timer);
    const finish = slot.finish;
    slot.finish = undefined;
    finish?.(answer);
    this.#next();
  }

  #bury(slot: Slot<Answer>): void {
    const answer = slot.death ?? engineError('The worker ended.');
    slot.worker = undefined;
    slot.death = undefined;
    if (!this.#stopping) this.#finish(slot, answer);
  }
}

function engineError(detail: string): Stopped {
  return { kind: 'quarantined', cause: 'engine-error', detail };
}

async function ended(worker: ChildProcess | undefined): Promise<void> {
  if (!worker || worker.exitCode !== null || worker.signalCode !== null) return;
  const exit = new Promise((resolve) => worker.once('exit', resolve));
  worker.kill('SIGKILL');
  await exit;
}
