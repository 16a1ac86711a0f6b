import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../node-agent/audit/audit-log.ts';
import { Knocks, termsFor } from '../../../node-agent/intake/peers/knocks.ts';
import type { PeerTerms } from '../../../node-agent/intake/peers/peer.ts';
import { PeerRegister } from '../../../node-agent/intake/peers/peer-register.ts';
import { ReceiverPause } from '../../../node-agent/intake/peers/receiver-pause.ts';
import { PEER_MIGRATIONS } from '../../../node-agent/intake/peers/schema.ts';
import { openDatabase } from '../../../node-agent/store/database.ts';
import { terms } from './terms.ts';

function rig() {
  const database = openDatabase(':memory:', PEER_MIGRATIONS);
  const audited: AuditEvent[] = [];
  const audit = { record: (event: AuditEvent) => void audited.push(event) } as never;
  return {
    register: new PeerRegister(database, audit),
    knocks: new Knocks(database),
    pause: new ReceiverPause(database, audit),
    audited,
  };
}

const PIN = `${'AB:'.repeat(31)}AB`;

describe('the table of peers', () => {
  it('starts with this computer alone', () => {
    expect(rig().register.peers()).toEqual([
      expect.objectContaining({ tag: 'This computer', address: 'localhost', callingAeTitle: null, enabled: true }),
    ]);
  });

  it('gives back what was put in, in its normal form', () => {
    const { register } = rig();
    const { peerId } = register.add(
      terms({
        tag: ' MR suite 2 ',
        address: '::ffff:10.1.2.3',
        services: ['storage', 'verification'],
        maximumAssociations: 4,
        tlsRequired: true,
        fingerprints: [`sha256 Fingerprint=${PIN}`, PIN.toLowerCase().replaceAll(':', '')],
        dicomHost: 'MR2.hospital.example',
        dicomPort: 104,
      }),
      'anna',
    );
    expect(register.peers()[1]).toEqual({
      ...terms(),
      peerId,
      services: ['verification', 'storage'],
      maximumAssociations: 4,
      tlsRequired: true,
      fingerprints: ['ab'.repeat(32)],
      dicomHost: 'mr2.hospital.example',
      dicomPort: 104,
    });
  });

  it.each<[string, Partial<PeerTerms>]>([
    ['a name', { tag: '  ' }],
    ['at least one service', { services: [] }],
    ['1 to 16 characters', { callingAeTitle: 'MUCH TOO LONG A TITLE' }],
    ['1 to 16 characters', { callingAeTitle: 'BACK\\SLASH' }],
    ['1 to 16 characters', { calledAeTitle: 'MÜNCHEN' }],
    ['is no address', { address: '10.1.2' }],
    ['from 1 to 1000', { maximumAssociations: 0 }],
    ['64 hexadecimal digits', { tlsRequired: true, fingerprints: ['AB:CD'] }],
    ['only be checked over TLS', { fingerprints: [PIN] }],
    ['both, a host and a port', { dicomHost: 'mr2' }],
    ['both, a host and a port', { dicomPort: 104 }],
    ['not in a network', { dicomHost: '10.0.0.0/8', dicomPort: 104 }],
    ['named "this COMPUTER" already', { tag: 'this COMPUTER' }],
  ])('refuses what lacks %s', (reason, changes) => {
    const { register, audited } = rig();
    expect(() => register.add(terms(changes), 'anna')).toThrow(reason);
    expect(register.peers()).toHaveLength(1);
    expect(audited).toEqual([]);
  });

  it('writes every change into the audit log with who did it and what it was', () => {
    const { register, audited } = rig();
    const { peerId } = register.add(terms(), 'anna');
    register.change(peerId, terms({ tag: 'MR 2', address: '10.1.2.0/24', enabled: false }), 'ben');
    register.remove(peerId, 'anna');
    expect(() => register.remove(peerId, 'anna')).toThrow('no such peer');
    expect(audited.map(({ actor, action, subject }) => [actor, action, subject])).toEqual([
      ['anna', 'peer.added', 'MR suite 2'],
      ['ben', 'peer.changed', 'MR suite 2'],
      ['anna', 'peer.removed', 'MR 2'],
    ]);
    expect(audited[1]?.detail).toMatch(/MR2 at 10\.1\.2\.3,.* became MR 2, MR2 at 10\.1\.2\.0\/24,.*switched off/);
  });
});

describe('knocks', () => {
  const knock = (callingAeTitle: string, remoteAddress = '10.1.2.3') => ({
    callingAeTitle,
    remoteAddress,
    calledAeTitle: 'GATEHOUSE',
  });

  it('are counted by AE title and address, and become the narrowest peer', () => {
    const { knocks, register } = rig();
    for (let time = 0; time < 3; time += 1) knocks.note(knock('MR2', '::ffff:10.1.2.3'));
    knocks.note(knock('MR2', '10.1.2.4'));
    const mine = knocks.list().find(({ address }) => address === '10.1.2.3');
    expect(mine).toMatchObject({ callingAeTitle: 'MR2', count: 3, calledAeTitle: 'GATEHOUSE' });
    const peer = register.add(termsFor(knocks.list(), 'MR2', '10.1.2.3', ''), 'anna');
    expect(peer).toMatchObject({ tag: 'MR2 10.1.2.3', callingAeTitle: 'MR2', address: '10.1.2.3', enabled: true });
    expect(() => termsFor(knocks.list(), 'CT1', '10.1.2.3', '')).toThrow('Nobody');
    knocks.note(knock(''));
    expect(() => termsFor(knocks.list(), '', '10.1.2.3', '')).toThrow('no AE title');
  });

  it('of a scanner fill nothing and push out nobody who means it', () => {
    const { knocks } = rig();
    for (let time = 0; time < 3; time += 1) knocks.note(knock('MR2'));
    for (let title = 0; title < 100; title += 1) knocks.note(knock(`SCAN${title}`));
    for (let host = 0; host < 400; host += 1) knocks.note(knock('SCAN', `10.9.${host >> 8}.${host & 255}`));
    const kept = knocks.list();
    expect(kept).toHaveLength(200);
    expect(kept.filter(({ address }) => address === '10.1.2.3').length).toBeLessThanOrEqual(8);
    expect(kept.find(({ callingAeTitle }) => callingAeTitle === 'MR2')?.count).toBe(3);
    expect(
      kept.map(({ address }) => address),
      'the latest is there',
    ).toContain('10.9.1.143');
  });
});

describe('the pause of the receiver', () => {
  it('keeps who paused it first, and is audited once', () => {
    const { pause, audited } = rig();
    expect([pause.pause('anna'), pause.pause('ben')]).toEqual([true, false]);
    expect(pause.current?.by).toBe('anna');
    expect([pause.resume('ben'), pause.resume('ben')]).toEqual([true, false]);
    expect(pause.current).toBeUndefined();
    expect(audited.map(({ actor, action }) => `${actor} ${action}`)).toEqual([
      'anna receiver.paused',
      'ben receiver.resumed',
    ]);
  });
});
