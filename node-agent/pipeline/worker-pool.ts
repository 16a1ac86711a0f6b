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
  /** Whether the worker was told something that holds no longer; it is replaced when its task is answered. */
  outdated: boolean;
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
  #setUp: unknown;
  readonly #retired = new Set<ChildProcess>();
  #stopping = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#setUp = options.setUp;
    this.#slots = Array.from({ length: options.size }, () => {
      const slot: Slot<Answer> = {
        worker: undefined,
        finish: undefined,
        timer: undefined,
        death: undefined,
        outdated: false,
      };
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

  /** Tells every worker something else from its next task on; tasks in work end as they began. */
  renew(setUp: unknown): void {
    this.#setUp = setUp;
    for (const slot of this.#slots) {
      slot.outdated = slot.finish !== undefined;
      if (!slot.outdated) this.#retire(slot);
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    for (const slot of this.#slots) clearTimeout(slot.timer);
    await Promise.all([...this.#slots.map(({ worker }) => worker), ...this.#retired].map(ended));
  }

  #newWorker(slot: Slot<Answer>): ChildProcess {
    const { worker: script = DE_IDENTIFYING_WORKER, heapLimitMegabytes } = this.#options;
    const worker = fork(fileURLToPath(script), {
      execArgv: [`--max-old-space-size=${heapLimitMegabytes}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'], // what V8 prints when it gives up is of no use to anybody here
    });
    worker.on('message', (message) => {
      if (slot.worker !== worker) return;
      const told = message as WorkerMessage<Answer>;
      if ('fault' in told) slot.death ??= engineError(told.fault);
      else if (slot.death === undefined) this.#finish(slot, told.answer);
    });
    worker.on('error', (error) => {
      if (slot.worker !== worker) return;
      slot.death ??= engineError(error.name);
      if (worker.pid === undefined) this.#bury(slot); // it could not be started, so it will not exit
    });
    // Only when the process has ended is nothing written any more to the object's target.
    worker.on('exit', (code, signal) => {
      this.#retired.delete(worker);
      if (slot.worker !== worker) return;
      if (signal === OUT_OF_MEMORY.signal || code === OUT_OF_MEMORY.code) {
        slot.death ??= engineError('It needed too much memory.');
      }
      this.#bury(slot);
    });
    worker.send(this.#setUp as object);
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
    if (slot.outdated) this.#retire(slot);
    finish?.(answer);
    this.#next();
  }

  /** Lets an idle worker go; the next task of its slot starts another one. */
  #retire(slot: Slot<Answer>): void {
    const { worker } = slot;
    slot.worker = undefined;
    slot.death = undefined;
    slot.outdated = false;
    if (worker === undefined) return;
    this.#retired.add(worker);
    worker.kill('SIGKILL');
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
