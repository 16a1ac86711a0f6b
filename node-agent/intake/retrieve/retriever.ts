/** Works off the queue: begins what may begin, settles what ended, tries again what can still succeed. */
import { randomUUID } from 'node:crypto';
import type { Logger } from '../../operations/logger.ts';
import { SetBackWatch } from '../../operations/set-back-watch.ts';
import type { AssociationRecord } from '../../store/association-record.ts';
import type { DiskReserve } from '../disk-reserve.ts';
import type { Reception } from '../reception.ts';
import { type Archive, type Archives, remoteNode } from './archives.ts';
import { get, move, type OperationLimits } from './dimse-client.ts';
import { connectionFailure, DimseFailure } from './dimse-failure.ts';
import { type GetCounts, objectTaker } from './get-objects.ts';
import type { RetrieveQueue } from './retrieve-queue.ts';
import { completeness, listStudy, type StudyListing } from './study-listing.ts';
import { mayTransfer } from './transfer-window.ts';

export interface RetrieverParts {
  readonly archives: Archives;
  readonly queue: RetrieveQueue;
  readonly reception: Reception;
  readonly associations: AssociationRecord;
  readonly reserve: DiskReserve;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** AE title of this node: where a C-MOVE sends to. */
  readonly aeTitle: string;
  readonly onChanged?: () => void;
  readonly now?: () => Date;
  /** Wait before the second attempt; doubled for each further one. */
  readonly retryMilliseconds?: number;
  readonly limits?: Partial<OperationLimits>;
}

/** A PACS may fetch a study from slow storage before its first object comes. */
export const QUERY_LIMITS: OperationLimits = { connectMilliseconds: 10_000, idleMilliseconds: 60_000 };
const TRANSFER_IDLE_MS = 10 * 60_000;
const TICK_MS = 1_000;
const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 60 * 60_000;
const ATTEMPTS = 12;
const HOUR_MS = 3_600_000;

interface Job {
  readonly id: string;
  readonly studyUid: string;
  readonly attempts: number;
}

export class Retriever {
  readonly #parts: RetrieverParts;
  readonly #running = new Map<string, { archive: string; abort: AbortController; done: Promise<void> }>();
  readonly #clock: SetBackWatch;
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(parts: RetrieverParts) {
    this.#parts = parts;
    this.#clock = new SetBackWatch(() => this.#now().getTime());
  }

  start(): void {
    this.#parts.queue.restart();
    this.#timer = setInterval(() => this.nudge(), TICK_MS);
    this.nudge();
  }

  /** Cancels what is in transfer; it waits in the queue for the next start. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    for (const { abort } of this.#running.values()) abort.abort();
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  /** Cancels one study, with a C-CANCEL where it is in transfer. */
  cancel(id: string): boolean {
    const cancelled = this.#parts.queue.cancel(id);
    this.#running.get(id)?.abort.abort();
    return cancelled;
  }

