/** kill -9 between the answer to a request for storage commitment and its report: the report comes all the same. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CONTEXTS, ReportListener } from '../intake/commitment/commitment-peer.ts';
import { ask, storeAll } from '../intake/commitment/commitment-rig.ts';
import { CT_STORAGE, RawPeer } from '../intake/receiver/raw-peer.ts';
import { until } from '../intake/rig.ts';
import { runCommand, startAgent } from '../support/running-agent.ts';
import { scratchFolder } from './phantom-folder.ts';

const KILLS = 3;

describe('A node that is killed after it took a request for storage commitment', () => {
  const scratch = scratchFolder();
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it('reports it after the next start, and what was killed in the middle of a report again', async () => {
    const data = join(scratch, 'data');
    const listener = await ReportListener.start({ role: [0, 1] });
    // Until the last start the peer is there and says nothing: the node is killed while it waits for the answer.
    listener.answerWith(() => {}, KILLS - 1);
    await (await startAgent(data)).stop();
    const place = ['--ae', 'RAWPEER', '--dicom-host', '127.0.0.1', '--dicom-port', String(listener.port)];
    const added = await runCommand(['peer', 'add', 'CT', '--address', '127.0.0.1', ...place, '--data-dir', data]);
    expect(added.code, added.stderr).toBe(0);

    const first = await startAgent(data);
    const peer = await RawPeer.associate(first.dicomPort, CONTEXTS);
    await storeAll(peer, ['1.2.3.1', '1.2.3.2']);
    const references = [
      [CT_STORAGE, '1.2.3.1'],
      [CT_STORAGE, '1.2.3.2'],
      [CT_STORAGE, '1.2.3.3'],
    ] as const;
    expect(await ask(peer, { transactionUid: '1.2.3.77', references })).toBe(0);
    await first.kill();
    expect(listener.reports).toEqual([]);

    for (let kills = 1; kills < KILLS; kills += 1) {
      const agent = await startAgent(data);
      await until(() => listener.reports.length === kills, 20_000);
      await agent.kill();
    }
    const last = await startAgent(data);
    await until(() => listener.reports.length === KILLS, 20_000);
    await until(() => last.log().includes('The report of a storage commitment was delivered'), 20_000);
    for (const report of listener.reports) {
      expect(report).toMatchObject({ eventType: 2, transactionUid: '1.2.3.77', committed: references.slice(0, 2) });
      expect(report.failed).toEqual([[CT_STORAGE, '1.2.3.3', 0x0112]]);
    }
    expect(await last.stop()).toBe(0);

    const quiet = await startAgent(data);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await quiet.stop()).toBe(0);
    expect(listener.reports).toHaveLength(KILLS);
  }, 120_000);
});
