/** STOW-RS, the Store transaction of DICOMweb (PS3.18 §10.5): objects come over HTTP and through the one way in. */
import { randomUUID } from 'node:crypto';
import type { Logger } from '../../operations/logger.ts';
import type { AssociationRecord } from '../../store/association-record.ts';
import type { DiskReserve } from '../disk-reserve.ts';
import type { ReceiverPause } from '../peers/receiver-pause.ts';
import { isUsableUid } from '../receiver/command-set.ts';
import { FAILURES, type Failure } from './failure.ts';
import { type InstanceResult, InstanceStore, type InstanceStoreParts } from './instance-store.ts';
import { accepts, parseMediaType } from './media-type.ts';
import { isBoundary, MultipartError, type MultipartLimits, partsOf } from './multipart.ts';
import { DICOM_JSON, RETRY_AFTER_SECONDS, type Reply, storeReply } from './store-response.ts';

export interface StowParts extends InstanceStoreParts {
  readonly associations: AssociationRecord;
  readonly associationReserve: DiskReserve;
  readonly pause: Pick<ReceiverPause, 'current'>;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly aeTitle: string;
  readonly mostRequests: number;
  /** Of one request. */
  readonly mostBytes: number;
  readonly multipartLimits?: Partial<MultipartLimits>;
  /** A request was entered in the association record, or ended. */
  readonly onRequest?: () => void;
}

export interface StowRequest {
  readonly method: string;
  /** Below the place where the service is mounted, without query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: AsyncIterable<Buffer>;
  /** What the sender's token is called. */
  readonly tokenName: string;
  readonly remoteAddress: string;
}

/** In the place of the calling AE title in the association record; the name of the token stands for the peer. */
const CALLING = 'STOW-RS';
/** Objects of one request whose durability is waited for at the same time. */
const ADMISSIONS_AT_A_TIME = 8;
const ANSWERS: readonly string[] = [DICOM_JSON, 'application/json'];
const JSON_REFUSED =
  'Metadata and bulk data apart are not taken. Send whole DICOM files: multipart/related; type="application/dicom".';
const TYPE_REFUSED =
  'The request is not multipart/related; type="application/dicom". Send DICOM files (PS3.10) as its parts.';

class TooLargeError extends Error {}

export class StowService {
  readonly #parts: StowParts;
  readonly #open = new Set<Promise<unknown>>();

  constructor(parts: StowParts) {
    this.#parts = parts;
  }

