/**
 * Which instances this node can commit to: those with a row in the ledger and a whole file, the original until it has
 * been de-identified or while it is in quarantine, the de-identified object after that.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { uidName } from '../../dicom/uids.ts';
import type { HeldObject, ObjectLedger } from '../../store/object-ledger.ts';
import type { Spool } from '../../store/spool.ts';
import type { Pseudonymiser } from '../../vault/pseudonymiser.ts';
import type { CommitmentReport, CommitmentRequest, SopReference } from './commitment.ts';
import type { FailureReason } from './statuses.ts';

export interface HeldInstancesParts {
  readonly ledger: Pick<ObjectLedger, 'objectsOfInstance'>;
  readonly spool: Pick<Spool, 'holdsWhole'>;
  readonly pseudonymiser: Pseudonymiser;
  /** Whether the de-identified file of an indexed object is there. */
  readonly indexedFileIsThere: (objectId: string) => boolean;
}

/** Other associations go on between groups of this many. */
const INSTANCES_PER_TURN = 200;

export class HeldInstances {
  readonly #parts: HeldInstancesParts;

  constructor(parts: HeldInstancesParts) {
    this.#parts = parts;
  }

  /** As things stand now. */
  async report({ transactionUid, references }: CommitmentRequest): Promise<CommitmentReport> {
    const committed: SopReference[] = [];
    const failed: CommitmentReport['failed'][number][] = [];
    for (const [index, reference] of references.entries()) {
      if (index % INSTANCES_PER_TURN === INSTANCES_PER_TURN - 1) await nextTurn();
      const reason = this.#objection(reference);
      if (reason === undefined) committed.push(reference);
      else failed.push({ ...reference, reason });
    }
    return { transactionUid, committed, failed };
  }

  #objection({ sopClassUid, sopInstanceUid }: SopReference): FailureReason | undefined {
    try {
      const key = this.#parts.pseudonymiser.fingerprint('instance', sopInstanceUid);
      const held = this.#parts.ledger.objectsOfInstance(key).filter((object) => this.#fileIsThere(object));
      if (held.length === 0) return 'noSuchInstance';
      // The ledger leaves out classes that PS3.6 does not list; of those it can only say that they are none of the listed.
      const recorded = uidName(sopClassUid) === undefined ? null : sopClassUid;
      return held.some((object) => object.sopClassUid === recorded) ? undefined : 'classConflict';
    } catch {
      return 'processingFailure';
    }
  }

  /** Row and file are looked at in one turn, so that the pipeline moves nothing in between. */
  #fileIsThere({ objectId, state, bytes }: HeldObject): boolean {
    return state === 'indexed'
      ? this.#parts.indexedFileIsThere(objectId)
      : this.#parts.spool.holdsWhole(objectId, bytes);
  }
}
