import { describe, expect, it } from 'vitest';
import { objectTaker } from '../../../node-agent/intake/retrieve/get-objects.ts';
import { completeness } from '../../../node-agent/intake/retrieve/study-listing.ts';
import { CT_STORAGE, dataSet, EXPLICIT_LITTLE } from '../receiver/raw-peer.ts';
import { intakeRig } from '../rig.ts';

async function setUp(nearlyFull = false) {
  const rig = await intakeRig({ listen: false });
  const close = rig.reception.expectObjects();
  const counts = { objects: 0, failures: 0, bytes: 0 };
  const came = new Set<string>();
  const answers: number[] = [];
  const sender = { associationId: 'a', aeTitle: 'PACS' };
  const taker = objectTaker({
    ...rig,
    sender,
    contexts: [],
    nearlyFull: () => nearlyFull,
    pace: async () => void answers.push(counts.objects),
    counts,
    came,
  });
  const send = (sopInstanceUid: string) => {
    const object = taker.begin({ sopClassUid: CT_STORAGE, sopInstanceUid, transferSyntaxUid: EXPLICIT_LITTLE });
    object.write(dataSet(sopInstanceUid));
    return object.finish();
  };
  return { rig, counts, came, answers, send, close };
}

describe('Objects of a C-GET', () => {
  it('that come twice are one instance: a study of two is not complete with one of them resent', async () => {
    const { rig, counts, came, send, close } = await setUp();
    const listing = { instances: undefined, sopClassUids: [], expected: 2 };
    expect([await send('1.2.3.1'), await send('1.2.3.1')]).toEqual([0, 0]);
    expect(counts).toMatchObject({ objects: 2, failures: 0 });
    expect(completeness(rig.reception, listing, came.size)).toEqual({ state: 'incomplete', arrived: 1 });
    expect(await send('1.2.3.2')).toBe(0);
    expect(completeness(rig.reception, listing, came.size)).toEqual({ state: 'complete', arrived: 2 });
    expect(rig.ledger.counts().received).toBe(2);
    await close();
  });

  it('are answered in their turn, once they are durable', async () => {
    const { answers, send, close } = await setUp();
    await send('1.2.3.1');
    await send('1.2.3.2');
    expect(answers).toEqual([1, 2]);
    await close();
  });

  it('are refused when the disk is nearly full, and when they have no usable UID', async () => {
    const full = await setUp(true);
    expect(await full.send('1.2.3.1')).toBe(0xa700);
    await full.close();
    const { rig, counts, send, close } = await setUp();
    expect(await send('../../etc')).toBe(0xc000);
    expect(counts).toEqual({ objects: 0, failures: 1, bytes: 0 });
    expect(rig.ledger.counts().received).toBe(0);
    await close();
  });
});