  /** Looks for what may begin now. */
  nudge(): void {
    if (this.#stopping) return;
    try {
      const { queue, archives, reserve } = this.#parts;
      const setBack = this.#clock.look();
      if (setBack > 0) queue.clockWasSetBack(setBack, this.#now());
      if (queue.paused || reserve.nearlyFull) return;
      for (const archive of archives.list()) while (this.#mayBegin(archive) && this.#beginNext(archive));
    } catch {
      this.#parts.logger.error('The retrieve queue could not be read; it is tried again.');
    }
  }

  #mayBegin(archive: Archive): boolean {
    const now = this.#now();
    const running = [...this.#running.values()].filter(({ archive: tag }) => tag === archive.tag).length;
    if (!archive.enabled || running >= archive.concurrentStudies || !mayTransfer(archive.windows, now)) return false;
    const { studiesPerHour, tag } = archive;
    return (
      studiesPerHour === null || this.#parts.queue.begunSince(tag, new Date(now.getTime() - HOUR_MS)) < studiesPerHour
    );
  }

  #beginNext(archive: Archive): boolean {
    const job = this.#parts.queue.takeNext(archive.tag, this.#now());
    if (!job) return false;
    const abort = new AbortController();
    const done = this.#transfer(archive, job, abort.signal)
      .catch(() =>
        this.#parts.logger.error('The end of a transfer could not be recorded; it is repeated at the next start.'),
      )
      .then(() => {
        this.#running.delete(job.id);
        this.#parts.onChanged?.();
        this.nudge();
      });
    this.#running.set(job.id, { archive: archive.tag, abort, done });
    this.#parts.onChanged?.();
    return true;
  }

  async #transfer(archive: Archive, job: Job, signal: AbortSignal): Promise<void> {
    let listing: StudyListing = { instanceUids: undefined, sopClassUids: [], expected: null };
    try {
      const limits = { ...QUERY_LIMITS, ...this.#parts.limits, signal };
      listing = await listStudy(remoteNode(archive), job.studyUid, limits);
      const came = await this.#retrieve(archive, job, listing, { idleMilliseconds: TRANSFER_IDLE_MS, signal });
      this.#settle(archive, job, listing, came);
    } catch (error) {
      const failure = error instanceof DimseFailure ? error : connectionFailure(undefined);
      this.#fail(archive, job, listing, failure);
    }
  }

  /** @returns how many instances this node took in; what a C-MOVE brings comes as from any sender, and is not told apart */
  async #retrieve(
    archive: Archive,
    job: Job,
    listing: StudyListing,
    limits: Partial<OperationLimits>,
  ): Promise<number | undefined> {
    const all = { ...QUERY_LIMITS, ...limits, ...this.#parts.limits };
    if (archive.way === 'get') return this.#get(archive, job, listing, all);
    await move(remoteNode(archive), job.studyUid, this.#parts.aeTitle, all);
    return undefined;
  }

  /** A C-GET brings objects, so it stands in the association record like what a sender opens. */
  async #get(archive: Archive, job: Job, listing: StudyListing, limits: OperationLimits): Promise<number> {
    const { associations, reception, reserve } = this.#parts;
    const associationId = randomUUID();
    const counts: GetCounts = { objects: 0, failures: 0, bytes: 0 };
    const sender = { associationId, aeTitle: archive.aeTitle };
    const { callingAeTitle, aeTitle: calledAeTitle, host: remoteAddress } = archive;
    const close = reception.expectObjects();
    let outcome = 'cut off';
    associations.start({
      associationId,
      callingAeTitle,
      calledAeTitle,
      remoteAddress,
      peerTag: archive.tag,
      tlsProtocol: null,
      certificate: null,
      rejection: null,
      contexts: '',
    });
    const began = performance.now();
    try {
      const taker = objectTaker(reception, sender, listing.sopClassUids, () => reserve.nearlyFull, counts);
      await get(remoteNode(archive), job.studyUid, taker, limits);
      outcome = 'released';
      return counts.objects;
    } finally {
      associations.end(associationId, { ...counts, outcome, milliseconds: Math.round(performance.now() - began) });
      await close();
    }
  }

  #settle(archive: Archive, job: Job, listing: StudyListing, came: number | undefined): void {
    const { state, arrived } = completeness(this.#parts.reception, listing, came);
    const { expected } = listing;
    if (state === 'incomplete' && job.attempts < ATTEMPTS) {
      const sentence = `${arrived} of ${expected} instances came. The rest is asked for again.`;
      this.#parts.queue.settle(job.id, { state: 'waiting', expected, arrived, sentence, notBefore: this.#later(job) });
      return;
    }
    const sentence = {
      complete: null,
      incomplete: `${arrived} of ${expected} instances came after ${job.attempts} attempts. Ask the PACS administrator.`,
      unknown: 'The PACS does not list the instances of the study, so nobody can say that all came.',
    }[state];
    this.#parts.queue.settle(job.id, { state, expected, arrived, sentence });
    this.#parts.logger.info('A study was retrieved.', { archive: archive.tag, state, arrived, expected });
  }

  #fail(archive: Archive, job: Job, listing: StudyListing, { message, transient }: DimseFailure): void {
    const { arrived } = completeness(this.#parts.reception, listing, undefined);
    const progress = { expected: listing.expected, arrived, sentence: message };
    if (this.#stopping) this.#parts.queue.settle(job.id, { ...progress, state: 'waiting' });
    else if (transient && job.attempts < ATTEMPTS) {
      this.#parts.queue.settle(job.id, { ...progress, state: 'waiting', notBefore: this.#later(job) });
    } else this.#parts.queue.settle(job.id, { ...progress, state: 'failed' });
    this.#parts.logger.warn('A retrieval did not succeed.', { archive: archive.tag, reason: message, transient });
  }

  #later({ attempts }: Job): Date {
    const wait = (this.#parts.retryMilliseconds ?? FIRST_RETRY_MS) * 2 ** (attempts - 1);
    return new Date(this.#now().getTime() + Math.min(wait, LONGEST_RETRY_MS));
  }

  #now(): Date {
    return this.#parts.now?.() ?? new Date();
  }
}
