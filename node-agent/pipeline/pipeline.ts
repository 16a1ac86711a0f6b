/**
 * Carries objects from the ledger's queue through the workers to their settlement. The queue is the
 * ledger itself, so it survives whatever happens to the process. Taking and settling go in groups:
 * each is a transaction, and a transaction waits for the disk.
 */
import { existsSync } from 'node:fs';
import type { Logger } from '../operations/logger.ts';
import type { LedgerRow, ObjectLedger } from '../store/object-ledger.ts';
import type { Spool } from '../store/spool.ts';
import type { Outcome } from './messages.ts';
import type { ObjectStore } from './object-store.ts';
import type { Finished, Settlement } from './settlement.ts';
import type { WorkerPool } from './worker-pool.ts';

export interface PipelineOptions {
  readonly ledger: ObjectLedger;
  readonly spool: Spool;
  readonly objects: ObjectStore;
  readonly settlement: Settlement;
  readonly workers: WorkerPool;
  /** Paths under which an object was imported. */
  readonly sourceNames: { of(objectId: string): readonly string[] };
  readonly logger: Pick<Logger, 'error' | 'warn'>;
  /** Told after each settled group. */
  readonly onSettled: () => void;
  /** Whether objects may be begun at this moment; always unless given. */
  readonly mayBegin?: () => boolean;
  /** Pause after a fault of the node before the next attempt. */
  readonly retryMilliseconds?: number;
  /** How long a stop waits for the objects in work; those not ready by then wait for the next start. */
  readonly stopMilliseconds?: number;
}

/** Faults that pass when space is freed or the load falls; an object waits for that as long as it takes. */
const PASSING_FAULTS = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EMFILE', 'ENFILE', 'ENOMEM', 'EIO']);
/** Causes that speak of the node or the engine rather than of the object; they are worth a line in the log. */
const FAULTS: ReadonlySet<string> = new Set(['engine-error', 'time-limit', 'pseudonym-collision']);
const MOST_ATTEMPTS = 5;
const CLAIM_GROUP = 32;
const LARGEST_GROUP = 64;
/** Objects begun and not yet settled; more only pile up when the disk does not take results. */
const MOST_IN_HAND = 2 * LARGEST_GROUP;
const GATHER_MS = 100;
const POLL_MS = 500;
const RETRY_MS = 2_000;
const STOP_WITHIN_MS = 10_000;

const FILE_MISSING = {
  kind: 'rejected',
  cause: 'spool-file-missing',
  detail: 'The file of this object was not in the spool any more. Send the object again, and check the disk.',
} as const;

