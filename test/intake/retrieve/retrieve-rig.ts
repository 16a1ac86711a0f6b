/** A retriever on the intake rig, with an archive to fetch from. */
import { onTestFinished } from 'vitest';
import { type Archive, Archives } from '../../../node-agent/intake/retrieve/archives.ts';
import { RetrieveQueue } from '../../../node-agent/intake/retrieve/retrieve-queue.ts';
import { Retriever } from '../../../node-agent/intake/retrieve/retriever.ts';
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
    way: 'move',
    studiesPerHour: null,
    concurrentStudies: 1,
    windows: [],
    enabled: true,
    ...changes,
  };
}

export function retrieveRig(rig: Rig, archive: Archive, now: () => Date = () => new Date()) {
  const database = openDatabase(rig.folder.vaultDatabase, RIG_VAULT_MIGRATIONS);
  const archives = new Archives(database);
  const queue = new RetrieveQueue(database, SECRET, new Pseudonymiser(SECRET));
  archives.save(archive);
  const build = () =>
    new Retriever({
      ...rig,
      archives,
      queue,
      aeTitle: 'GATEHOUSE',
      now,
      retryMilliseconds: 50,
    });
  const retriever = build();
  onTestFinished(async () => {
    await retriever.stop();
    database.close();
  });
  return { archives, queue, retriever, build };
}
