import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { QuarantineDesk } from '../../node-agent/pipeline/quarantine-desk.ts';
import { filesIn, type PipelineRig, pipelineRig } from './rig.ts';

function deskOf(rig: PipelineRig) {
  const told = { requeued: 0 };
  const desk = new QuarantineDesk({
    ...rig,
    onRequeued: () => {
      told.requeued += 1;
    },
  });
  return { desk, told };
}

async function quarantined(rig: PipelineRig, count: number, cause: string): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push(await rig.receive());
  rig.ledger.claim(count);
  await rig
    .settlement()
    .settle(ids.map((objectId) => ({ objectId, outcome: { kind: 'quarantined', cause, detail: undefined } })));
  return ids;
}

describe('the quarantine desk', () => {
  it('puts an object back into the queue with its file, and the audit log says who did', async () => {
    const rig = await pipelineRig();
    const { desk, told } = deskOf(rig);
    const [objectId = ''] = await quarantined(rig, 1, 'time-limit');
    expect(await desk.requeue([objectId], 'anna')).toEqual({ changed: 1, why: null });
    expect(rig.ledger.find(objectId)).toMatchObject({ state: 'received', cause: null });
    expect(filesIn(rig.root, 'spool')).toEqual([`${objectId}.dcm`]);
    expect(filesIn(rig.root, 'quarantine')).toEqual([]);
    expect(told.requeued).toBe(1);
    expect(rig.audit.page(0, 1).rows[0]).toMatchObject({ actor: 'anna', action: 'quarantine.requeued' });
  });

  it('puts every object of a cause back, also when there are more than fit into one page', async () => {
    const rig = await pipelineRig();
    const { desk } = deskOf(rig);
    const ids = await quarantined(rig, 7, 'time-limit');
    await quarantined(rig, 2, 'burned-in-text');
    expect(await desk.requeueCause('time-limit', 'anna', 3)).toEqual({ changed: 7, why: null });
    expect(rig.ledger.counts()).toMatchObject({ waiting: 7, quarantined: 2 });
    expect(filesIn(rig.root, 'spool')).toHaveLength(ids.length);
  });

  it('leaves an object in conflict where it is, and says why', async () => {
    const rig = await pipelineRig();
    const { desk, told } = deskOf(rig);
    await rig.receive('one content', '1.2.3');
    const conflict = await rig.receive('another content', '1.2.3');
    const answer = await desk.requeue([conflict], 'anna');
    expect(answer.changed).toBe(0);
    expect(answer.why).toMatch(/same SOP Instance UID/);
    expect(rig.ledger.find(conflict)).toMatchObject({ state: 'quarantined', cause: 'conflict' });
    expect(told.requeued).toBe(0);
    expect(await desk.requeueCause('conflict', 'anna', 1)).toMatchObject({ changed: 0, why: answer.why });
  });

  it('takes the others when the file of one is gone; the one is rejected, so that it can be sent again', async () => {
    const rig = await pipelineRig();
    const { desk } = deskOf(rig);
    const [gone = '', there = ''] = await quarantined(rig, 2, 'time-limit');
    rmSync(rig.spool.quarantinePathOf(gone));
    expect(await desk.requeue([gone, there], 'anna')).toEqual({ changed: 2, why: null });
    await rig.pipeline().drained();
    expect(rig.ledger.find(gone)).toMatchObject({ state: 'rejected', cause: 'spool-file-missing' });
    expect(rig.ledger.find(there)).toMatchObject({ state: 'quarantined', cause: 'unreadable' });
  });

  it('says that an object is not in quarantine any more', async () => {
    const rig = await pipelineRig();
    const { desk } = deskOf(rig);
    expect(await desk.requeue(['no such object'], 'anna')).toMatchObject({ changed: 0, why: expect.any(String) });
  });

  it('excludes an object for good and keeps its file', async () => {
    const rig = await pipelineRig();
    const { desk } = deskOf(rig);
    const [objectId = ''] = await quarantined(rig, 1, 'burned-in-text');
    expect(desk.exclude([objectId], 'A test image of the service engineer', 'anna')).toBe(1);
    expect(rig.ledger.find(objectId)).toMatchObject({ state: 'excluded' });
    expect(filesIn(rig.root, 'quarantine')).toEqual([`${objectId}.dcm`]);
    expect(await desk.requeue([objectId], 'anna')).toMatchObject({ changed: 0 });
    expect(desk.exclude([objectId], 'Once more', 'anna')).toBe(0);
  });

  it('has words for every cause, also for one of a newer version', async () => {
    const { desk } = deskOf(await pipelineRig());
    for (const cause of ['conflict', 'time-limit', 'burned-in-text', 'engine-error', 'duplicate-instance', 'x-new']) {
      const { title, sentence, fix } = desk.describe(cause);
      expect([title, sentence, fix].every((text) => text.length > 4)).toBe(true);
    }
    expect(desk.describe('constructor').title).toBe('constructor');
  });
});
