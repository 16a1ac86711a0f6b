/**
 * Worker threads for the work on one object at a time each. An object that takes too long or brings
 * its worker down is answered with a cause; the worker is replaced and the others go on.
 */
import { Worker } from 'node:worker_threads';
import type { Outcome, Task } from './messages.ts';

export interface WorkerPoolOptions {
  readonly size: number;
  /** What every worker is told when it starts. */
  readonly setUp: unknown;
  readonly timeLimitMs: number;
  /**
   * Memory of one worker's heap. V8 ends the worker there; only a single huge allocation would end the process, and
   * the limits of the reader keep those away.
   */
  readonly heapLimitMegabytes: number;
  /** The script of a worker; the de-identifying one unless told. */
  readonly worker?: URL;
}

/** What is said about an object that took too long or brought its worker down. */
export type Stopped = Extract<Outcome, { kind: 'quarantined' }>;

interface Slot<Answer> {
  worker: Worker | undefined;
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
/** Small and set: with V8's own choice a worker that passes its limit took the whole process down in half of the trials. */
const YOUNG_GENERATION_MEGABYTES = 16;

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
        await slot.worker?.terminate();
      }),
    );
  }

  #newWorker(slot: Slot<Answer>): Worker {
    const { worker: script = DE_IDENTIFYING_WORKER, setUp, heapLimitMegabytes } = this.#options;
    const worker = new Worker(script, {
      workerData: setUp,
      resourceLimits: {
        maxOldGenerationSizeMb: heapLimitMegabytes,
        maxYoungGenerationSizeMb: YOUNG_GENERATION_MEGABYTES,
      },
    });
    worker.on('message', (answer: Answer) => {
      if (slot.death === undefined) this.#finish(slot, answer);
    });
    worker.on('error', (error) => {
      slot.death ??= engineError(describe(error));
    });
    // Only when the thread has ended is nothing written any more to the object's target.
    worker.on('exit', () => this.#bury(slot));
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
      void slot.worker?.terminate();
    }, this.#options.timeLimitMs);
    slot.worker.postMessage(next.task);
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

/** The message of an error may quote the object; its name does not. */
function describe(error: unknown): string {
  if ((error as { code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY') return 'It needed too much memory.';
  return error instanceof Error ? error.name : 'Unknown error.';
}
