import { describe, expect, it } from 'vitest';
import {
  addressText,
  contains,
  type Network,
  normalAddress,
  parsePeerAddress,
} from '../../../node-agent/intake/peers/address.ts';

describe('the address of a peer', () => {
  it.each([
    ['10.1.2.3', '10.1.2.3'],
    [' 10.0.0.0/8 ', '10.0.0.0/8'],
    ['10.1.2.3/32', '10.1.2.3'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['fd00::/8', 'fd00::/8'],
    ['::/0', '::/0'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['::FFFF:0a01:0203', '10.1.2.3'],
    ['::ffff:10.1.2.0/120', '10.1.2.0/24'],
    ['PACS.hospital.example', 'pacs.hospital.example'],
    ['mr-2', 'mr-2'],
    ['localhost', 'localhost'],
  ])('%s is kept as %s', (given, kept) => {
    expect(addressText(parsePeerAddress(given))).toBe(kept);
  });

  it.each([
    ['10.1.2.3/8', 'inside a network'],
    ['fd00::1/8', 'inside a network'],
    ['10.0.0.0/33', 'from 0 to 32'],
    ['10.0.0.0/', 'from 0 to 32'],
    ['10.0.0.0/+8', 'from 0 to 32'],
    ['10.1.2.300', 'is no address'],
    ['010.1.1.1', 'is no address'],
    ['10.1', 'is no address'],
    ['10.0.0.0/8/8', 'is no address'],
    ['two words', 'is no address'],
    ['name/24', 'is no address'],
    ['*', 'is no address'],
    ['', 'is no address'],
  ])('%j is refused because it %s', (given, reason) => {
    expect(() => parsePeerAddress(given)).toThrow(reason);
  });

  it.each([
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.1.2.128/25', '10.1.2.127', false],
    ['10.1.2.128/25', '10.1.2.128', true],
    ['0.0.0.0/0', '192.0.2.1', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::/0', '192.0.2.1', false],
    ['fd00::/8', 'fdff::1', true],
    ['fd00::/8', 'fe00::1', false],
  ])('the network %s holds %s: %s', (network, address, held) => {
    expect(contains(parsePeerAddress(network) as Network, address)).toBe(held);
  });

  it('is one form for what sockets say in several', () => {
    expect(normalAddress('::ffff:10.1.2.3')).toBe('10.1.2.3');
    expect(normalAddress('fe80::1%eth0')).toBe('fe80::1');
    expect(normalAddress('unknown')).toBeUndefined();
  });
});
