/** What C-GET brings: every class and transfer syntax, byte for byte as the PACS sends it, compared with DCMTK's client. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { dataSetBytes, intakeRig, until } from '../rig.ts';
import {
  ctStudy,
  dcmtkArchivePrograms,
  modify,
  PACS_AE_TITLE,
  run,
  STUDY_UID,
  startDcmqrscp,
} from './dcmqrscp-archive.ts';
import { archiveAt, retrieveRig } from './retrieve-rig.ts';

async function setUp(files: (folder: string) => Promise<readonly string[]>, accepts: '+xr' | '+xi' = '+xr') {
  const rig = await intakeRig();
  const folder = temporaryFolder();
  const pacs = await startDcmqrscp({ folder, files: await files(folder), knows: ['GATEHOUSE', rig.port], accepts });
  onTestFinished(() => pacs.kill());
  const archive = archiveAt(pacs.port, { way: 'get', aeTitle: PACS_AE_TITLE });
  return { rig, folder, pacs, ...retrieveRig(rig, archive) };
}

/** Data sets of the files in a folder, in one order. */
async function dataSets(paths: readonly string[]): Promise<string[]> {
  return (await Promise.all(paths.map(async (path) => (await dataSetBytes(path)).toString('base64')))).sort();
}

/** What DCMTK's own client gets, written as it comes. */
function getscu(folder: string, port: number, keys: readonly string[], ...proposal: string[]): string[] {
  const output = join(folder, `getscu ${keys.join(' ')}`);
  mkdirSync(output, { recursive: true });
  const titles = ['-aet', 'GATEHOUSE', '-aec', PACS_AE_TITLE];
  const words = [`StudyInstanceUID=${STUDY_UID}`, ...keys].flatMap((key) => ['-k', key]);
  try {
    run('getscu', '+B', ...proposal, '-od', output, '-S', ...titles, ...words, '127.0.0.1', String(port));
  } catch {
    // It ends with an error where the PACS could not send all of the study in this syntax.
  }
  return readdirSync(output).map((name) => join(output, name));
}

describe.skipIf(!dcmtkArchivePrograms())('C-GET from dcmqrscp', () => {
  it('brings explicit VR and compressed objects byte for byte as DCMTK gets them', async () => {
    const { rig, folder, pacs, queue, retriever, want } = await setUp(async (scratch) => {
      const files = await ctStudy(scratch, 5);
      const [, implicit = '', compressed = '', deflated = '', second = ''] = files;
      run('dcmconv', '+ti', implicit, implicit);
      run('dcmcrle', compressed, compressed);
      run('dcmconv', '+td', deflated, deflated);
      run('dcmcrle', second, second);
      modify(second, ['0020,000e', `${STUDY_UID}.2`]);
      return files;
    });
    want([STUDY_UID]);
    retriever.start();
    await until(() => queue.counts().complete === 1, 30_000);
    const kept = rig.spool.list().map((id) => rig.spool.pathOf(id));
    expect(rig.ledger.counts()).toMatchObject({ received: 5, rejected: 0 });
    const uncompressed = getscu(folder, pacs.port, ['QueryRetrieveLevel=STUDY']);
    // One at a time: asked for a study, it cannot take some of it compressed and some not.
    const compressed = [`${STUDY_UID}.1`, `${STUDY_UID}.2`].flatMap((series, index) => {
      const instance = `SOPInstanceUID=${STUDY_UID}.1.${[3, 5][index]}`;
      return getscu(folder, pacs.port, ['QueryRetrieveLevel=IMAGE', `SeriesInstanceUID=${series}`, instance], '+xr');
    });
    expect([uncompressed.length, compressed.length]).toEqual([3, 2]);
    const ours = await dataSets(kept);
    for (const theirs of [uncompressed, compressed])
      expect(ours).toEqual(expect.arrayContaining(await dataSets(theirs)));
  }, 60_000);

  it('brings implicit VR byte for byte as DCMTK gets it', async () => {
    const { rig, folder, pacs, queue, retriever, want } = await setUp((scratch) => ctStudy(scratch, 2), '+xi');
    want([STUDY_UID]);
    retriever.start();
    await until(() => queue.counts().complete === 1, 30_000);
    const theirs = await dataSets(getscu(folder, pacs.port, ['QueryRetrieveLevel=STUDY']));
    expect(theirs).toHaveLength(2);
    expect(await dataSets(rig.spool.list().map((id) => rig.spool.pathOf(id)))).toEqual(theirs);
    // Group and element, then the length at once: no VR between them (PS3.5 §7.1.3).
    expect(Buffer.from(theirs[0] ?? '', 'base64').toString('latin1', 4, 6)).not.toMatch(/[A-Z]{2}/);
  }, 60_000);

  it('asks again only for what did not come', async () => {
    const { rig, queue, retriever, want } = await setUp(async (scratch) => {
      const files = await ctStudy(scratch, 5);
      run('dcmcrle', files[4] ?? '', files[4] ?? '');
      return files;
    });
    want([STUDY_UID]);
    retriever.start();
    await until(() => queue.counts().complete === 1, 30_000);
    const objects = rig.associations.newest(50).reduce((sum, row) => sum + row.objects, 0);
    expect(objects).toBe(5);
  }, 60_000);
});