  /**
   * Answers one request. What is reported as stored is durable.
   * @throws what the body throws when the sender goes away: there is nobody to answer then, and what was complete is kept
   */
  async handle(request: StowRequest): Promise<Reply> {
    const place = placeOf(request.path);
    if (place === undefined) return problem(404, 'Not found', 'Objects are stored at /studies and /studies/{study}.');
    if (request.method !== 'POST') {
      return problem(405, 'Only storing', 'This node stores over DICOMweb and gives nothing back.', { allow: 'POST' });
    }
    const { studyUid } = place;
    if (studyUid !== undefined && !isUsableUid(studyUid)) {
      return problem(400, 'Not a UID', 'The study in the address is not a UID. Correct the address.');
    }
    const refusal = this.#refusal(request);
    if (refusal) return refusal;
    const boundary = boundaryOf(request);
    if (typeof boundary !== 'string') return boundary;
    const work = this.#store(request, boundary, studyUid);
    this.#open.add(work);
    return await work.finally(() => this.#open.delete(work));
  }

  /** Resolves when nothing is in work any more; the connections have been closed before. */
  async stop(): Promise<void> {
    await Promise.allSettled(this.#open);
  }

  #refusal({ headers }: StowRequest): Reply | undefined {
    const { pause, associationReserve, mostRequests, mostBytes } = this.#parts;
    const paused = pause.current;
    if (paused) return later(`The receiver is paused by ${paused.by}. Send the objects again later.`);
    if (associationReserve.nearlyFull) return later(FAILURES.outOfResources.sentence);
    if (this.#open.size >= mostRequests) return later('Too many requests are open. Send the objects again later.');
    if (!accepts(headerOf(headers, 'accept'), ANSWERS)) {
      return problem(406, 'Only JSON', `The answer comes as ${DICOM_JSON} alone. Name it in the header field Accept.`);
    }
    const length = Number(headerOf(headers, 'content-length') ?? 0);
    return length > mostBytes ? problem(413, 'Too large', FAILURES.tooLarge.sentence) : undefined;
  }

  async #store(request: StowRequest, boundary: string, studyUid: string | undefined): Promise<Reply> {
    const { associations, reception, logger, aeTitle, onRequest } = this.#parts;
    const associationId = randomUUID();
    const startedAt = performance.now();
    try {
      associations.start({
        associationId,
        callingAeTitle: CALLING,
        calledAeTitle: aeTitle,
        remoteAddress: request.remoteAddress,
        peerTag: request.tokenName,
        tlsProtocol: null,
        certificate: null,
        rejection: null,
        contexts: '[]',
      });
    } catch {
      return later(FAILURES.notWritten.sentence);
    }
    onRequest?.();
    const arrived = reception.expectObjects();
    const results: Promise<InstanceResult>[] = [];
    let outcome = 'aborted by the sender';
    try {
      const interruption = await this.#readParts(
        request,
        boundary,
        new InstanceStore(this.#parts, associationId, studyUid),
        results,
      );
      const reply = storeReply(await Promise.all(results), interruption);
      outcome = `answered with status ${reply.status}`;
      return reply;
    } finally {
      const ended = await Promise.all(results);
      await arrived();
      const kept = ended.filter(({ failure }) => failure === undefined);
      const figures = {
        objects: kept.length,
        failures: ended.length - kept.length,
        bytes: kept.reduce((sum, { bytes }) => sum + bytes, 0),
      };
      const milliseconds = Math.round(performance.now() - startedAt);
      logger.info('STOW-RS request ended', {
        association: associationId,
        outcome,
        ...figures,
        seconds: milliseconds / 1000,
      });
      try {
        associations.end(associationId, { outcome, ...figures, milliseconds });
      } catch (error) {
        logger.error('A STOW-RS request could not be recorded', {
          association: associationId,
          kind: (error as Error).name,
        });
      }
      onRequest?.();
    }
  }

  /** @returns why reading ended before the end */
  async #readParts(
    { body }: StowRequest,
    boundary: string,
    store: InstanceStore,
    results: Promise<InstanceResult>[],
  ): Promise<Failure | undefined> {
    const { mostBytes, multipartLimits } = this.#parts;
    const inWork = new Set<Promise<unknown>>();
    try {
      for await (const part of partsOf(upTo(mostBytes, body), boundary, multipartLimits)) {
        const type = part.headers.get('content-type');
        if (type !== undefined && parseMediaType(type)?.type !== 'application/dicom') {
          results.push(Promise.resolve({ uids: undefined, failure: FAILURES.otherMediaType, bytes: 0 }));
          continue;
        }
        const { result } = await store.take(part.body);
        results.push(result);
        inWork.add(result);
        void result.finally(() => inWork.delete(result));
        if (inWork.size >= ADMISSIONS_AT_A_TIME) await Promise.race(inWork);
      }
      return undefined;
    } catch (error) {
      if (error instanceof TooLargeError) return FAILURES.tooLarge;
      if (error instanceof MultipartError) return { ...FAILURES.incomplete, sentence: error.message };
      throw error;
    }
  }
}

function placeOf(path: string): { readonly studyUid: string | undefined } | undefined {
  const found = /^\/studies(?:\/([^/]+))?\/?$/.exec(path);
  return found ? { studyUid: found[1] } : undefined;
}

/** @returns the boundary, or the answer to a body that is of no use here */
function boundaryOf({ headers }: StowRequest): string | Reply {
  const type = parseMediaType(headerOf(headers, 'content-type') ?? '');
  const root = type?.parameters.get('type')?.toLowerCase() ?? 'application/dicom';
  if (type?.type !== 'multipart/related') return problem(415, 'Not DICOM files', TYPE_REFUSED);
  if (/^application\/dicom\+(?:json|xml)$/.test(root)) return problem(415, 'Not whole files', JSON_REFUSED);
  if (root !== 'application/dicom') return problem(415, 'Not DICOM files', TYPE_REFUSED);
  const boundary = type.parameters.get('boundary') ?? '';
  if (isBoundary(boundary)) return boundary;
  const sentence =
    'The Content-Type names no boundary of 1 to 70 characters (RFC 2046). Correct what the sender writes.';
  return problem(400, 'No boundary', sentence);
}

async function* upTo(mostBytes: number, body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new TooLargeError();
    yield chunk;
  }
}

function headerOf(headers: StowRequest['headers'], name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.join(',');
}

function later(sentence: string): Reply {
  return problem(503, 'Later', sentence, { 'retry-after': String(RETRY_AFTER_SECONDS) });
}

/** Problem details (RFC 9457): nothing of the request was stored. */
function problem(status: number, title: string, detail: string, headers: Reply['headers'] = {}): Reply {
  const body = JSON.stringify({ type: 'about:blank', title, status, detail });
  return { status, contentType: 'application/problem+json', headers, body };
}
