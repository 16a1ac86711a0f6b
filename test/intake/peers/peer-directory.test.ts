import { describe, expect, it } from 'vitest';
import { HostNames } from '../../../node-agent/intake/peers/host-names.ts';
import type { Peer, PeerTerms } from '../../../node-agent/intake/peers/peer.ts';
import { PeerDirectory } from '../../../node-agent/intake/peers/peer-directory.ts';
import { terms } from './terms.ts';

function directory(peers: readonly Partial<PeerTerms>[], hostNames?: HostNames): PeerDirectory {
  const listed: Peer[] = peers.map((changes, index) => ({ ...terms(changes), peerId: String(index) }));
  return new PeerDirectory([{ peers: () => listed }], 'GATEHOUSE', hostNames);
}

const CALLER = { remoteAddress: '10.1.2.3', callingAeTitle: 'MR2', calledAeTitle: 'GATEHOUSE' };

function recognised(from: PeerDirectory, changes: Partial<typeof CALLER> = {}): string {
  const recognition = from.recognise({ ...CALLER, ...changes });
  return recognition.kind === 'unknown' ? 'unknown' : `${recognition.kind} ${recognition.peer.peerId}`;
}

describe('who a caller is', () => {
  it('is decided by address, calling and called AE title, letter by letter', () => {
    const one = directory([{}]);
    expect(recognised(one)).toBe('known 0');
    expect(recognised(one, { remoteAddress: '::ffff:10.1.2.3' })).toBe('known 0');
    expect(recognised(one, { remoteAddress: '10.1.2.4' })).toBe('unknown');
    expect(recognised(one, { callingAeTitle: 'mr2' })).toBe('unknown');
    expect(recognised(one, { callingAeTitle: 'MR22' })).toBe('unknown');
    expect(recognised(one, { callingAeTitle: '' })).toBe('unknown');
    expect(recognised(one, { calledAeTitle: 'gatehouse' })).toBe('wrong title 0');
  });

  it('may be any AE title of an address, and a called title of its own', () => {
    const one = directory([{ callingAeTitle: null, calledAeTitle: 'TRIAL' }]);
    expect(recognised(one, { callingAeTitle: 'WHATEVER', calledAeTitle: 'TRIAL' })).toBe('known 0');
    expect(recognised(one)).toBe('wrong title 0');
  });

  it('is what the most particular rule says, in whatever order they were added', () => {
    const rules: Partial<PeerTerms>[] = [
      { callingAeTitle: null, address: '0.0.0.0/0' },
      { callingAeTitle: null, address: '10.1.0.0/16' },
      { callingAeTitle: null, address: '10.1.2.3' },
      { address: '10.0.0.0/8' },
      { address: '10.1.2.0/24', enabled: false },
    ];
    const all = directory(rules);
    expect(recognised(all)).toBe('known 4');
    expect(recognised(all, { remoteAddress: '10.9.9.9' })).toBe('known 3');
    expect(recognised(all, { callingAeTitle: 'CT1' })).toBe('known 2');
    expect(recognised(all, { callingAeTitle: 'CT1', remoteAddress: '10.1.9.9' })).toBe('known 1');
    expect(recognised(all, { remoteAddress: '192.0.2.1' })).toBe('known 0');
    const reversed = directory([...rules].reverse());
    expect(recognised(reversed)).toBe('known 0');
    expect(recognised(reversed, { callingAeTitle: 'CT1' })).toBe('known 2');
  });

  it('is this computer for every loopback address, and for no other', () => {
    const local = directory([{ callingAeTitle: null, address: 'localhost' }]);
    for (const remoteAddress of ['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1']) {
      expect(recognised(local, { remoteAddress })).toBe('known 0');
    }
    for (const remoteAddress of ['128.0.0.1', '::2', '10.1.2.3', 'unknown']) {
      expect(recognised(local, { remoteAddress })).toBe('unknown');
    }
    expect(local.prepare()).toBeUndefined();
  });
});

describe('a peer known by its host name', () => {
  it('is let in once the name was looked up, and at its new address after a move', async () => {
    let [clock, address, asked] = [0, '10.1.2.3', 0];
    const names = new HostNames(
      async () => {
        asked += 1;
        return [address];
      },
      () => clock,
    );
    const one = directory([{ address: 'mr2.hospital.example' }], names);
    expect(recognised(one)).toBe('unknown');
    await one.prepare();
    expect(recognised(one)).toBe('known 0');
    expect(one.prepare()).toBeUndefined();
    expect(asked).toBe(1);
    address = '10.1.2.99';
    clock = 61_000;
    expect(one.prepare(), 'an answer that is usable is not waited for').toBeUndefined();
    await expect.poll(() => recognised(one, { remoteAddress: '10.1.2.99' })).toBe('known 0');
    expect(recognised(one)).toBe('unknown');
  });

  it('is let in by the last answer while the name server is silent, and after ten minutes no more', async () => {
    let [clock, silent] = [0, false];
    const names = new HostNames(
      async () => {
        if (silent) throw new Error('ESERVFAIL');
        return ['10.1.2.3'];
      },
      () => clock,
    );
    const one = directory([{ address: 'mr2.hospital.example' }], names);
    await one.prepare();
    silent = true;
    clock = 9 * 60_000;
    await one.prepare();
    expect(recognised(one)).toBe('known 0');
    clock = 11 * 60_000;
    await one.prepare();
    expect(recognised(one)).toBe('unknown');
  });
});