export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #retryMs: number;
  /** Taken from the queue and not begun. */
  #claimed: LedgerRow[] = [];
  readonly #finished: Finished[] = [];
  /** With the workers, or waiting to be tried again. */
  #inWork = 0;
  /** In work, finished, or being settled. */
  #inHand = 0;
  #running = false;
  #settling = false;
  #timer: NodeJS.Timeout | undefined;
  #noClaimBefore = 0;

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#retryMs = options.retryMilliseconds ?? RETRY_MS;
  }

  start(): void {
    this.#running = true;
    this.#fill();
  }

  /** Says that there may be new work; otherwise the queue is looked at twice a second. */
  nudge(): void {
    this.#fill();
  }

  /** Stops taking objects, lets those in work finish, and settles them. */
  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer);
    await this.#giveBack(this.#claimed.splice(0).map(({ objectId }) => objectId));
    const end = performance.now() + (this.#options.stopMilliseconds ?? STOP_WITHIN_MS);
    while (this.#inHand > 0 && performance.now() < end) await pause(20);
  }

  /** Resolves when nothing waits and nothing is in work. */
  async drained(): Promise<void> {
    const { ledger } = this.#options;
    while (this.#inHand + this.#claimed.length > 0 || ledger.oldestWaiting() !== undefined) await pause(50);
  }

  /** Keeps one object in hand beside each that is in work, so that no worker idles. */
  #fill(): void {
    if (!this.#running) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fill(), POLL_MS);
    while (this.#inWork < this.#options.workers.size * 2 && this.#inHand < MOST_IN_HAND) {
      if (this.#claimed.length === 0) this.#claimed = this.#claim();
      const row = this.#claimed.shift();
      if (!row) return;
      void this.#work(row);
    }
  }

  /** Nothing where the ledger cannot be written: the objects are safe there, and the next look may find it well again. */
  #claim(): LedgerRow[] {
    if (performance.now() < this.#noClaimBefore || this.#options.mayBegin?.() === false) return [];
    try {
      return this.#options.ledger.claim(CLAIM_GROUP).sort((a, b) => a.receivedAt.localeCompare(b.receivedAt));
    } catch (error) {
      this.#noClaimBefore = performance.now() + this.#retryMs;
      this.#report('The ledger cannot be written; objects wait until it can.', { reason: codeOf(error) });
      return [];
    }
  }

  async #work({ objectId, attempts }: LedgerRow): Promise<void> {
    this.#inWork += 1;
    this.#inHand += 1;
    const { spool, objects, workers, sourceNames } = this.#options;
    const source = spool.pathOf(objectId);
    const target = objects.incomingPath(objectId);
    const outcome = await workers.run({ objectId, source, target, fileNames: sourceNames.of(objectId) });
    const end = endOf(outcome, source, attempts);
    if (end) {
      this.#finished.push({ objectId, outcome: end });
    } else {
      const reason = outcome.kind === 'failed' ? outcome.reason : undefined;
      this.#report('An object could not be processed for a fault of the node; it is tried again.', {
        object: objectId,
        reason,
      });
      if (this.#running) await pause(this.#retryMs);
      await this.#giveBack([objectId]);
      this.#inHand -= 1;
    }
    this.#inWork -= 1;
    this.#fill();
    if (!this.#settling) void this.#settleAll();
  }

  async #settleAll(): Promise<void> {
    this.#settling = true;
    while (this.#finished.length > 0) {
      if (this.#inWork > 0 && this.#finished.length < LARGEST_GROUP) await pause(GATHER_MS);
      const group = this.#finished.splice(0, LARGEST_GROUP);
      await this.#settle(group);
      this.#inHand -= group.length;
      this.#options.onSettled();
      this.#fill();
    }
    this.#settling = false;
  }

  /** A fault of the node (full disk, locked database) costs time, never an object. */
  async #settle(group: readonly Finished[]): Promise<void> {
    try {
      await this.#options.settlement.settle(group);
      for (const { objectId, outcome } of group) {
        if (outcome.kind === 'quarantined' && FAULTS.has(outcome.cause)) {
          this.#options.logger.warn('An object could not be worked on and is in quarantine.', {
            object: objectId,
            cause: outcome.cause,
          });
        }
      }
    } catch (error) {
      this.#report('Results could not be written; the objects go back to the queue and are tried again.', {
        objects: group.length,
        reason: codeOf(error),
      });
      if (this.#running) await pause(this.#retryMs);
      await this.#giveBack(group.map(({ objectId }) => objectId));
    }
  }

  /** Back to the queue, as soon as the ledger can be written; what is still in work at a stop, the next start gives back. */
  async #giveBack(objectIds: readonly string[]): Promise<void> {
    if (objectIds.length === 0) return;
    for (;;) {
      try {
        await this.#options.settlement.giveBack(objectIds);
        return;
      } catch (error) {
        const objects = objectIds.length;
        this.#report('Objects could not be put back into the queue.', { objects, reason: codeOf(error) });
        if (!this.#running) return;
        await pause(this.#retryMs);
      }
    }
  }

  #report(message: string, fields: Record<string, unknown>): void {
    this.#options.logger.error(message, fields);
  }
}

/** What ends the way of an object; undefined when it is to be tried again. */
function endOf(outcome: Outcome, source: string, attempts: number): Finished['outcome'] | undefined {
  if (outcome.kind !== 'failed') return outcome;
  const { reason } = outcome;
  // Rejected, not quarantined: there is nothing to requeue, and when it is sent again it must be taken.
  if (reason === 'ENOENT' && !existsSync(source)) return FILE_MISSING;
  if (PASSING_FAULTS.has(reason) || attempts < MOST_ATTEMPTS) return undefined;
  return { kind: 'quarantined', cause: 'engine-error', detail: reason };
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? (error instanceof Error ? error.name : 'unknown');
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
