/**
 * The only importer of dcmjs-dimse: one operation on one association, as a promise. The library has no limits
 * of its own and dies of what is thrown through it, so every handler is guarded, time and PDU length are limited, the
 * command stream is cleared after each command without a data set, and the socket is destroyed at the end.
 */
import type { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import dcmjsDimse from 'dcmjs-dimse';
import { connectionFailure, DimseFailure, refusal, rejection } from './dimse-failure.ts';
import { pduLengthGuard } from './pdu-length-guard.ts';

const { Client, Dataset, log, requests, responses } = dcmjsDimse;

/** The library writes messages with their values to the console. */
log.setLevel('silent');

export interface RemoteNode {
  readonly host: string;
  readonly port: number;
  readonly aeTitle: string;
  readonly callingAeTitle: string;
  /** Certificate authorities the PACS's certificate is checked against; no TLS where undefined. */
  readonly certificateAuthorities?: Buffer | undefined;
}

export type Level = 'PATIENT' | 'STUDY' | 'SERIES' | 'IMAGE';
export type Model = 'study-root' | 'patient-root';
export type Attributes = Readonly<Record<string, string>>;

/** Sub-operations as a C-MOVE or C-GET response reports them (PS3.7 §9.1.4.1); undefined where it does not. */
export interface Suboperations {
  readonly completed: number | undefined;
  readonly failed: number | undefined;
}

/** Takes the objects of a C-GET as they come. */
export interface ObjectTaker {
  /** Storage classes to propose, each with the groups of transfer syntaxes that share a context. */
  readonly contexts: readonly { readonly sopClassUid: string; readonly transferSyntaxUids: readonly string[] }[];
  begin(object: { sopClassUid: string; sopInstanceUid: string; transferSyntaxUid: string }): IncomingDataSet;
}

export interface IncomingDataSet {
  /** @returns false when the sender has to wait for `whenDrained` */
  write(bytes: Buffer): boolean;
  whenDrained(callback: () => void): void;
  /** @returns the DIMSE status to answer; durable when it is 0 */
  finish(): Promise<number>;
  abandon(): Promise<void>;
}

export interface OperationLimits {
  readonly connectMilliseconds: number;
  /** Without a byte from the PACS. */
  readonly idleMilliseconds: number;
  readonly signal?: AbortSignal | undefined;
}

const LARGEST_ANSWER = 20_000;
const CANCEL_GRACE_MS = 5_000;
const FIND = { 'patient-root': '1.2.840.10008.5.1.4.1.2.1.1', 'study-root': '1.2.840.10008.5.1.4.1.2.2.1' } as const;
const MOVE_STUDY_ROOT = '1.2.840.10008.5.1.4.1.2.2.2';
const GET_STUDY_ROOT = '1.2.840.10008.5.1.4.1.2.2.3';
/** What a PACS may be asked for. */
export const QUERY_RETRIEVE_CLASSES: readonly string[] = [...Object.values(FIND), MOVE_STUDY_ROOT, GET_STUDY_ROOT];

type LibraryRequest = InstanceType<typeof requests.CFindRequest>;
type LibraryResponse = {
  getStatus(): number;
  getDataset(): { getElements(): Record<string, unknown> } | undefined;
  getCommandDataset(): { getElement(name: string): unknown };
};
type LibraryContext = { getAcceptedTransferSyntaxUid(): string };
type LibraryCommand = {
  hasDataset(): boolean;
  getCommandDataset(): { getElement(name: string): unknown };
};
/** Members the typing leaves out; their presence is checked before they are used. */
interface LibraryNetwork extends EventEmitter {
  socket: Socket;
  dimseStream: unknown;
  pending: unknown[];
  _performDimse(context: unknown, command: LibraryCommand): void;
  sendAssociationRequest(association: LibraryAssociation): void;
  createStoreWritableStream(context: LibraryContext, command: LibraryCommand): unknown;
  createDatasetFromStoreWritableStream(stream: unknown, context: unknown, done: (dataSet: unknown) => void): void;
}
interface LibraryAssociation {
  addPresentationContext(sopClassUid: string): number;
  addTransferSyntaxToPresentationContext(id: number, uid: string): void;
  getPresentationContext(id: number): { setProviderRole(on: boolean): void };
}

/** C-ECHO. @returns milliseconds from the request to the answer */
export async function echo(node: RemoteNode, limits: OperationLimits): Promise<number> {
  const { status, milliseconds } = await operation(node, new requests.CEchoRequest() as never, limits, () => {});
  if (status !== 0) throw refusal(status);
  return milliseconds;
}

/** C-FIND. @returns the matches, each with the first value of every attribute it came with */
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
  const { status } = await operation(node, request, limits, (response) => {
    const elements = response.getDataset()?.getElements();
    if (elements) matches.push(textsOf(elements));
    if (matches.length > LARGEST_ANSWER) {
      throw new DimseFailure(`More than ${LARGEST_ANSWER} match. Ask for less, by date or modality.`, false);
    }
  });
  if (status !== 0) throw refusal(status);
  return matches;
}

