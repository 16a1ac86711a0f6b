/** The TLS port and the peers behind it, with DCMTK as an independent client. */
import { execFile } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { receiverChecks } from '../../../node-agent/assembly/peer-side.ts';
import { part10Head } from '../../../node-agent/intake/part10-head.ts';
import type { TlsSettings } from '../../../node-agent/intake/receiver/tls-door.ts';
import { type Certificate, makeCertificate } from '../../support/certificates.ts';
import type { PeerProgram } from '../../support/peer-programs.ts';
import { PEER_ENVIRONMENT, peer } from '../../support/peers.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { terms } from '../peers/terms.ts';
import { endedAssociation, intakeRig, type Rig } from '../rig.ts';
import { CT_STORAGE, dataSet, EXPLICIT_LITTLE } from './raw-peer.ts';

const execute = promisify(execFile);

async function dcmtk(program: PeerProgram, port: number | undefined, words: readonly string[], file: string[] = []) {
  const all = ['-v', '-aec', 'GATEHOUSE', '-aet', 'MR2', ...words, '127.0.0.1', String(port), ...file];
  try {
    const { stdout, stderr } = await execute(peer(program) ?? program, all, { env: PEER_ENVIRONMENT });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

interface Pki {
  readonly folder: string;
  readonly authority: Certificate;
  readonly server: Certificate;
}

function pki(): Pki {
  const folder = temporaryFolder();
  const authority = makeCertificate(folder, 'authority');
  return { folder, authority, server: makeCertificate(folder, 'server', { issuer: authority }) };
}

function tlsOf({ server }: Pki, changes: Partial<TlsSettings> = {}): TlsSettings {
  const { certificateFile, keyFile } = server;
  return { port: 0, certificateFile, keyFile, caFile: '', clientCertificates: 'optional', ...changes };
}

/** A receiver with a TLS port and one peer, MR2 on this computer. */
async function tlsRig(tls: TlsSettings, peerChanges: Parameters<typeof terms>[0] = {}): Promise<Rig> {
  const rig = await intakeRig({ tls });
  rig.register.remove('this-computer', 'test');
  rig.register.add(terms({ address: '127.0.0.1', ...peerChanges }), 'test');
  return rig;
}

const anonymous = ({ authority }: Pki) => ['+tla', '+cf', authority.certificateFile];
const showing = ({ authority }: Pki, client: Certificate) => [
  '+tls',
  client.keyFile,
  client.certificateFile,
  '+cf',
  authority.certificateFile,
];

describe.skipIf(!peer('echoscu') || !peer('openssl'))('the TLS port', () => {
  it('takes an echo and an object, and records the protocol', async () => {
    const made = pki();
    const rig = await tlsRig(tlsOf(made), { tlsRequired: true });
    expect((await dcmtk('echoscu', rig.tlsPort, anonymous(made))).code).toBe(0);
    const file = join(made.folder, 'one.dcm');
    const head = part10Head({
      sopClassUid: CT_STORAGE,
      sopInstanceUid: '1.2.3.4.5',
      transferSyntaxUid: EXPLICIT_LITTLE,
      sourceAeTitle: 'TEST',
    });
    writeFileSync(file, Buffer.concat([head, dataSet('1.2.3.4.5', 'x'.repeat(60_000))]));
    expect((await dcmtk('storescu', rig.tlsPort, anonymous(made), [file])).code).toBe(0);
    expect(rig.ledger.counts().received).toBe(1);
    expect(await endedAssociation(rig)).toMatchObject({ outcome: 'released', objects: 1, peerTag: 'MR suite 2' });
    expect(rig.associations.newest(1)[0]?.tlsProtocol).toMatch(/^TLSv1\.[23]$/);
  });

  it('is the only one for a peer that must use TLS', async () => {
    const rig = await tlsRig(tlsOf(pki()), { tlsRequired: true });
    expect((await dcmtk('echoscu', rig.port, [])).code).not.toBe(0);
    const ended = await endedAssociation(rig);
    expect(ended).toMatchObject({ rejection: '1/1/1', tlsProtocol: null });
    expect(ended.outcome).toContain('must use TLS');
  });

  it('lets a pinned certificate in and no other, whoever vouches for it', async () => {
    const made = pki();
    const pinned = makeCertificate(made.folder, 'pinned');
    const other = makeCertificate(made.folder, 'other', { issuer: made.authority });
    const tls = tlsOf(made, { caFile: made.authority.certificateFile });
    const rig = await tlsRig(tls, { tlsRequired: true, fingerprints: [pinned.fingerprint] });
    expect((await dcmtk('echoscu', rig.tlsPort, showing(made, pinned))).code).toBe(0);
    expect((await endedAssociation(rig)).certificate).toBe(pinned.fingerprint);
    expect((await dcmtk('echoscu', rig.tlsPort, showing(made, other))).output).toMatch(
      /Calling AE Title Not Recognized/i,
    );
    expect((await dcmtk('echoscu', rig.tlsPort, anonymous(made))).code).not.toBe(0);
    expect(rig.associations.newest(3).map(({ rejection }) => rejection)).toEqual(['1/1/1', '1/1/3', null]);
  });

  it('demands a certificate of a known authority where they are required', async () => {
    const made = pki();
    const known = makeCertificate(made.folder, 'known', { issuer: made.authority });
    const stranger = makeCertificate(made.folder, 'stranger');
    const expired = makeCertificate(made.folder, 'expired', { issuer: made.authority, days: -1 });
    const tls = tlsOf(made, { caFile: made.authority.certificateFile, clientCertificates: 'required' });
    const rig = await tlsRig(tls);
    expect((await dcmtk('echoscu', rig.tlsPort, showing(made, known))).code).toBe(0);
    for (const words of [showing(made, stranger), showing(made, expired), anonymous(made)]) {
      expect((await dcmtk('echoscu', rig.tlsPort, words)).code).not.toBe(0);
    }
    expect(rig.associations.newest(10).filter(({ rejection }) => rejection === null)).toHaveLength(1);
  });

  it('refuses a pinned certificate that has expired', async () => {
    const made = pki();
    const expired = makeCertificate(made.folder, 'expired', { days: -1 });
    const rig = await tlsRig(tlsOf(made), { tlsRequired: true, fingerprints: [expired.fingerprint] });
    expect((await dcmtk('echoscu', rig.tlsPort, showing(made, expired))).code).not.toBe(0);
    expect((await endedAssociation(rig)).outcome).toContain('has expired');
  });

  it('speaks TLS 1.2 and 1.3 with authenticated encryption, and nothing older or weaker', async () => {
    const { tlsPort = 0 } = await tlsRig(tlsOf(pki()));
    const shake = (options: object) =>
      new Promise<string>((resolve) => {
        const socket = connectTls({ host: '127.0.0.1', port: tlsPort, rejectUnauthorized: false, ...options }, () => {
          resolve(`${socket.getProtocol()}`);
          socket.destroy();
        });
        socket.once('error', () => resolve('refused'));
      });
    const old = 'DEFAULT@SECLEVEL=0';
    expect(await shake({ minVersion: 'TLSv1.3' })).toBe('TLSv1.3');
    expect(await shake({ maxVersion: 'TLSv1.2' })).toBe('TLSv1.2');
    expect(await shake({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: old })).toBe('refused');
    for (const ciphers of ['AES128-GCM-SHA256', 'ECDHE-RSA-AES128-SHA256', 'DHE-RSA-AES128-GCM-SHA256']) {
      expect([ciphers, await shake({ maxVersion: 'TLSv1.2', ciphers })]).toEqual([ciphers, 'refused']);
    }
  });

  it('takes up a renewed certificate without a restart, keeps the old one when the new is unusable, and warns in time', async () => {
    const made = pki();
    const rig = await tlsRig(tlsOf(made));
    const health = async (now?: number) => {
      const [, check] = receiverChecks(() => rig.receiver.state, now === undefined ? undefined : () => now);
      return check?.check();
    };
    const days = (count: number) => Date.now() + count * 24 * 3600 * 1000;
    expect(await health()).toMatchObject({ level: 'ok' });
    expect(await health(days(65))).toMatchObject({
      level: 'warning',
      sentence: expect.stringContaining('expires in 2'),
    });
    expect(await health(days(91))).toMatchObject({ level: 'error', sentence: expect.stringContaining('expired') });
    writeFileSync(made.server.certificateFile, 'no certificate');
    await expect.poll(() => rig.receiver.state.tls?.problem, { timeout: 10_000 }).toContain('holds no certificate');
    expect(await health()).toMatchObject({ level: 'error' });
    expect((await dcmtk('echoscu', rig.tlsPort, anonymous(made))).code).toBe(0);
    const renewed = makeCertificate(made.folder, 'renewed', { issuer: made.authority, days: 400 });
    renameSync(renewed.keyFile, made.server.keyFile);
    renameSync(renewed.certificateFile, made.server.certificateFile);
    const shown = () => rig.receiver.state.tls?.certificate.fingerprint;
    await expect.poll(shown, { timeout: 10_000 }).toBe(renewed.fingerprint);
    expect(rig.receiver.state.tls?.problem).toBeUndefined();
    expect((await dcmtk('echoscu', rig.tlsPort, anonymous(made))).code).toBe(0);
  }, 30_000);

  it('survives plain DICOM, nonsense and silence on the TLS port, and stops with a handshake half done', async () => {
    const made = pki();
    const rig = await tlsRig(tlsOf(made));
    expect((await dcmtk('echoscu', rig.tlsPort, ['-ta', '3'])).code).not.toBe(0);
    const { connect } = await import('node:net');
    const silent = connect(rig.tlsPort ?? 0, '127.0.0.1').on('error', () => {});
    const nonsense = connect(rig.tlsPort ?? 0, '127.0.0.1', () => nonsense.write(Buffer.alloc(2000, 0x5a)));
    nonsense.on('error', () => {});
    await new Promise((resolve) => nonsense.once('close', resolve));
    expect((await dcmtk('echoscu', rig.tlsPort, anonymous(made))).code).toBe(0);
    await rig.receiver.stop();
    await expect.poll(() => silent.destroyed, { timeout: 5_000 }).toBe(true);
  });

  it('does not open with files that cannot be used, and says which', async () => {
    const made = pki();
    const start = (changes: Partial<TlsSettings>) => intakeRig({ tls: tlsOf(made, changes) });
    await expect(start({ keyFile: join(made.folder, 'none') })).rejects.toThrow(
      /none cannot be read.*dicom\.tls\.keyFile/,
    );
    await expect(start({ keyFile: made.authority.keyFile })).rejects.toThrow('does not go with');
    await expect(start({ caFile: made.server.keyFile })).rejects.toThrow('holds no certificate');
  });
});

describe.skipIf(!peer('echoscu'))('echoscu on the plain port', () => {
  it('is told which of its titles or addresses is wrong', async () => {
    const rig = await intakeRig();
    rig.register.remove('this-computer', 'test');
    rig.register.add(terms({ address: '127.0.0.2' }), 'test');
    expect((await dcmtk('echoscu', rig.port, [])).output).toMatch(/Calling AE Title Not Recognized/i);
    const { peerId } = rig.register.add(terms({ tag: 'here', address: '127.0.0.1' }), 'test');
    expect((await dcmtk('echoscu', rig.port, [])).code).toBe(0);
    expect((await dcmtk('echoscu', rig.port, ['-aec', 'OTHER'])).output).toMatch(/Called AE Title Not Recognized/i);
    rig.register.change(peerId, terms({ tag: 'here', address: '127.0.0.1', callingAeTitle: 'CT1' }), 'test');
    expect((await dcmtk('echoscu', rig.port, [])).output).toMatch(/Calling AE Title Not Recognized/i);
  });
});
