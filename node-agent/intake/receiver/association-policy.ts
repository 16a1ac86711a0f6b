/** Who and what is let in: the answer to an association request (PS3.8 §9.3.3, §9.3.4). */
import { EXPLICIT_VR_LITTLE_ENDIAN, isStandardUid, isStorageSopClass, isValidUid, uidName } from '../../dicom/uids.ts';
import type { AssociationRequest, ProposedContext } from '../upper-layer/association-request.ts';
import { APPLICATION_CONTEXT, type ContextAnswer, type Rejection } from '../upper-layer/protocol-data-unit.ts';

export const VERIFICATION = '1.2.840.10008.1.1';
/** Where the standard keeps its storage SOP classes; ours may be older than the peer's. */
const STANDARD_STORAGE_ROOT = '1.2.840.10008.5.1.4.1.1.';

/** A presentation context both sides agreed on. */
export interface AcceptedContext {
  readonly id: number;
  readonly abstractSyntaxUid: string;
  readonly transferSyntaxUid: string;
}

export interface Negotiation {
  readonly answers: readonly ContextAnswer[];
  readonly accepted: ReadonlyMap<number, AcceptedContext>;
}

/** What the receiver can say at this moment about its own room. */
export interface Capacity {
  readonly associationsFull: boolean;
  readonly diskNearlyFull: boolean;
}

const TOO_MANY =
  'too many associations are open. The sender tries again; if this repeats, raise dicom.maximumAssociations.';
const DISK_NEARLY_FULL = 'the disk is nearly full. Free space on the disk of the data folder; the sender tries again.';

function calledAeTitleUnknown(aeTitle: string): string {
  return `called AE title not recognised. This node is ${aeTitle}: correct it at the sender, or set dicom.aeTitle.`;
}

/** Why this association cannot be had; undefined when it can. */
export function rejectionOf(request: AssociationRequest, aeTitle: string, capacity: Capacity): Rejection | undefined {
  if ((request.protocolVersion & 1) === 0) {
    return { result: 1, source: 2, reason: 2, sentence: 'protocol version not supported' };
  }
  if (request.applicationContextUid !== APPLICATION_CONTEXT) {
    return { result: 1, source: 1, reason: 2, sentence: 'application context name not supported' };
  }
  if (request.calledAeTitle !== aeTitle) {
    return { result: 1, source: 1, reason: 7, sentence: calledAeTitleUnknown(aeTitle) };
  }
  if (capacity.associationsFull) {
    return { result: 2, source: 3, reason: 2, sentence: TOO_MANY };
  }
  if (capacity.diskNearlyFull) {
    return { result: 2, source: 3, reason: 1, sentence: DISK_NEARLY_FULL };
  }
  return undefined;
}

/**
 * Accepts Verification and every storage SOP class, standard, retired or private, each with the first
 * transfer syntax proposed: objects are kept as they come, so the peer's own preference is the best.
 */
export function negotiate(request: AssociationRequest): Negotiation {
  const accepted = new Map<number, AcceptedContext>();
  const answers = request.contexts.map((context): ContextAnswer => {
    const transferSyntaxUid = context.transferSyntaxUids.find(isValidUid);
    if (!isOfferedService(context)) return refusal(context, 3);
    if (transferSyntaxUid === undefined) return refusal(context, 4);
    accepted.set(context.id, { id: context.id, abstractSyntaxUid: context.abstractSyntaxUid, transferSyntaxUid });
    return { id: context.id, result: 0, transferSyntaxUid };
  });
  return { answers, accepted };
}

function isOfferedService({ abstractSyntaxUid: uid }: ProposedContext): boolean {
  if (!isValidUid(uid)) return false;
  if (uid === VERIFICATION || isStorageSopClass(uid)) return true;
  if (uidName(uid) !== undefined) return false; // a service of the standard that is not offered here
  return !isStandardUid(uid) || uid.startsWith(STANDARD_STORAGE_ROOT);
}

function refusal(context: ProposedContext, result: 3 | 4): ContextAnswer {
  const first = context.transferSyntaxUids.find(isValidUid);
  return { id: context.id, result, transferSyntaxUid: first ?? EXPLICIT_VR_LITTLE_ENDIAN };
}
