import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ReceivedObject } from '../../node-agent/intake/reception.ts';
import { recoverSpool } from '../../node-agent/intake/recovery.ts';
import { intakeRig, type Rig } from './rig.ts';

async function stored(rig: Rig, uid: string): Promise<string> {
  const { objectId, path } = rig.spool.newObject();
  writeFileSync(path, uid);
  const object: ReceivedObject = {
    objectId,
    source: 'import',
    sopInstanceUid: uid,
    contentHash: uid,
    bytes: uid.length,
    durable: Promise.resolve(),
  };
  await rig.reception.admit(object);
  return objectId;
}

const UNTOUCHED = {
  copiesRemoved: 0,
  unacknowledgedRemoved: 0,
  settledRemoved: 0,
  movedToQuarantine: 0,
  takenFromQuarantine: 0,
  released: 0,
  filesMissing: 0,
};

describe('recovery at start-up', () => {
  it('changes nothing where all is in order', async () => {
    const rig = await intakeRig({ listen: false });
    const id = await stored(rig, '1.2.1');
    expect(await recoverSpool(rig)).toEqual(UNTOUCHED);
    expect(existsSync(rig.spool.pathOf(id))).toBe(true);
    expect(rig.log).toEqual([]);
  });

  it('removes what was never acknowledged: parts, copies, and whole files without a row', async () => {
    const rig = await intakeRig({ listen: false });
    writeFileSync(rig.spool.newObject().path, 'half');
    writeFileSync(rig.spool.pathOf('00000000-0000-0000-0000-000000000000'), 'whole');
    writeFileSync(`${rig.folder.spool}/gatehouse-inflated-1.tmp`, 'copy');
    expect(await recoverSpool(rig)).toEqual({ ...UNTOUCHED, copiesRemoved: 1, unacknowledgedRemoved: 2 });
    expect(rig.spool.list()).toEqual([]);
  });

  it('puts objects that were in work back into the queue', async () => {
    const rig = await intakeRig({ listen: false });
    const id = await stored(rig, '1.2.2');
    rig.ledger.claim(1);
    expect(await recoverSpool(rig)).toEqual({ ...UNTOUCHED, released: 1 });
    expect(rig.ledger.find(id)?.state).toBe('received');
  });

  it('finishes the moves that were cut short', async () => {
    const rig = await intakeRig({ listen: false });
    const quarantined = await stored(rig, '1.2.3');
    rig.ledger.settle(quarantined, { state: 'quarantined', cause: 'pixels' });
    const indexed = await stored(rig, '1.2.4');
    rig.ledger.settle(indexed, { state: 'indexed' });
    const requeued = await stored(rig, '1.2.5');
    await rig.spool.keepInQuarantine(requeued);
    expect(await recoverSpool(rig)).toEqual({
      ...UNTOUCHED,
      movedToQuarantine: 1,
      settledRemoved: 1,
      takenFromQuarantine: 1,
    });
    expect(existsSync(rig.spool.quarantinePathOf(quarantined))).toBe(true);
    expect(rig.spool.list()).toEqual([requeued]);
    expect(await recoverSpool(rig)).toEqual(UNTOUCHED);
  });

  it('says so when a file is lost, and takes the object when it is sent again', async () => {
    const rig = await intakeRig({ listen: false });
    const id = await stored(rig, '1.2.6');
    await rig.spool.remove(id);
    expect(await recoverSpool(rig)).toEqual({ ...UNTOUCHED, filesMissing: 1 });
    expect(rig.ledger.find(id)).toMatchObject({ state: 'rejected', cause: 'spool-file-missing' });
    const again = await stored(rig, '1.2.6');
    expect(rig.ledger.counts()).toMatchObject({ received: 1, waiting: 1 });
    expect(existsSync(rig.spool.pathOf(again))).toBe(true);
  });

  it('does not take a row for an object whose file is not whole: it was never acknowledged', async () => {
    const rig = await intakeRig({ listen: false });
    const id = await stored(rig, '1.2.7');
    writeFileSync(rig.spool.pathOf(id), '1.2');
    expect(await recoverSpool(rig)).toEqual({ ...UNTOUCHED, filesMissing: 1 });
    expect(rig.spool.list()).toEqual([]);
    expect(rig.ledger.counts()).toMatchObject({ rejected: 1, waiting: 0 });
  });

  it('clears away files that were made ready for objects that did not come', async () => {
    const rig = await intakeRig({ listen: false });
    writeFileSync(rig.spool.newObject().path, '');
    expect(await recoverSpool(rig)).toEqual(UNTOUCHED);
    expect(rig.spool.list()).toEqual([]);
  });

  it('ends associations that were open when the node stopped', async () => {
    const rig = await intakeRig({ listen: false });
    const who = { callingAeTitle: 'A', calledAeTitle: 'B', remoteAddress: '127.0.0.1', peerTag: null };
    const how = { tlsProtocol: null, certificate: null, rejection: null, contexts: '[]' };
    rig.associations.start({ associationId: 'a', ...who, ...how });
    await recoverSpool(rig);
    expect(rig.associations.newest(1)[0]?.outcome).toMatch(/^cut off/);
  });
});
