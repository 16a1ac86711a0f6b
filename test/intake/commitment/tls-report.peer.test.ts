/** A peer that must use TLS is told over TLS, by a node that checks who it tells. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { type Certificate, makeCertificate } from '../../support/certificates.ts';
import { peer } from '../../support/peers.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { CT_STORAGE, RawPeer } from '../receiver/raw-peer.ts';
import { intakeRig, until } from '../rig.ts';
import { ReportListener } from './commitment-peer.ts';
import { allowPeer, nothingOwed, startSender } from './commitment-rig.ts';

function makeAll() {
  const folder = temporaryFolder();
  const authority = makeCertificate(folder, 'authority');
  return {
    authority,
    node: makeCertificate(folder, 'node', { issuer: authority }),
    vouchedFor: makeCertificate(folder, 'vouched-for', { issuer: authority }),
    stranger: makeCertificate(folder, 'stranger'),
    expired: makeCertificate(folder, 'expired', { days: -1 }),
  };
}

/** Owes a report to a peer that listens with a certificate. */
async function owe(shown: Certificate, fingerprints: readonly string[], tls?: { node: Certificate; caFile: string }) {
  const rig = await intakeRig();
  const clients: string[] = [];
  const listener = await ReportListener.start({
    role: [0, 1],
    server: (onConnection) =>
      createServer(
        {
          cert: readFileSync(shown.certificateFile),
          key: readFileSync(shown.keyFile),
          requestCert: true,
          rejectUnauthorized: false,
        },
        (socket) => {
          clients.push(socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase() ?? 'none');
          onConnection(new RawPeer(socket));
        },
      ),
  });
  const place = { dicomHost: '127.0.0.1', dicomPort: listener.port };
  const { peerId, tag } = allowPeer(rig, { ...place, tlsRequired: true, fingerprints });
  const requester = { peerId, peerTag: tag, callingAeTitle: 'RAWPEER', calledAeTitle: 'GATEHOUSE' };
  const references = [{ sopClassUid: CT_STORAGE, sopInstanceUid: '1.2.3' }];
  rig.commitmentQueue.add(requester, { transactionUid: '1.2.3.77', references });
  startSender(rig, {}, tls && { ...tls.node, caFile: tls.caFile });
  return { rig, listener, clients };
}

describe.skipIf(!peer('openssl'))('the report to a peer that must use TLS', () => {
  it('goes to one whose certificate is pinned, with the certificate of the node', async () => {
    const { stranger, node } = makeAll();
    const { rig, listener, clients } = await owe(stranger, [stranger.fingerprint], { node, caFile: '' });
    await nothingOwed(rig);
    expect(listener.reports).toHaveLength(1);
    expect(clients).toEqual([node.fingerprint]);
  });

  it('goes to one that an authority of the node vouches for', async () => {
    const { vouchedFor, node, authority } = makeAll();
    const { rig, listener } = await owe(vouchedFor, [], { node, caFile: authority.certificateFile });
    await nothingOwed(rig);
    expect(listener.reports).toHaveLength(1);
  });

  it('goes to nobody else: a stranger, one that is not the pinned one, one that has expired', async () => {
    const { authority, node, vouchedFor, stranger, expired } = makeAll();
    const tls = { node, caFile: authority.certificateFile };
    for (const [shown, fingerprints] of [
      [stranger, []],
      [vouchedFor, [stranger.fingerprint]],
      [expired, [expired.fingerprint]],
    ] as const) {
      const { rig, listener } = await owe(shown, fingerprints, tls);
      await until(() => rig.log.some((line) => line.startsWith('warn The TLS certificate of the peer is not trusted')));
      expect(listener.requests).toEqual([]);
    }
  });

  it('is never sent in the clear where the node has no certificate of its own', async () => {
    const { stranger } = makeAll();
    const { rig, listener, clients } = await owe(stranger, [stranger.fingerprint]);
    await until(() => rig.log.some((line) => line.startsWith('warn This peer must use TLS, and the node has no')));
    expect([listener.requests, clients]).toEqual([[], []]);
  });
});
