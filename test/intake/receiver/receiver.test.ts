import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { readPart10 } from '../../../node-agent/dicom/part10-reader.ts';
import { DicomReceiver } from '../../../node-agent/intake/receiver/receiver.ts';
import { StartUpError } from '../../../node-agent/store/errors.ts';
import { databaseText, dataSetBytes, endedAssociation, intakeRig, keptFiles, until } from '../rig.ts';
import {
  acceptItems,
  associateRequest,
  CT_STORAGE,
  dataSet,
  dataTransfer,
  EXPLICIT_LITTLE,
  echoCommand,
  IMPLICIT_LITTLE,
  itemsOf,
  pdv,
  RawPeer,
  RELEASE_REQUEST,
  store,
  storeCommand,
  VERIFICATION,
} from './raw-peer.ts';

describe('who and what is let in', () => {
  it('rejects a wrong called AE title for good, with source and reason of the standard', async () => {
    const rig = await intakeRig();
    const peer = await RawPeer.connect(rig.port);
    peer.send(associateRequest({ called: 'SOMEONE' }));
    const answer = await peer.unit();
    expect(answer?.type).toBe(3);
    expect([...(answer?.body ?? [])]).toEqual([0, 1, 1, 7]);
    peer.socket.end();
    expect((await endedAssociation(rig)).outcome).toMatch(
      /^rejected: called AE title not recognised\..* correct it at the sender/u,
    );
  });

  it('rejects another application context and another protocol version', async () => {
    const rig = await intakeRig();
    const context = await RawPeer.connect(rig.port);
    context.send(associateRequest({ applicationContext: '1.2.3' }));
    expect([...((await context.unit())?.body ?? [])]).toEqual([0, 1, 1, 2]);
    const version = await RawPeer.connect(rig.port);
    version.send(associateRequest({ version: 2 }));
    expect([...((await version.unit())?.body ?? [])]).toEqual([0, 1, 2, 2]);
  });

  it('answers every context by its own id, in whatever order they come', async () => {
    const rig = await intakeRig();
    const peer = await RawPeer.connect(rig.port);
    peer.send(
      associateRequest({
        asynchronousWindow: true,
        contexts: [
          { id: 5, abstractSyntax: CT_STORAGE, transferSyntaxes: ['1.2.840.10008.1.2.4.70', EXPLICIT_LITTLE] },
          { id: 3, abstractSyntax: '1.2.840.10008.5.1.4.1.2.2.1', transferSyntaxes: [IMPLICIT_LITTLE] },
          { id: 255, abstractSyntax: '1.2.826.0.1.3680043.2.1', transferSyntaxes: ['1.2.826.0.1.3680043.2.2'] },
          { id: 1, abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT_LITTLE] },
          { id: 7, abstractSyntax: '1.2.840.10008.5.1.4.1.1.9999', transferSyntaxes: [IMPLICIT_LITTLE] },
          { id: 9, abstractSyntax: '1.2.840.10008.1.20.2', transferSyntaxes: [IMPLICIT_LITTLE] },
          { id: 11, abstractSyntax: CT_STORAGE, transferSyntaxes: ['not a uid'] },
        ],
      }),
    );
    const answer = await peer.unit();
    expect(answer?.type).toBe(2);
    const items = acceptItems(answer?.body ?? Buffer.alloc(0));
    const contexts = items
      .filter(({ type }) => type === 0x21)
      .map(({ value }) => ({ id: value[0], result: value[2], syntax: value.subarray(8).toString() }));
    expect(contexts).toEqual([
      { id: 5, result: 0, syntax: '1.2.840.10008.1.2.4.70' },
      { id: 3, result: 3, syntax: IMPLICIT_LITTLE },
      { id: 255, result: 0, syntax: '1.2.826.0.1.3680043.2.2' },
      { id: 1, result: 0, syntax: IMPLICIT_LITTLE },
      { id: 7, result: 0, syntax: IMPLICIT_LITTLE },
      { id: 9, result: 3, syntax: IMPLICIT_LITTLE },
      { id: 11, result: 4, syntax: EXPLICIT_LITTLE },
    ]);
    const user = itemsOf(items.find(({ type }) => type === 0x50)?.value ?? Buffer.alloc(0));
    expect(user.find(({ type }) => type === 0x53)?.value).toEqual(Buffer.from([0, 1, 0, 1]));
    expect(user.find(({ type }) => type === 0x51)?.value.readUInt32BE(0)).toBe(131_072);
    peer.send(dataTransfer(pdv(1, 3, echoCommand(9))));
    expect(await peer.response()).toMatchObject({ field: 0x8030, messageId: 9, status: 0 });
  });

  it('rejects associations beyond the limit as transient and takes them again afterwards', async () => {
    const rig = await intakeRig({ limits: { openAssociations: 1 } });
    const first = await RawPeer.associate(rig.port);
    const second = await RawPeer.connect(rig.port);
    second.send(associateRequest({}));
    expect([...((await second.unit())?.body ?? [])]).toEqual([0, 2, 3, 2]);
    first.send(RELEASE_REQUEST);
    expect((await first.unit())?.type).toBe(6);
    await RawPeer.associate(rig.port);
  });
});

