/** What the API sees of fetching studies from a PACS; every change is entered in the audit log, without identifiers. */
import { Problem } from '../api/problem.ts';
import type { RetrievePort } from '../api/services.ts';
import { uidName } from '../dicom/uids.ts';
import { type Archive, type OwnCertificateFiles, RetrieveError } from '../intake/retrieve/archives.ts';
import { examine } from '../intake/retrieve/connection-doctor.ts';
import { QUERY_LIMITS } from '../intake/retrieve/remote-node.ts';
import { type BadLine, readRequestForm, readRequestList } from '../intake/retrieve/request-list.ts';
import type { RetrieveDesk } from '../intake/retrieve/retrieve-desk.ts';
import { mayTransfer } from '../intake/retrieve/transfer-window.ts';
import type { Foundation } from './foundation.ts';

export interface RetrieveSideParts {
  readonly foundation: Pick<Foundation, 'archives' | 'retrieveQueue' | 'retrieveRequests' | 'audit'>;
  readonly desk: RetrieveDesk;
  readonly aeTitle: string;
  /** IANA name; that of this computer where undefined. */
  readonly timeZone: string | undefined;
  readonly ownCertificate: OwnCertificateFiles;
}

const BAD_LINES_SHOWN = 10;
type Terms = Parameters<RetrievePort['addArchive']>[0];

export function buildRetrievePort(parts: RetrieveSideParts): RetrievePort {
  const { foundation, desk, aeTitle, timeZone, ownCertificate } = parts;
  const { archives, retrieveQueue: queue, retrieveRequests: requests, audit } = foundation;
  const note = (actor: string, action: string, subject: string, detail?: string) =>
    void audit.record({ actor, action, subject, ...(detail === undefined ? {} : { detail }) });
  const save = (terms: Terms, by: string) => {
    archives.save({ ...terms, callingAeTitle: terms.callingAeTitle ?? aeTitle });
    note(by, 'archive.saved', terms.tag);
    return archiveView(archives.get(terms.tag));
  };
  const acts = {
    count: (id: string) => desk.countAgain(id),
    pause: (id: string) => desk.pause(id),
    resume: (id: string) => desk.resume(id),
    cancel: (id: string) => desk.cancel(id),
    retry: (id: string) => desk.retry(id),
  };
  return {
    archives: () =>
      archives.list().map((archive) => ({
        ...archiveView(archive),
        open: archive.enabled && mayTransfer(archive.windows, new Date(), timeZone),
      })),
    addArchive: (terms, by) =>
      refusable(() => {
        if (archives.find(terms.tag)) throw new RetrieveError('There is a PACS with this name already.');
        return save(terms, by);
      }),
    changeArchive: (terms, by) =>
      refusable(() => {
        existing(archives.find(terms.tag), 'PACS');
        return save(terms, by);
      }),
    removeArchive: (tag, by) =>
      refusable(() => {
        existing(archives.find(tag), 'PACS');
        archives.remove(tag);
        note(by, 'archive.removed', tag);
      }),
    examine: async (tag) => {
      const report = await examine(existing(archives.find(tag), 'PACS'), QUERY_LIMITS, ownCertificate);
      const named = (uid: string) => uidName(uid) ?? uid;
      return {
        ...report,
        steps: [...report.steps],
        services: report.services.map(({ sopClassUid, transferSyntaxUids }) => ({
          name: named(sopClassUid),
          transferSyntaxes: transferSyntaxUids.map(named),
        })),
      };
    },
    state: () => ({
      paused: queue.paused,
      timeZone: timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
      studies: queue.counts(),
    }),
    pause: (by) => {
      desk.pauseAll();
      note(by, 'retrieve.paused', 'all');
    },
    resume: (by) => {
      desk.resumeAll();
      note(by, 'retrieve.resumed', 'all');
    },
    requests: ({ limit, offset }) => ({ total: requests.total(), rows: requests.list(limit, offset).map(requestView) }),
    request: (id) => requestView(existing(requests.find(id), 'request')),
    ask: ({ archive, what }, by) =>
      refusable(() => {
        const read = 'csv' in what ? readRequestList(what.csv) : readRequestForm(what.form);
        if (read.badLines.length > 0) throw badLines(read.badLines, 'csv' in what ? 'Line' : 'Entry');
        const asked = desk.ask(archive, read.requests, by);
        note(by, 'retrieve.asked', asked.id, `${asked.entries} entries for ${archive}`);
        return requestView(asked);
      }),
    confirm: (id, again, by) =>
      refusable(() => {
        existing(requests.find(id), 'request');
        const confirmed = desk.confirm(id, again);
        note(by, 'retrieve.confirmed', id, `${confirmed.studies.waiting ?? 0} studies from ${confirmed.archive}`);
        return requestView(confirmed);
      }),
    act: (what, id, by) =>
      refusable(() => {
        existing(requests.find(id), 'request');
        const row = acts[what](id);
        note(by, `retrieve.${what}`, id);
        return requestView(row);
      }),
    studies: (id, { limit, offset }) => {
      const { studies } = existing(requests.find(id), 'request');
      const total = Object.values(studies).reduce((sum, count) => sum + count, 0);
      return { total, rows: queue.list(id, limit, offset) };
    },
    identities: (id, ids, by) => {
      existing(requests.find(id), 'request');
      const shown = desk.identities(id, ids);
      note(by, 'retrieve.identities-shown', id, `${shown.length} studies`);
      return shown.map(({ id: study, study: { patientId, accessionNumber, studyDate, studyUid } }) => ({
        id: study,
        patientId,
        accessionNumber,
        studyDate,
        studyUid,
      }));
    },
    actOnStudy: (what, id, by) =>
      refusable(() => {
        existing(queue.find(id), 'study');
        const row = what === 'cancel' ? desk.cancelStudy(id) : desk.retryStudy(id);
        note(by, `retrieve.study-${what}`, id);
        return row;
      }),
  };
}

function archiveView(archive: Archive) {
  return { ...archive, fingerprints: [...archive.fingerprints], windows: [...archive.windows] };
}

function requestView<Row extends { readonly empty: readonly number[] }>(row: Row) {
  return { ...row, empty: [...row.empty] };
}

function existing<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Problem(404, 'Not found', `There is no such ${what} any more.`);
  return value;
}

function badLines(lines: readonly BadLine[], word: 'Line' | 'Entry'): Problem {
  const shown = lines.slice(0, BAD_LINES_SHOWN).map(({ line, sentence }) => `${word} ${line}: ${sentence}`);
  const rest = lines.length - shown.length;
  const more = rest > 0 ? ` ${rest} more are wrong.` : '';
  return new Problem(400, 'Nothing was taken', `${shown.join(' ')}${more} Correct this and send it again.`);
}

function refusable<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RetrieveError) throw new Problem(400, 'Not possible', error.message);
    throw error;
  }
}
