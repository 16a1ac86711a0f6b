/** Who may connect, seen from the socket: loopback has many addresses, so each can be another machine. */
import { describe, expect, it } from 'vitest';
import { decodeContexts } from '../../../node-agent/store/association-record.ts';
import { terms } from '../peers/terms.ts';
import { endedAssociation, intakeRig, type Rig, type RigOptions } from '../rig.ts';
import {
  acceptItems,
  associateRequest,
  CT_STORAGE,
  dataTransfer,
  EXPLICIT_LITTLE,
  echoCommand,
  pdv,
  RawPeer,
  RELEASE_REQUEST,
  store,
} from './raw-peer.ts';

const MR2 = { callingAeTitle: 'MR2', address: '127.0.0.2' };

/** A receiver that knows the peers given and not its own computer. */
async function strictRig(peers: readonly Parameters<typeof terms>[0][], options: RigOptions = {}): Promise<Rig> {
  const rig = await intakeRig(options);
  rig.register.remove('this-computer', 'test');
  for (const peer of peers) rig.register.add(terms(peer), 'test');
  rig.audited.length = 0;
  return rig;
}

/** Asks for an association. @returns `accepted`, or result/source/reason of the rejection */
async function ask(rig: Rig, calling = 'MR2', from = '127.0.0.2', called = 'GATEHOUSE'): Promise<string> {
  const peer = await RawPeer.connect(rig.port, from);
  peer.send(associateRequest({ calling, called }));
  const answer = await peer.unit();
  if (answer?.type === 3) {
    peer.socket.end();
    return [...answer.body.subarray(1)].join('/');
  }
  return answer?.type === 2 ? 'accepted' : `type ${answer?.type}`;
}

describe('who may send', () => {
  it('is this computer alone at first, under any AE title', async () => {
    const rig = await intakeRig();
    expect(await ask(rig, 'ANYBODY', '127.0.0.1')).toBe('accepted');
    expect(await ask(rig, 'SOMEBODY ELSE', '127.3.4.5')).toBe('accepted');
  });

  it('is a peer with the right AE titles at the right address; others hear which of them was wrong', async () => {
    const rig = await strictRig([MR2]);
    expect(await ask(rig)).toBe('accepted');
    expect(await ask(rig, 'MR2', '127.0.0.3')).toBe('1/1/3');
    expect(await ask(rig, 'MR3')).toBe('1/1/3');
    expect(await ask(rig, 'mr2')).toBe('1/1/3');
    expect(await ask(rig, 'MR2', '127.0.0.2', 'OTHER')).toBe('1/1/7');
    expect(await ask(rig, 'MR2', '127.0.0.3', 'OTHER')).toBe('1/1/3');
  });

  it('changes with the next association, without a restart', async () => {
    const rig = await strictRig([]);
    expect(await ask(rig)).toBe('1/1/3');
    const { peerId } = rig.register.add(terms(MR2), 'test');
    expect(await ask(rig)).toBe('accepted');
    rig.register.change(peerId, terms({ ...MR2, enabled: false }), 'test');
    expect(await ask(rig)).toBe('1/1/3');
    rig.register.change(peerId, terms({ ...MR2, address: '127.0.0.0/29' }), 'test');
    expect(await ask(rig, 'MR2', '127.0.0.7')).toBe('accepted');
    expect(await ask(rig, 'MR2', '127.0.0.8')).toBe('1/1/3');
    rig.register.remove(peerId, 'test');
    expect(await ask(rig)).toBe('1/1/3');
  });

  it('includes the partners of other rooms', async () => {
    const pacs = { ...terms({ tag: 'PACS', callingAeTitle: 'PACS', address: '127.0.0.9' }), peerId: 'pacs' };
    const rig = await strictRig([MR2], { otherPeers: [{ peers: () => [pacs] }] });
    expect(await ask(rig, 'PACS', '127.0.0.9')).toBe('accepted');
    expect(await ask(rig)).toBe('accepted');
    expect(await ask(rig, 'PACS')).toBe('1/1/3');
  });

  it('is shown when it knocked in vain, and only then', async () => {
    const rig = await strictRig([MR2]);
    for (let time = 0; time < 2; time += 1) await ask(rig, 'CT1', '127.0.0.5', 'WHOEVER');
    await ask(rig, 'MR2', '127.0.0.2', 'OTHER');
    expect(rig.knocks.list()).toEqual([
      expect.objectContaining({ callingAeTitle: 'CT1', address: '127.0.0.5', calledAeTitle: 'WHOEVER', count: 2 }),
    ]);
  });
});

describe('what a peer may do', () => {
  it('is refused per presentation context when it is not among its services', async () => {
    const rig = await strictRig([{ ...MR2, services: ['verification'] }]);
    const peer = await RawPeer.connect(rig.port, '127.0.0.2');
    peer.send(associateRequest({ calling: 'MR2' }));
    const answers = acceptItems((await peer.unit())?.body ?? Buffer.alloc(0)).filter(({ type }) => type === 0x21);
    expect(answers.map(({ value }) => [value[0], value[2]])).toEqual([
      [1, 1],
      [3, 0],
    ]);
    peer.send(dataTransfer(pdv(3, 3, echoCommand())));
    expect((await peer.response()).status).toBe(0);
    peer.send(store('1.2.3'));
    expect((await peer.unit())?.type, 'an object on a refused context').toBe(7);
    expect(rig.ledger.counts().received).toBe(0);
  });

  it('has its own limit of associations, freed when one ends', async () => {
    const rig = await strictRig([
      { ...MR2, maximumAssociations: 1 },
      { tag: 'CT', callingAeTitle: 'CT1', address: '127.0.0.2' },
    ]);
    const first = await RawPeer.connect(rig.port, '127.0.0.2');
    first.send(associateRequest({ calling: 'MR2' }));
    expect((await first.unit())?.type).toBe(2);
    expect(await ask(rig)).toBe('2/3/2');
    expect(await ask(rig, 'CT1')).toBe('accepted');
    first.send(RELEASE_REQUEST);
    await first.unit();
    await expect.poll(() => ask(rig)).toBe('accepted');
  });
});

