/** A peer: an application entity of the hospital and what it may do here. */

/** What a peer may ask for (PS3.4 annexes A, B and J). */
export const PEER_SERVICES = ['verification', 'storage', 'storage commitment'] as const;
export type PeerService = (typeof PEER_SERVICES)[number];

/** What is decided about a peer; addresses and fingerprints in their normal form. */
export interface PeerTerms {
  /** What people call it: "MR suite 2". */
  readonly tag: string;
  /** The AE title it calls itself by; null takes any. Compared letter by letter, spaces at the ends do not count. */
  readonly callingAeTitle: string | null;
  /** An IP address, a network in CIDR notation, a host name, or `localhost` for every loopback address. */
  readonly address: string;
  /** The AE title it must call; null is the title of this node. */
  readonly calledAeTitle: string | null;
  readonly services: readonly PeerService[];
  /** Associations it may have open at the same time; null leaves it to the limit of the receiver. */
  readonly maximumAssociations: number | null;
  readonly tlsRequired: boolean;
  /** SHA-256 of the client certificates it may show, 64 hexadecimal digits each; empty asks for none in particular. */
  readonly fingerprints: readonly string[];
  /** Where it listens itself, for reports that this node has to send to it. */
  readonly dicomHost: string | null;
  readonly dicomPort: number | null;
  /** A peer that is switched off is refused, also where a wider rule would let it in. */
  readonly enabled: boolean;
}

export interface Peer extends PeerTerms {
  readonly peerId: string;
}

/** Where peers come from: the table of peers, and other rooms whose partners may send as well. */
export interface PeerSource {
  peers(): readonly Peer[];
}

/** A peer that cannot be had like this, with the reason and what to do. */
export class PeerError extends Error {
  override readonly name = 'PeerError';
}
