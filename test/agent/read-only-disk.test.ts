/** The disk of a whole node finds an error and turns read-only: the node stays up and says so; nothing acknowledged is lost. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RawPeer, store } from '../intake/receiver/raw-peer.ts';
import { failingDisk } from '../support/mounts.ts';
import { runCommand, startAgent } from '../support/running-agent.ts';

const SETTINGS = ['store.reserveMegabytes=0', 'store.refuseAssociationsMegabytes=0'];
const OBJECTS = 10;

async function send(peer: RawPeer, root: string): Promise<number[]> {
  const statuses: number[] = [];
  for (let index = 1; index <= OBJECTS; index += 1) {
    peer.send(store(`${root}.${index}`));
    statuses.push((await peer.response()).status);
  }
  return statuses;
}

describe('A node whose disk turns read-only', () => {
  it('answers senders, stays up, says what to do, and has everything it acknowledged after the repair', async ({
    skip,
  }) => {
    const disk = failingDisk(256);
    if (!disk) {
      skip('Needs root, loop devices and ext4 that can be told to find an error.');
      return;
    }
    const data = join(disk.folder, 'data');
    const agent = await startAgent(data, SETTINGS);
    const peer = await RawPeer.associate(agent.dicomPort);
    expect(new Set(await send(peer, '1.2.1'))).toEqual(new Set([0]));
    disk.fail();
    const during = await send(peer, '1.2.2');
    expect(during.filter((status) => status !== 0xa700 && status !== 0x0110)).toEqual([]);
    // Long enough for everything that the node does by itself to meet the disk.
    await new Promise((resolve) => setTimeout(resolve, 8_000));
    expect(agent.process.exitCode, agent.log()).toBeNull();
    expect((await fetch(agent.httpUrl)).status).toBeLessThan(500);
    expect((await send(peer, '1.2.3')).filter((status) => status !== 0xa700 && status !== 0x0110)).toEqual([]);
    expect(agent.log()).toMatch(/The (disk of the )?data folder (is read-only|cannot be written) \(\w+\)\. [A-Z]/u);
    expect(agent.log()).not.toContain('1.2.2.');
    await agent.kill();
    await disk.repair();

    const again = await startAgent(data, SETTINGS);
    const sender = await RawPeer.associate(again.dicomPort);
    for (const root of ['1.2.1', '1.2.2', '1.2.3']) expect(new Set(await send(sender, root))).toEqual(new Set([0]));
    expect(await again.stop()).toBe(0);
    const { stdout } = await runCommand(['status', '--json', '--data-dir', data]);
    expect(JSON.parse(stdout)).toMatchObject({ received: 3 * OBJECTS });
  }, 120_000);
});