describe('a receiver that is paused', () => {
  it('refuses for the time being and says who paused it, lets open associations go on, and recovers', async () => {
    const rig = await strictRig([MR2]);
    const open = await RawPeer.connect(rig.port, '127.0.0.2');
    open.send(associateRequest({ calling: 'MR2' }));
    await open.unit();
    rig.pause.pause('anna');
    expect(await ask(rig)).toBe('2/3/1');
    expect(rig.associations.newest(1)[0]).toMatchObject({ rejection: '2/3/1', peerTag: 'MR suite 2' });
    await expect.poll(() => rig.log.join('\n')).toContain('paused by anna');
    expect(rig.receiver.state).toMatchObject({ paused: { by: 'anna' }, refusing: expect.stringContaining('anna') });
    open.send(store('1.2.3'));
    expect((await open.response()).status).toBe(0);
    rig.pause.resume('ben');
    expect(await ask(rig)).toBe('accepted');
  });
});

describe('a disk that fills', () => {
  it('stops associations first and objects second, and recovers by itself', async () => {
    const rig = await strictRig([MR2], { associationReserveBytes: 1_000, reserveBytes: 100 });
    const open = await RawPeer.connect(rig.port, '127.0.0.2');
    open.send(associateRequest({ calling: 'MR2' }));
    await open.unit();
    rig.free = 500;
    await expect.poll(() => rig.receiver.state.refusing, { timeout: 5_000 }).toContain('getting full');
    expect(await ask(rig)).toBe('2/3/1');
    open.send(store('1.2.3'));
    expect((await open.response()).status).toBe(0);
    rig.free = 50;
    await expect.poll(() => rig.receiver.state.refusing, { timeout: 5_000 }).toContain('nearly full');
    open.send(store('1.2.4'));
    expect((await open.response()).status).toBe(0xa700);
    rig.free = 5_000;
    await expect.poll(() => rig.receiver.state.refusing, { timeout: 5_000 }).toBeUndefined();
    expect(await ask(rig)).toBe('accepted');
    open.send(store('1.2.4'));
    expect((await open.response()).status).toBe(0);
  });
});

describe('the record of an association', () => {
  it('says who it was, what was offered and accepted, what came, and how it ended', async () => {
    const rig = await strictRig([{ ...MR2, services: ['storage'] }]);
    const peer = await RawPeer.connect(rig.port, '127.0.0.2');
    const contexts = [
      { id: 1, abstractSyntax: CT_STORAGE, transferSyntaxes: [EXPLICIT_LITTLE, '1.2.840.10008.1.2'] },
      { id: 3, abstractSyntax: CT_STORAGE, transferSyntaxes: [EXPLICIT_LITTLE, '1.2.840.10008.1.2'] },
      { id: 5, abstractSyntax: '1.2.840.10008.1.1', transferSyntaxes: ['1.2.840.10008.1.2'] },
      { id: 7, abstractSyntax: 'SMITH^JOHN', transferSyntaxes: ['DOE^JANE'] },
    ];
    peer.send(associateRequest({ calling: 'MR2', contexts }));
    await peer.unit();
    peer.send(store('1.2.3'));
    await peer.response();
    peer.send(RELEASE_REQUEST);
    await peer.unit();
    peer.socket.end();
    const ended = await endedAssociation(rig);
    expect(ended).toMatchObject({
      peerTag: 'MR suite 2',
      tlsProtocol: null,
      outcome: 'released',
      objects: 1,
      rejection: null,
    });
    expect(ended.bytes).toBeGreaterThan(50);
    expect(ended.milliseconds).toBeGreaterThanOrEqual(0);
    expect(decodeContexts(ended.contexts)).toEqual([
      {
        abstractSyntaxUid: CT_STORAGE,
        offered: [EXPLICIT_LITTLE, '1.2.840.10008.1.2'],
        result: 0,
        accepted: EXPLICIT_LITTLE,
        count: 2,
      },
      { abstractSyntaxUid: '1.2.840.10008.1.1', offered: ['1.2.840.10008.1.2'], result: 1, accepted: null, count: 1 },
      { abstractSyntaxUid: 'not a UID', offered: ['not a UID'], result: 3, accepted: null, count: 1 },
    ]);
  });

  it('stays bounded under a flood of rejected callers, and keeps what was accepted', async () => {
    const { associations } = await intakeRig({ listen: false });
    const row = { callingAeTitle: 'A', calledAeTitle: 'B', remoteAddress: '10.0.0.1', peerTag: null };
    const how = { tlsProtocol: null, certificate: null, contexts: '[]' };
    associations.start({ associationId: 'kept', ...row, ...how, rejection: null });
    for (let number = 0; number < 5_600; number += 1) {
      associations.start({ associationId: `r${number}`, ...row, ...how, rejection: '1/1/3' });
    }
    expect(associations.count()).toBeLessThanOrEqual(5_300);
    expect(associations.find('kept')).toBeDefined();
    expect(associations.find('r5599')).toBeDefined();
    expect(associations.find('r0')).toBeUndefined();
  });
});
