/** What is let in: the answer to the presentation contexts of an association request (PS3.8 §9.3.3). */
import { EXPLICIT_VR_LITTLE_ENDIAN, isStandardUid, isStorageSopClass, isValidUid, uidName } from '../../dicom/uids.ts';
import type { PeerService } from '../peers/peer.ts';
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

/** What every association request must be, whoever asks; undefined when it is. */
export function malformation(request: AssociationRequest): Rejection | undefined {
  if ((request.protocolVersion & 1) === 0) {
    return { result: 1, source: 2, reason: 2, sentence: 'protocol version not supported' };
  }
  if (request.applicationContextUid !== APPLICATION_CONTEXT) {
    return { result: 1, source: 1, reason: 2, sentence: 'application context name not supported' };
  }
  return undefined;
}

/**
 * Accepts Verification and every storage SOP class, standard, retired or private, as far as the peer may use them,
 * each with the first transfer syntax proposed: objects are kept as they come, so the peer's own preference is the best.
 */
export function negotiate(request: AssociationRequest, allowed: readonly PeerService[]): Negotiation {
  const accepted = new Map<number, AcceptedContext>();
  const answers = request.contexts.map((context): ContextAnswer => {
    const transferSyntaxUid = context.transferSyntaxUids.find(isValidUid);
    const service = serviceOf(context);
    if (service === undefined) return refusal(context, 3);
    if (!allowed.includes(service)) return refusal(context, 1);
    if (transferSyntaxUid === undefined) return refusal(context, 4);
    accepted.set(context.id, { id: context.id, abstractSyntaxUid: context.abstractSyntaxUid, transferSyntaxUid });
    return { id: context.id, result: 0, transferSyntaxUid };
  });
  return { answers, accepted };
}

/** The service an abstract syntax belongs to; undefined when it is not offered here. */
function serviceOf({ abstractSyntaxUid: uid }: ProposedContext): PeerService | undefined {
  if (uid === VERIFICATION) return 'verification';
  return isStorable(uid) ? 'storage' : undefined;
}

/** Whether objects of the class are taken: of every storage class of the standard, also a newer one, and of private ones. */
export function isStorable(uid: string): boolean {
  if (!isValidUid(uid)) return false;
  if (isStorageSopClass(uid)) return true;
  if (uidName(uid) !== undefined) return false; // a service of the standard that is not offered here
  return !isStandardUid(uid) || uid.startsWith(STANDARD_STORAGE_ROOT);
}

function refusal(context: ProposedContext, result: 1 | 3 | 4): ContextAnswer {
  const first = context.transferSyntaxUids.find(isValidUid);
  return { id: context.id, result, transferSyntaxUid: first ?? EXPLICIT_VR_LITTLE_ENDIAN };
}
