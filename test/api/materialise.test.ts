import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addClinical, almostCompleteRows, fill, patientId, publish } from '../materialise/rig.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { apiRig } from './rig.ts';

describe('materialised datasets through the API', () => {
  it('are asked for, followed, cancelled and listed, by an officer only where the setting says', async () => {
    const rig = await apiRig();
    fill(rig.foundation, { seriesEach: 1, instancesEach: 1 });
    addClinical(rig.foundation, almostCompleteRows());
    const id = await publish(rig.foundation);
    const folder = join(temporaryFolder(), 'out');
    mkdirSync(folder);
    const [anna, olga, vera] = [
      await rig.signedIn('anna-2', 'administrator'),
      await rig.signedIn('olga', 'officer'),
      await rig.signedIn('vera', 'viewer'),
    ];
    const body = { folder };
    await expect(vera.call('startMaterialisation', { params: { id }, body })).rejects.toMatchObject({ status: 403 });
    await expect(olga.call('startMaterialisation', { params: { id }, body })).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('only an administrator'),
    });
    await expect(
      anna.call('startMaterialisation', { params: { id }, body: { folder: '/no/such/folder' } }),
    ).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('does not exist'),
    });
    const asked = await anna.call('startMaterialisation', { params: { id }, body });
    expect(asked).toMatchObject({
      state: 'queued',
      layout: 'eucaim',
      root: folder,
      name: id,
      wanted: 'link',
      requestedBy: 'anna-2',
    });
    await expect(anna.call('startMaterialisation', { params: { id }, body })).rejects.toMatchObject({ status: 409 });
    expect(await olga.call('cancelMaterialisation', { params: { id: asked.id } })).toMatchObject({
      state: 'cancelled',
    });
    await expect(anna.call('cancelMaterialisation', { params: { id: 'none' } })).rejects.toMatchObject({ status: 404 });

    rig.materialise.start();
    const next = await anna.call('startMaterialisation', { params: { id }, body: { folder, copy: true } });
    for (;;) {
      const { runs } = await vera.call('listMaterialisations', { params: { id } });
      const run = runs.find((one) => one.id === next.id);
      if (run?.state !== 'queued' && run?.state !== 'running') break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const standing = await vera.call('listMaterialisations', { params: { id } });
    expect(standing).toMatchObject({ folder: null, objects: 'link' });
    expect(standing.runs).toMatchObject([
      { id: next.id, state: 'done', wanted: 'copy', files: 12, filesDone: 12, onDisk: true },
      { id: asked.id, state: 'cancelled', sentence: expect.stringContaining('cancelled') },
    ]);
    expect(readdirSync(folder)).toEqual([id]);
    const objections = await vera.call('getMaterialisationObjections', { params: { id: next.id } });
    expect(objections[0]).toMatchObject({ kind: 'missing', table: 'patient', patients: [patientId(12)] });
    const actions = rig.foundation.audit.page(0, 50).rows.map(({ action }) => action);
    expect(actions).toEqual(
      expect.arrayContaining(['dataset.materialise', 'dataset.materialise-cancelled', 'dataset.materialised']),
    );
  });
});
