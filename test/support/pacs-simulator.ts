/**
 * A PACS that sends a folder of DICOM files over real DIMSE associations. The data set of every
 * file goes out byte for byte as it is stored: dcmjs would decode and re-encode it, and damage it.
 */

import type { EventEmitter } from 'node:events';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { Socket } from 'node:net';
import { basename, join } from 'node:path';
import dcmjsDimse from 'dcmjs-dimse';
import { readStoredFile, type StoredFile } from './stored-file.ts';

const { Client, Dataset, association, constants, log, requests } = dcmjsDimse;

/** The library prints every message to the console; what fails is in the result. */
log.setLevel('silent');

export interface SendFolderOptions {
  readonly host: string;
  readonly port: number;
  readonly calledAeTitle: string;
  readonly callingAeTitle: string;
  /** Files to send, in this order. */
  readonly files?: readonly string[];
  /** Or a folder with everything below it, in order of the paths. */
  readonly folder?: string;
  /** Associations open at the same time; 2 unless told. */
  readonly associations?: number;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

export interface SendFailure {
  /** Base name of the file. */
  readonly file: string;
  /** DIMSE status as `0x....`, or the reason why nothing was sent. */
  readonly status: string;
}

export interface SendResult {
  /** Objects that were answered with success or a warning (0xBxxx). */
  readonly sent: number;
  readonly failed: readonly SendFailure[];
  readonly seconds: number;
}

/** Few enough that an association stays short, as when a PACS sends study by study. */
const OBJECTS_PER_ASSOCIATION = 100;
/** 128 presentation contexts at most (PS3.8 §9.3.2.2, odd numbers below 256), one of them for C-ECHO. */
const CONTEXTS_PER_ASSOCIATION = 127;
const DEFLATED = '1.2.840.10008.1.2.1.99';
const VERIFICATION = '1.2.840.10008.1.1';

/** Sends the files; never throws for a file that cannot be sent or is refused, but reports it. */
export async function sendFolder(options: SendFolderOptions): Promise<SendResult> {
  const started = performance.now();
  const paths = options.files ?? (await filesBelow(options.folder ?? '.'));
  const failed: SendFailure[] = [];
  const stored: StoredFile[] = [];
  for (const path of paths) {
    const file = readStoredFile(path);
    if (typeof file === 'string') failed.push({ file: basename(path), status: file });
    else stored.push(file);
  }
  let done = failed.length;
  const finish = (file: StoredFile, status: string | undefined): void => {
    done += 1;
    if (status !== undefined) failed.push({ file: basename(file.path), status });
    options.onProgress?.({ done, total: paths.length });
  };
  const batches = batchesOf(stored);
  const worker = async (): Promise<void> => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      await sendBatch(batch, options, finish);
    }
  };
  await Promise.all(Array.from({ length: options.associations ?? 2 }, worker));
  return { sent: paths.length - failed.length, failed, seconds: (performance.now() - started) / 1000 };
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Cuts the files into associations that keep both limits. */
function batchesOf(files: readonly StoredFile[]): StoredFile[][] {
  const batches: StoredFile[][] = [];
  let batch: StoredFile[] = [];
  let contexts = new Set<string>();
  for (const file of files) {
    const context = contextKey(file);
    const full = batch.length >= OBJECTS_PER_ASSOCIATION;
    if (full || (!contexts.has(context) && contexts.size >= CONTEXTS_PER_ASSOCIATION)) {
      batches.push(batch);
      batch = [];
      contexts = new Set();
    }
    batch.push(file);
    contexts.add(context);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

function contextKey(file: StoredFile): string {
  return `${file.sopClassUid}/${file.transferSyntaxUid}`;
}

type Finish = (file: StoredFile, status: string | undefined) => void;

/**
 * Sends the files in as few associations as it takes: when one breaks, the object that was under
 * way is to blame and the rest goes out again. An association that never opened is not repeated.
 */
async function sendBatch(batch: readonly StoredFile[], options: SendFolderOptions, finish: Finish): Promise<void> {
  let remaining = batch;
  while (remaining.length > 0) {
    const end = await sendAssociation(remaining, options, finish);
    const [underWay, ...rest] = end.unanswered;
    if (underWay === undefined) return;
    for (const file of end.opened ? [underWay] : end.unanswered) finish(file, end.reason);
    remaining = end.opened ? rest : [];
  }
}

interface AssociationEnd {
  readonly opened: boolean;
  readonly reason: string;
  /** Files without an answer, in the order of sending. */
  readonly unanswered: readonly StoredFile[];
}

/**
 * One association. It is opened with a C-ECHO only, so that the library proposes no storage context
 * of its own: it would pair every class with two syntaxes and re-encode. Every pair of class and
 * syntax gets its own context, and the C-STORE requests join when the peer has accepted.
 */
function sendAssociation(
  batch: readonly StoredFile[],
  options: SendFolderOptions,
  finish: Finish,
): Promise<AssociationEnd> {
  return new Promise((resolve) => {
    const waiting = new Set(batch);
    const settle = (file: StoredFile, status: string | undefined): void => {
      if (waiting.delete(file)) finish(file, status);
    };
    let opened = false;
    let reason = 'The association ended before an answer came.';
    const client = new Client();
    client.addRequest(new requests.CEchoRequest());
    const proposed = new Map(batch.map((file) => [contextKey(file), file]));
    for (const { sopClassUid, transferSyntaxUid } of proposed.values()) {
      const context = new association.PresentationContext(0, sopClassUid, transferSyntaxUid);
      client.addAdditionalPresentationContext(context, true);
    }
    client.on('associationAccepted', (accepted: unknown) => {
      opened = true;
      const contexts = acceptedContexts(accepted as InstanceType<typeof association.Association>);
      for (const file of batch) {
        if (contexts.has(contextKey(file))) client.addRequest(storeRequest(file, settle));
        else settle(file, 'The receiver refused the presentation context.');
      }
    });
    client.on('associationRejected', () => {
      reason = 'The receiver rejected the association.';
    });
    client.on('networkError', (error: unknown) => {
      reason = `The connection failed: ${error instanceof Error ? error.message : String(error)}`;
    });
    client.on('closed', () => resolve({ opened, reason, unanswered: [...waiting] }));
    sendWithoutDelay(client, options);
  });
}

/**
 * Starts the client and takes hold of the socket that the library opens itself: Nagle's algorithm
 * would hold back the end of every object for 40 ms, and after an abort the library would wait for
 * the peer to hang up, where PS3.8 §9.2 lets us close at once.
 */
function sendWithoutDelay(client: InstanceType<typeof Client>, options: SendFolderOptions): void {
  client.send(options.host, options.port, options.callingAeTitle, options.calledAeTitle);
  const { network } = client as unknown as { network?: EventEmitter & { socket?: unknown } };
  if (!(network?.socket instanceof Socket)) throw new Error('dcmjs-dimse keeps its socket elsewhere than before.');
  const { socket } = network;
  socket.setNoDelay(true);
  network.on('abort', () => socket.destroy());
}

function acceptedContexts(accepted: InstanceType<typeof association.Association>): Set<string> {
  const pairs = new Set<string>();
  for (const { context } of accepted.getPresentationContexts() as { context: AcceptedContext }[]) {
    if (context.getResult() !== constants.PresentationContextResult.Accept) continue;
    if (context.getAbstractSyntaxUid() === VERIFICATION) continue;
    pairs.add(`${context.getAbstractSyntaxUid()}/${context.getAcceptedTransferSyntaxUid() ?? ''}`);
  }
  return pairs;
}

interface AcceptedContext {
  getResult(): number;
  getAbstractSyntaxUid(): string;
  getAcceptedTransferSyntaxUid(): string | undefined;
}

function storeRequest(file: StoredFile, settle: Finish): InstanceType<typeof requests.CStoreRequest> {
  const request = new requests.CStoreRequest(new StoredDataset(file));
  request.on('response', (response: unknown) => {
    const status = (response as { getStatus(): number }).getStatus();
    const accepted = status === constants.Status.Success || status >> 12 === 0xb;
    settle(file, accepted ? undefined : `0x${status.toString(16).padStart(4, '0')}`);
  });
  request.on('done', () => settle(file, 'The library could not send the object.'));
  return request;
}

/** A data set that is read from its file at the moment of sending, and sent as it stands there. */
class StoredDataset extends Dataset {
  readonly #file: StoredFile;

  constructor(file: StoredFile) {
    super({ SOPClassUID: file.sopClassUid, SOPInstanceUID: file.sopInstanceUid }, file.transferSyntaxUid);
    this.#file = file;
  }

  override getDenaturalizedDataset(): Buffer {
    const descriptor = openSync(this.#file.path, 'r');
    try {
      const length = fstatSync(descriptor).size - this.#file.offset;
      // A deflated stream of odd length gets the one null byte that PS3.5 §A.5 asks for.
      const padding = this.#file.transferSyntaxUid === DEFLATED ? length % 2 : 0;
      const bytes = Buffer.alloc(length + padding);
      readSync(descriptor, bytes, 0, length, this.#file.offset);
      return bytes;
    } finally {
      closeSync(descriptor);
    }
  }
}
