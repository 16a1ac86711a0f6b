/**
 * Withdraws everything of patients who objected: out of the datasets, the index and the ledger in one transaction, then the
 * files, then what is stopped or waits. The tombstone stands before the first step and says "withdrawn" after the last, and
 * every step can be repeated: what was cut short is finished at the next start.
 */
import type { AuditLog } from '../audit/audit-log.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Logger } from '../operations/logger.ts';
import type { SqliteDatabase } from '../store/database.ts';
import type { ObjectLedger } from '../store/object-ledger.ts';
import type { Spool } from '../store/spool.ts';
import type { OptOuts } from '../vault/opt-outs.ts';
import { OPTED_OUT } from './messages.ts';
import type { ObjectStore } from './object-store.ts';
import type { PatientPool } from './patient-pool.ts';

export interface OptOutDeskParts {
  readonly optOuts: OptOuts;
  readonly ledger: ObjectLedger;
  readonly catalogue: Catalogue;
  readonly spool: Spool;
  readonly objects: ObjectStore;
  readonly sourceNames: { forget(objectIds: readonly string[]): void };
  readonly indexDatabase: SqliteDatabase;
  readonly vaultDatabase: SqliteDatabase;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly logger: Pick<Logger, 'error'>;
  /** Takes series out of every dataset, within the transaction. @returns how many datasets that were */
  readonly withdrawFromDatasets: (seriesUids: readonly string[]) => number;
  /** Begins to look whose objects files are. */
  readonly openPatientPool: () => PatientPool;
  readonly onChanged: () => void;
}

const POLL_MS = 1_000;
/** At the door, where another object of the UID is in work, and where a worker came to no end of it. */
const STOPPED_UNASKED = ['conflict', 'time-limit', 'engine-error'];
const UNASKED_AT_A_TIME = 500;

/** The file of an object and how it is removed. */
interface Kept {
  readonly objectId: string;
  readonly file: string;
  readonly remove: () => Promise<void>;
}

export class OptOutDesk {
  readonly #parts: OptOutDeskParts;
  /** Stopped objects whose patient was looked at by `#screenUnasked`. */
  readonly #screened = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> | undefined;

  constructor(parts: OptOutDeskParts) {
    this.#parts = parts;
  }

  /** Looks every second, because the command line may have entered an opt-out. */
  start(): void {
    this.#timer = setInterval(() => this.nudge(), POLL_MS);
  }

