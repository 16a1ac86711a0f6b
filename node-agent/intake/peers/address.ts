/** Addresses of peers: IPv4, IPv6, networks in CIDR notation (RFC 4632, RFC 4291 §2.3) and host names. */
import { BlockList, isIP, SocketAddress } from 'node:net';
import { PeerError } from './peer.ts';

/** A whole address is a network of one. */
export interface Network {
  readonly kind: 'network';
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly prefix: number;
}

export interface HostName {
  readonly kind: 'host';
  readonly name: string;
}

const BITS = { ipv4: 32, ipv6: 128 } as const;
const MAPPED_PREFIX_BITS = 96;
/** RFC 1123 §2.1: letters, digits and hyphens between dots; the last part of a name is no number. */
const HOST_NAME =
  /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** RFC 6761 §6.3: the name means this computer, so that no name server is asked. */
export const LOCALHOST = 'localhost';
export const LOOPBACK: readonly Network[] = [
  { kind: 'network', family: 'ipv4', address: '127.0.0.0', prefix: 8 },
  { kind: 'network', family: 'ipv6', address: '::1', prefix: 128 },
];

/**
 * The address of a socket in its one form: without zone, an IPv4 address mapped into IPv6 (RFC 4291 §2.5.5.2) as
 * IPv4, IPv6 compressed as RFC 5952 asks. Undefined when it is no IP address.
 */
export function normalAddress(text: string): string | undefined {
  const bare = text.replace(/%.*$/, '').toLowerCase();
  const family = isIP(bare);
  if (family === 0) return undefined;
  if (family === 4) return bare;
  const { address } = new SocketAddress({ address: bare, family: 'ipv6' });
  return mappedIpv4(address) ?? address;
}

/** @throws PeerError when the text is no address, network or host name */
export function parsePeerAddress(text: string): Network | HostName {
  const trimmed = text.trim().toLowerCase();
  const [base = '', prefix, ...more] = trimmed.split('/');
  if (isIP(base) !== 0 && more.length === 0) return network(base, prefix);
  if (prefix === undefined && HOST_NAME.test(trimmed)) return { kind: 'host', name: trimmed };
  throw new PeerError(
    `"${text.slice(0, 80)}" is no address. Write an IP address (10.1.2.3), a network (10.1.2.0/24, fd00::/8) or a host name (pacs.hospital.example).`,
  );
}

/** The address as it is kept and shown. */
export function addressText(address: Network | HostName): string {
  if (address.kind === 'host') return address.name;
  return address.prefix === BITS[address.family] ? address.address : `${address.address}/${address.prefix}`;
}

/** Whether a network holds an address in its normal form. */
export function contains({ family, address, prefix }: Network, candidate: string): boolean {
  if ((isIP(candidate) === 4 ? 'ipv4' : 'ipv6') !== family) return false;
  const list = new BlockList();
  list.addSubnet(address, prefix, family);
  return list.check(candidate, family);
}

function network(base: string, prefixText: string | undefined): Network {
  const mapped =
    isIP(base) === 6 ? mappedIpv4(new SocketAddress({ address: base, family: 'ipv6' }).address) : undefined;
  const given = isIP(base) === 4 ? 'ipv4' : 'ipv6';
  const prefix =
    prefixText === undefined ? BITS[given] : /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : Number.NaN;
  if (!(prefix >= 0 && prefix <= BITS[given])) {
    throw new PeerError(`The network ${base}/${prefixText ?? ''} needs a prefix length from 0 to ${BITS[given]}.`);
  }
  if (mapped !== undefined && prefix >= MAPPED_PREFIX_BITS) {
    return checked({ kind: 'network', family: 'ipv4', address: mapped, prefix: prefix - MAPPED_PREFIX_BITS });
  }
  const address = normalAddress(base) ?? base;
  return checked({ kind: 'network', family: given, address: mapped === undefined ? address : base, prefix });
}

/** A network whose address has bits after the prefix is a slip: which of the two was meant is unknown. */
function checked(given: Network): Network {
  const first = firstAddress(given);
  if (first === bytesOf(given).toString('hex')) return given;
  throw new PeerError(
    `${given.address}/${given.prefix} is an address inside a network, not a network. Write the network's first address, or the address without "/${given.prefix}".`,
  );
}

function firstAddress(given: Network): string {
  const bytes = bytesOf(given);
  for (let index = 0; index < bytes.length; index += 1) {
    const bits = Math.min(8, Math.max(0, given.prefix - index * 8));
    bytes[index] = (bytes[index] ?? 0) & (0xff << (8 - bits));
  }
  return bytes.toString('hex');
}

function bytesOf({ family, address }: Network): Buffer {
  if (family === 'ipv4') return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = withHexTail(address).split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const missing = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array.from({ length: missing }, () => '0'), ...groups(tail ?? '')];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** The dotted tail of `::ffff:10.1.2.3` as two groups. */
function withHexTail(address: string): string {
  return address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a, b, c, d] = parts.slice(0, 4).map((part) => Number(part).toString(16).padStart(2, '0'));
    return `${a}${b}:${c}${d}`;
  });
}

function mappedIpv4(address: string): string | undefined {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1];
}
