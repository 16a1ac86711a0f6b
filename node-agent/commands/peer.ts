import type { Foundation } from '../assembly/foundation.ts';
import { openFoundation } from '../assembly/foundation.ts';
import { termsFor } from '../intake/peers/knocks.ts';
import { PEER_SERVICES, type Peer, PeerError, type PeerService, type PeerTerms } from '../intake/peers/peer.ts';
import { StartUpError } from '../store/errors.ts';
import { type Command, type CommandContext, print, UsageError } from './command.ts';
import { existingNode } from './existing-node.ts';

const BY = 'command line';
const TERM_OPTIONS = {
  address: { type: 'string' },
  ae: { type: 'string' },
  called: { type: 'string' },
  service: { type: 'string', multiple: true },
  'max-associations': { type: 'string' },
  tls: { type: 'boolean' },
  fingerprint: { type: 'string', multiple: true },
  'dicom-host': { type: 'string' },
  'dicom-port': { type: 'string' },
} as const;

const peerList: Command = {
  name: ['peer', 'list'],
  usage: 'peer list [--json]',
  summary: 'Lists who may send, and who knocked without being allowed.',
  options: { json: { type: 'boolean' } },
  positionals: 0,
  run: (context) =>
    withNode(context, ({ peers, knocks }) => {
      const answer = { peers: peers.peers(), knocks: knocks.list() };
      if (context.values.json) {
        print(JSON.stringify(answer));
        return;
      }
      for (const peer of answer.peers) print(line(peer));
      for (const { callingAeTitle, address, count, lastAt } of answer.knocks) {
        print(`knocked: "${callingAeTitle}" from ${address}, ${count} times, last ${lastAt}`);
      }
    }),
};

const peerAdd: Command = {
  name: ['peer', 'add'],
  usage:
    'peer add NAME --address ADDRESS [--ae TITLE] [--called TITLE] [--service S]… [--max-associations N] [--tls] [--fingerprint SHA256]… [--dicom-host HOST --dicom-port PORT]',
  summary: 'Allows a peer: an address, network or host name, and its AE title.',
  options: TERM_OPTIONS,
  positionals: 1,
  run: (context) => withNode(context, ({ peers }) => print(`Added ${line(peers.add(termsOf(context), BY))}.`)),
};

const peerAllow: Command = {
  name: ['peer', 'allow'],
  usage: 'peer allow AE_TITLE ADDRESS [--name NAME]',
  summary: 'Allows a sender that knocked.',
  options: { name: { type: 'string', default: '' } },
  positionals: 2,
  run: (context) =>
    withNode(context, ({ peers, knocks }) => {
      const [aeTitle = '', address = ''] = context.positionals;
      const terms = termsFor(knocks.list(), aeTitle, address, String(context.values.name));
      const peer = peers.add(terms, BY);
      knocks.forget(aeTitle, peer.address);
      print(`Added ${line(peer)}.`);
    }),
};

const peerRemove: Command = {
  name: ['peer', 'remove'],
  usage: 'peer remove NAME',
  summary: 'Removes a peer; its next association is rejected.',
  positionals: 1,
  run: (context) =>
    withNode(context, ({ peers }) => {
      const [name = ''] = context.positionals;
      const peer = peers.peers().find(({ tag }) => tag.toLowerCase() === name.toLowerCase());
      if (!peer) throw new PeerError(`There is no peer named "${name}". "gatehouse peer list" shows them.`);
      peers.remove(peer.peerId, BY);
      print(`Removed ${peer.tag}.`);
    }),
};

const receiverPause: Command = {
  name: ['receiver', 'pause'],
  usage: 'receiver pause',
  summary: 'Refuses new associations until "receiver resume"; also after a restart.',
  positionals: 0,
  run: (context) =>
    withNode(context, (node) => {
      const done = node.receiverPause.pause(BY);
      print(done ? 'The receiver is paused; open associations go on.' : 'The receiver was paused already.');
    }),
};

const receiverResume: Command = {
  name: ['receiver', 'resume'],
  usage: 'receiver resume',
  summary: 'Takes associations again.',
  positionals: 0,
  run: (context) =>
    withNode(context, (node) => {
      print(node.receiverPause.resume(BY) ? 'The receiver takes associations.' : 'The receiver was not paused.');
    }),
};

/** Who may send. They write where the receiver reads for every association, so they act on a running node at once. */
export const PEER_COMMANDS: readonly Command[] = [
  peerList,
  peerAdd,
  peerAllow,
  peerRemove,
  receiverPause,
  receiverResume,
];

async function withNode({ dataFolder }: CommandContext, work: (node: Foundation) => void): Promise<number> {
  existingNode(dataFolder);
  const node = openFoundation(dataFolder);
  try {
    work(node);
    return 0;
  } catch (error) {
    if (error instanceof PeerError) throw new StartUpError(error.message);
    throw error;
  } finally {
    node.close();
  }
}

function termsOf({ values, positionals: [tag = ''] }: CommandContext): PeerTerms {
  const text = (name: keyof typeof TERM_OPTIONS) => (values[name] as string | undefined) ?? null;
  const list = (name: keyof typeof TERM_OPTIONS) => (values[name] as string[] | undefined) ?? [];
  const number = (name: 'max-associations' | 'dicom-port') => {
    const given = text(name);
    if (given !== null && !/^\d{1,5}$/.test(given)) throw new UsageError(`--${name} takes a whole number.`);
    return given === null ? null : Number(given);
  };
  const address = text('address');
  if (address === null) throw new UsageError('--address is needed: an IP address, a network or a host name.');
  const services = list('service');
  const unknown = services.find((service) => !(PEER_SERVICES as readonly string[]).includes(service));
  if (unknown !== undefined) throw new UsageError(`--service is one of ${PEER_SERVICES.join(', ')}.`);
  return {
    tag,
    address,
    callingAeTitle: text('ae'),
    calledAeTitle: text('called'),
    services: services.length === 0 ? PEER_SERVICES : (services as PeerService[]),
    maximumAssociations: number('max-associations'),
    tlsRequired: values.tls === true,
    fingerprints: list('fingerprint'),
    dicomHost: text('dicom-host'),
    dicomPort: number('dicom-port'),
    enabled: true,
  };
}

function line(peer: Peer): string {
  const extras = [
    ...(peer.calledAeTitle === null ? [] : [`calling ${peer.calledAeTitle}`]),
    ...(peer.services.length === PEER_SERVICES.length ? [] : [`only ${peer.services.join(' and ')}`]),
    ...(peer.tlsRequired ? ['TLS only'] : []),
    ...(peer.enabled ? [] : ['switched off']),
  ];
  return [`${peer.tag}: ${peer.callingAeTitle ?? 'any AE title'} at ${peer.address}`, ...extras].join(', ');
}
