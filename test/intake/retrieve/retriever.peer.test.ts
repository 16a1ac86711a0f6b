/** Studies fetched from Orthanc, and what happens when it refuses or disappears. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { remoteNode } from '../../../node-agent/intake/retrieve/archives.ts';
import { echo } from '../../../node-agent/intake/retrieve/dimse-client.ts';
import { QUERY_LIMITS } from '../../../node-agent/intake/retrieve/remote-node.ts';
import { matchingStudies } from '../../../node-agent/intake/retrieve/study-listing.ts';
import { peer } from '../../support/peers.ts';
import { dataSetBytes, intakeRig, until } from '../rig.ts';
import { ctStudy, dcmtkArchivePrograms, modify, PRIVATE_CLASS, STUDY_UID } from './dcmqrscp-archive.ts';
import { startOrthanc } from './orthanc-archive.ts';
import { archiveAt, retrieveRig } from './retrieve-rig.ts';

const orthanc = peer('Orthanc');

async function setUp(knownAs = 'GATEHOUSE', way: 'move' | 'get' = 'move') {
  const rig = await intakeRig();
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-archive-'));
  const pacs = await startOrthanc(orthanc ?? '', folder, [knownAs, rig.port]);
  onTestFinished(async () => {
    await pacs.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  const archive = archiveAt(pacs.port, { way });
  return { rig, folder, pacs, archive, ...retrieveRig(rig, archive) };
}

describe.skipIf(!orthanc)('Studies are fetched from Orthanc', () => {
  for (const way of ['move', 'get'] as const) {
    it(`by C-${way.toUpperCase()}: complete only when every instance is in the ledger, each counted once`, async () => {
      const { rig, folder, pacs, archive, queue, retriever, want, rows } = await setUp('GATEHOUSE', way);
      expect(await echo(remoteNode(archive), QUERY_LIMITS)).toBeGreaterThan(0);
      const found = await matchingStudies(remoteNode(archive), { StudyDate: '19000101-' }, QUERY_LIMITS);
      expect(found.map(({ studyUid }) => studyUid).sort()).toEqual([...pacs.studyUids].sort());
      want(pacs.studyUids);
      want(pacs.studyUids);
      expect(queue.counts()).toEqual({ waiting: pacs.studyUids.length, skipped: pacs.studyUids.length });
      retriever.start();
      await until(() => queue.counts().complete === pacs.studyUids.length, 30_000);
      expect(
        rows()
          .filter(({ state }) => state === 'complete')
          .every(({ expected, arrived }) => expected === arrived),
      ).toBe(true);
      expect(rig.ledger.counts()).toMatchObject({ received: pacs.instances, rejected: 0 });
      await until(() => rig.associations.newest(10).every(({ outcome }) => outcome === 'released'));
      for (const uid of pacs.studyUids) expect(rig.log.join()).not.toContain(uid);
      if (way === 'get') {
        const sent = await Promise.all(
          readdirSync(join(folder, 'pacs'), { recursive: true, encoding: 'utf8' })
            .filter((name) => name.endsWith('.dcm'))
            .map(async (name) => (await dataSetBytes(join(folder, 'pacs', name))).toString('base64')),
        );
        const kept = await Promise.all(
          rig.spool.list().map(async (id) => (await dataSetBytes(rig.spool.pathOf(id))).toString('base64')),
        );
        // Orthanc re-encodes implicit VR and the sequences of segmentations; all else has to come as it lies there.
        const explicit = sent.filter((base64) => {
          const bytes = Buffer.from(base64, 'base64');
          return /^[A-Z]{2}$/.test(bytes.toString('latin1', 4, 6)) && !bytes.includes('1.2.840.10008.5.1.4.1.1.66.4');
        });
        expect(explicit.length).toBeGreaterThan(5);
        expect(explicit.filter((bytes) => !kept.includes(bytes))).toHaveLength(0);
      }
    }, 60_000);
  }

  it.skipIf(!dcmtkArchivePrograms())(
    'by C-GET: also objects of a private SOP class',
    async () => {
      const { rig, folder, pacs, queue, retriever, want } = await setUp('GATEHOUSE', 'get');
      const [file = ''] = await ctStudy(folder, 1);
      modify(file, ['0008,0016', PRIVATE_CLASS]);
      await pacs.upload(file);
      want([STUDY_UID]);
      retriever.start();
      await until(() => queue.counts().complete === 1, 20_000);
      expect(rig.ledger.counts()).toMatchObject({ received: 1, rejected: 0 });
    },
    60_000,
  );

  it('says what to do where the PACS does not know this node as a destination, and does not try again', async () => {
    const { pacs, retriever, want, rows } = await setUp('SOMEBODY');
    want(pacs.studyUids.slice(0, 1));
    retriever.start();
    const row = await until(() => rows().find(({ state }) => state === 'failed'), 20_000);
    expect(row.attempts).toBe(1);
    expect(row.sentence).toMatch(/PACS/);
    expect(row.arrived).toBe(0);
  }, 60_000);

  it('tries again when the PACS disappears in the middle of a transfer, and keeps what had come', async () => {
    const { rig, pacs, retriever, want, rows } = await setUp();
    want(pacs.studyUids);
    retriever.start();
    await until(() => rig.ledger.counts().received > 0, 20_000);
    await pacs.kill();
    const row = await until(() => rows().find(({ state, attempts }) => state === 'waiting' && attempts > 1), 20_000);
    expect(row.sentence).toMatch(/tried again|Nothing listens/);
    expect(rig.ledger.counts().received).toBeGreaterThan(0);
  }, 60_000);
});