describe('storing', () => {
  it('answers success only when file and ledger row are there', async () => {
    const rig = await intakeRig();
    const peer = await RawPeer.associate(rig.port);
    peer.send(store('1.2.3.4.5'));
    expect(await peer.response()).toMatchObject({ field: 0x8001, messageId: 1, status: 0 });
    const [row] = rig.ledger.list('received', { limit: 10, offset: 0 });
    expect(row).toMatchObject({ sopClassUid: CT_STORAGE, transferSyntaxUid: EXPLICIT_LITTLE, source: 'dimse' });
    const path = rig.spool.pathOf(row?.objectId ?? '');
    expect(await dataSetBytes(path)).toEqual(dataSet());
    peer.send(RELEASE_REQUEST);
    expect((await peer.unit())?.type).toBe(6);
    peer.socket.end();
    expect(await endedAssociation(rig)).toMatchObject({
      outcome: 'released',
      objects: 1,
      failures: 0,
      bytes: row?.bytes,
    });
  });

  it('writes a head that says where the object came from', async () => {
    const rig = await intakeRig();
    const peer = await RawPeer.associate(rig.port);
    peer.send(store('1.2.3.4.5'));
    await peer.response();
    const [row] = rig.ledger.list('received', { limit: 10, offset: 0 });
    const object = await readPart10(rig.spool.pathOf(row?.objectId ?? ''));
    expect(object.findings).toEqual([]);
    expect(object.meta?.string(0x00020002)).toBe(CT_STORAGE);
    expect(object.meta?.string(0x00020003)).toBe('1.2.3.4.5');
    expect(object.meta?.string(0x00020016)).toBe('RAWPEER');
    expect(object.dataSet.string(0x00080018)).toBe('1.2.3.4.5');
  });

  it('takes command and data set in one unit, in many, and byte by byte', async () => {
    const rig = await intakeRig();
    const peer = await RawPeer.associate(rig.port);
    const bytes = dataSet('1.2.3.6', 'x'.repeat(60));
    const command = storeCommand({ instanceUid: '1.2.3.6' });
    const pieces = Buffer.concat([
      dataTransfer(pdv(1, 1, command.subarray(0, 10))),
      dataTransfer(pdv(1, 3, command.subarray(10)), pdv(1, 0, bytes.subarray(0, 7)), pdv(1, 0, bytes.subarray(7, 50))),
      dataTransfer(pdv(1, 0, bytes.subarray(50))),
      dataTransfer(pdv(1, 2, Buffer.alloc(0))),
    ]);
    for (const byte of pieces) {
      peer.socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await peer.response()).status).toBe(0);
    const [row] = rig.ledger.list('received', { limit: 10, offset: 0 });
    expect(await dataSetBytes(rig.spool.pathOf(row?.objectId ?? ''))).toEqual(bytes);
  });

  it('answers in order when a sender does not wait for answers', async () => {
    const rig = await intakeRig();
    const peer = await RawPeer.associate(rig.port);
    const uids = Array.from({ length: 20 }, (_, index) => `1.2.3.100.${index}`);
    peer.send(...uids.map((uid, index) => store(uid, dataSet(uid), index + 1)), RELEASE_REQUEST);
    for (const index of uids.keys()) expect(await peer.response()).toMatchObject({ messageId: index + 1, status: 0 });
    expect((await peer.unit())?.type).toBe(6);
    expect(rig.ledger.counts()).toMatchObject({ received: 20, waiting: 20 });
  });

  it('counts an object that comes twice once', async () => {
    const rig = await intakeRig();
    const peer = await RawPeer.associate(rig.port);
    peer.send(store('1.2.3.7'), store('1.2.3.7'));
    expect((await peer.response()).status).toBe(0);
    expect((await peer.response()).status).toBe(0);
    expect(rig.ledger.counts().received).toBe(1);
    expect(keptFiles(rig)).toHaveLength(1);
  });

  it('keeps an object with a known UID and other bytes apart, as a conflict', async () => {
    const rig = await intakeRig();
    const peer = await RawPeer.associate(rig.port);
    peer.send(store('1.2.3.8'), store('1.2.3.8', dataSet('1.2.3.8', 'other')));
    expect((await peer.response()).status).toBe(0);
    expect((await peer.response()).status).toBe(0);
    const [conflict] = rig.ledger.list('quarantined', { limit: 10, offset: 0 });
    expect(conflict?.cause).toBe('conflict');
    expect(existsSync(rig.spool.quarantinePathOf(conflict?.objectId ?? ''))).toBe(true);
    expect(rig.ledger.counts()).toMatchObject({ received: 2, waiting: 1, quarantined: 1 });
  });

  it('refuses what it cannot understand with a status and a sentence, and goes on', async () => {
    const rig = await intakeRig();
    const peer = await RawPeer.associate(rig.port);
    const send = (contextId: number, command: Buffer) =>
      peer.send(dataTransfer(pdv(contextId, 3, command), pdv(contextId, 2, dataSet())));
    send(1, storeCommand({ classUid: '1.2.840.10008.5.1.4.1.1.4' }));
    expect((await peer.response()).status).toBe(0xa900);
    send(1, storeCommand({ instanceUid: '../../etc/passwd' }));
    expect((await peer.response()).status).toBe(0xc000);
    send(1, storeCommand({ instanceUid: '1.'.repeat(40) }));
    expect((await peer.response()).status).toBe(0xc000);
    send(3, storeCommand());
    const refused = await peer.response();
    expect(refused.status).toBe(0x0122);
    expect(refused.comment).toMatch(/\w/);
    peer.send(dataTransfer(pdv(3, 3, echoCommand(7, 0x0020))));
    expect(await peer.response()).toMatchObject({ field: 0x8020, status: 0x0211, messageId: 7 });
    peer.send(dataTransfer(pdv(1, 3, storeCommand()), pdv(1, 2, Buffer.alloc(0))));
    expect((await peer.response()).status).toBe(0xc000);
    peer.send(store('1.2.3.9'));
    expect((await peer.response()).status).toBe(0);
    peer.send(RELEASE_REQUEST);
    await peer.unit();
    peer.socket.end();
    expect(await endedAssociation(rig)).toMatchObject({ objects: 1, failures: 5 });
    expect(keptFiles(rig)).toHaveLength(1);
  });

  it('keeps what it acknowledged when the sender aborts in the middle of the next object', async () => {
    const rig = await intakeRig();
    const peer = await RawPeer.associate(rig.port);
    peer.send(store('1.2.3.10'));
    expect((await peer.response()).status).toBe(0);
    peer.send(dataTransfer(pdv(1, 3, storeCommand({ instanceUid: '1.2.3.11' }))));
    for (let index = 0; index < 10; index += 1) peer.send(dataTransfer(pdv(1, 0, Buffer.alloc(100_000))));
    peer.socket.end(Buffer.from('07000000000400000000', 'hex'));
    expect(await endedAssociation(rig)).toMatchObject({ outcome: 'aborted by the peer', objects: 1, failures: 1 });
    expect(rig.spool.list()).toEqual([expect.any(String)]);
    expect(rig.ledger.counts().received).toBe(1);
  });

  it('leaves nothing behind when the connection is cut in the middle of an object', async () => {
    const rig = await intakeRig();
    const peer = await RawPeer.associate(rig.port);
    peer.send(dataTransfer(pdv(1, 3, storeCommand())), dataTransfer(pdv(1, 0, Buffer.alloc(100_000))));
    await until(() => rig.receiver.state.openAssociations === 1);
    peer.socket.resetAndDestroy();
    expect(await endedAssociation(rig)).toMatchObject({ objects: 0, failures: 1 });
    await until(() => rig.spool.list().length === 0);
    expect(rig.ledger.counts().received).toBe(0);
  });

  it('never writes a UID or another value of an object to the log', async () => {
    const rig = await intakeRig();
    const peer = await RawPeer.associate(rig.port);
    peer.send(store('1.2.3.777.888', dataSet('1.2.3.777.888', 'Secret^Name')));
    await peer.response();
    peer.socket.destroy();
    await endedAssociation(rig);
    const everything = rig.log.join('\n') + databaseText(rig);
    expect(everything).toContain('RAWPEER');
    expect(everything).toContain(CT_STORAGE);
    expect(everything).not.toMatch(/1\.2\.3\.777|Secret/);
  });
});

