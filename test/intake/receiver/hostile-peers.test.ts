/** Peers that break the protocol, stall or lie: each loses its association, the node stays. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { endedAssociation, intakeRig, type Rig } from '../rig.ts';
import {
  ABORT,
  associateRequest,
  CT_STORAGE,
  command,
  DEFAULT_CONTEXTS,
  dataSet,
  dataTransfer,
  echoCommand,
  pdu,
  pdv,
  RawPeer,
  RELEASE_REQUEST,
  short,
  store,
  storeCommand,
} from './raw-peer.ts';

/** A-ABORT by the provider with this reason. */
async function expectAbort(peer: RawPeer, reason: number): Promise<void> {
  const unit = await peer.unit();
  expect({ type: unit?.type, body: [...(unit?.body ?? [])] }).toEqual({ type: 7, body: [0, 0, 2, reason] });
}

async function expectAlive(rig: Rig): Promise<void> {
  const peer = await RawPeer.associate(rig.port);
  peer.send(dataTransfer(pdv(3, 3, echoCommand())));
  expect((await peer.response()).status).toBe(0);
}

function header(type: number, length: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes[0] = type;
  bytes.writeUInt32BE(length, 2);
  return bytes;
}

describe('a peer that breaks the protocol', () => {
  it.each([
    ['a request of 4 GiB', header(1, 0xffffffff)],
    ['an unknown unit', header(0x47, 5)],
    ['data before an association', dataTransfer(pdv(1, 3, echoCommand()))],
    ['a release before an association', RELEASE_REQUEST],
    [
      'an even context id',
      associateRequest({ contexts: [{ id: 2, abstractSyntax: CT_STORAGE, transferSyntaxes: [] }] }),
    ],
    ['the same context id twice', associateRequest({ contexts: [...DEFAULT_CONTEXTS, ...DEFAULT_CONTEXTS] })],
    ['a request cut short', pdu(1, Buffer.alloc(20))],
    [
      'an item longer than its request',
      pdu(1, Buffer.concat([Buffer.alloc(68), Buffer.from([0x10, 0, 0xff, 0xff, 1])])),
    ],
    ['another protocol', Buffer.from('GET / HTTP/1.1\r\nHost: node\r\n\r\n')],
  ])('is aborted when it begins with %s', async (_, bytes) => {
    const rig = await intakeRig();
    const peer = await RawPeer.connect(rig.port);
    peer.send(bytes);
    const unit = await peer.unit();
    expect({ type: unit?.type, body: [...(unit?.body ?? [])] }).toEqual({ type: 7, body: [0, 0, 0, 0] });
    await expectAlive(rig);
  });

  it.each<[string, Buffer, number]>([
    ['announces a unit of 4 GiB', header(4, 0xffffffff), 6],
    ['sends a unit without a data value', header(4, 0), 6],
    ['sends a data value longer than its unit', pdu(4, Buffer.from([0, 0, 1, 0, 1, 3, 0])), 6],
    ['uses a context that was not accepted', dataTransfer(pdv(99, 3, echoCommand())), 6],
    ['sends a data set without a command', dataTransfer(pdv(1, 2, dataSet())), 2],
    ['sends a command inside a data set', dataTransfer(pdv(1, 3, storeCommand()), pdv(1, 3, storeCommand())), 2],
    ['sends the data set on another context', dataTransfer(pdv(1, 3, storeCommand()), pdv(3, 2, dataSet())), 2],
    ['sends a command that is too long', dataTransfer(pdv(1, 1, Buffer.alloc(20_000))), 6],
    ['sends a command of garbage', dataTransfer(pdv(1, 3, Buffer.from('not a command set'))), 0],
    ['sends a command without a command field', dataTransfer(pdv(1, 3, command([[0x0110, short(1)]]))), 0],
    ['answers without having been asked', dataTransfer(pdv(1, 3, echoCommand(1, 0x8030))), 0],
    ['asks for an association twice', associateRequest({}), 2],
  ])('is aborted when it %s', async (_, bytes, reason) => {
    const rig = await intakeRig();
    const peer = await RawPeer.associate(rig.port);
    peer.send(bytes);
    await expectAbort(peer, reason);
    peer.socket.end();
    expect((await endedAssociation(rig)).outcome).toMatch(/^aborted: /);
    expect(readdirSync(rig.folder.spool)).toEqual([]);
    await expectAlive(rig);
  });

  it('gets its answers in short units when it takes no longer ones', async () => {
    const rig = await intakeRig();
    const peer = await RawPeer.connect(rig.port);
    peer.send(associateRequest({ maximumLength: 16 }), dataTransfer(pdv(3, 3, echoCommand(5))));
    expect((await peer.unit())?.type).toBe(2);
    const fragments: Buffer[] = [];
    for (let control = 0; control !== 3; ) {
      const unit = await peer.unit();
      expect(unit?.body.length).toBeLessThanOrEqual(16);
      control = unit?.body[5] ?? 3;
      fragments.push(unit?.body.subarray(6) ?? Buffer.alloc(0));
    }
    const response = Buffer.concat(fragments);
    expect(response.readUInt32LE(8)).toBe(response.length - 12);
  });
});

