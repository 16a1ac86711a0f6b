/** What the API sees of peers, and the health of the receiver's door. */
import { Problem } from '../api/problem.ts';
import type { PeerPort } from '../api/services.ts';
import { termsFor } from '../intake/peers/knocks.ts';
import { PeerError } from '../intake/peers/peer.ts';
import type { ReceiverState } from '../intake/receiver/receiver.ts';
import type { HealthCheck, HealthFinding } from '../operations/health.ts';
import type { Foundation } from './foundation.ts';

const DAY_MS = 24 * 3600 * 1000;
const WARN_BEFORE_DAYS = 30;

export function buildPeerPort({ peers, knocks, receiverPause }: Foundation): PeerPort {
  const list: PeerPort['list'] = () => ({
    peers: peers
      .peers()
      .map((peer) => ({ ...peer, services: [...peer.services], fingerprints: [...peer.fingerprints] })),
    knocks: knocks.list(),
  });
  const view = (peerId: string) => {
    const found = list().peers.find((peer) => peer.peerId === peerId);
    if (!found) throw new Problem(404, 'Not found', 'There is no such peer any more.');
    return found;
  };
  return {
    list,
    add: (terms, by) => refusable(() => view(peers.add(terms, by).peerId)),
    change: (peerId, terms, by) => refusable(() => view(peers.change(peerId, terms, by).peerId)),
    remove: (peerId, by) => refusable(() => peers.remove(peerId, by)),
    allow: ({ callingAeTitle, address, tag }, by) =>
      refusable(() => {
        const added = peers.add(termsFor(knocks.list(), callingAeTitle, address, tag), by);
        knocks.forget(callingAeTitle, address);
        return view(added.peerId);
      }),
    forget: ({ callingAeTitle, address }) => void knocks.forget(callingAeTitle, address),
    pause: (by) => void receiverPause.pause(by),
    resume: (by) => void receiverPause.resume(by),
  };
}

function refusable<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof PeerError) throw new Problem(400, 'Not possible', error.message);
    throw error;
  }
}

/** The state of the receiver as the API shows it. */
export function receiverView({ refusing, paused, tls, ...rest }: ReceiverState) {
  return {
    ...rest,
    refusing: refusing ?? null,
    paused: paused ?? null,
    tls: tls ? { ...tls, problem: tls.problem ?? null } : null,
  };
}

export function receiverChecks(state: () => ReceiverState, now: () => number = Date.now): HealthCheck[] {
  return [
    { id: 'receiver', check: () => receiverFinding(state()) },
    { id: 'receiver-certificate', check: () => certificateFinding(state(), now()) },
  ];
}

type Finding = Omit<HealthFinding, 'id'>;

function receiverFinding({ paused, refusing }: ReceiverState): Finding {
  if (paused) {
    const sentence = `The receiver is paused by ${paused.by}: new associations are refused, senders try again later.`;
    return {
      level: 'warning',
      sentence,
      action: 'Resume it on the Receiver page, or with "gatehouse receiver resume".',
    };
  }
  if (refusing) return { level: 'error', sentence: refusing, action: 'Look at the disk of the data folder.' };
  return { level: 'ok', sentence: 'The receiver takes associations.', action: null };
}

/** Senders stop by themselves on the day the certificate expires, so it is said a month before. */
function certificateFinding({ tls }: ReceiverState, now: number): Finding {
  if (!tls) return { level: 'ok', sentence: 'The TLS port is closed.', action: null };
  const days = Math.floor((Date.parse(tls.certificate.validTo) - now) / DAY_MS);
  const renew = 'Write a renewed certificate and key into the same files; they are taken up without a restart.';
  const date = tls.certificate.validTo.slice(0, 10);
  if (Date.parse(tls.certificate.validTo) < now) {
    return { level: 'error', sentence: `The certificate of the TLS port expired on ${date}.`, action: renew };
  }
  if (tls.problem)
    return {
      level: 'error',
      sentence: tls.problem,
      action: 'Correct the files; they are looked at every few seconds.',
    };
  if (days < WARN_BEFORE_DAYS) {
    const left = days === 1 ? 'a day' : `${days} days`;
    return {
      level: 'warning',
      sentence: `The certificate of the TLS port expires in ${left}, on ${date}.`,
      action: renew,
    };
  }
  return { level: 'ok', sentence: `The certificate of the TLS port is valid until ${date}.`, action: null };
}
