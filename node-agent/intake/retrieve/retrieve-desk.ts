/** What people do with requests: ask, see what would come before anything moves, confirm, pause, cancel, try again. */
import type { Logger } from '../../operations/logger.ts';
import { type Archives, type OwnCertificateFiles, RetrieveError, remoteNode } from './archives.ts';
import { DimseFailure } from './dimse-failure.ts';
import { QUERY_LIMITS } from './remote-node.ts';
import type { RetrieveRequest } from './request-list.ts';
import type { RetrieveQueue, RetrieveRow } from './retrieve-queue.ts';
import type { RequestRow, RetrieveRequests } from './retrieve-requests.ts';
import type { Retriever } from './retriever.ts';
import { type MatchingStudy, matchingStudies } from './study-listing.ts';

export interface RetrieveDeskParts {
  readonly archives: Archives;
  readonly requests: RetrieveRequests;
  readonly queue: RetrieveQueue;
  /** Undefined where this process only asks, and another one fetches. */
  readonly retriever?: Pick<Retriever, 'nudge' | 'interrupt'> | undefined;
  readonly logger: Pick<Logger, 'error'>;
  readonly ownCertificate?: OwnCertificateFiles | undefined;
  readonly onChanged?: () => void;
}

export class RetrieveDesk {
  readonly #parts: RetrieveDeskParts;
  readonly #stop = new AbortController();
  /** Counts go one after the other, so that a PACS is asked one thing at a time. */
  #counting: Promise<void> = Promise.resolve();

  constructor(parts: RetrieveDeskParts) {
    this.#parts = parts;
  }

  /** Goes on with what a stop or a crash broke off. */
  start(): void {
    for (const id of this.#parts.requests.counting()) this.#countSoon(id);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#counting;
  }

  /** Resolves when every request is counted. */
  counted(): Promise<void> {
    return this.#counting;
  }

  /** Takes a request; the PACS is asked what matches, and nothing moves. @throws RetrieveError */
  ask(tag: string, entries: readonly RetrieveRequest[], by: string): RequestRow {
    const { archives, requests } = this.#parts;
    if (!archives.get(tag).enabled) throw new RetrieveError('This archive is switched off.');
    const id = requests.create(tag, entries, by);
    this.#countSoon(id);
    return requests.get(id);
  }

  /** Asks again after a count that failed. @throws RetrieveError */
  countAgain(id: string): RequestRow {
    if (!this.#parts.requests.become(id, 'counting', ['failed'])) throw notNow('counted again');
    this.#countSoon(id);
    return this.#parts.requests.get(id);
  }

  /** @param again also what an earlier request fetched completely. @throws RetrieveError */
  confirm(id: string, again: boolean): RequestRow {
    const { requests, queue, retriever } = this.#parts;
    if (!requests.become(id, 'confirmed', ['counted'])) throw notNow('confirmed');
    queue.confirm(id, again);
    retriever?.nudge();
    return this.#changed(id);
  }

  /** Nothing of the request is begun any more; a study in transfer is broken off and waits. @throws RetrieveError */
  pause(id: string): RequestRow {
    const { requests, retriever } = this.#parts;
    requests.get(id);
    requests.setPaused(id, true);
    void retriever?.interrupt(({ request }) => request === id);
    return this.#changed(id);
  }

  /** @throws RetrieveError */
  resume(id: string): RequestRow {
    const { requests, retriever } = this.#parts;
    requests.get(id);
    requests.setPaused(id, false);
    retriever?.nudge();
    return this.#changed(id);
  }

  /** Before it is confirmed a request is discarded; later, what has not come is cancelled. @throws RetrieveError */
  cancel(id: string): RequestRow {
    const { requests, queue, retriever } = this.#parts;
    requests.get(id);
    requests.become(id, 'discarded', ['counting', 'counted', 'failed']);
    queue.cancelRequest(id);
    void retriever?.interrupt(({ request }) => request === id);
    return this.#changed(id);
  }

  /** Everything that ended otherwise than complete waits again. @throws RetrieveError */
  retry(id: string): RequestRow {
    const { requests, queue, retriever } = this.#parts;
    if (requests.get(id).state !== 'confirmed') throw notNow('tried again');
    queue.againRequest(id);
    retriever?.nudge();
    return this.#changed(id);
  }

  /** @throws RetrieveError */
  cancelStudy(id: string): RetrieveRow {
    const { queue, retriever } = this.#parts;
    if (!queue.cancel(id)) throw new RetrieveError('This study neither waits nor is in transfer.');
    void retriever?.interrupt((job) => job.id === id);
    return this.#study(id);
  }

  /** @throws RetrieveError */
  retryStudy(id: string): RetrieveRow {
    const { queue, retriever } = this.#parts;
    if (!queue.again(id)) throw new RetrieveError('This study is complete, on its way, or fetched by another request.');
    retriever?.nudge();
    return this.#study(id);
  }

  pauseAll(): void {
    this.#parts.queue.pause();
    void this.#parts.retriever?.interrupt(() => true);
    this.#parts.onChanged?.();
  }

  resumeAll(): void {
    this.#parts.queue.resume();
    this.#parts.retriever?.nudge();
    this.#parts.onChanged?.();
  }

  /** What the PACS says of studies of a request: identifying. */
  identities(request: string, ids: readonly string[]): { readonly id: string; readonly study: MatchingStudy }[] {
    return ids.flatMap((id) => {
      const study = this.#parts.queue.find(id)?.request === request ? this.#parts.queue.identity(id) : undefined;
      return study ? [{ id, study }] : [];
    });
  }

  #countSoon(id: string): void {
    this.#counting = this.#counting
      .then(() => this.#count(id))
      .catch(() => this.#parts.logger.error('A request could not be counted; it is tried again at the next start.'))
      .then(() => this.#parts.onChanged?.());
  }

  async #count(id: string): Promise<void> {
    const { requests, queue, archives, ownCertificate, onChanged } = this.#parts;
    const { archive: tag, counted } = requests.get(id);
    const limits = { ...QUERY_LIMITS, signal: this.#stop.signal };
    try {
      const node = remoteNode(archives.get(tag), ownCertificate);
      for (const [index, entry] of requests.entriesOf(id).entries()) {
        if (index < counted) continue;
        if (this.#stop.signal.aborted || requests.stateOf(id) !== 'counting') return;
        const studies = await matchingStudies(node, entry, limits);
        queue.found(id, tag, index + 1, studies);
        requests.noted(id, { counted: index + 1, matches: studies.length });
        onChanged?.();
      }
      requests.become(id, 'counted', ['counting']);
    } catch (error) {
      if (this.#stop.signal.aborted) return; // goes on at the next start
      const known = error instanceof DimseFailure || error instanceof RetrieveError;
      requests.become(id, 'failed', ['counting'], known ? error.message : 'The node could not finish the count.');
      if (!known) throw error;
    }
  }

  #changed(id: string): RequestRow {
    this.#parts.onChanged?.();
    return this.#parts.requests.get(id);
  }

  #study(id: string): RetrieveRow {
    const row = this.#parts.queue.find(id);
    if (!row) throw new RetrieveError('There is no such study any more.');
    this.#parts.onChanged?.();
    return row;
  }
}

function notNow(what: string): RetrieveError {
  return new RetrieveError(`The request is in no state in which it can be ${what}. Look at it again.`);
}
