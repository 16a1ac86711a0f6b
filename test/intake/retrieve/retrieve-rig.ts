/** A retriever on the intake rig, with an archive to fetch from. */
import { onTestFinished } from 'vitest';
import { type Archive, Archives } from '../../../node-agent/intake/retrieve/archives.ts';
import { RetrieveDesk } from '../../../node-agent/intake/retrieve/retrieve-desk.ts';
import { RetrieveQueue, type RetrieveRow } from '../../../node-agent/intake/retrieve/retrieve-queue.ts';
import { RetrieveRequests } from '../../../node-agent/intake/retrieve/retrieve-requests.ts';
import { Retriever, type RetrieverParts } from '../../../node-agent/intake/retrieve/retriever.ts';
import type { MatchingStudy } from '../../../node-agent/intake/retrieve/study-listing.ts';
import { openDatabase } from '../../../node-agent/store/database.ts';
import { Pseudonymiser } from '../../../node-agent/vault/pseudonymiser.ts';
import { RIG_VAULT_MIGRATIONS, type Rig } from '../rig.ts';

export const SECRET = Buffer.alloc(32, 7);

export function archiveAt(port: number, changes: Partial<Archive> = {}): Archive {
  return {
    tag: 'main',
    aeTitle: 'ORTHANC',
    host: '127.0.0.1',
    port,
    callingAeTitle: 'GATEHOUSE',
    certificateAuthorities: null,
    fingerprints: [],
    way: 'move',
    instancesPerSecond: null,
    studiesPerHour: null,
    concurrentStudies: 1,
    windows: [],
    enabled: true,
    ...changes,
  };
}

/** A study as a PACS that says nothing else of it would report it. */
export function matching(studyUid: string, changes: Partial<MatchingStudy> = {}): MatchingStudy {
  return {
    studyUid,
    patientId: 'P1',
    accessionNumber: 'A1',
    studyDate: '20240102',
    modalities: 'CT',
    series: null,
    instances: null,
    ...changes,
  };
}

/** @param vault the database with the queue */
export function retrieveRig(
  rig: Rig,
  archive: Archive,
  changes: Partial<RetrieverParts> = {},
  vault = rig.folder.vaultDatabase,
) {
  const database = openDatabase(vault, RIG_VAULT_MIGRATIONS);
  const archives = new Archives(database);
  const queue = new RetrieveQueue(database, SECRET, new Pseudonymiser(SECRET));
  const requests = new RetrieveRequests(database, SECRET);
  archives.save(archive);
  const parts = { ...rig, archives, queue, aeTitle: 'GATEHOUSE', retryMilliseconds: 50, ...changes };
  const retriever = new Retriever(parts);
  const desk = new RetrieveDesk({ archives, requests, queue, retriever, logger: rig.logger });
  onTestFinished(async () => {
    await desk.stop();
    await retriever.stop();
    database.close();
  });
  return {
    database,
    archives,
    queue,
    requests,
    retriever,
    desk,
    parts,
    /** Asks for studies without asking the PACS what there is. @returns the id of the request */
    want: (studyUids: readonly string[]): string => {
      const id = requests.create(archive.tag, [], 'test');
      queue.found(
        id,
        archive.tag,
        1,
        studyUids.map((uid) => matching(uid)),
      );
      requests.become(id, 'confirmed', ['counting']);
      queue.confirm(id, true);
      return id;
    },
    /** Studies of all requests. */
    rows: (): RetrieveRow[] => requests.list(100, 0).flatMap(({ id }) => queue.list(id, 1000, 0)),
  };
}
