/** What a person may do with quarantined objects: put them back into the queue, or exclude them for good. */
import type { AuditLog } from '../audit/audit-log.ts';
import type { ObjectLedger } from '../store/object-ledger.ts';
import type { Spool } from '../store/spool.ts';
import { type CauseText, describeCause } from './causes.ts';

/** Objects with these causes stay what they are however often they are processed. */
const NOT_REQUEUEABLE = new Set(['conflict']);
const GROUP = 500;

export class QuarantineDesk {
  readonly #ledger: ObjectLedger;
  readonly #spool: Spool;
  readonly #audit: AuditLog;
  readonly #onRequeued: () => void;

  constructor(parts: { ledger: ObjectLedger; spool: Spool; audit: AuditLog; onRequeued: () => void }) {
    this.#ledger = parts.ledger;
    this.#spool = parts.spool;
    this.#audit = parts.audit;
    this.#onRequeued = parts.onRequeued;
  }

  describe(cause: string): CauseText {
    return describeCause(cause);
  }

  /** @returns how many objects went back; those that are not in quarantine, or in conflict, stay as they are */
  async requeue(objectIds: readonly string[], by: string): Promise<number> {
    let changed = 0;
    for (const objectId of objectIds) {
      const row = this.#ledger.find(objectId);
      if (row?.state !== 'quarantined' || NOT_REQUEUEABLE.has(row.cause ?? '')) continue;
      // File first: if the node stops between the two steps, recovery moves it back to quarantine.
      await this.#spool.takeFromQuarantine(objectId);
      if (this.#ledger.requeue(objectId)) changed += 1;
    }
    if (changed > 0) {
      this.#audit.record({ actor: by, action: 'quarantine.requeued', subject: `${changed} objects` });
      this.#onRequeued();
    }
    return changed;
  }

  async requeueCause(cause: string, by: string): Promise<number> {
    let [changed, skipped] = [0, 0];
    for (;;) {
      const rows = this.#ledger.list('quarantined', { cause, limit: GROUP, offset: skipped });
      if (rows.length === 0) return changed;
      const moved = await this.requeue(
        rows.map((row) => row.objectId),
        by,
      );
      changed += moved;
      skipped += rows.length - moved;
    }
  }

  /** The objects stay in the quarantine folder; they only stop counting as work to do. */
  exclude(objectIds: readonly string[], reason: string, by: string): number {
    const excluded = objectIds.filter((objectId) => this.#ledger.exclude(objectId, reason));
    for (const objectId of excluded)
      this.#audit.record({ actor: by, action: 'quarantine.excluded', subject: objectId, detail: reason });
    return excluded.length;
  }
}
