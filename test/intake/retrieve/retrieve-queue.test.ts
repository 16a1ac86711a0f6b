import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pduLengthGuard } from '../../../node-agent/intake/retrieve/pdu-length-guard.ts';
import { RETRIEVE_MIGRATIONS } from '../../../node-agent/intake/retrieve/schema.ts';
import { mayTransfer } from '../../../node-agent/intake/retrieve/transfer-window.ts';
import { openDatabase } from '../../../node-agent/store/database.ts';
import { SealedText } from '../../../node-agent/vault/sealed-text.ts';
import { freePort } from '../../support/free-port.ts';
import { intakeRig, until } from '../rig.ts';
import { archiveAt, matching, retrieveRig, SECRET } from './retrieve-rig.ts';

const UID = '1.2.826.0.1.3680043.77.123';

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

  it('skips what an earlier request fetched or another is fetching, unless it is asked for again', async () => {
    const { queue, want, requests } = retrieveRig(await intakeRig({ listen: false }), archiveAt(1));
    want([UID]);
    const { id = '' } = queue.takeNext('main', new Date()) ?? {};
    const later = () => {
      const request = requests.create('main', [], 'test');
      queue.found(request, 'main', 1, [matching(UID), matching('1.2.3')]);
      requests.become(request, 'counted', ['counting']);
      return request;
    };
    const whileOpen = later();
    queue.confirm(whileOpen, true);
    expect(requests.get(whileOpen).studies).toEqual({ skipped: 1, waiting: 1 });
    queue.settle(id, { state: 'complete', expected: 4, arrived: 4, sentence: null });
    const afterwards = later();
    expect(requests.get(afterwards).fetchedBefore).toBe(1);
    expect(queue.list(afterwards, 9, 0).map(({ fetchedBefore }) => fetchedBefore)).toEqual([true, false]);
    queue.confirm(afterwards, false);
    expect(queue.list(afterwards, 9, 0).map(({ state }) => state)).toEqual(['skipped', 'skipped']);
    const again = later();
    queue.confirm(again, true);
    expect(queue.list(again, 9, 0).map(({ state }) => state)).toEqual(['waiting', 'skipped']);
  });

  it('begins nothing of a request that is paused', async () => {
    const { queue, want, requests } = retrieveRig(await intakeRig({ listen: false }), archiveAt(1));
    const request = want([UID]);
    requests.setPaused(request, true);
    expect(queue.takeNext('main', new Date())).toBeUndefined();
    requests.setPaused(request, false);
    expect(queue.takeNext('main', new Date())).toMatchObject({ studyUid: UID });
  });

  it('takes over what a queue without requests held, with its sealed UIDs', async () => {
    const rig = await intakeRig({ listen: false });
    const vault = `${rig.folder.vaultDatabase}.old`;
    const before = openDatabase(vault, RETRIEVE_MIGRATIONS.slice(0, 2));
    const sealed = new SealedText(SECRET, 'retrieve queue');
    before.exec(`INSERT INTO archives VALUES ('main','PACS','127.0.0.1',104,'GATEHOUSE',NULL,'move',NULL,1,'[]',1)`);
    const insert = before.prepare(`INSERT INTO retrieve_studies (id, study_key, study_uid, archive, state, not_before,
      requested_at) VALUES (?, ?, ?, 'main', ?, '2026', ?)`);
    const rows = [
      ['a', 'k1', '1.1', 'failed', '2026-01-01'],
      ['b', 'k1', '1.1', 'waiting', '2026-01-02'],
      ['c', 'k2', '1.2', 'complete', '2026-01-03'],
    ] as const;
    for (const [id, key, uid, state, at] of rows) insert.run(id, key, sealed.seal(id, uid), state, at);
    before.close();
    const { queue, requests } = retrieveRig(rig, archiveAt(1), {}, vault);
    expect(requests.list(9, 0)).toMatchObject([{ archive: 'main', studies: { waiting: 1, complete: 1 } }]);
    expect(queue.takeNext('main', new Date())).toMatchObject({ id: 'b', studyUid: '1.1' });
  });

  it('does not begin a study twice that is cancelled and at once asked for again', async () => {
    const rig = await intakeRig({ listen: false });
    const calls: Socket[] = [];
    const silent = createServer((socket) => void calls.push(socket.on('error', () => {}).resume()));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const { want, rows, desk, retriever } = retrieveRig(rig, archiveAt(port, { concurrentStudies: 2 }));
    onTestFinished(async () => {
      await retriever.stop();
      silent.close();
    });
    want([UID]);
    retriever.start();
    await until(() => calls.length === 1);
    const [{ id } = { id: '' }] = rows();
    desk.cancelStudy(id);
    desk.retryStudy(id);
    await until(() => calls.length === 2);
    await until(() => calls[0]?.destroyed);
    // The end of the first must not put the second back into the queue, which would begin a third.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(rows()).toMatchObject([{ state: 'in transfer', attempts: 1 }]);
    expect(calls).toHaveLength(2);
  });

  it('tries again where nothing listens, and begins nothing while it is paused or its windows are closed', async () => {
    const rig = await intakeRig({ listen: false });
    let now = new Date(2026, 0, 5, 12, 0);
    const archive = archiveAt(await freePort(), { windows: ['* 20-23 * * *'] });
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

it('A window is meant in the time zone of the site, wherever this computer stands, also when clocks change', () => {
  const night = ['* 2 * * *'];
  expect(mayTransfer(night, new Date('2026-01-05T01:30:00Z'), 'Europe/Madrid')).toBe(true);
  expect(mayTransfer(night, new Date('2026-07-05T01:30:00Z'), 'Europe/Madrid')).toBe(false);
  expect(mayTransfer(night, new Date('2026-07-05T00:30:00Z'), 'Europe/Madrid')).toBe(true);
  expect(mayTransfer(night, new Date('2026-01-05T17:30:00Z'), 'Asia/Tokyo')).toBe(true);
});
