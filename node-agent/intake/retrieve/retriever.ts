/** Works off the queue: begins what may begin, settles what ended, tries again what can still succeed. */
import type { Logger } from '../../operations/logger.ts';
import { SetBackWatch } from '../../operations/set-back-watch.ts';
import type { AssociationRecord } from '../../store/association-record.ts';
import type { DiskReserve } from '../disk-reserve.ts';
import type { Reception } from '../reception.ts';
import { ArchiveRest } from './archive-rest.ts';
import { type Archive, type Archives, type OwnCertificateFiles, remoteNode } from './archives.ts';
import { move } from './dimse-client.ts';
import { connectionFailure, DimseFailure } from './dimse-failure.ts';
import { getStudy } from './get-study.ts';
import { Pacer } from './pacer.ts';
import { type OperationLimits, QUERY_LIMITS } from './remote-node.ts';
import type { Job, RetrieveQueue } from './retrieve-queue.ts';
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
  /** IANA name of the zone that availability windows are meant in; that of this computer where undefined. */
  readonly timeZone?: string | undefined;
  /** Shown to a PACS that asks for a client certificate. */
  readonly ownCertificate?: OwnCertificateFiles | undefined;
  readonly onChanged?: () => void;
  readonly now?: () => Date;
  /** Wait before the second attempt; doubled for each further one. */
  readonly retryMilliseconds?: number;
  readonly limits?: Partial<OperationLimits>;
}

interface Running {
  readonly archive: string;
  readonly request: string;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/** A PACS may fetch a study from slow storage before its first object comes. */
const TRANSFER_IDLE_MS = 10 * 60_000;
const TICK_MS = 1_000;
const REPORT_MS = 3_000;
const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 60 * 60_000;
/** Attempts at a study that comes incompletely. */
const ATTEMPTS = 12;
/** Attempts while the PACS is away or busy: a week at one an hour. */
const TRANSIENT_ATTEMPTS = 180;
const HOUR_MS = 3_600_000;

export class Retriever {
  readonly #parts: RetrieverParts;
  readonly #running = new Map<string, Running>();
  readonly #pacer = new Pacer();
  readonly #rest: ArchiveRest;
  readonly #clock: SetBackWatch;
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(parts: RetrieverParts) {
    this.#parts = parts;
    this.#clock = new SetBackWatch(() => this.#now().getTime());
    this.#rest = new ArchiveRest(parts.retryMilliseconds ?? FIRST_RETRY_MS);
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
    await this.interrupt(() => true);
  }

  /** Breaks off transfers with a C-CANCEL; they wait in the queue, or stay cancelled. Resolves when all have ended. */
  async interrupt(which: (job: { readonly id: string; readonly request: string }) => boolean): Promise<void> {
    const meant = [...this.#running]
      .filter(([id, { request }]) => which({ id, request }))
      .map(([, running]) => running);
    for (const { abort } of meant) abort.abort();
    await Promise.all(meant.map(({ done }) => done));
  }

  /** Waits until an object of an archive may be answered, as far as its rate is limited. */
  pace({ tag, instancesPerSecond }: Archive, signal?: AbortSignal): Promise<void> {
    return this.#pacer.turn(tag, instancesPerSecond, signal);
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
    const { studiesPerHour, tag, enabled, concurrentStudies, windows } = archive;
    const running = [...this.#running.values()].filter((job) => job.archive === tag).length;
    if (!enabled || running >= concurrentStudies || this.#rest.resting(tag)) return false;
    if (!mayTransfer(windows, now, this.#parts.timeZone)) return false;
    return (
      studiesPerHour === null || this.#parts.queue.begunSince(tag, new Date(now.getTime() - HOUR_MS)) < studiesPerHour
    );
  }

  #beginNext(archive: Archive): boolean {
    const job = this.#parts.queue.takeNext(archive.tag, this.#now());
    if (!job) return false;
    if (this.#running.has(job.id)) {
      // Cancelled and asked for again before its transfer has ended: one after the other.
      this.#parts.queue.interrupted(job.id, 0);
      return false;
    }
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
    this.#running.set(job.id, { archive: archive.tag, request: job.request, abort, done });
    this.#parts.onChanged?.();
    return true;
  }

  async #transfer(archive: Archive, job: Job, signal: AbortSignal): Promise<void> {
    let listing: StudyListing = { instances: undefined, sopClassUids: [], expected: null };
    const report = setInterval(() => this.#report(job, listing), REPORT_MS);
    try {
      listing = await listStudy(this.#node(archive), job.studyUid, this.#limits(QUERY_LIMITS.idleMilliseconds, signal));
      this.#report(job, listing);
      const came = await this.#retrieve(archive, job, listing, signal);
      this.#rest.over(archive.tag);
      this.#settle(archive, job, listing, came);
    } catch (error) {
      const failure = error instanceof DimseFailure ? error : connectionFailure(undefined);
      if (signal.aborted) this.#parts.queue.interrupted(job.id, this.#arrived(listing));
      else this.#fail(archive, job, listing, failure);
    } finally {
      clearInterval(report);
    }
  }

  /** Notes how much of a study in transfer has come, for who looks at it meanwhile. */
  #report({ id }: Job, listing: StudyListing): void {
    try {
      this.#parts.queue.progress(id, listing.expected, this.#arrived(listing));
      this.#parts.onChanged?.();
    } catch {
      // The end of the transfer is recorded, or its failure to be.
    }
  }

  /** @returns how many instances this node took in; what a C-MOVE brings comes as from any sender, and is not told apart */
  async #retrieve(
    archive: Archive,
    { studyUid }: Job,
    listing: StudyListing,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const limits = this.#limits(TRANSFER_IDLE_MS, signal);
    const node = this.#node(archive);
    if (archive.way === 'get') {
      const pace = () => this.pace(archive, signal);
      return getStudy({ ...this.#parts, archive, node, studyUid, listing, limits, pace });
    }
    await move(node, studyUid, this.#parts.aeTitle, limits);
    return undefined;
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
    const progress = { expected: listing.expected, arrived: this.#arrived(listing), sentence: message };
    if (transient) this.#rest.begin(archive.tag);
    if (transient && job.attempts < TRANSIENT_ATTEMPTS) {
      this.#parts.queue.settle(job.id, { ...progress, state: 'waiting', notBefore: this.#later(job) });
    } else this.#parts.queue.settle(job.id, { ...progress, state: 'failed' });
    this.#parts.logger.warn('A retrieval did not succeed.', { archive: archive.tag, reason: message, transient });
  }

  #arrived(listing: StudyListing): number {
    return completeness(this.#parts.reception, listing, undefined).arrived;
  }

  #node(archive: Archive) {
    return remoteNode(archive, this.#parts.ownCertificate);
  }

  #limits(idleMilliseconds: number, signal: AbortSignal): OperationLimits {
    return { ...QUERY_LIMITS, idleMilliseconds, ...this.#parts.limits, signal };
  }

  #later({ attempts }: Job): Date {
    const wait = (this.#parts.retryMilliseconds ?? FIRST_RETRY_MS) * 2 ** (attempts - 1);
    return new Date(this.#now().getTime() + Math.min(wait, LONGEST_RETRY_MS));
  }

  #now(): Date {
    return this.#parts.now?.() ?? new Date();
  }
}
