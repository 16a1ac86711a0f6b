import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { buildMaterialiseDesk, materialiseChecks } from '../../node-agent/assembly/materialise-side.ts';
import { ClinicalStore } from '../../node-agent/catalogue/clinical/clinical-store.ts';
import { AS_INDEXED } from '../../node-agent/catalogue/generalisation/generalisation.ts';
import { DatasetHistory } from '../../node-agent/governance/dataset-history.ts';
import { DatasetMembership } from '../../node-agent/governance/dataset-membership.ts';
import { DATASET_SQL, type DatasetRow } from '../../node-agent/governance/dataset-record.ts';
import { PatientWithdrawal } from '../../node-agent/governance/patient-withdrawal.ts';
import { buildTree } from '../../node-agent/materialise/job.ts';
import { Materialisations } from '../../node-agent/materialise/materialisations.ts';
import type { MaterialiseDeskParts } from '../../node-agent/materialise/materialise-desk.ts';
import { MaterialiseDesk } from '../../node-agent/materialise/materialise-desk.ts';
import { stagingOf } from '../../node-agent/materialise/placing/tree-place.ts';
import { readTree } from '../../node-agent/materialise/reader/read-tree.ts';
import { readSettings } from '../../node-agent/settings/settings.ts';
import { coverReadOnly } from '../support/mounts.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { LOGGER, type MaterialiseRig, materialiseRig, patientId, shippedRules } from './rig.ts';

vi.setConfig({ testTimeout: 120_000 });

/** What a desk is built of, to be changed by a test. */
function partsOf({ foundation }: MaterialiseRig, changes: Partial<MaterialiseDeskParts> = {}): MaterialiseDeskParts {
  const { indexDatabase, folder, audit } = foundation;
  const membership = new DatasetMembership(indexDatabase);
  return {
    database: indexDatabase,
    dataFolder: folder.root,
    datasets: {
      find: (id) => {
        const row = indexDatabase.prepare(DATASET_SQL.find).get(id) as DatasetRow | undefined;
        return row && { ...row, generalisation: AS_INDEXED, usable: row.state === 'published' };
      },
      contentHash: (id) => membership.contentHash(id),
    },
    clinical: new ClinicalStore(indexDatabase),
    ...shippedRules(),
    audit,
    toolVersion: '0.0.0-test',
    reserveBytes: 0,
    freeBytes: () => Number.MAX_SAFE_INTEGER,
    onChanged: () => {},
    logger: LOGGER,
    ...changes,
  };
}

function withdrawDataset({ foundation, datasetId }: MaterialiseRig): void {
  const { indexDatabase, audit } = foundation;
  const row = indexDatabase.prepare(DATASET_SQL.find).get(datasetId) as DatasetRow;
  const history = new DatasetHistory(indexDatabase, audit, () => new Date());
  history.move(row, 'withdrawn', { by: 'ben', reason: 'As agreed', contentHash: row.contentHash });
}

