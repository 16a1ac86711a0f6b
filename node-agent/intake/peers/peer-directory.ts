/**
 * Who a caller is. Of all peers whose address and AE titles fit, the most particular one decides, so that a narrow
 * rule can take away what a wide one gives: a named calling AE title before any, a longer prefix before a shorter
 * one, a named called AE title before any, and of equals the one that was added first.
 */
import {
  contains,
  type HostName,
  LOCALHOST,
  LOOPBACK,
  type Network,
  normalAddress,
  parsePeerAddress,
} from './address.ts';
import { HostNames } from './host-names.ts';
import type { Peer, PeerSource } from './peer.ts';

export interface Caller {
  readonly remoteAddress: string;
  readonly callingAeTitle: string;
  readonly calledAeTitle: string;
}

export type Recognition =
  | { readonly kind: 'known'; readonly peer: Peer }
  /** No peer has this address and calling AE title. */
  | { readonly kind: 'unknown' }
  /** It is a peer, but it called a title that is not for it. */
  | { readonly kind: 'wrong title'; readonly peer: Peer };

const LONGEST_PREFIX = 128;

export class PeerDirectory {
  readonly #sources: readonly PeerSource[];
  readonly #aeTitle: string;
  readonly #hostNames: HostNames;

  /** @param aeTitle the title of this node, which peers without a called AE title of their own must call */
  constructor(sources: readonly PeerSource[], aeTitle: string, hostNames: HostNames = new HostNames()) {
    this.#sources = sources;
    this.#aeTitle = aeTitle;
    this.#hostNames = hostNames;
  }

  /** Something to wait for before `recognise`, where a host name has yet to be looked up. */
  prepare(): Promise<void> | undefined {
    const addresses = this.#peers().map(({ address }) => parsePeerAddress(address));
    const names = addresses.flatMap((address) => (address.kind === 'host' ? [address.name] : []));
    return this.#hostNames.prepare(names.filter((name) => name !== LOCALHOST));
  }

  recognise({ remoteAddress, callingAeTitle, calledAeTitle }: Caller): Recognition {
    const address = normalAddress(remoteAddress);
    if (address === undefined) return { kind: 'unknown' };
    const fitting = this.#peers()
      .filter((peer) => peer.callingAeTitle === null || peer.callingAeTitle === callingAeTitle)
      .flatMap((peer) => {
        const prefix = this.#prefixThatHolds(peer, address);
        return prefix === undefined ? [] : [{ peer, prefix }];
      })
      .sort(
        (one, other) =>
          Number(other.peer.callingAeTitle !== null) - Number(one.peer.callingAeTitle !== null) ||
          other.prefix - one.prefix ||
          Number(other.peer.calledAeTitle !== null) - Number(one.peer.calledAeTitle !== null),
      );
    const [first] = fitting;
    if (!first) return { kind: 'unknown' };
    const called = fitting.find(({ peer }) => (peer.calledAeTitle ?? this.#aeTitle) === calledAeTitle);
    return called ? { kind: 'known', peer: called.peer } : { kind: 'wrong title', peer: first.peer };
  }

  #peers(): readonly Peer[] {
    return this.#sources.flatMap((source) => source.peers());
  }

  /** The length of the prefix that holds the address, for IPv4 counted as if mapped into IPv6; undefined when none does. */
  #prefixThatHolds(peer: Peer, address: string): number | undefined {
    const holding = this.#networksOf(parsePeerAddress(peer.address)).filter((network) => contains(network, address));
    const lengths = holding.map(({ family, prefix }) => (family === 'ipv4' ? LONGEST_PREFIX - 32 + prefix : prefix));
    return lengths.length === 0 ? undefined : Math.max(...lengths);
  }

  #networksOf(address: Network | HostName): readonly Network[] {
    if (address.kind === 'network') return [address];
    if (address.name === LOCALHOST) return LOOPBACK;
    return this.#hostNames.addressesOf(address.name).map((text): Network => {
      const family = text.includes(':') ? 'ipv6' : 'ipv4';
      return { kind: 'network', family, address: text, prefix: family === 'ipv4' ? 32 : 128 };
    });
  }
}
