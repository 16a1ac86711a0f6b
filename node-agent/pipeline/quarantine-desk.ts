/** What a person may do with quarantined objects: put them back into the queue, or exclude them for good. */
import type { AuditLog } from '../audit/audit-log.ts';
import type { ObjectLedger } from '../store/object-ledger.ts';
import type { Spool } from '../store/spool.ts';
import { type CauseText, describeCause } from './causes.ts';

const PAGE = 500;

/** Why an object that was to be requeued stays where it is. */
const STAYS = {
  conflict:
    'Another object with the same SOP Instance UID is kept already, so processing this one again changes nothing. Exclude it, or have it sent again with a UID of its own.',
  elsewhere: 'The objects have left quarantine already. Look at the list again.',
} as const;

export interface Requeued {
  readonly changed: number;
  /** Why some stayed, as sentences; null where none did. */
  readonly why: string | null;
}

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

  /** Puts those back that can be; says why the others stay as they are. */
  async requeue(objectIds: readonly string[], by: string): Promise<Requeued> {
    const stayed = new Set<keyof typeof STAYS>();
    let changed = 0;
    try {
      for (const objectId of objectIds) {
        const stays = await this.#requeueOne(objectId);
        if (stays) stayed.add(stays);
        else changed += 1;
      }
    } finally {
      if (changed > 0) {
        this.#audit.record({ actor: by, action: 'quarantine.requeued', subject: `${changed} objects` });
        this.#onRequeued();
      }
    }
    return { changed, why: stayed.size === 0 ? null : [...stayed].map((reason) => STAYS[reason]).join(' ') };
  }

  /** @param pageSize objects taken at a time */
  async requeueCause(cause: string, by: string, pageSize = PAGE): Promise<Requeued> {
    let [changed, stayed] = [0, 0];
    let why: string | null = null;
    for (;;) {
      const rows = this.#ledger.list('quarantined', { cause, limit: pageSize, offset: stayed });
      if (rows.length === 0) return { changed, why };
      const ids = rows.map((row) => row.objectId);
      const page = await this.requeue(ids, by);
      changed += page.changed;
      stayed += rows.length - page.changed;
      why ??= page.why;
    }
  }

  async #requeueOne(objectId: string): Promise<keyof typeof STAYS | undefined> {
    const row = this.#ledger.find(objectId);
    if (row?.state !== 'quarantined') return 'elsewhere';
    if (row.cause === 'conflict') return 'conflict';
    // File first: if the node stops between the two steps, recovery moves it back to quarantine.
    await this.#spool.takeFromQuarantine(objectId).catch((error: NodeJS.ErrnoException) => {
      // Gone: the pipeline rejects the object then, so that it is taken when it is sent again.
      if (error.code !== 'ENOENT') throw error;
    });
    return this.#ledger.requeue(objectId) ? undefined : 'elsewhere';
  }

  /** The objects stay in the quarantine folder; they only stop counting as work to do. */
  exclude(objectIds: readonly string[], reason: string, by: string): number {
    const excluded = objectIds.filter((objectId) => this.#ledger.exclude(objectId, reason));
    for (const objectId of excluded)
      this.#audit.record({ actor: by, action: 'quarantine.excluded', subject: objectId, detail: reason });
    return excluded.length;
  }
}