  nudge(): void {
    this.#work ??= this.finishAll()
      .then(() => this.#screenUnasked())
      .catch((error: unknown) => {
        const reason = (error as { code?: string }).code ?? (error instanceof Error ? error.name : 'unknown');
        this.#parts.logger.error('Objects of a patient who objected could not be withdrawn; it is tried again.', {
          reason,
        });
      })
      .finally(() => {
        this.#work = undefined;
      });
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#work;
  }

  /** Finishes every opt-out that is not finished. @throws the system's or the database's error; it can be called again */
  async finishAll(): Promise<void> {
    for (const id of this.#parts.optOuts.pending()) await this.#finish(id);
  }

  async #finish(id: string): Promise<void> {
    const { optOuts, objects, ledger, audit, indexDatabase, vaultDatabase } = this.#parts;
    const pseudonyms = optOuts.pseudonymsOf(id);
    // What is deleted is overwritten, not only forgotten.
    for (const database of [indexDatabase, vaultDatabase]) database.pragma('secure_delete = ON');
    const datasets = indexDatabase.transaction(() => this.#withdrawFromIndex(id, pseudonyms)).immediate();
    for (const pseudonym of pseudonyms) await objects.removePatient(pseudonym);
    const unreadable = await this.#withdrawStopped(id);
    const counted = { objects: ledger.countWithdrawn(OPTED_OUT, id), unreadable };
    const sentences = [
      `${counted.objects} objects withdrawn, ${datasets} datasets changed.`,
      ...(unreadable > 0 ? [`${unreadable} stopped objects cannot be read; nobody can say whose they are.`] : []),
    ];
    // Before the last step: rather twice in the log than not at all.
    audit.record({ actor: 'node', action: 'patient.withdrawn', subject: id, detail: sentences.join(' ') });
    optOuts.finish(id, counted);
    for (const database of [indexDatabase, vaultDatabase]) database.pragma('wal_checkpoint(TRUNCATE)');
    this.#parts.onChanged();
  }

  #withdrawFromIndex(id: string, pseudonyms: readonly string[]): number {
    const { catalogue, ledger, withdrawFromDatasets } = this.#parts;
    const series = pseudonyms.flatMap((pseudonym) => catalogue.seriesOfPatient(pseudonym));
    const datasets = series.length === 0 ? 0 : withdrawFromDatasets(series);
    for (const pseudonym of pseudonyms) {
      for (const objectId of catalogue.removePatient(pseudonym)) ledger.withdraw(objectId, OPTED_OUT, id);
    }
    return datasets;
  }

  /** What is in work is left to the pipeline, which refuses it. @returns objects that cannot be read */
  async #withdrawStopped(id: string): Promise<number> {
    const { spool, ledger } = this.#parts;
    // The spool first: what is stopped meanwhile moves from there to the quarantine folder.
    const inWork = (objectId: string) => (ledger.find(objectId)?.state ?? 'processing') === 'processing';
    const waiting = spool.list().filter((objectId) => !inWork(objectId));
    const stopped = await this.#withdrawAmong(
      id,
      waiting.map((objectId) => this.#inSpool(objectId)),
    );
    const quarantine = spool.listQuarantine().map((objectId) => this.#inQuarantine(objectId));
    return stopped + (await this.#withdrawAmong(id, quarantine));
  }

  /** @param detail for the ledger */
  async #withdrawAmong(detail: string, kept: readonly Kept[]): Promise<number> {
    if (kept.length === 0) return 0;
    const { optOuts, ledger, openPatientPool } = this.#parts;
    const pool = openPatientPool();
    let unreadable = 0;
    try {
      for (const { objectId, file, remove } of kept) {
        const answer = await pool.run({ file });
        if (answer.kind === 'failed')
          throw Object.assign(new Error('A file could not be read.'), { code: answer.reason });
        if (answer.kind === 'unreadable' || answer.kind === 'quarantined') unreadable += 1;
        if (answer.kind !== 'patient' || !optOuts.covers(answer.patient)) continue;
        // Row first: a file of a withdrawn object is found again by its folder, whatever happens in between.
        const done = ledger.withdraw(objectId, OPTED_OUT, detail);
        // Begun since the folder was listed: the pipeline comes to the same end of it.
        if (!done && ledger.find(objectId)?.state === 'processing') continue;
        await remove();
        this.#parts.sourceNames.forget([objectId]);
      }
    } finally {
      await pool.stop();
    }
    return unreadable;
  }

  /** What was stopped without anybody asking whose it is, as soon as it is seen. */
  async #screenUnasked(): Promise<void> {
    const { optOuts, ledger } = this.#parts;
    if (optOuts.list().length === 0) return;
    const rows = STOPPED_UNASKED.flatMap((cause) =>
      ledger.list('quarantined', { cause, limit: UNASKED_AT_A_TIME, offset: 0 }),
    );
    const fresh = rows.filter(({ objectId }) => !this.#screened.has(objectId));
    await this.#withdrawAmong(
      'stopped before it was asked for',
      fresh.map(({ objectId }) => this.#inQuarantine(objectId)),
    );
    for (const { objectId } of fresh) this.#screened.add(objectId);
  }

  #inSpool(objectId: string): Kept {
    const { spool } = this.#parts;
    return { objectId, file: spool.pathOf(objectId), remove: () => spool.remove(objectId) };
  }

  #inQuarantine(objectId: string): Kept {
    const { spool } = this.#parts;
    return { objectId, file: spool.quarantinePathOf(objectId), remove: () => spool.removeFromQuarantine(objectId) };
  }
}
