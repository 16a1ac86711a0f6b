/** What a PACS is asked: C-ECHO, C-FIND, C-MOVE and C-GET (PS3.4 annexes A and C), each on an association of its own. */
import { type ContextOutcome, operation } from './dimse-association.ts';
import { DimseFailure, refusal } from './dimse-failure.ts';
import { Dataset, type LibraryRequest, type LibraryResponse, named, type Proposal, requests } from './dimse-library.ts';
import type { ObjectTaker } from './object-transfer.ts';
import type { OperationLimits, RemoteNode } from './remote-node.ts';

export type Level = 'PATIENT' | 'STUDY' | 'SERIES' | 'IMAGE';
export type Model = 'study-root' | 'patient-root';
export type Attributes = Readonly<Record<string, string>>;

const LARGEST_ANSWER = 20_000;
/** Some sub-operations failed (PS3.4 tables C.4-2 and C.4-3). */
const SOME_FAILED = 0xb000;
export const FIND = {
  'patient-root': '1.2.840.10008.5.1.4.1.2.1.1',
  'study-root': '1.2.840.10008.5.1.4.1.2.2.1',
} as const;
export const MOVE_STUDY_ROOT = '1.2.840.10008.5.1.4.1.2.2.2';
export const GET_STUDY_ROOT = '1.2.840.10008.5.1.4.1.2.2.3';
/** What a PACS may be asked for. */
export const QUERY_RETRIEVE_CLASSES: readonly string[] = [...Object.values(FIND), MOVE_STUDY_ROOT, GET_STUDY_ROOT];

/** C-ECHO. @returns milliseconds from the request to the answer */
export async function echo(node: RemoteNode, limits: OperationLimits): Promise<number> {
  return (await negotiation(node, [], limits)).milliseconds;
}

/** C-ECHO on an association that proposes more. @returns what the PACS accepted, and how long the answer took */
export async function negotiation(
  node: RemoteNode,
  proposals: readonly Proposal[],
  limits: OperationLimits,
): Promise<{ readonly contexts: readonly ContextOutcome[]; readonly milliseconds: number }> {
  let contexts: readonly ContextOutcome[] = [];
  const request = new requests.CEchoRequest() as never;
  const onNegotiated = (outcomes: readonly ContextOutcome[]) => {
    contexts = outcomes;
  };
  const { status, milliseconds } = await operation({ node, request, limits, proposals, onNegotiated });
  if (status !== 0) throw refusal(status);
  return { contexts, milliseconds };
}

/** C-FIND. @returns the matches, each with the values of every attribute it came with, joined by backslashes */
export async function find(
  node: RemoteNode,
  level: Level,
  keys: Attributes,
  limits: OperationLimits,
  model: Model = 'study-root',
): Promise<Attributes[]> {
  const request = new requests.CFindRequest();
  named(request).setAffectedSopClassUid(FIND[model]);
  request.setDataset(new Dataset({ ...keys, QueryRetrieveLevel: level }));
  const matches: Attributes[] = [];
  const onResponse = (response: LibraryResponse) => {
    const elements = response.getDataset()?.getElements();
    if (elements) matches.push(textsOf(elements));
    if (matches.length > LARGEST_ANSWER) {
      throw new DimseFailure(`More than ${LARGEST_ANSWER} match. Ask for less, by date or modality.`, false);
    }
  };
  const { status } = await operation({ node, request, limits, onResponse });
  if (status !== 0) throw refusal(status);
  return matches;
}

/** C-MOVE of one study. @returns false where the PACS says that some sub-operations failed (B000) */
export async function move(
  node: RemoteNode,
  studyInstanceUid: string,
  destination: string,
  limits: OperationLimits,
): Promise<boolean> {
  const request = requests.CMoveRequest.createStudyMoveRequest(destination, studyInstanceUid) as never;
  named(request).setAffectedSopClassUid(MOVE_STUDY_ROOT);
  return retrieval(node, request, limits);
}

/** What a C-GET asks for: a study, or instances of one of its series. */
export interface GetKeys {
  readonly studyUid: string;
  readonly instances?: { readonly seriesUid: string; readonly uids: readonly string[] } | undefined;
}

/**
 * C-GET; its objects come on the same association and go to the taker byte for byte.
 * @returns false where the PACS says that some sub-operations failed (B000)
 */
export async function get(
  node: RemoteNode,
  { studyUid: StudyInstanceUID, instances }: GetKeys,
  taker: ObjectTaker,
  limits: OperationLimits,
): Promise<boolean> {
  const request = new requests.CGetRequest();
  request.setAddStorageSopClassesToAssociation(false); // its own list is short, and pairs each class with two syntaxes
  named(request as never).setAffectedSopClassUid(GET_STUDY_ROOT);
  // List of UID matching is allowed at the level of the retrieval (PS3.4 §C.4.3.2.1).
  const keys = instances
    ? { QueryRetrieveLevel: 'IMAGE', SeriesInstanceUID: instances.seriesUid, SOPInstanceUID: [...instances.uids] }
    : { QueryRetrieveLevel: 'STUDY' };
  request.setDataset(new Dataset({ ...keys, StudyInstanceUID }));
  return retrieval(node, request as never, limits, taker);
}

async function retrieval(
  node: RemoteNode,
  request: LibraryRequest,
  limits: OperationLimits,
  taker?: ObjectTaker,
): Promise<boolean> {
  const { status } = await operation({ node, request, limits, taker });
  if (status !== 0 && status !== SOME_FAILED) throw refusal(status);
  return status === 0;
}

function textsOf(elements: Record<string, unknown>): Attributes {
  return Object.fromEntries(
    Object.entries(elements).flatMap(([name, value]) => {
      const text = Array.isArray(value) ? value.filter(isPlain).join('\\') : isPlain(value) ? String(value) : undefined;
      return text === undefined ? [] : [[name, text.replaceAll('\0', '').trim()]];
    }),
  );
}

function isPlain(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
