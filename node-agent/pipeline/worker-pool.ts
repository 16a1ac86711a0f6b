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
  /** Memory of one worker's heap; a hostile object cannot take the node's. */
  readonly heapLimitMegabytes: number;
}

interface Slot {
  worker: Worker;
  finish: ((outcome: Outcome) => void) | undefined;
  timer: NodeJS.Timeout | undefined;
}

interface Waiting {
  readonly task: Task;
  readonly finish: (outcome: Outcome) => void;
}

export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #slots: Slot[];
  readonly #waiting: Waiting[] = [];
  #stopping = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.size }, () => this.#newSlot());
  }

  get size(): number {
    return this.#slots.length;
  }

  /** Runs one task on the next free worker. Never rejects: a failure is an outcome. */
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
        await slot.worker.terminate();
      }),
    );
  }

  #newSlot(): Slot {
    const slot: Slot = { worker: this.#newWorker(), finish: undefined, timer: undefined };
    this.#listen(slot);
    return slot;
  }

  #newWorker(): Worker {
    return new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: this.#options.setUp,
      resourceLimits: { maxOldGenerationSizeMb: this.#options.heapLimitMegabytes },
    });
  }

  #listen(slot: Slot): void {
    slot.worker.on('message', (outcome: Outcome) => this.#finish(slot, outcome));
    slot.worker.on('error', (error) => {
      const detail =
        (error as { code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'It needed too much memory.' : error.name;
      this.#replace(slot, { kind: 'quarantined', cause: 'engine-error', detail });
    });
  }

  #next(): void {
    if (this.#stopping) return;
    const slot = this.#slots.find((candidate) => candidate.finish === undefined);
    if (!slot) return;
    const next = this.#waiting.shift();
    if (!next) return;
    slot.finish = next.finish;
    slot.timer = setTimeout(() => {
      this.#replace(slot, { kind: 'quarantined', cause: 'time-limit', detail: undefined });
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

  #replace(slot: Slot, outcome: Outcome): void {
    if (this.#stopping) return;
    void slot.worker.removeAllListeners().terminate();
    slot.worker = this.#newWorker();
    this.#listen(slot);
    this.#finish(slot, outcome);
  }
}
