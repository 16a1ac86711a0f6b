/** The disk of the data folder turns read-only under the running receiver: senders are told, nothing is lost. */
import { describe, expect, it } from 'vitest';
import { recoverSpool } from '../../node-agent/intake/recovery.ts';
import { coverReadOnly, failingDisk } from '../support/mounts.ts';
import { CONTEXTS, requestCommitment } from './commitment/commitment-peer.ts';
import { associateRequest, CT_STORAGE, RawPeer, store } from './receiver/raw-peer.ts';
import { intakeRig, keptFiles, type Rig, until } from './rig.ts';

const READ_ONLY = 'The disk of the data folder is read-only';
/** More than are made ready ahead for an association. */
const OBJECTS = 12;

async function sendAll(peer: RawPeer, root: string, count = OBJECTS): Promise<Map<string, number>> {
  const statuses = new Map<string, number>();
  for (let index = 1; index <= count; index += 1) {
    const instanceUid = `${root}.${index}`;
    peer.send(store(instanceUid));
    statuses.set(instanceUid, (await peer.response()).status);
  }
  return statuses;
}

function acknowledged(...answers: Map<string, number>[]): string[] {
  return answers.flatMap((statuses) => [...statuses].filter(([, status]) => status === 0).map(([uid]) => uid));
}

function errors({ log }: Rig): string[] {
  return log.filter((line) => line.startsWith('error'));
}

describe('a spool that turns read-only', () => {
  it('has objects answered as out of resources, says so once, and takes them again by itself', async ({ skip }) => {
    const rig = await intakeRig();
    const peer = await RawPeer.associate(rig.port, CONTEXTS);
    const before = await sendAll(peer, '1.2.1');
    expect(acknowledged(before)).toHaveLength(OBJECTS);

    const uncover = coverReadOnly(rig.folder.spool);
    if (!uncover) {
      skip('Needs root and the right to mount.');
      return;
    }
    const during = await sendAll(peer, '1.2.2');
    expect([...during.values()].filter((status) => status !== 0 && status !== 0xa700)).toEqual([]);
    expect(acknowledged(during).length).toBeLessThanOrEqual(4); // into files made ready before
    expect(errors(rig)).toHaveLength(1);
    expect(errors(rig)[0]).toContain(`${READ_ONLY} (EROFS)`);
    expect(rig.receiver.state.refusing).toContain(READ_ONLY);
    // Another sender sees the same, on an association of its own.
    const other = await RawPeer.associate(rig.port, CONTEXTS);
    expect([...(await sendAll(other, '1.2.3', 2)).values()]).toEqual([0xa700, 0xa700]);
    uncover();

    const after = await sendAll(peer, '1.2.2');
    expect([...after.values()].filter((status) => status !== 0)).toEqual([]);
    expect(rig.receiver.state.refusing).toBeUndefined();
    expect(rig.log.filter((line) => line.startsWith('info The data folder can be written again'))).toHaveLength(1);
    expect(errors(rig)).toHaveLength(1);
    const held = acknowledged(before, during, after);
    expect(held.filter((uid) => !rig.reception.holds(uid))).toEqual([]);
    expect(rig.ledger.counts()).toMatchObject({ waiting: new Set(held).size, rejected: 2 });
    expect(keptFiles(rig)).toHaveLength(new Set(held).size);
  });
});

describe('a spool that is writable again', () => {
  it('is noticed also where no object comes', async ({ skip }) => {
    const rig = await intakeRig();
    const peer = await RawPeer.associate(rig.port, CONTEXTS);
    await sendAll(peer, '1.2.1', 1);
    const uncover = coverReadOnly(rig.folder.spool);
    if (!uncover) {
      skip('Needs root and the right to mount.');
      return;
    }
    await sendAll(peer, '1.2.2');
    expect(rig.receiver.state.refusing).toContain(READ_ONLY);
    uncover();
    await until(() => rig.receiver.state.refusing === undefined, 20_000);
    await until(() => keptFiles(rig).length === rig.ledger.counts().waiting);
  });
});

describe('a disk whose file system finds an error', () => {
  it('has nothing acknowledged that is not there after the repair', async ({ skip }) => {
    const disk = failingDisk();
    if (!disk) {
      skip('Needs root, loop devices and ext4 that can be told to find an error.');
      return;
    }
    const { rig, close } = await rigOn(disk.folder);
    const peer = await RawPeer.associate(rig.port, CONTEXTS);
    const before = await sendAll(peer, '1.2.1');
    disk.fail();
    const during = await sendAll(peer, '1.2.2');
    expect([...during.values()].filter((status) => status !== 0xa700 && status !== 0x0110)).toEqual([]);
    expect(errors(rig).filter((line) => line.includes('data folder'))).toHaveLength(1);
    peer.send(requestCommitment({ references: [[CT_STORAGE, '1.2.1.1']] }));
    expect([0x0110, 0x0213]).toContain((await peer.response()).status);
    // Who connects now is told to come again: not even the association can be recorded.
    const late = await RawPeer.connect(rig.port);
    late.send(associateRequest({}));
    expect([...((await late.unit())?.body ?? [])]).toEqual([0, 2, 3, 1]);
    await close();
    await disk.repair();

    const again = await rigOn(disk.folder);
    const counts = await recoverSpool({ ...again.rig });
    expect(counts.filesMissing).toBe(0);
    expect(acknowledged(before).filter((uid) => !again.rig.reception.holds(uid))).toEqual([]);
    const sender = await RawPeer.associate(again.rig.port, CONTEXTS);
    const after = await sendAll(sender, '1.2.2');
    expect(acknowledged(after)).toHaveLength(OBJECTS);
    expect(again.rig.ledger.counts().waiting).toBe(2 * OBJECTS);
    await until(() => keptFiles(again.rig).length === 2 * OBJECTS);
    await again.close();
  });
});

/** A rig that is closed before the disk is taken away. */
async function rigOn(root: string): Promise<{ rig: Rig; close: () => Promise<void> }> {
  const rig = await intakeRig({ root, limits: { graceMilliseconds: 200 } });
  return { rig, close: rig.close };
}
