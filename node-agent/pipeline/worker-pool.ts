/**
 * Worker threads for the work on one object at a time each. An object that takes too long or brings
 * its worker down is answered with a cause; the worker is replaced and the others go on.
 */
import { Worker } from 'node:worker_threads';
import type { Outcome, Task, WorkerSetUp } from './messages.ts';

export interface WorkerPoolOptions {
  readonly size: number;
  readonly setUp: WorkerSetUp;
  readonly timeLimitMs: number;
  /**
   * Memory of one worker's heap. V8 ends the worker there; only a single huge allocation would end the process, and
   * the limits of the reader keep those away.
   */
  readonly heapLimitMegabytes: number;
  /** The script of a worker; the de-identifying one unless told. */
  readonly worker?: URL;
}

type Stopped = Extract<Outcome, { kind: 'quarantined' }>;

interface Slot {
  worker: Worker | undefined;
  finish: ((outcome: Outcome) => void) | undefined;
  timer: NodeJS.Timeout | undefined;
  /** Why the worker is about to end, once that is known; nothing it still says counts. */
  death: Stopped | undefined;
}

interface Waiting {
  readonly task: Task;
  readonly finish: (outcome: Outcome) => void;
}

const DE_IDENTIFYING_WORKER = new URL('./worker.ts', import.meta.url);
/** Small and set: with V8's own choice a worker that passes its limit took the whole process down in half of the trials. */
const YOUNG_GENERATION_MEGABYTES = 16;

export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #slots: Slot[];
  readonly #waiting: Waiting[] = [];
  #stopping = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.size }, () => {
      const slot: Slot = { worker: undefined, finish: undefined, timer: undefined, death: undefined };
      slot.worker = this.#newWorker(slot);
      return slot;
    });
  }

  get size(): number {
    return this.#slots.length;
  }

  /** Runs one task on the next free worker. Never rejects: a failure is an outcome. Unanswered after `stop`. */
  run(task: Task): Promise<Outcome> {
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

  #newWorker(slot: Slot): Worker {
    const { worker: script = DE_IDENTIFYING_WORKER, setUp, heapLimitMegabytes } = this.#options;
    const worker = new Worker(script, {
      workerData: setUp,
      resourceLimits: {
        maxOldGenerationSizeMb: heapLimitMegabytes,
        maxYoungGenerationSizeMb: YOUNG_GENERATION_MEGABYTES,
      },
    });
    worker.on('message', (outcome: Outcome) => {
      if (slot.death === undefined) this.#finish(slot, outcome);
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

  #finish(slot: Slot, outcome: Outcome): void {
    clearTimeout(slot.timer);
    const finish = slot.finish;
    slot.finish = undefined;
    finish?.(outcome);
    this.#next();
  }

  #bury(slot: Slot): void {
    const outcome = slot.death ?? engineError('The worker ended.');
    slot.worker = undefined;
    slot.death = undefined;
    if (!this.#stopping) this.#finish(slot, outcome);
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
