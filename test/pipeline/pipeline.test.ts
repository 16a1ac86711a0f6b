import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { DiskReserve } from '../../node-agent/intake/disk-reserve.ts';
import { importFolder } from '../../node-agent/intake/import/folder-import.ts';
import { ctElements, text, writeSource } from '../deidentify/fixtures.ts';
import type { AnswerKey } from '../phantom/answer-key.ts';
import { generatePhantoms } from '../phantom/generate.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { filesIn, type PipelineRig, PLANTED_WORKER, pipelineRig, until } from './rig.ts';

const QUIET = { info: () => {}, warn: () => {} };

async function takeIn(rig: PipelineRig, folder: string): Promise<void> {
  const { reception, spool, folder: dataFolder } = rig;
  const reserve = new DiskReserve(() => Number.MAX_SAFE_INTEGER, 1);
  const { sourceNames } = rig;
  await importFolder(folder, {
    reception,
    spool,
    reserve,
    logger: QUIET,
    temporaryFolder: dataFolder.spool,
    sourceNames,
  });
}

describe('the pipeline with its real workers', () => {
  let phantoms: string;
  let key: AnswerKey;
  beforeAll(async () => {
    phantoms = mkdtempSync(join(tmpdir(), 'gatehouse-phantoms-'));
    key = await generatePhantoms(phantoms, { count: 2, types: ['liver', 'breast'] });
    return () => rmSync(phantoms, { recursive: true, force: true });
  });

  it('carries every object to the index or to quarantine, and empties the spool', async () => {
    const rig = await pipelineRig();
    await takeIn(rig, phantoms);
    const settled: number[] = [];
    const pipeline = rig.pipeline({ workers: { size: 2 }, onSettled: () => settled.push(1) });
    await pipeline.drained();
    const { received, indexed, quarantined, waiting } = rig.ledger.counts();
    expect(received).toBe(key.counts.objects);
    expect(indexed + quarantined).toBe(received);
    expect(waiting).toBe(0);
    expect(indexed).toBeGreaterThan(received / 2);
    expect(filesIn(rig.root, 'objects')).toHaveLength(indexed);
    expect(filesIn(rig.root, 'quarantine')).toHaveLength(quarantined);
    expect(filesIn(rig.root, 'spool')).toEqual([]);
    expect(rig.catalogue.counts()).toMatchObject({ patients: 2, instances: indexed });
    // Results travel in groups: one transaction each would cost one flush of the disk each.
    expect(settled.length).toBeLessThan(received);
    expect(rig.errors).toEqual([]);
  });

  it('searches what comes out for the names of the files and folders that an object was imported from', async () => {
    const rig = await pipelineRig();
    const sent = temporaryFolder();
    const version = text('SoftwareVersions', 'LO', 'syngo Kappenstein 4');
    for (const [number, folder] of ['Kappenstein_Ida', 'CT_THORAX'].entries()) {
      const place = join(sent, folder);
      mkdirSync(place);
      const elements = ctElements(version, text('SOPInstanceUID', 'UI', `1.2.826.5.${number}`));
      const { source } = await writeSource(place, elements);
      expect(source.startsWith(place)).toBe(true);
    }
    await takeIn(rig, sent);
    const waiting = rig.ledger.list('received', { limit: 5, offset: 0 }).map(({ objectId }) => objectId);
    expect(waiting.flatMap((objectId) => rig.sourceNames.of(objectId))).toHaveLength(2);
    await rig.pipeline({}).drained();
    const [stopped] = rig.ledger.list('quarantined', { limit: 5, offset: 0 });
    expect(stopped).toMatchObject({ cause: 'residual-identifier', detail: expect.stringContaining('file-name at') });
    expect(rig.ledger.counts()).toMatchObject({ indexed: 1, quarantined: 1 });
    const known = waiting.filter((objectId) => rig.sourceNames.of(objectId).length > 0);
    expect(known).toEqual([stopped?.objectId]); // its original is still there, and may be tried again
  });

  it('waits for space on a full disk and loses nothing', async ({ skip }) => {
    const root = temporaryFolder();
    const disk = join(root, 'objects');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12k', 'none', disk], { stdio: 'ignore' });
    } catch {
      skip('needs the right to mount a small disk');
    }
    onTestFinished(() => void execFileSync('umount', ['--lazy', disk]));
    const rig = await pipelineRig(root);
    await takeIn(rig, phantoms);
    const { received } = rig.ledger.counts();
    const pipeline = rig.pipeline();
    await until(() => rig.errors.some(({ fields }) => fields.reason === 'ENOSPC'), 20_000);
    expect(rig.ledger.counts().waiting).toBeGreaterThan(0);
    execFileSync('mount', ['-o', 'remount,size=64m', disk]);
    await pipeline.drained();
    const { indexed, quarantined, waiting } = rig.ledger.counts();
    expect({ settled: indexed + quarantined, waiting }).toEqual({ settled: received, waiting: 0 });
    expect(rig.ledger.countByCause('quarantined').map(({ cause }) => cause)).not.toContain('engine-error');
    expect(filesIn(rig.root, 'objects')).toHaveLength(indexed);
    expect(filesIn(rig.root, 'spool')).toEqual([]);
  });
});

