/** A sender that stays on the line is told there what the node holds. */
import { readFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { associateRequest, CT_STORAGE, RawPeer, RELEASE_REQUEST, store } from '../receiver/raw-peer.ts';
import { endedAssociation, intakeRig, until } from '../rig.ts';
import {
  COMMITMENT,
  COMMITMENT_CONTEXT,
  COMMITMENT_INSTANCE,
  CONTEXTS,
  reportResponse,
  requestCommitment,
  rolesGranted,
} from './commitment-peer.ts';
import { allowPeer, ask, nextReport, nothingOwed, startSender, storeAll } from './commitment-rig.ts';

const MR_STORAGE = '1.2.840.10008.5.1.4.1.1.4';
const SOON = { reportSilenceMilliseconds: 50 };

describe('a sender that asks for storage commitment and stays', () => {
  it('is told on its association that everything is held, and the request counts as no object', async () => {
    const rig = await intakeRig({ limits: SOON });
    const peer = await RawPeer.associate(rig.port, CONTEXTS);
    await storeAll(peer, ['1.2.3.1', '1.2.3.2']);
    const references = [
      [CT_STORAGE, '1.2.3.1'],
      [CT_STORAGE, '1.2.3.2'],
    ] as const;
    expect(await ask(peer, { transactionUid: '1.2.3.77', references })).toBe(0);
    const report = await nextReport(peer);
    expect(report).toEqual({
      messageId: 1,
      eventType: 1,
      sopClassUid: COMMITMENT,
      sopInstanceUid: COMMITMENT_INSTANCE,
      transactionUid: '1.2.3.77',
      committed: references,
      failed: [],
    });
    peer.send(reportResponse(report.messageId));
    await nothingOwed(rig);
    peer.send(RELEASE_REQUEST);
    expect((await peer.unit())?.type).toBe(6);
    peer.socket.end();
    expect(await endedAssociation(rig)).toMatchObject({ outcome: 'released', objects: 2, failures: 0 });
  });

  it('is told which instances are not held and why: never sent, of another class, file gone', async () => {
    const rig = await intakeRig({ limits: SOON });
    const peer = await RawPeer.associate(rig.port, CONTEXTS);
    await storeAll(peer, ['1.2.3.3']);
    const [row] = rig.ledger.list('received', { limit: 1, offset: 0 });
    rmSync(rig.spool.pathOf(row?.objectId ?? ''));
    await storeAll(peer, ['1.2.3.1', '1.2.3.2']);
    const references = ['1.2.3.1', '1.2.3.2', '1.2.3.3', '1.2.3.4'].map((uid) => [CT_STORAGE, uid] as const);
    await ask(peer, { references: [...references, [MR_STORAGE, '1.2.3.1'], ['1.2.826.0.1.9', '1.2.3.2']] });
    const { messageId, ...report } = await nextReport(peer);
    expect(report).toMatchObject({ eventType: 2, committed: references.slice(0, 2) });
    expect(report.failed).toEqual([
      [CT_STORAGE, '1.2.3.3', 0x0112],
      [CT_STORAGE, '1.2.3.4', 0x0112],
      [MR_STORAGE, '1.2.3.1', 0x0119],
      ['1.2.826.0.1.9', '1.2.3.2', 0x0119],
    ]);
    peer.send(reportResponse(messageId));
    await nothingOwed(rig);
  });

  it('may go on sending: the report waits until nothing has come for a moment', async () => {
    const rig = await intakeRig({ limits: { reportSilenceMilliseconds: 1_500 } });
    const peer = await RawPeer.associate(rig.port, CONTEXTS);
    await ask(peer, { references: [[CT_STORAGE, '1.2.3.9']] });
    for (let count = 0; count < 8; count += 1) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      peer.send(store(`1.2.3.${count}`));
      expect(await peer.response()).toMatchObject({ field: 0x8001, status: 0 });
    }
    peer.send(store('1.2.3.9'));
    expect(await peer.response()).toMatchObject({ field: 0x8001, status: 0 });
    // Told as things stand when the report is made: the object that came after the request is held.
    expect(await nextReport(peer)).toMatchObject({ eventType: 1, committed: [[CT_STORAGE, '1.2.3.9']] });
  });

  it('is told of one transaction after the other', async () => {
    const rig = await intakeRig({ limits: SOON });
    const peer = await RawPeer.associate(rig.port, CONTEXTS);
    for (const transactionUid of ['1.1', '1.2', '1.3']) {
      expect(await ask(peer, { transactionUid, references: [[CT_STORAGE, '1.2.3']] })).toBe(0);
    }
    for (const transactionUid of ['1.1', '1.2', '1.3']) {
      const report = await nextReport(peer);
      expect(report.transactionUid).toBe(transactionUid);
      peer.send(reportResponse(report.messageId));
    }
    await nothingOwed(rig);
  });

  it('gets a long report in units as short as it asks for', async () => {
    const rig = await intakeRig({ limits: SOON });
    const peer = await RawPeer.connect(rig.port);
    peer.send(associateRequest({ contexts: CONTEXTS, maximumLength: 512 }));
    expect((await peer.unit())?.type).toBe(2);
    const references = Array.from({ length: 5_000 }, (_, index) => [CT_STORAGE, `1.2.3.${index}`] as const);
    expect(await ask(peer, { references })).toBe(0);
    const { eventType, failed } = await nextReport(peer);
    expect(eventType).toBe(2);
    expect(failed.map(([, instance]) => instance)).toEqual(references.map(([, instance]) => instance));
  });

  it('is aborted when it answers another message than the report, and the report stays owed', async () => {
    const rig = await intakeRig({ limits: SOON });
    const peer = await RawPeer.associate(rig.port, CONTEXTS);
    await ask(peer, { references: [[CT_STORAGE, '1.2.3']] });
    const { messageId } = await nextReport(peer);
    peer.send(reportResponse(messageId + 1));
    expect((await peer.unit())?.type).toBe(7);
    peer.socket.end();
    expect((await endedAssociation(rig)).outcome).toBe('aborted: A response came without a request.');
    expect(rig.commitmentQueue.requesters()).toHaveLength(1);
  });

  it('keeps the receiver from stopping until it has answered the report', async () => {
    const rig = await intakeRig({ limits: SOON });
    const peer = await RawPeer.associate(rig.port, CONTEXTS);
    await ask(peer, { references: [[CT_STORAGE, '1.2.3']] });
    const { messageId } = await nextReport(peer);
    const stopped = rig.receiver.stop();
    peer.send(reportResponse(messageId));
    expect((await peer.unit())?.type).toBe(7);
    peer.socket.end();
    await stopped;
    expect(rig.commitmentQueue.requesters()).toEqual([]);
  });
});