/** C-MOVE of one study. @returns what the PACS reported at the end, also when some sub-operations failed (B000) */
export async function move(
  node: RemoteNode,
  studyInstanceUid: string,
  destination: string,
  limits: OperationLimits,
): Promise<Suboperations> {
  const request = requests.CMoveRequest.createStudyMoveRequest(destination, studyInstanceUid);
  named(request as never).setAffectedSopClassUid(MOVE_STUDY_ROOT);
  return retrieval(node, request as never, limits);
}

/** C-GET of one study; its objects come on the same association and go to the taker byte for byte. */
export async function get(
  node: RemoteNode,
  studyInstanceUid: string,
  taker: ObjectTaker,
  limits: OperationLimits,
): Promise<Suboperations> {
  const request = requests.CGetRequest.createStudyGetRequest(studyInstanceUid);
  request.setAddStorageSopClassesToAssociation(false); // its own list is short, and pairs each class with two syntaxes
  named(request as never).setAffectedSopClassUid(GET_STUDY_ROOT);
  return retrieval(node, request as never, limits, taker);
}

async function retrieval(node: RemoteNode, request: LibraryRequest, limits: OperationLimits, taker?: ObjectTaker) {
  let last: Suboperations = { completed: undefined, failed: undefined };
  const note = (response: LibraryResponse) => {
    const command = response.getCommandDataset();
    const number = (name: string) => {
      const value = command.getElement(name);
      return typeof value === 'number' ? value : undefined;
    };
    const [completed, failed] = [number('NumberOfCompletedSuboperations'), number('NumberOfFailedSuboperations')];
    last = { completed: completed ?? last.completed, failed: failed ?? last.failed };
  };
  const { status } = await operation(node, request, limits, note, taker);
  if (status !== 0 && status !== 0xb000) throw refusal(status);
  return last;
}

function operation(
  node: RemoteNode,
  request: LibraryRequest,
  limits: OperationLimits,
  onResponse: (response: LibraryResponse) => void,
  taker?: ObjectTaker,
): Promise<{ status: number; milliseconds: number }> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    const open = new Set<IncomingDataSet>();
    const timers: NodeJS.Timeout[] = [];
    let network: LibraryNetwork | undefined;
    let [status, sentAt, answeredAt] = [-1, 0, 0];
    let ended = false;
    const end = (failure?: DimseFailure) => {
      if (ended) return;
      ended = true;
      for (const timer of timers) clearTimeout(timer);
      limits.signal?.removeEventListener('abort', onAbort);
      network?.pending.splice(0);
      network?.socket.destroy();
      void Promise.allSettled([...open].map((dataSet) => dataSet.abandon())).then(() => {
        if (failure) reject(failure);
        else resolve({ status, milliseconds: answeredAt - sentAt });
      });
    };
    /** Nothing may be thrown into the library: an exception there is an unhandled rejection of the process. */
    const guarded =
      <Values extends unknown[]>(work: (...values: Values) => void) =>
      (...values: Values) => {
        try {
          if (!ended) work(...values);
        } catch (error) {
          end(error instanceof DimseFailure ? error : connectionFailure(undefined));
        }
      };
    const cancelled = () => new DimseFailure('The transfer was cancelled.', true);
    const onAbort = guarded(() => {
      client.cancel(request);
      timers.push(setTimeout(() => end(cancelled()), CANCEL_GRACE_MS));
    });
    request.on(
      'response',
      guarded((response: unknown) => {
        const answer = response as LibraryResponse;
        onResponse(answer);
        // Pending, and pending with unsupported optional keys (PS3.4 table C.4-1).
        if (answer.getStatus() === 0xff00 || answer.getStatus() === 0xff01) return;
        status = answer.getStatus();
        answeredAt = performance.now();
        if (status === 0xfe00) end(cancelled());
      }),
    );
    client.on('associationReleased', () => end(status < 0 ? connectionFailure(undefined) : undefined));
    client.on('associationAccepted', () => {
      sentAt = performance.now();
      clearTimeout(timers[0]);
    });
    client.on(
      'associationRejected',
      guarded((answer: unknown) => {
        const { result, source, reason } = answer as { result: number; source: number; reason: number };
        end(rejection(result, source, reason));
      }),
    );
    // Answered and then cut off without a release: the answer stands.
    client.on('networkError', () => setImmediate(() => end(status >= 0 ? undefined : connectionFailure(undefined))));
    client.on('closed', () => end(status >= 0 ? undefined : connectionFailure(undefined)));
    const answerStore = guarded((stored: LibraryCommandWithData, answer: (response: unknown) => void) => {
      const response = responses.CStoreResponse.fromRequest(stored as never);
      response.setStatus(statusOf.get(stored.getDataset()) ?? 0x0110);
      answer(response);
    });
    // Two named parameters: the library answers for a listener that seems to take fewer, with nothing.
    client.on('cStoreRequest', (stored: unknown, answer: unknown) => answerStore(stored as never, answer as never));
    if (limits.signal?.aborted) return end(cancelled());
    timers.push(
      setTimeout(
        () => end(new DimseFailure('The PACS did not answer in time. It is tried again later.', true)),
        limits.connectMilliseconds,
      ),
    );
    guarded(() => {
      client.addRequest(request as never);
      client.send(node.host, node.port, node.callingAeTitle, node.aeTitle, {
        connectTimeout: limits.idleMilliseconds,
        associationTimeout: limits.idleMilliseconds,
        pduTimeout: limits.idleMilliseconds,
        ...(node.certificateAuthorities && {
          securityOptions: { ca: node.certificateAuthorities, rejectUnauthorized: true, minVersion: 'TLSv1.2' },
        }),
      });
      network = (client as unknown as { network?: LibraryNetwork }).network;
      if (!(network?.socket instanceof Socket)) throw new Error('dcmjs-dimse keeps its socket elsewhere than before.');
      harden(network, end, guarded);
      if (taker) takeObjects(network, taker, open, end, guarded);
      limits.signal?.addEventListener('abort', onAbort, { once: true });
    })();
  });
}

