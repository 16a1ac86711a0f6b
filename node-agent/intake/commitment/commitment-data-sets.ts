/** The data sets of the Storage Commitment Push Model: the request of an N-ACTION, the report of an N-EVENT-REPORT (PS3.4 §J.3.2, §J.3.3). */
import type { DataSet, Encoding } from '../../dicom/data-set.ts';
import { decodeDataSet, encodeDataSet } from '../../dicom/data-set-bytes.ts';
import { makeDataSet, numberElement, sequenceElement, textElement } from '../../dicom/element.ts';
import { DEFAULT_READ_LIMITS, type ReadLimits } from '../../dicom/read-limits.ts';
import { transferSyntax } from '../../dicom/uids.ts';
import { isUsableUid } from '../receiver/command-set.ts';
import type { CommitmentReport, CommitmentRequest, SopReference } from './commitment.ts';
import { CommitmentRefusal, failureReasonCode } from './statuses.ts';

const REFERENCED_SOP_CLASS_UID = 0x00081150;
const REFERENCED_SOP_INSTANCE_UID = 0x00081155;
const TRANSACTION_UID = 0x00081195;
const FAILURE_REASON = 0x00081197;
const FAILED_SOP_SEQUENCE = 0x00081198;
const REFERENCED_SOP_SEQUENCE = 0x00081199;

/** Whole body CTs have some thousand instances, breast tomosyntheses in single frames more. */
export const MOST_REFERENCES = 50_000;
const LIMITS: ReadLimits = { ...DEFAULT_READ_LIMITS, maximumDepth: 8, maximumElements: 8 * MOST_REFERENCES };

/** @throws CommitmentRefusal with the status to answer */
export async function readCommitmentRequest(bytes: Uint8Array, transferSyntaxUid: string): Promise<CommitmentRequest> {
  if (bytes.length === 0) throw new CommitmentRefusal('invalidArgument', 'The request has no data set.');
  const dataSet = await decodeDataSet(bytes, encodingOf(transferSyntaxUid), LIMITS).catch(() => {
    throw new CommitmentRefusal('processingFailure', 'The data set of the request cannot be read.');
  });
  const transactionUid = dataSet.string(TRANSACTION_UID);
  if (transactionUid === undefined) throw new CommitmentRefusal('invalidArgument', 'There is no Transaction UID.');
  if (!isUsableUid(transactionUid)) {
    throw new CommitmentRefusal('invalidAttributeValue', 'The Transaction UID is malformed.');
  }
  const items = dataSet.items(REFERENCED_SOP_SEQUENCE);
  if (items.length === 0) throw new CommitmentRefusal('invalidArgument', 'The Referenced SOP Sequence is empty.');
  if (items.length > MOST_REFERENCES) {
    throw new CommitmentRefusal('resourceLimitation', `More than ${MOST_REFERENCES} instances are referred to.`);
  }
  return { transactionUid, references: items.map(referenceOf) };
}

/** @param transferSyntaxUid one of those negotiated for the class */
export function encodeCommitmentReport(report: CommitmentReport, transferSyntaxUid: string): Buffer {
  const encoding = encodingOf(transferSyntaxUid);
  const { transactionUid, committed, failed } = report;
  const failures = failed.map(({ reason, ...reference }) =>
    item(encoding, reference, [numberElement(encoding, FAILURE_REASON, 'US', [failureReasonCode(reason)])]),
  );
  const successes = committed.map((reference) => item(encoding, reference, []));
  return encodeDataSet(
    makeDataSet(encoding, [
      textElement(encoding, TRANSACTION_UID, 'UI', transactionUid),
      ...(failures.length > 0 ? [sequenceElement(FAILED_SOP_SEQUENCE, failures)] : []),
      ...(successes.length > 0 ? [sequenceElement(REFERENCED_SOP_SEQUENCE, successes)] : []),
    ]),
  );
}

function referenceOf(dataSet: DataSet): SopReference {
  const sopClassUid = dataSet.string(REFERENCED_SOP_CLASS_UID);
  const sopInstanceUid = dataSet.string(REFERENCED_SOP_INSTANCE_UID);
  if (isUsableUid(sopClassUid) && isUsableUid(sopInstanceUid)) return { sopClassUid, sopInstanceUid };
  throw new CommitmentRefusal('invalidAttributeValue', 'A UID referred to is missing or malformed.');
}

function item(encoding: Encoding, { sopClassUid, sopInstanceUid }: SopReference, more: DataSet['elements']): DataSet {
  return makeDataSet(encoding, [
    textElement(encoding, REFERENCED_SOP_CLASS_UID, 'UI', sopClassUid),
    textElement(encoding, REFERENCED_SOP_INSTANCE_UID, 'UI', sopInstanceUid),
    ...more,
  ]);
}

function encodingOf(transferSyntaxUid: string): Encoding {
  const found = transferSyntax(transferSyntaxUid);
  if (!found) throw new Error('Storage commitment was negotiated with a transfer syntax that is not known.');
  return found.encoding;
}
