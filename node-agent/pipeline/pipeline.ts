/**
 * Carries objects from the ledger's queue through the workers to their settlement. The queue is the
 * ledger itself, so it survives whatever happens to the process; results are settled in groups.
 */
import type { LedgerRow, ObjectLedger } from '../store/object-ledger.ts';
import type { Spool } from '../store/spool.ts';
import type { ObjectStore } from './object-store.ts';
import type { Finished, Settlement } from './settlement.ts';
import type { WorkerPool } from './worker-pool.ts';

export interface PipelineOptions {
  readonly ledger: ObjectLedger;
  readonly spool: Spool;
  readonly objects: ObjectStore;
  readonly settlement: Settlement;
  readonly workers: WorkerPool;
  readonly logger: { error(message: string, fields?: Record<string, unknown>): void };
  /** Told after each settled group. */
  readonly onSettled: () => void;
}

/** Faults that pass when space is freed or the load falls; an object waits for that as long as it takes. */
const PASSING_FAULTS = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EMFILE', 'ENFILE', 'ENOMEM', 'EIO']);
const MOST_ATTEMPTS = 5;
const LARGEST_GROUP = 64;
const POLL_MS = 500;
const RETRY_MS = 2_000;

export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #finished: Finished[] = [];
  #inWork = 0;
  #running = false;
  #settling: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = true;
    this.#fill();
  }

  /** Says that there may be new work; otherwise the queue is looked at twice a second. */
  nudge(): void {
    if (this.#running) this.#fill();
  }

  /** Stops taking objects, lets those in work finish, and settles them. */
  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer);
    while (this.#inWork > 0) await (this.#settling ?? pause(20));
  }

  /** Resolves when nothing waits and nothing is in work. */
  async drained(): Promise<void> {
    while (this.#inWork > 0 || this.#options.ledger.counts().waiting > 0) await (this.#settling ?? pause(50));
  }

  /** Keeps one object in hand beside each that is in work, so that no worker idles. */
  #fill(): void {
    clearTimeout(this.#timer);
    if (!this.#running) return;
    this.#timer = setTimeout(() => this.#fill(), POLL_MS);
    const room = this.#options.workers.size * 2 - this.#inWork;
    if (room > 0) for (const row of this.#options.ledger.claim(room)) void this.#work(row);
  }

  async #work({ objectId, attempts }: LedgerRow): Promise<void> {
    this.#inWork += 1;
    const { spool, objects, workers } = this.#options;
    const outcome = await workers.run({
      objectId,
      source: spool.pathOf(objectId),
      target: objects.incomingPath(objectId),
    });
    if (outcome.kind !== 'failed') {
      this.#finished.push({ objectId, outcome });
    } else if (PASSING_FAULTS.has(outcome.reason) || attempts < MOST_ATTEMPTS) {
      await this.#tryAgainLater(objectId, outcome.reason);
      return;
    } else {
      const cause = outcome.reason === 'ENOENT' ? 'spool-file-missing' : 'engine-error';
      this.#finished.push({ objectId, outcome: { kind: 'quarantined', cause, detail: outcome.reason } });
    }
    this.#settling ??= this.#settleAll();
  }

  async #tryAgainLater(objectId: string, reason: string): Promise<void> {
    this.#options.logger.error('An object could not be processed for a fault of the node; it is tried again.', {
      object: objectId,
      reason,
    });
    if (this.#running) await pause(RETRY_MS);
    await this.#options.objects.discard(objectId).catch(() => undefined);
    this.#options.ledger.release(objectId);
    this.#inWork -= 1;
  }

  async #settleAll(): Promise<void> {
    while (this.#finished.length > 0) {
      const group = this.#finished.splice(0, LARGEST_GROUP);
      await this.#settle(group);
      this.#inWork -= group.length;
      this.#options.onSettled();
      this.#fill();
    }
    this.#settling = undefined;
  }

  /** A fault of the node (full disk, locked database) costs time, never an object. */
  async #settle(group: readonly Finished[]): Promise<void> {
    const { settlement, logger } = this.#options;
    try {
      await settlement.settle(group);
    } catch (error) {
      const reason = (error as { code?: string }).code ?? (error instanceof Error ? error.name : 'unknown');
      logger.error('Results could not be written; the objects go back to the queue and are tried again.', {
        objects: group.length,
        reason,
      });
      await pause(RETRY_MS);
      await settlement
        .giveBack(group)
        .catch(() => logger.error('Objects wait for a restart of the node.', { objects: group.length }));
    }
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
