/**
 * Ends the way of a group of objects: files get their places, then index rows and ledger states appear
 * together in one transaction, then the originals go. A crash between any two steps leaves
 * something that start-up recovery or a second run completes.
 */
import type { Catalogue } from '../catalogue/catalogue.ts';
import { CatalogueError } from '../catalogue/errors.ts';
import { objectPath } from '../catalogue/object-path.ts';
import type { SqliteDatabase } from '../store/database.ts';
import type { ObjectLedger } from '../store/object-ledger.ts';
import type { Spool } from '../store/spool.ts';
import { type IdentityTable, PseudonymCollision } from '../vault/identity-table.ts';
import { type OptOuts, PatientOptedOut } from '../vault/opt-outs.ts';
import type { PatientKey, Pseudonymiser } from '../vault/pseudonymiser.ts';
import type { SiteWords } from '../vault/site-words.ts';
import { OPTED_OUT, type Outcome } from './messages.ts';
import type { ObjectStore } from './object-store.ts';

export interface SettlementParts {
  readonly ledger: ObjectLedger;
  readonly spool: Spool;
  readonly objects: ObjectStore;
  readonly catalogue: Catalogue;
  readonly identities: IdentityTable;
  readonly optOuts: OptOuts;
  readonly pseudonymiser: Pick<Pseudonymiser, 'patientKey'>;
  readonly siteWords: Pick<SiteWords, 'note'>;
  readonly indexDatabase: SqliteDatabase;
}

type Deidentified = Extract<Outcome, { kind: 'deidentified' }>;
type Stopped =
  | Extract<Outcome, { kind: 'quarantined' | 'excluded' | 'withdrawn' }>
  /** There is no original any more. */
  | { readonly kind: 'rejected'; readonly cause: string; readonly detail: string };

const WITHDRAWN = { kind: 'withdrawn', cause: OPTED_OUT, detail: undefined } as const;

export interface Finished {
  readonly objectId: string;
  readonly outcome: Deidentified | Stopped;
}

/** An object on its way through the steps: still clean and placed, or stopped. */
type Step =
  | { readonly objectId: string; readonly clean: Deidentified; readonly file: string }
  | { readonly objectId: string; readonly stopped: Stopped; readonly file?: string };

export class Settlement {
  readonly #parts: SettlementParts;

  constructor(parts: SettlementParts) {
    this.#parts = parts;
  }

  async settle(group: readonly Finished[]): Promise<void> {
    this.#noteWords(group);
    const places = new Set<string>();
    const identified = group.map((finished) => this.#identify(finished, places));
    await this.#parts.objects.flushWritten(identified.flatMap((step) => ('clean' in step ? [step.objectId] : [])));
    const changed: string[] = [];
    for (const step of identified) {
      if ('clean' in step) changed.push(...(await this.#parts.objects.place(step.objectId, step.file)));
    }
    await this.#parts.objects.flush(changed);
    const indexed = this.#parts.indexDatabase.transaction(() => identified.map((step) => this.#index(step)))();
    for (const step of indexed) await this.#tidy(step);
  }

  /** Before anything is settled: if it fails the group comes again, and no name may be missed among the words. */
  #noteWords(group: readonly Finished[]): void {
    this.#parts.siteWords.note(
      group.flatMap(({ outcome }) => {
        if (outcome.kind !== 'deidentified' || outcome.words === undefined) return [];
        return [{ patientKey: this.#parts.pseudonymiser.patientKey(outcome.identity), ...outcome.words }];
      }),
    );
  }

  /** Gives the objects back to the queue after a fault of the node itself. */
  async giveBack(objectIds: readonly string[]): Promise<void> {
    // A leftover that cannot be removed now must not keep the others out of the queue.
    await Promise.allSettled(objectIds.map((objectId) => this.#parts.objects.discard(objectId)));
    this.#parts.ledger.release(objectIds);
  }

  /**
   * The patient is in the identity table before anything is written under the pseudonym, and no
   * object gets a place that another one has, in the index or in this group.
   */
  #identify({ objectId, outcome }: Finished, places: Set<string>): Step {
    if (outcome.kind !== 'deidentified') return { objectId, stopped: outcome };
    const { pseudonym, identity, description } = outcome;
    try {
      const file = objectPath(description);
      this.#parts.catalogue.check(description, objectId);
      if (places.has(file))
        throw new CatalogueError('duplicate-instance', 'Another object of this UID came at the same time.');
      this.#refuseWhereOptedOut(identity);
      this.#parts.identities.remember(pseudonym, identity);
      places.add(file);
      return { objectId, clean: outcome, file };
    } catch (error) {
      return { objectId, stopped: stoppedBy(error) };
    }
  }

  /** Asked again in the transaction itself: who objects while the files get their places is not indexed any more. */
  #refuseWhereOptedOut(patient: PatientKey): void {
    if (this.#parts.optOuts.covers(patient)) throw new PatientOptedOut('The patient of this object has objected.');
  }

  #index(step: Step): Step {
    if ('stopped' in step) return this.#stop(step.objectId, step.stopped);
    const { objectId, clean, file } = step;
    const { description, harmonised, quantities, profileHash, contentHash, bytes, mayShowFace, treatment } = clean;
    try {
      // A transaction inside the group's is a savepoint: what this object wrote goes if it is refused.
      this.#parts.indexDatabase.transaction(() => {
        this.#refuseWhereOptedOut(clean.identity);
        const facts = { objectId, file, bytes, contentHash, profileHash, mayShowFace, treatment };
        this.#parts.catalogue.add(description, harmonised, facts, quantities);
        this.#parts.ledger.settle(objectId, { state: 'indexed' });
      })();
      return step;
    } catch (error) {
      return { ...this.#stop(objectId, stoppedBy(error)), file };
    }
  }

  /** Unless its patient objected since the ledger was written, and it is gone with everything else of the patient. */
  async #keepInQuarantine(objectId: string): Promise<void> {
    const { spool, ledger } = this.#parts;
    await spool.keepInQuarantine(objectId).catch((error: unknown) => {
      if (ledger.find(objectId)?.state !== 'withdrawn') throw error;
    });
  }

  #stop(objectId: string, given: Stopped): { objectId: string; stopped: Stopped } {
    const patient = 'patient' in given ? given.patient : undefined;
    const stopped = patient && this.#parts.optOuts.covers(patient) ? WITHDRAWN : given;
    const cause = stopped.kind === 'excluded' ? stopped.rule : stopped.cause;
    this.#parts.ledger.settle(objectId, { state: stopped.kind, cause, detail: stopped.detail });
    return { objectId, stopped };
  }

  async #tidy(step: Step): Promise<void> {
    const { spool, objects } = this.#parts;
    if ('clean' in step) return spool.remove(step.objectId);
    if (step.file) await objects.remove(step.file);
    await objects.discard(step.objectId);
    if (step.stopped.kind === 'withdrawn') await spool.remove(step.objectId);
    else if (step.stopped.kind !== 'rejected') await this.#keepInQuarantine(step.objectId);
  }
}

/** Causes that speak of this one object; anything else is a fault of the node and goes up. */
function stoppedBy(error: unknown): Stopped {
  if (error instanceof PatientOptedOut) return WITHDRAWN;
  if (error instanceof PseudonymCollision)
    return { kind: 'quarantined', cause: 'pseudonym-collision', detail: undefined };
  if (error instanceof CatalogueError) return { kind: 'quarantined', cause: error.reason, detail: undefined };
  throw error;
}
