/**
 * Start-up recovery: makes spool, quarantine and ledger agree again after the process ended at any
 * point. What was never acknowledged goes, what was acknowledged goes on.
 */
import { existsSync } from 'node:fs';
import type { Logger } from '../operations/logger.ts';
import type { AssociationRecord } from '../store/association-record.ts';
import type { ObjectLedger } from '../store/object-ledger.ts';
import type { Spool } from '../store/spool.ts';

export interface RecoveryParts {
  readonly spool: Spool;
  readonly ledger: ObjectLedger;
  readonly associations: AssociationRecord;
  readonly logger: Pick<Logger, 'info' | 'error'>;
}

export interface RecoveryCounts {
  /** Copies that were only to be looked at. */
  readonly copiesRemoved: number;
  /** Files that were never entered in the ledger, hence never acknowledged; whole or not. */
  readonly unacknowledgedRemoved: number;
  /** Files of settled objects that had not been removed yet. */
  readonly settledRemoved: number;
  readonly movedToQuarantine: number;
  readonly takenFromQuarantine: number;
  /** Objects that were in work and wait again. */
  readonly released: number;
  /** Objects in the ledger whose file is gone, or is not whole. */
  readonly filesMissing: number;
}

const FILE_MISSING = 'The file of this object was not whole in the spool after a restart. Send the object again.';

/** Run once, before anything writes to the spool; safe to repeat. */
export async function recoverSpool({ spool, ledger, associations, logger }: RecoveryParts): Promise<RecoveryCounts> {
  const counts = {
    copiesRemoved: await spool.removeTemporaryCopies(),
    unacknowledgedRemoved: 0,
    settledRemoved: 0,
    movedToQuarantine: 0,
    takenFromQuarantine: 0,
    released: ledger.releaseAll(),
    filesMissing: 0,
  };
  associations.closeOpen();
  for (const objectId of spool.list()) {
    const state = ledger.find(objectId)?.state;
    if (state === 'received' || state === 'processing') continue;
    if (state === 'quarantined' || state === 'excluded') {
      await spool.keepInQuarantine(objectId);
      counts.movedToQuarantine += 1;
      continue;
    }
    const unused = state === undefined && spool.sizeOf(objectId) === 0;
    await spool.remove(objectId);
    if (unused) continue; // made ready for an object that did not come
    if (state === undefined) counts.unacknowledgedRemoved += 1;
    else counts.settledRemoved += 1;
  }
  for (const objectId of ledger.idsInStates(['received'])) {
    const size = spool.sizeOf(objectId);
    if (size !== undefined && size === ledger.find(objectId)?.bytes) continue;
    if (existsSync(spool.quarantinePathOf(objectId))) {
      await spool.takeFromQuarantine(objectId); // a requeue was cut short
      counts.takenFromQuarantine += 1;
      continue;
    }
    await spool.remove(objectId); // where the row reached the disk and not all of the file, nothing was acknowledged
    // Rejected, not quarantined: there is nothing to requeue, and when it is sent again it must be taken.
    ledger.settle(objectId, { state: 'rejected', cause: 'spool-file-missing', detail: FILE_MISSING });
    counts.filesMissing += 1;
  }
  if (Object.values(counts).some((count) => count > 0)) logger.info('Start-up recovery', counts);
  if (counts.filesMissing > 0) logger.error('Objects in the ledger have no whole file', { count: counts.filesMissing });
  return counts;
}