describe('the disk', () => {
  it('refuses objects and associations while the disk is nearly full, and recovers by itself', async () => {
    const rig = await intakeRig({ reserveBytes: 1_000 });
    const peer = await RawPeer.associate(rig.port);
    rig.free = 999;
    await until(() => rig.receiver.state.refusing !== undefined);
    peer.send(store('1.2.3.12'), store('1.2.3.12'));
    expect(await peer.response()).toMatchObject({ status: 0xa700 });
    expect(await peer.response()).toMatchObject({ status: 0xa700 });
    expect(rig.ledger.counts()).toMatchObject({ received: 1, rejected: 1 });
    const late = await RawPeer.connect(rig.port);
    late.send(associateRequest({}));
    expect([...((await late.unit())?.body ?? [])]).toEqual([0, 2, 3, 1]);
    rig.free = 1_001;
    await until(() => rig.receiver.state.refusing === undefined);
    peer.send(store('1.2.3.12'));
    expect(await peer.response()).toMatchObject({ status: 0 });
    expect(rig.ledger.counts()).toMatchObject({ received: 1, rejected: 0, waiting: 1 });
    await RawPeer.associate(rig.port);
    expect(keptFiles(rig)).toHaveLength(1);
  });

  it('answers a failure and keeps the association when the spool cannot be written', async () => {
    const rig = await intakeRig();
    const broken = rig.spool.newObject;
    rig.spool.newObject = () => ({ objectId: 'x', path: `${rig.folder.spool}/missing/x.dcm` });
    const peer = await RawPeer.associate(rig.port);
    peer.send(store('1.2.3.13'));
    expect(await peer.response()).toMatchObject({ status: 0x0110 });
    rig.spool.newObject = broken;
    peer.send(store('1.2.3.13'));
    expect(await peer.response()).toMatchObject({ status: 0 });
  });
});