describe('what is kept of a transaction', () => {
  it('says nothing of an instance: neither on the disk nor in the log', async () => {
    const rig = await intakeRig();
    const peer = await RawPeer.associate(rig.port, CONTEXTS);
    const [transactionUid, instance] = ['1.2.752.24.1111.2222.1', '1.2.752.24.3333.4444.1'];
    await ask(peer, { transactionUid, references: [[CT_STORAGE, instance]] });
    const { vaultDatabase } = rig.folder;
    const bytes = readFileSync(vaultDatabase, 'latin1') + readFileSync(`${vaultDatabase}-wal`, 'latin1');
    expect(bytes).toContain('RAWPEER');
    for (const uid of [transactionUid, instance]) {
      expect(bytes).not.toContain(uid);
      expect(rig.log.join('\n')).not.toContain(uid);
    }
  });
});

describe('the negotiation of storage commitment', () => {
  const context = { id: COMMITMENT_CONTEXT, abstractSyntax: COMMITMENT, transferSyntaxes: ['1.2.840.10008.1.2.1'] };
  const answer = async (port: number, roles: readonly (readonly [string, 0 | 1, 0 | 1])[], syntaxes?: string[]) => {
    const peer = await RawPeer.connect(port);
    const transferSyntaxes = syntaxes ?? context.transferSyntaxes;
    peer.send(associateRequest({ contexts: [{ ...context, transferSyntaxes }], roles }));
    const unit = await peer.unit();
    const body = unit?.body ?? Buffer.alloc(0);
    const result = body[body.indexOf(Buffer.from([0x21, 0]), 68) + 6];
    return { result, roles: rolesGranted(unit) };
  };

  it('grants a sender the role of the user, and says so only to one that asks', async () => {
    const rig = await intakeRig();
    expect(await answer(rig.port, [])).toEqual({ result: 0, roles: [] });
    expect(await answer(rig.port, [[COMMITMENT, 1, 0]])).toEqual({ result: 0, roles: [[1, 0]] });
    expect(await answer(rig.port, [[COMMITMENT, 1, 1]])).toEqual({ result: 0, roles: [[1, 0]] });
  });

  it('refuses whoever wants to be the provider, or to encode what cannot be read here', async () => {
    const rig = await intakeRig();
    expect(await answer(rig.port, [[COMMITMENT, 0, 1]])).toEqual({ result: 3, roles: [] });
    expect((await answer(rig.port, [], ['1.2.840.10008.1.2.4.70'])).result).toBe(4);
  });

  it('refuses a peer without the right', async () => {
    const rig = await intakeRig();
    allowPeer(rig, { services: ['verification', 'storage'] });
    expect(await answer(rig.port, [])).toEqual({ result: 1, roles: [] });
  });
});

describe('a report that its association does not take', () => {
  it('is given back when the sender falls silent, and waits for a place to be sent to', async () => {
    const rig = await intakeRig({ limits: { ...SOON, idleMilliseconds: 400 } });
    startSender(rig);
    const peer = await RawPeer.associate(rig.port, CONTEXTS);
    peer.send(requestCommitment({ references: [[CT_STORAGE, '1.2.3']] }));
    await peer.response();
    await nextReport(peer);
    expect((await peer.unit())?.type).toBe(7);
    await until(() => rig.log.some((line) => line.startsWith('warn It is not known where this peer listens')));
    expect(rig.commitmentQueue.overdue(1)).toMatchObject([{ peerTag: 'This computer', count: 1 }]);
  });
});
