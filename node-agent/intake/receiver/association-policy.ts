/** What is let in: the answer to the presentation contexts of an association request (PS3.8 §9.3.3). */
import { EXPLICIT_VR_LITTLE_ENDIAN, isStandardUid, isStorageSopClass, isValidUid, uidName } from '../../dicom/uids.ts';
import { COMMITMENT_TRANSFER_SYNTAXES, STORAGE_COMMITMENT } from '../commitment/commitment.ts';
import type { PeerService } from '../peers/peer.ts';
import type { AssociationRequest, ProposedContext } from '../upper-layer/association-request.ts';
import {
  APPLICATION_CONTEXT,
  type ContextAnswer,
  type Rejection,
  type RoleSelection,
} from '../upper-layer/protocol-data-unit.ts';

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
  /** Roles to grant; for classes without one the requestor is the user. */
  readonly roles: readonly RoleSelection[];
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
 * Accepts Verification, Storage Commitment and every storage SOP class, standard, retired or private, as far as the
 * peer may use them. Objects are kept as they come, so of their transfer syntaxes the peer's own preference is the best.
 */
export function negotiate(request: AssociationRequest, allowed: readonly PeerService[]): Negotiation {
  const accepted = new Map<number, AcceptedContext>();
  const proposedRole = request.roles.find(({ sopClassUid }) => sopClassUid === STORAGE_COMMITMENT);
  const answers = request.contexts.map((context): ContextAnswer => {
    const service = serviceOf(context);
    if (service === undefined) return refusal(context, 3);
    if (!allowed.includes(service)) return refusal(context, 1);
    // This node is the provider; whoever wants to be that itself finds no user here.
    if (service === 'storage commitment' && proposedRole?.user === false) return refusal(context, 3);
    const transferSyntaxUid = transferSyntaxFor(service, context);
    if (transferSyntaxUid === undefined) return refusal(context, 4);
    accepted.set(context.id, { id: context.id, abstractSyntaxUid: context.abstractSyntaxUid, transferSyntaxUid });
    return { id: context.id, result: 0, transferSyntaxUid };
  });
  const grant = proposedRole?.user && [...accepted.values()].some(isCommitment);
  return { answers, accepted, roles: grant ? [{ ...proposedRole, provider: false }] : [] };
}

export function isCommitment({ abstractSyntaxUid }: AcceptedContext): boolean {
  return abstractSyntaxUid === STORAGE_COMMITMENT;
}

function transferSyntaxFor(service: PeerService, { transferSyntaxUids }: ProposedContext): string | undefined {
  if (service !== 'storage commitment') return transferSyntaxUids.find(isValidUid);
  return transferSyntaxUids.find((uid) => COMMITMENT_TRANSFER_SYNTAXES.includes(uid));
}

/** Whether objects of this class are taken for storage: those of the standard, also newer than this version, and private ones. */
export function isStorageClass(uid: string): boolean {
  if (!isValidUid(uid) || uid === VERIFICATION) return false;
  if (isStorageSopClass(uid)) return true;
  if (uidName(uid) !== undefined) return false; // a service of the standard that is not offered here
  return !isStandardUid(uid) || uid.startsWith(STANDARD_STORAGE_ROOT);
}

/** The service an abstract syntax belongs to; undefined when it is not offered here. */
function serviceOf({ abstractSyntaxUid: uid }: ProposedContext): PeerService | undefined {
  if (uid === VERIFICATION) return 'verification';
  if (uid === STORAGE_COMMITMENT) return 'storage commitment';
  return isStorageClass(uid) ? 'storage' : undefined;
}

function refusal(context: ProposedContext, result: 1 | 3 | 4): ContextAnswer {
  const first = context.transferSyntaxUids.find(isValidUid);
  return { id: context.id, result, transferSyntaxUid: first ?? EXPLICIT_VR_LITTLE_ENDIAN };
}
