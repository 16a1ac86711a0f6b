import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectionFailure, refusal, rejection } from '../../../node-agent/intake/retrieve/dimse-failure.ts';
import { pduLengthGuard } from '../../../node-agent/intake/retrieve/pdu-length-guard.ts';
import { mayTransfer } from '../../../node-agent/intake/retrieve/transfer-window.ts';
import { intakeRig, until } from '../rig.ts';
import { archiveAt, retrieveRig } from './retrieve-rig.ts';

const UID = '1.2.826.0.1.3680043.77.123';

async function refusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('The retrieve queue', () => {
  it('keeps Study Instance UIDs sealed', async () => {
    const rig = await intakeRig({ listen: false });
    const { queue, want } = retrieveRig(rig, archiveAt(1));
    want([UID]);
    const { vaultDatabase } = rig.folder;
    const bytes = Buffer.concat([readFileSync(vaultDatabase), readFileSync(`${vaultDatabase}-wal`)]);
    expect(bytes.includes('retrieve_studies')).toBe(true);
    expect(bytes.includes(UID)).toBe(false);
    expect(queue.takeNext('main', new Date())).toMatchObject({ studyUid: UID, attempts: 1 });
  });

  it('takes up after a crash what was in transfer', async () => {
    const { queue, want } = retrieveRig(await intakeRig({ listen: false }), archiveAt(1));
    want([UID]);
    queue.takeNext('main', new Date());
    expect(queue.takeNext('main', new Date())).toBeUndefined();
    queue.restart();
    expect(queue.takeNext('main', new Date())).toMatchObject({ studyUid: UID, attempts: 2 });
  });

  it('leaves a cancelled study cancelled when its transfer ends later', async () => {
    const { queue, want } = retrieveRig(await intakeRig({ listen: false }), archiveAt(1));
    want([UID]);
    const { id = '' } = queue.takeNext('main', new Date()) ?? {};
    expect(queue.cancel(id)).toBe(true);
    queue.settle(id, { state: 'complete', expected: 4, arrived: 4, sentence: null });
    expect(queue.find(id)?.state).toBe('cancelled');
  });

  it('tries again where nothing listens, and begins nothing while it is paused or its windows are closed', async () => {
    const rig = await intakeRig({ listen: false });
    let now = new Date(2026, 0, 5, 12, 0);
    const archive = archiveAt(await refusedPort(), { windows: ['* 20-23 * * *'] });
    const { queue, retriever, want, rows } = retrieveRig(rig, archive, { now: () => now });
    onTestFinished(() => retriever.stop());
    want([UID]);
    now = new Date(Date.now() + 60_000);
    now.setHours(12);
    retriever.nudge();
    expect(queue.counts()).toEqual({ waiting: 1 });
    now.setDate(now.getDate() + 1);
    now.setHours(21);
    queue.pause();
    retriever.nudge();
    expect(queue.counts()).toEqual({ waiting: 1 });
    queue.resume();
    retriever.nudge();
    const row = await until(() => rows().find(({ sentence }) => sentence !== null));
    expect(row).toMatchObject({ state: 'waiting', attempts: 1 });
    expect(row.sentence).toContain('Nothing listens');
  });
});

describe('What a PACS answers', () => {
  it('is told apart into what can succeed later and what somebody has to change', () => {
    for (const status of [0xa700, 0xa701, 0xa702]) expect(refusal(status).transient).toBe(true);
    for (const status of [0xa801, 0xa900, 0xc001, 0x0122, 0x0124]) expect(refusal(status).transient).toBe(false);
    expect(refusal(0xa801).message).toContain('move destination');
    expect(rejection(1, 1, 3)).toMatchObject({ transient: false });
    expect(rejection(2, 3, 2)).toMatchObject({ transient: true });
    expect(connectionFailure('ECONNREFUSED').transient).toBe(true);
    expect(connectionFailure('CERT_HAS_EXPIRED').transient).toBe(false);
  });

  it('is not gathered when a PDU announces an impossible length, however it is cut', () => {
    const good = Buffer.from([4, 0, 0, 0, 0, 2, 9, 9]);
    const bad = Buffer.from([4, 0, 0xff, 0, 0, 0]);
    for (let cut = 1; cut < 14; cut += 1) {
      const guard = pduLengthGuard();
      const bytes = Buffer.concat([good, bad]);
      expect([guard(bytes.subarray(0, cut)), guard(bytes.subarray(cut))]).toContain(false);
    }
  });
});

it('A window is open in the minutes its cron expression names', () => {
  expect(mayTransfer([], new Date())).toBe(true);
  expect(mayTransfer(['* 20-23,0-5 * * *'], new Date(2026, 0, 5, 21, 30, 42))).toBe(true);
  expect(mayTransfer(['* 20-23,0-5 * * *'], new Date(2026, 0, 5, 6, 0, 0))).toBe(false);
});