type Guard = <Values extends unknown[]>(work: (...values: Values) => void) => (...values: Values) => void;
type End = (failure?: DimseFailure) => void;

function harden(network: LibraryNetwork, end: End, guarded: Guard): void {
  const { socket } = network;
  socket.setNoDelay(true);
  const lengthsAllowed = pduLengthGuard();
  socket.prependListener('data', (bytes: Buffer) => {
    if (!lengthsAllowed(bytes)) end(new DimseFailure('The PACS sent a PDU of impossible length.', false));
  });
  socket.prependListener('error', (error: NodeJS.ErrnoException) => end(connectionFailure(error.code)));
  network.on('abort', () => end(new DimseFailure('The PACS aborted the association. It is tried again later.', true)));
  network.on('associationReleaseRequested', () => end(connectionFailure(undefined)));
  const perform = network._performDimse.bind(network);
  network._performDimse = guarded((context: unknown, command: LibraryCommand) => {
    // Else the next command is appended to this one, and all are read again each time.
    if (!command.hasDataset()) network.dimseStream = undefined;
    perform(context, command);
  });
}

type LibraryCommandWithData = { getDataset(): object };
/** What to answer for a data set that stands for a received object. */
const statusOf = new WeakMap<object, number>();

/** Puts our own stream in the place of the library's, which would gather the object and decode it. */
function takeObjects(
  network: LibraryNetwork,
  taker: ObjectTaker,
  open: Set<IncomingDataSet>,
  end: End,
  guarded: Guard,
): void {
  const request = network.sendAssociationRequest.bind(network);
  network.sendAssociationRequest = guarded((association: LibraryAssociation) => {
    for (const { sopClassUid, transferSyntaxUids } of taker.contexts) {
      const id = association.addPresentationContext(sopClassUid);
      for (const uid of transferSyntaxUids) association.addTransferSyntaxToPresentationContext(id, uid);
      // The PACS sends, we keep: SCP role of the requestor (PS3.7 §D.3.3.4).
      association.getPresentationContext(id).setProviderRole(true);
    }
    request(association);
  });
  network.createStoreWritableStream = (context, command) => {
    const text = (name: string) => String(command.getCommandDataset().getElement(name) ?? '');
    const dataSet = taker.begin({
      sopClassUid: text('AffectedSOPClassUID'),
      sopInstanceUid: text('AffectedSOPInstanceUID'),
      transferSyntaxUid: context.getAcceptedTransferSyntaxUid(),
    });
    open.add(dataSet);
    let over = false;
    return {
      dataSet,
      write: (bytes: Buffer) => {
        // Async operations window 1: nothing comes before this object is answered.
        if (over) end(new DimseFailure('The PACS sent more before the last object was answered.', false));
        else if (!dataSet.write(Buffer.from(bytes))) {
          network.socket.pause();
          dataSet.whenDrained(() => network.socket.resume());
        }
        return true;
      },
      once: () => {},
      end: () => {
        over = true;
      },
    };
  };
  network.createDatasetFromStoreWritableStream = (stream, _context, done) => {
    const { dataSet } = stream as { dataSet: IncomingDataSet };
    dataSet
      .finish()
      .catch(() => 0x0110)
      .then((status) => {
        open.delete(dataSet);
        const stand = new Dataset({});
        statusOf.set(stand, status);
        guarded(done)(stand);
      });
  };
}

function named(request: LibraryRequest): { setAffectedSopClassUid(uid: string): void } {
  return request as unknown as { setAffectedSopClassUid(uid: string): void };
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
