import { describe, expect, it } from 'vitest';
import { PeerDirectory } from '../../../node-agent/intake/peers/peer-directory.ts';
import { intakeRig } from '../rig.ts';
import { archiveAt, retrieveRig } from './retrieve-rig.ts';

const caller = { callingAeTitle: 'ORTHANC', calledAeTitle: 'GATEHOUSE' };

async function archivesWith(changes: Parameters<typeof archiveAt>[1]) {
  const rig = await intakeRig({ listen: false });
  const { archives } = retrieveRig(rig, archiveAt(104, { host: '10.1.2.3', ...changes }));
  return { archives, directory: new PeerDirectory([archives], 'GATEHOUSE') };
}

describe('a PACS that studies are fetched from', () => {
  it('may send what a C-MOVE asks it for, from its own address and under its own AE title', async () => {
    const { directory } = await archivesWith({});
    expect(directory.recognise({ ...caller, remoteAddress: '10.1.2.3' })).toMatchObject({
      kind: 'known',
      peer: { tag: 'main', services: ['verification', 'storage'] },
    });
    expect(directory.recognise({ ...caller, remoteAddress: '10.1.2.4' }).kind).toBe('unknown');
    expect(directory.recognise({ ...caller, callingAeTitle: 'OTHER', remoteAddress: '10.1.2.3' }).kind).toBe('unknown');
  });

  it('is not let in where it has no reason to call: switched off, or asked by C-GET', async () => {
    expect((await archivesWith({ enabled: false })).archives.peers()).toEqual([]);
    expect((await archivesWith({ way: 'get' })).archives.peers()).toEqual([]);
  });

  it('has to call over TLS, with a pinned certificate where there are pins, when it is called over TLS', async () => {
    const pin = `${'AB:'.repeat(31)}AB`;
    const { archives, directory } = await archivesWith({ certificateAuthorities: '/ca.pem', fingerprints: [pin] });
    const [peer] = archives.peers();
    expect(peer).toMatchObject({ tlsRequired: true, fingerprints: ['ab'.repeat(32)] });
    expect(archives.ofPeer(peer?.peerId ?? '')).toMatchObject({ tag: 'main' });
    expect(archives.ofPeer('main')).toBeUndefined();
    expect(directory.recognise({ ...caller, remoteAddress: '10.1.2.3' })).toMatchObject({
      peer: { tlsRequired: true },
    });
    expect(() => archives.save(archiveAt(104, { fingerprints: [pin] }))).toThrow(/only be checked over TLS/u);
    expect(() => archives.save(archiveAt(104, { certificateAuthorities: '/ca.pem', fingerprints: ['ab'] }))).toThrow(
      /64 hexadecimal digits/u,
    );
  });

  it('cannot have a host that the receiver could not read', async () => {
    const { archives } = await archivesWith({});
    for (const host of ['10.1.2.0/24', 'a b', '-x', '']) {
      expect(() => archives.save(archiveAt(104, { host })), host).toThrow('The host is a name or an IP address.');
    }
    expect(() => archives.save(archiveAt(104, { host: 'pacs.hospital.example' }))).not.toThrow();
  });
});