describe('a peer that stalls', () => {
  it('is closed when it never asks for an association', async () => {
    const rig = await intakeRig({ limits: { artimMilliseconds: 100 } });
    const peer = await RawPeer.connect(rig.port);
    peer.send(associateRequest({}).subarray(0, 40));
    expect(await peer.unit()).toBeUndefined();
  });

  it('is aborted when nothing comes for too long', async () => {
    const rig = await intakeRig({ limits: { idleMilliseconds: 100 } });
    const peer = await RawPeer.associate(rig.port);
    expect((await peer.unit())?.type).toBe(7);
    peer.socket.end();
    expect((await endedAssociation(rig)).outcome).toBe('aborted: nothing arrived for too long');
  });

  it('is aborted when it sends one unit byte by byte for ever', async () => {
    const rig = await intakeRig({ limits: { unitMilliseconds: 500, idleMilliseconds: 60_000 } });
    const peer = await RawPeer.associate(rig.port);
    peer.send(header(4, 1000), pdv(1, 1, Buffer.alloc(994)).subarray(0, 6));
    const trickle = setInterval(() => peer.send(Buffer.from([0])), 50);
    const unit = await peer.unit();
    clearInterval(trickle);
    peer.socket.end();
    expect((await endedAssociation(rig)).outcome).toBe('aborted: a unit took too long to arrive');
    expect(unit?.type).toBe(7);
  });

  it('does not keep the socket open after it was told to go', async () => {
    const rig = await intakeRig({ limits: { lingerMilliseconds: 100 } });
    const peer = await RawPeer.connect(rig.port);
    peer.send(associateRequest({ called: 'SOMEONE' }));
    expect((await peer.unit())?.type).toBe(3);
    expect(await peer.unit()).toBeUndefined();
  });

  it('is not read from while it does not read its answers', async () => {
    const rig = await intakeRig();
    const peer = await RawPeer.associate(rig.port);
    peer.socket.pause();
    const echo = dataTransfer(pdv(3, 3, echoCommand()));
    const flood = Buffer.concat(Array.from({ length: 1_000 }, () => echo));
    for (let index = 0; index < 200 && peer.socket.writableLength < 8_000_000; index += 1) {
      peer.socket.write(flood);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(peer.socket.writableLength).toBeGreaterThan(0);
    await expectAlive(rig);
  });
});

describe('an error inside the node', () => {
  it('ends one association and not the process', async () => {
    const rig = await intakeRig();
    const newObject = rig.spool.newObject;
    rig.spool.newObject = () => {
      throw new Error('something with a Secret^Name in it');
    };
    const peer = await RawPeer.associate(rig.port);
    peer.send(store('1.2.3'));
    expect(await peer.unit()).toBeUndefined();
    rig.spool.newObject = newObject;
    await expectAlive(rig);
    expect(rig.log.join('\n')).toMatch(/error inside the node/);
    expect(rig.log.join('\n')).not.toMatch(/Secret/);
  });
});

describe('random streams', () => {
  it('survives 300 mutated, truncated and interleaved streams and leaves nothing behind', async () => {
    const rig = await intakeRig({ limits: { lingerMilliseconds: 50, artimMilliseconds: 1_000 } });
    const random = seeded(20261);
    const valid = Buffer.concat([associateRequest({}), store('1.2.3.4'), RELEASE_REQUEST]);
    const handles = readdirSync('/proc/self/fd').length;
    for (let round = 0; round < 300; round += 10) {
      const peers = await Promise.all(Array.from({ length: 10 }, () => RawPeer.connect(rig.port)));
      await Promise.all(
        peers.map(async (peer) => {
          const bytes = Buffer.from(valid);
          for (let flips = random() % 8; flips >= 0; flips -= 1) bytes[random() % bytes.length] = random() & 0xff;
          const end = random() % 3 === 0 ? random() % bytes.length : bytes.length;
          const cut = random() % (end + 1);
          peer.send(bytes.subarray(0, cut));
          await new Promise((resolve) => setImmediate(resolve));
          peer.send(bytes.subarray(cut, end), random() % 2 === 0 ? ABORT : Buffer.alloc(0));
          peer.socket.end();
          peer.socket.resume();
          await peer.closed();
        }),
      );
    }
    await expectAlive(rig);
    await rig.receiver.stop();
    const counts = rig.ledger.counts();
    expect(counts.received).toBe(counts.waiting + counts.quarantined);
    expect(rig.spool.list()).toHaveLength(counts.waiting);
    expect(readdirSync('/proc/self/fd').length).toBeLessThan(handles + 25);
  });
});

/** A small generator, so that a failure can be seen again (xorshift32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
