/** Words of the Storage Commitment Push Model (PS3.4 annex J). */
import { EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN } from '../../dicom/uids.ts';
import type { FailureReason } from './statuses.ts';

export const STORAGE_COMMITMENT = '1.2.840.10008.1.20.1';
/** The one instance of the class, which every request is made to (PS3.4 §J.3.5). */
export const STORAGE_COMMITMENT_INSTANCE = '1.2.840.10008.1.20.1.1';
export const REQUEST_STORAGE_COMMITMENT = 1; // action type
export const ALL_COMMITTED = 1; // event types
export const FAILURES_EXIST = 2;

/** Requests and reports are read and written by this node, other than objects, so these two are taken. */
export const COMMITMENT_TRANSFER_SYNTAXES: readonly string[] = [EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN];

export interface SopReference {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
}

export interface CommitmentRequest {
  readonly transactionUid: string;
  readonly references: readonly SopReference[];
}

export interface FailedReference extends SopReference {
  readonly reason: FailureReason;
}

export interface CommitmentReport {
  readonly transactionUid: string;
  readonly committed: readonly SopReference[];
  readonly failed: readonly FailedReference[];
}

/** Who asked, and so who is told. */
export interface Requester {
  readonly peerId: string;
  readonly peerTag: string;
  /** The AE title it called itself. */
  readonly callingAeTitle: string;
  /** The AE title it called this node. */
  readonly calledAeTitle: string;
}