describe('the pipeline when things go wrong', () => {
  const planted = { worker: PLANTED_WORKER, heapLimitMegabytes: 64 };

  it('tries an object again for as long as the disk is full', async () => {
    const rig = await pipelineRig();
    const objectId = await rig.receive('no-space');
    await rig.pipeline({ workers: planted }).drained();
    expect(rig.ledger.find(objectId)).toMatchObject({ state: 'excluded', attempts: 8 });
    expect(rig.errors.filter(({ fields }) => fields.reason === 'ENOSPC')).toHaveLength(7);
  });

  it('sets an object aside after five faults that do not pass', async () => {
    const rig = await pipelineRig();
    const objectId = await rig.receive('odd-fault');
    await rig.pipeline({ workers: planted }).drained();
    expect(rig.ledger.find(objectId)).toMatchObject({
      state: 'quarantined',
      cause: 'engine-error',
      detail: 'EACCES',
      attempts: 5,
    });
    expect(rig.warnings.map(({ fields }) => fields)).toEqual([{ object: objectId, cause: 'engine-error' }]);
    expect(filesIn(rig.root, 'quarantine')).toEqual([`${objectId}.dcm`]);
  });

  it('rejects an object whose file vanished, so that it is taken when it is sent again', async () => {
    const rig = await pipelineRig();
    const objectId = await rig.receive('fine', '1.2.3');
    rmSync(rig.spool.pathOf(objectId));
    await rig.pipeline({ workers: { heapLimitMegabytes: 256 } }).drained();
    expect(rig.ledger.find(objectId)).toMatchObject({ state: 'rejected', cause: 'spool-file-missing' });

    const again = await rig.receive('fine', '1.2.3');
    expect(rig.ledger.find(again)).toBeDefined();
    expect(rig.ledger.counts().received).toBe(1);
  });

  it('removes what an object that took too long had written', async () => {
    const rig = await pipelineRig();
    const objectId = await rig.receive('hang');
    await rig.pipeline({ workers: { ...planted, timeLimitMs: 200 } }).drained();
    expect(rig.ledger.find(objectId)).toMatchObject({ state: 'quarantined', cause: 'time-limit' });
    expect(filesIn(rig.root, 'objects')).toEqual([]);
  });

  it('outlives a database that cannot be written, and goes on when it can', async () => {
    const rig = await pipelineRig();
    const objectId = await rig.receive('fine');
    const claim = rig.ledger.claim.bind(rig.ledger);
    let faulty = true;
    rig.ledger.claim = (limit) => {
      if (faulty) throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
      return claim(limit);
    };
    const pipeline = rig.pipeline({ workers: planted });
    await until(() => rig.errors.length > 0);
    expect(rig.errors[0]?.fields).toMatchObject({ reason: 'SQLITE_FULL' });
    faulty = false;
    await pipeline.drained();
    expect(rig.ledger.find(objectId)?.state).toBe('excluded');
  });

  it('settles a group again whose results could not be written', async () => {
    const rig = await pipelineRig();
    const ids = [await rig.receive('fine 1'), await rig.receive('fine 2')];
    const settlement = rig.settlement();
    const settle = settlement.settle.bind(settlement);
    let faults = 2;
    settlement.settle = async (group) => {
      faults -= 1;
      if (faults >= 0) throw Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' });
      await settle(group);
    };
    await rig.pipeline({ workers: planted, settlement }).drained();
    expect(ids.map((objectId) => rig.ledger.find(objectId)?.state)).toEqual(['excluded', 'excluded']);
    expect(rig.errors[0]?.fields).toMatchObject({ reason: 'SQLITE_BUSY' });
  });

  it('gives objects back to the queue that it had taken but not started when it stops', async () => {
    const rig = await pipelineRig();
    const ids = await Promise.all(Array.from({ length: 20 }, (_, index) => rig.receive(`wait ${index}`)));
    const pipeline = rig.pipeline({ workers: planted });
    await until(() => rig.ledger.counts().excluded > 0);
    await pipeline.stop();
    const states = ids.map((objectId) => rig.ledger.find(objectId)?.state);
    expect(states).not.toContain('processing');
    expect(states).toContain('received');
  });

  it('stops in a set time though an object hangs; the object waits for the next start', async () => {
    const rig = await pipelineRig();
    const objectId = await rig.receive('hang');
    const pipeline = rig.pipeline({ workers: planted, stopMilliseconds: 100 });
    await until(() => rig.ledger.find(objectId)?.state === 'processing');
    const before = Date.now();
    await pipeline.stop();
    expect(Date.now() - before).toBeLessThan(2_000);
    expect(rig.ledger.releaseAll()).toBe(1);
  });

  it('takes up objects that came while it was not looking', async () => {
    const rig = await pipelineRig();
    const pipeline = rig.pipeline({ workers: planted });
    await pipeline.drained();
    const objectId = await rig.receive('fine');
    pipeline.nudge();
    await until(() => rig.ledger.find(objectId)?.state === 'excluded');
  });

  it('cleans up work in progress of an earlier process when it opens', async () => {
    const rig = await pipelineRig();
    writeFileSync(rig.objects.incomingPath('left'), 'half');
    await rig.objects.open();
    expect(filesIn(rig.root, 'objects')).toEqual([]);
  });
});
