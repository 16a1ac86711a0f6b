import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ByteScanner } from '../../node-agent/deidentify/residual/byte-scanner.ts';
import { searchFile } from '../../node-agent/deidentify/residual/raw-search.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('the byte scanner', () => {
  const seed = 4711;
  let state = seed;
  const random = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 16) % limit; // the lower bits repeat soon
  };
  const letters = (count: number) => Buffer.from(Array.from({ length: count }, () => 97 + random(4) - 32 * random(2)));
  const lower = (bytes: Buffer) => Buffer.from(bytes.toString('latin1').toLowerCase(), 'latin1');

  function plainSearch(haystack: Buffer, needles: readonly Buffer[]): Set<string> {
    const [found, within] = [new Set<string>(), lower(haystack)];
    for (const needle of needles.map(lower)) {
      for (let at = within.indexOf(needle); at >= 0; at = within.indexOf(needle, at + 1)) {
        found.add(`${at} ${at + needle.length}`);
      }
    }
    return found;
  }

  it('finds what a plain search finds, in random bytes with planted needles', () => {
    const haystack = letters(20_000);
    const needles = Array.from({ length: 60 }, () => letters(4 + random(6)));
    const scanner = new ByteScanner();
    for (const [number, needle] of needles.entries()) scanner.add(number, needle);
    const found = new Set<string>();
    scanner.scan(haystack, ({ start, end }) => found.add(`${start} ${end}`));
    const expected = plainSearch(haystack, needles);
    expect(expected.size, `seed ${seed}`).toBeGreaterThan(50);
    expect(found).toEqual(expected);
  });

  it('finds every long needle among samples, and no short one', () => {
    const haystack = letters(20_000);
    const needles = Array.from({ length: 60 }, () => letters(4 + random(12)));
    for (const [number, needle] of needles.entries()) needle.copy(haystack, 20 + number * 300);
    const scanner = new ByteScanner();
    for (const [number, needle] of needles.entries()) scanner.add(number, needle);
    const found = new Set<string>();
    scanner.scanBulk(haystack, ({ start, end }) => found.add(`${start} ${end}`));
    const expected = plainSearch(
      haystack,
      needles.filter(({ length }) => length >= 8),
    );
    expect(expected.size, `seed ${seed}`).toBeGreaterThan(30);
    expect(found).toEqual(expected);
  });

  it('finds what it found before, once it has forgotten what was added since', () => {
    const haystack = letters(20_000);
    const needles = Array.from({ length: 40 }, () => letters(4 + random(12)));
    for (const [number, needle] of needles.entries()) needle.copy(haystack, 20 + number * 300);
    const scanner = new ByteScanner();
    const found = () => {
      const matches: string[] = [];
      scanner.scan(haystack, ({ needle, start }) => matches.push(`${needle} ${start}`));
      scanner.scanBulk(haystack, ({ needle, start }) => matches.push(`bulk ${needle} ${start}`));
      return matches.sort();
    };
    for (const [number, needle] of needles.slice(0, 20).entries()) scanner.add(number, needle);
    const before = found();
    const { longest } = scanner;
    for (let round = 0; round < 5; round += 1) {
      const mark = scanner.mark();
      for (const [number, needle] of needles.slice(15).entries()) scanner.add(100 + number, needle);
      expect(found().length, `seed ${seed}`).toBeGreaterThan(before.length);
      scanner.forget(mark);
      expect(found(), `seed ${seed}`).toEqual(before);
      expect(scanner.longest).toBe(longest);
    }
  });

  it('finds a needle wherever it lies in a file, also across the edges of samples and of the pieces that are read', () => {
    const folder = temporaryFolder();
    const size = 700_000;
    const needle = Buffer.from('MEIERHOFER');
    const spans = [
      { start: 1_000, end: 300_000 },
      { start: 300_002, end: 300_004 },
      { start: 300_010, end: size - 50 },
    ];
    const places = [
      0,
      995,
      999,
      1_000,
      262_139,
      263_140,
      299_995,
      299_998,
      300_001,
      300_005,
      562_150,
      size - 55,
      size - 10,
    ];
    const scanner = new ByteScanner();
    scanner.add(7, needle);
    for (const place of places) {
      const bytes = Buffer.alloc(size, 0x2e);
      needle.copy(bytes, place);
      const file = join(folder, 'raw.bin');
      writeFileSync(file, bytes);
      const found = new Set<string>();
      searchFile(file, spans, scanner, (number, offset) => found.add(`${number} at ${offset}`));
      expect([...found], `at ${place}`).toEqual([`7 at ${place}`]);
    }
  });
});
