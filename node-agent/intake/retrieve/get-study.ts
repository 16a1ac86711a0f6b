/** C-GET of one study: as many associations as it takes to propose what the study may consist of. */
import { randomUUID } from 'node:crypto';
import type { AssociationRecord } from '../../store/association-record.ts';
import type { DiskReserve } from '../disk-reserve.ts';
import type { Reception } from '../reception.ts';
import type { Archive } from './archives.ts';
import { get } from './dimse-client.ts';
import { DimseFailure, UNABLE_TO_SEND } from './dimse-failure.ts';
import type { Proposal } from './dimse-library.ts';
import { type GetCounts, objectTaker } from './get-objects.ts';
import { proposalBatches } from './get-proposals.ts';
import type { OperationLimits, RemoteNode } from './remote-node.ts';
import { completeness, type StudyListing } from './study-listing.ts';

export interface GetStudyParts {
  readonly archive: Archive;
  readonly node: RemoteNode;
  readonly studyUid: string;
  readonly listing: StudyListing;
  readonly limits: OperationLimits;
  /** AE title of this node, for the association record. */
  readonly aeTitle: string;
  readonly reception: Reception;
  readonly associations: AssociationRecord;
  readonly reserve: DiskReserve;
  readonly pace: () => Promise<void>;
}

/** @returns how many different instances came. @throws DimseFailure */
export async function getStudy(parts: GetStudyParts): Promise<number> {
  const came = new Set<string>();
  const batches = proposalBatches(parts.listing.sopClassUids);
  for (const [index, contexts] of batches.entries()) {
    const isLast = index === batches.length - 1;
    const allSent = await onOneAssociation(parts, contexts, came).catch((error: unknown) => {
      // What a PACS answers when it could send nothing, be it for want of a context (PS3.4 table C.4-3).
      if (!isLast && error instanceof DimseFailure && error.status === UNABLE_TO_SEND) return false;
      throw error;
    });
    if (allSent || completeness(parts.reception, parts.listing, came.size).state === 'complete') break;
  }
  return came.size;
}

/** It brings objects, so it stands in the association record like what a sender opens. */
async function onOneAssociation(
  { archive, node, studyUid, limits, aeTitle: calledAeTitle, reception, associations, reserve, pace }: GetStudyParts,
  contexts: readonly Proposal[],
  came: Set<string>,
): Promise<boolean> {
  const associationId = randomUUID();
  const counts: GetCounts = { objects: 0, failures: 0, bytes: 0 };
  const sender = { associationId, aeTitle: archive.aeTitle };
  const close = reception.expectObjects();
  let outcome = 'cut off';
  associations.start({
    associationId,
    callingAeTitle: archive.callingAeTitle,
    calledAeTitle,
    remoteAddress: archive.host,
    peerTag: archive.tag,
    tlsProtocol: null,
    certificate: null,
    rejection: null,
    contexts: '',
  });
  const began = performance.now();
  try {
    const nearlyFull = () => reserve.nearlyFull;
    const taker = objectTaker({ reception, sender, contexts, nearlyFull, pace, counts, came });
    const { failed } = await get(node, studyUid, taker, limits);
    outcome = 'released';
    return failed === 0 || failed === undefined;
  } finally {
    associations.end(associationId, { ...counts, outcome, milliseconds: Math.round(performance.now() - began) });
    await close();
  }
}
