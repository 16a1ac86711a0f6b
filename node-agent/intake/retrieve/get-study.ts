/** C-GET of one study: first all of it at once, then what did not come, as long as something more comes. */
import { randomUUID } from 'node:crypto';
import type { AssociationRecord } from '../../store/association-record.ts';
import type { DiskReserve } from '../disk-reserve.ts';
import type { Reception } from '../reception.ts';
import type { Archive } from './archives.ts';
import { type GetKeys, get } from './dimse-client.ts';
import { DimseFailure, UNABLE_TO_SEND } from './dimse-failure.ts';
import type { Proposal } from './dimse-library.ts';
import { type GetCounts, objectTaker } from './get-objects.ts';
import { proposalBatches, proposalsBySyntax } from './get-proposals.ts';
import type { OperationLimits, RemoteNode } from './remote-node.ts';
import { completeness, type ListedInstance, type StudyListing } from './study-listing.ts';

export interface GetStudyParts {
  readonly archive: Archive;
  readonly node: RemoteNode;
  readonly studyUid: string;
  readonly listing: StudyListing;
  readonly limits: OperationLimits;
  readonly reception: Reception;
  readonly associations: AssociationRecord;
  readonly reserve: DiskReserve;
  readonly pace: () => Promise<void>;
}

/** What does not come within this many further associations is left to the next attempt. */
const FURTHER_ASSOCIATIONS = 60;
const INSTANCES_AT_ONCE = 100;

/** @returns how many different instances came. @throws DimseFailure */
export async function getStudy(parts: GetStudyParts): Promise<number> {
  const { listing, studyUid, reception } = parts;
  const came = new Set<string>();
  const over = () => completeness(reception, listing, came.size).state === 'complete';
  const [first = [], ...further] = proposalBatches(listing.sopClassUids);
  const wholeStudy = async (contexts: readonly Proposal[], isLast: boolean) =>
    (await onOneAssociation(parts, { studyUid }, contexts, came, isLast)) || over();
  const canAskAgain = listing.instances !== undefined || further.length > 0;
  if (await wholeStudy(first, !canAskAgain)) return came.size;
  if (listing.instances) await getMissing(parts, listing.instances, came);
  else {
    for (const [index, contexts] of further.entries()) {
      if (await wholeStudy(contexts, index === further.length - 1)) break;
    }
  }
  return came.size;
}

/** Asks for what is listed and not here, series by series; what worked for one is tried first for the next. */
async function getMissing(
  parts: GetStudyParts,
  instances: readonly ListedInstance[],
  came: Set<string>,
): Promise<void> {
  const { studyUid, reception } = parts;
  let left = FURTHER_ASSOCIATIONS;
  let worked: string | undefined;
  for (const seriesUid of new Set(instances.map((instance) => instance.seriesUid))) {
    const missing = () => instances.filter((one) => one.seriesUid === seriesUid && !reception.holds(one.uid));
    const ways = proposalsBySyntax(missing().map(({ sopClassUid }) => sopClassUid));
    ways.sort((one, other) => Number(syntaxOf(other) === worked) - Number(syntaxOf(one) === worked));
    for (const contexts of ways) {
      const uids = missing().map(({ uid }) => uid);
      for (let at = 0; at < uids.length; at += INSTANCES_AT_ONCE) {
        if (left === 0) return;
        left -= 1;
        const before = came.size;
        const keys = { studyUid, instances: { seriesUid, uids: uids.slice(at, at + INSTANCES_AT_ONCE) } };
        await onOneAssociation(parts, keys, contexts, came, false);
        if (came.size > before) worked = syntaxOf(contexts);
        else break;
      }
    }
  }
}

function syntaxOf(contexts: readonly Proposal[]): string | undefined {
  return contexts[0]?.transferSyntaxUids[0];
}

/**
 * It brings objects, so it stands in the association record like what a sender opens.
 * @returns whether the PACS says that it sent all
 */
async function onOneAssociation(
  parts: GetStudyParts,
  keys: GetKeys,
  contexts: readonly Proposal[],
  came: Set<string>,
  isLast: boolean,
): Promise<boolean> {
  const { archive, node, limits, reception, associations, reserve, pace } = parts;
  const associationId = randomUUID();
  const counts: GetCounts = { objects: 0, failures: 0, bytes: 0 };
  const sender = { associationId, aeTitle: archive.aeTitle };
  const close = reception.expectObjects();
  let outcome = 'cut off';
  associations.start({
    associationId,
    callingAeTitle: archive.callingAeTitle,
    calledAeTitle: archive.aeTitle,
    remoteAddress: archive.host,
    peerTag: archive.tag,
    tlsProtocol: archive.certificateAuthorities === null ? null : 'TLS',
    certificate: null,
    rejection: null,
    contexts: '',
  });
  const began = performance.now();
  try {
    const nearlyFull = () => reserve.nearlyFull;
    const taker = objectTaker({ reception, sender, contexts, nearlyFull, pace, counts, came });
    const allSent = await get(node, keys, taker, limits);
    outcome = 'released';
    return allSent;
  } catch (error) {
    // What a PACS answers when it could send nothing, be it for want of a context (PS3.4 table C.4-3).
    if (isLast || !(error instanceof DimseFailure) || error.status !== UNABLE_TO_SEND) throw error;
    outcome = 'released';
    return false;
  } finally {
    associations.end(associationId, { ...counts, outcome, milliseconds: Math.round(performance.now() - began) });
    await close();
  }
}