describe('a materialisation', () => {
  it('is refused for a draft, a folder that is none, one of the node itself, and one that others use', async () => {
    const rig = await materialiseRig({ patients: 10, seriesEach: 1, instancesEach: 1 });
    const ask = (changes: object) => () =>
      rig.desk.request(
        { datasetId: rig.datasetId, layout: 'eucaim', root: rig.out, wanted: 'link', ...changes },
        'anna',
      );
    expect(ask({ datasetId: 'nothing' })).toThrow('There is no dataset with this id');
    expect(ask({ root: 'out' })).toThrow('full path');
    expect(ask({ root: join(rig.out, 'missing') })).toThrow('does not exist');
    expect(ask({ root: rig.foundation.folder.objects })).toThrow('data folder of the node');
    expect(ask({ recipe: {} })).toThrow('layout bids');
    mkdirSync(join(rig.out, rig.datasetId));
    expect(ask({})).toThrow('this node did not write');
    rmSync(join(rig.out, rig.datasetId), { recursive: true });
    withdrawDataset(rig);
    expect(ask({})).toThrow('The dataset is withdrawn. Only a released or published dataset');
  });

  it('stops at an object that was changed in the archive, says so, and leaves nothing', async () => {
    const rig = await materialiseRig({ patients: 10 });
    const file = join(rig.foundation.folder.objects, patientId(7), '2.25.7', '2.25.7.2', '2.25.7.2.1.dcm');
    const { size } = statSync(file);
    writeFileSync(file, Buffer.alloc(size, 1));
    const job = await rig.materialise();
    expect(job).toMatchObject({ state: 'failed', onDisk: false });
    expect(job.sentence).toContain('its bytes have changed in the archive. Nothing was put in place.');
    expect(readdirSync(rig.out)).toEqual([]);
  });

  it('keeps the tree that stood there when the next one fails', async () => {
    const rig = await materialiseRig({ patients: 10 });
    const first = await rig.materialise({ wanted: 'copy' });
    const file = join(rig.foundation.folder.objects, patientId(7), '2.25.7', '2.25.7.2', '2.25.7.2.1.dcm');
    writeFileSync(file, 'other');
    expect(await rig.materialise({ wanted: 'copy' })).toMatchObject({ state: 'failed', onDisk: false });
    const reading = await readTree(join(rig.out, rig.datasetId), shippedRules());
    expect(reading.errors).toBe(0);
    expect(reading.manifest?.materialisation).toBe(first.id);
  });

  it('can be cancelled, which removes what was written of it', async () => {
    const rig = await materialiseRig({ patients: 12, instancesEach: 12 });
    const { id } = rig.desk.request(
      { datasetId: rig.datasetId, layout: 'eucaim', root: rig.out, wanted: 'copy' },
      'anna',
    );
    rig.desk.start();
    await vi.waitFor(
      () => expect(existsSync(join(stagingOf({ root: rig.out, id }), 'imaging_data'))).toBe(true),
      20_000,
    );
    rig.desk.cancel(id, 'ben');
    const job = await rig.ended(id);
    expect(job).toMatchObject({ state: 'cancelled', onDisk: false });
    expect(readdirSync(rig.out)).toEqual([]);
  });

  it('goes on with the series that was in work when the node was stopped', async () => {
    const rig = await materialiseRig({ patients: 12, instancesEach: 4 });
    const { id } = rig.desk.request(
      { datasetId: rig.datasetId, layout: 'eucaim', root: rig.out, wanted: 'copy' },
      'anna',
    );
    rig.desk.start();
    const started = () => rig.desk.materialisations.find(id)?.seriesDone ?? 0;
    await vi.waitFor(() => expect(started()).toBeGreaterThan(0), { timeout: 20_000, interval: 1 });
    await rig.desk.stop();
    const stopped = rig.desk.materialisations.find(id);
    expect(stopped?.state).toBe('running');
    const objects = (root: string) =>
      readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.dcm'));
    const staging = stagingOf({ root: rig.out, id });
    const [kept] = objects(staging).sort();
    const inode = statSync(join(staging, kept ?? '')).ino;
    const next = new MaterialiseDesk(partsOf(rig));
    onTestFinished(() => next.stop());
    next.start();
    const job = await rig.ended(id);
    expect(job).toMatchObject({ state: 'done', attempts: 2, filesDone: 96 });
    expect(statSync(join(rig.out, rig.datasetId, kept ?? '')).ino).toBe(inode);
    expect((await readTree(join(rig.out, rig.datasetId), shippedRules())).problems).toEqual([]);
  });

  it('says beforehand that the disk has too little space, and needs none where objects are linked', async () => {
    const rig = await materialiseRig({ patients: 10, pixels: 256 });
    const desk = new MaterialiseDesk(partsOf(rig, { freeBytes: () => 1_000_000 }));
    onTestFinished(() => desk.stop());
    const ask = (wanted: 'link' | 'copy') =>
      desk.request({ datasetId: rig.datasetId, layout: 'eucaim', root: rig.out, wanted }, 'anna');
    const copy = ask('copy');
    desk.start();
    const refused = await rig.ended(copy.id);
    if (refused.way === 'reflink') expect(refused.state).toBe('done');
    else {
      expect(refused).toMatchObject({ state: 'failed', onDisk: false });
      expect(refused.sentence).toMatch(/too little space: \d+ MB are needed and 1 MB are free/u);
    }
    expect(await rig.ended(ask('link').id)).toMatchObject({ state: 'done', way: 'hard-link' });
  });

  it('says that the disk is read-only, and leaves the tree that stood there', async (context) => {
    const rig = await materialiseRig({ patients: 10, seriesEach: 1, instancesEach: 1 });
    await rig.materialise();
    const uncover = coverReadOnly(rig.out);
    if (uncover === undefined) return context.skip();
    const job = rig.desk.request({ datasetId: rig.datasetId, layout: 'eucaim', root: rig.out, wanted: 'link' }, 'anna');
    expect(await rig.ended(job.id)).toMatchObject({
      state: 'failed',
      sentence: 'The disk is read-only. Have it mounted for writing, then materialise the dataset again.',
    });
    expect(await readTree(join(rig.out, rig.datasetId), shippedRules())).toMatchObject({ errors: 0 });
    uncover();
  });

  it.skipIf(!existsSync('/dev/shm') || statSync('/dev/shm').dev === statSync('/tmp').dev)(
    'copies its objects to a disk that they cannot be linked to, and says so',
    async () => {
      const rig = await materialiseRig({ patients: 10 });
      const root = temporaryFolder('/dev/shm');
      const job = await rig.materialise({ root });
      expect(job).toMatchObject({ state: 'done', way: 'copy', copied: 40, objections: 0 });
      expect(job.sentence).toContain('written as copies');
      expect(await readTree(join(root, rig.datasetId), shippedRules())).toMatchObject({
        errors: 0,
        manifest: { objects: 'copy' },
      });
    },
  );

  it('leaves the disk when its dataset is withdrawn, and says so', async () => {
    const rig = await materialiseRig({ patients: 10 });
    const { id } = await rig.materialise();
    withdrawDataset(rig);
    rig.desk.nudge();
    await vi.waitFor(() => expect(readdirSync(rig.out)).toEqual([]), 20_000);
    await vi.waitFor(() => expect(rig.desk.materialisations.find(id)?.onDisk).toBe(false));
    expect(rig.desk.materialisations.find(id)).toMatchObject({
      state: 'stale',
      sentence: 'The dataset is withdrawn. Nothing of it may stay on the disk.',
    });
  });

  it('leaves the disk when a patient in it objects, and is a warning for as long as its folder cannot be removed', async () => {
    const rig = await materialiseRig({ patients: 12, clinical: false });
    const { id } = await rig.materialise();
    const { indexDatabase, audit, catalogue } = rig.foundation;
    expect(rig.desk.materialisations.objections(id)[0]?.patients).toContain(patientId(3));
    renameSync(rig.out, `${rig.out}-unmounted`);
    indexDatabase.transaction(() => {
      const series = catalogue.seriesOfPatient(patientId(3));
      new Materialisations(indexDatabase).forgetObjectionsAbout(series);
      new PatientWithdrawal(indexDatabase, audit).withdraw(series);
      catalogue.removePatient(patientId(3));
    })();
    rig.desk.nudge();
    await vi.waitFor(() => expect(rig.desk.materialisations.find(id)?.state).toBe('stale'), 20_000);
    const [check] = materialiseChecks(rig.desk);
    expect(await check?.check()).toMatchObject({ level: 'warning', sentence: expect.stringContaining('1 folders') });
    expect(JSON.stringify(rig.desk.materialisations.objections(id))).not.toContain(patientId(3));
    await rig.desk.stop();
    renameSync(`${rig.out}-unmounted`, rig.out);
    // A node that is started anew tries at once.
    const settings = readSettings({}).values;
    const next = buildMaterialiseDesk(rig.foundation, settings, LOGGER, () => {});
    onTestFinished(() => next.stop());
    next.start();
    await vi.waitFor(() => expect(readdirSync(rig.out)).toEqual([]), 20_000);
    await vi.waitFor(async () => expect(await materialiseChecks(next)[0]?.check()).toMatchObject({ level: 'ok' }));
  });

  it('is given up while it runs when its dataset is withdrawn', async () => {
    const rig = await materialiseRig({ patients: 12, instancesEach: 12 });
    const { id } = rig.desk.request(
      { datasetId: rig.datasetId, layout: 'eucaim', root: rig.out, wanted: 'copy' },
      'anna',
    );
    rig.desk.start();
    await vi.waitFor(() => expect(existsSync(stagingOf({ root: rig.out, id }))).toBe(true), 20_000);
    withdrawDataset(rig);
    expect(await rig.ended(id)).toMatchObject({ state: 'failed', onDisk: false });
    expect(readdirSync(rig.out)).toEqual([]);
  });

  it.each(['before the old tree moves', 'between the renames', 'after both'] as const)(
    'that was stopped %s is finished by the next start, with one whole tree at the end',
    async (moment) => {
      const rig = await materialiseRig({ patients: 10 });
      const old = await rig.materialise();
      await rig.desk.stop();
      const parts = partsOf(rig);
      const store = rig.desk.materialisations;
      const { id } = rig.desk.request(
        { datasetId: rig.datasetId, layout: 'eucaim', root: rig.out, wanted: 'copy' },
        'anna',
      );
      const job = store.takeNext();
      if (job === undefined) throw new Error('nothing waits');
      await buildTree(job, parts, { onBegun: () => {}, onProgress: () => {} }, new AbortController().signal);
      store.placing(id);
      const final = join(rig.out, rig.datasetId);
      if (moment !== 'before the old tree moves') renameSync(final, `${stagingOf(job)}-before`);
      if (moment === 'after both') renameSync(stagingOf(job), final);
      const next = new MaterialiseDesk(parts);
      onTestFinished(() => next.stop());
      next.start();
      await vi.waitFor(() => expect(store.find(id)).toMatchObject({ state: 'done', placing: false }), 20_000);
      expect(readdirSync(rig.out)).toEqual([rig.datasetId]);
      const reading = await readTree(final, shippedRules());
      expect(reading).toMatchObject({ errors: 0, manifest: { materialisation: id } });
      expect(store.find(old.id)).toMatchObject({ state: 'stale', onDisk: false });
    },
  );
});
