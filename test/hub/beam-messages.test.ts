import { describe, expect, it } from 'vitest';
import { backOff } from '../../node-agent/hub/back-off.ts';
import { parseTtl } from '../../node-agent/hub/beam-messages.ts';

describe('a time to live', () => {
  it.each<[string | number, number | undefined]>([
    ['30s', 30_000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['500ms', 500],
    ['30', 30_000],
    [30, 30_000],
    ['soon', undefined],
    ['', undefined],
    ['-5s', undefined],
    ['1d', undefined],
    [1.5, undefined],
  ])('%j is %j milliseconds', (ttl, milliseconds) => {
    expect(parseTtl(ttl)).toBe(milliseconds);
  });
});

describe('waiting after failures', () => {
  it('doubles up to a minute and spreads over the upper half', () => {
    expect([1, 2, 3, 7, 50].map((failures) => backOff(failures, () => 1))).toEqual([1000, 2000, 4000, 60_000, 60_000]);
    expect([1, 2, 50].map((failures) => backOff(failures, () => 0))).toEqual([500, 1000, 30_000]);
  });
});