describe('starting and stopping', () => {
  it('says which port is taken and what to do', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const address = taken.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const rig = await intakeRig({ listen: false });
    const receiver = new DicomReceiver({ ...rig, host: '127.0.0.1', port, aeTitle: 'GATEHOUSE' });
    const failure = await receiver.start().catch((error: unknown) => error);
    taken.close();
    expect(failure).toBeInstanceOf(StartUpError);
    expect(String(failure)).toMatch(new RegExp(`port ${port} .*--set dicom\\.port=`));
    expect(receiver.state.listening).toBe(false);
  });

  it('lets an object in transfer finish when it stops, and aborts idle associations', async () => {
    const rig = await intakeRig();
    const idle = await RawPeer.associate(rig.port);
    const busy = await RawPeer.associate(rig.port);
    busy.send(dataTransfer(pdv(1, 3, storeCommand({ instanceUid: '1.2.3.14' }))));
    await until(() => rig.receiver.state.openAssociations === 2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const stopped = rig.receiver.stop();
    expect((await idle.unit())?.type).toBe(7);
    idle.socket.end();
    busy.send(dataTransfer(pdv(1, 2, dataSet('1.2.3.14'))));
    expect(await busy.response()).toMatchObject({ status: 0 });
    expect((await busy.unit())?.type).toBe(7);
    busy.socket.end();
    await stopped;
    expect(rig.receiver.state).toMatchObject({ listening: false, openAssociations: 0 });
  });

  it('cuts off an object that does not finish in time', async () => {
    const rig = await intakeRig({ limits: { graceMilliseconds: 100 } });
    const peer = await RawPeer.associate(rig.port);
    peer.send(dataTransfer(pdv(1, 3, storeCommand())));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await rig.receiver.stop();
    expect(await endedAssociation(rig)).toMatchObject({ outcome: 'cut off: the receiver was stopped', failures: 1 });
    expect(rig.spool.list()).toEqual([]);
  });
});
