/** The answer to a STOW-RS request: the Store Instances Response Module in the DICOM JSON model (PS3.18 §10.5.3, annexes F and I). */
import { tagOf } from '../../dicom/dictionary.ts';
import { FAILURES, type Failure } from './failure.ts';
import type { InstanceResult, InstanceUids } from './instance-store.ts';

export const DICOM_JSON = 'application/dicom+json';

export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

export const RETRY_AFTER_SECONDS = 60;
const MOST_WARNINGS = 8;

/** @param interruption why the request was not read to its end */
export function storeReply(results: readonly InstanceResult[], interruption: Failure | undefined): Reply {
  const failures = results.flatMap(({ failure }) => (failure ? [failure] : []));
  if (interruption) failures.push(interruption);
  const stored = results.filter(({ failure }) => failure === undefined).length;
  const status = statusOf(stored, failures);
  const sentences = [...new Set(failures.map(({ sentence }) => sentence))].slice(0, MOST_WARNINGS);
  return {
    status,
    contentType: DICOM_JSON,
    headers: {
      ...(status === 503 ? { 'retry-after': String(RETRY_AFTER_SECONDS) } : {}),
      // RFC 7234 §5.5: 299 is a warning that stays; PS3.18 §8.3.5 has it for what a status cannot say.
      ...(sentences.length > 0 ? { warning: sentences.map((sentence) => `299 Gatehouse "${sentence}"`) } : {}),
    },
    body: JSON.stringify(responseModule(results, interruption)),
  };
}

/** What each status says, those included that are given before the body is read (PS3.18 table 10.5.3-1). */
export const STATUSES: readonly (readonly [status: number, meaning: string])[] = [
  [200, 'All objects are stored.'],
  [202, 'Some objects are stored; the answer names the others with their reasons.'],
  [400, 'Nothing is stored: the request is malformed, or has no part.'],
  [401, 'There is no token, or it does not hold.'],
  [403, 'The token is not for storing.'],
  [406, 'The answer cannot be had in the form that was asked for.'],
  [409, 'Nothing is stored: the answer names the objects with their reasons.'],
  [413, 'Nothing is stored: the request is too large.'],
  [415, 'The body is no multipart of DICOM files; metadata and bulk data apart are not taken.'],
  [429, 'Too many tokens from this address did not hold.'],
  [503, 'Nothing is stored for now: paused, nearly full, or too many requests. The same can be sent again.'],
];

/** PS3.18 table 10.5.3-1: all stored, some, or none, and then why. */
function statusOf(stored: number, failures: readonly Failure[]): number {
  if (stored > 0) return failures.length === 0 ? 200 : 202;
  if (failures.length === 0) return 400;
  if (failures.every(({ transient }) => transient)) return 503;
  if (failures.includes(FAILURES.tooLarge)) return 413;
  return failures.every(({ reason }) => reason === FAILURES.incomplete.reason) ? 400 : 409;
}

type JsonElement = { readonly vr: string; readonly Value?: readonly unknown[] };
type JsonDataSet = Readonly<Record<string, JsonElement>>;

function responseModule(results: readonly InstanceResult[], interruption: Failure | undefined): JsonDataSet {
  const referenced: JsonDataSet[] = [];
  const failed: JsonDataSet[] = [];
  const other: JsonDataSet[] = [];
  for (const { uids, failure } of results) {
    if (uids === undefined) other.push(reasonOf(failure ?? FAILURES.notDicom));
    else if (failure) failed.push({ ...reference(uids), ...reasonOf(failure) });
    else referenced.push({ ...reference(uids), ...NOT_RETRIEVABLE });
  }
  if (interruption) other.push(reasonOf(interruption));
  return {
    ...NOT_RETRIEVABLE,
    ...sequence('FailedSOPSequence', failed),
    ...sequence('ReferencedSOPSequence', referenced),
    ...sequence('OtherFailuresSequence', other),
  };
}

function reference({ sopClassUid, sopInstanceUid }: InstanceUids): JsonDataSet {
  return {
    ...element('ReferencedSOPClassUID', 'UI', [sopClassUid]),
    ...element('ReferencedSOPInstanceUID', 'UI', [sopInstanceUid]),
  };
}

function reasonOf({ reason }: Failure): JsonDataSet {
  return element('FailureReason', 'US', [reason]);
}

function sequence(keyword: string, items: readonly JsonDataSet[]): JsonDataSet {
  return items.length === 0 ? {} : element(keyword, 'SQ', items);
}

function element(keyword: string, vr: string, values: readonly unknown[]): JsonDataSet {
  const tag = tagOf(keyword).toString(16).toUpperCase().padStart(8, '0');
  return { [tag]: values.length === 0 ? { vr } : { vr, Value: values } };
}

/** Retrieve URL is of type 2: what is stored here leaves only de-identified, and not by this way. */
const NOT_RETRIEVABLE = element('RetrieveURL', 'UR', []);
