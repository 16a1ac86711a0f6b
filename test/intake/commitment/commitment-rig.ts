/** The intake rig with the sender of reports, and a peer that may ask for storage commitment. */
import { onTestFinished } from 'vitest';
import { ReportSender, type ReportSenderParts } from '../../../node-agent/intake/commitment/report-sender.ts';
import type { Peer, PeerTerms } from '../../../node-agent/intake/peers/peer.ts';
import { connectToPeer } from '../../../node-agent/intake/receiver/peer-connection.ts';
import type { TlsFiles } from '../../../node-agent/intake/receiver/tls-credentials.ts';
import { CT_STORAGE, RawPeer, RELEASE_REQUEST, store } from '../receiver/raw-peer.ts';
import { type Rig, until } from '../rig.ts';
import { type Action, CONTEXTS, type Report, readReport, requestCommitment } from './commitment-peer.ts';

/** A peer of its own for the address and title that `RawPeer` comes with. */
export function allowPeer(rig: Rig, changes: Partial<PeerTerms> = {}): Peer {
  return rig.register.add(
    {
      tag: 'CT suite 1',
      callingAeTitle: 'RAWPEER',
      address: '127.0.0.1',
      calledAeTitle: null,
      services: ['verification', 'storage', 'storage commitment'],
      maximumAssociations: null,
      tlsRequired: false,
      fingerprints: [],
      dicomHost: null,
      dicomPort: null,
      enabled: true,
      ...changes,
    },
    'test',
  );
}

export function startSender(
  rig: Rig,
  options: Partial<Pick<ReportSenderParts, 'retryMilliseconds' | 'answerMilliseconds' | 'now'>> = {},
  tls?: TlsFiles,
): ReportSender {
  const sender = new ReportSender({
    desk: rig.commitments,
    queue: rig.commitmentQueue,
    peers: rig.peers,
    connect: (peer, signal) => connectToPeer(peer, { tls, signal, milliseconds: 2_000 }),
    logger: rig.logger,
    ...options,
  });
  sender.start();
  onTestFinished(() => sender.stop());
  return sender;
}

/** Stores objects, each acknowledged. */
export async function storeAll(peer: RawPeer, instanceUids: readonly string[]): Promise<void> {
  for (const instanceUid of instanceUids) {
    peer.send(store(instanceUid));
    const { status } = await peer.response();
    if (status !== 0) throw new Error(`An object was answered with ${status.toString(16)}.`);
  }
}

/** Asks for commitment and gives the status of the response. */
export async function ask(peer: RawPeer, action: Action): Promise<number> {
  peer.send(requestCommitment(action));
  const { status, field } = await peer.response();
  if (field !== 0x8130) throw new Error('This is no N-ACTION-RSP.');
  return status;
}

/** Stores an object, asks for its commitment and releases at once, as a sender does that wants to be told elsewhere. */
export async function askAndLeave(rig: Rig, instanceUid: string, transactionUid: string): Promise<void> {
  const peer = await RawPeer.associate(rig.port, CONTEXTS);
  await storeAll(peer, [instanceUid]);
  const status = await ask(peer, { transactionUid, references: [[CT_STORAGE, instanceUid]] });
  if (status !== 0) throw new Error(`The request was answered with ${status.toString(16)}.`);
  peer.send(RELEASE_REQUEST);
  const unit = await peer.unit();
  if (unit?.type !== 6) throw new Error(`The release was answered with type ${unit?.type}.`);
  peer.socket.end();
}

export async function nextReport(peer: RawPeer): Promise<Report> {
  return readReport(await peer.message());
}

/** Waits until no report is owed to anybody. */
export async function nothingOwed({ commitmentQueue }: Rig): Promise<void> {
  await until(() => commitmentQueue.requesters().length === 0);
}
