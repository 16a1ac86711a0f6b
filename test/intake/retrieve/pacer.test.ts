import { expect, it } from 'vitest';
import { Pacer } from '../../../node-agent/intake/retrieve/pacer.ts';

it('Objects of an archive are spread over the second; another archive and a pause cost nothing', () => {
  let now = 1_000;
  const pacer = new Pacer(() => now);
  expect([1, 2, 3].map(() => pacer.reserve('main', 4))).toEqual([0, 250, 500]);
  expect(pacer.reserve('other', 4)).toBe(0);
  now += 10_000;
  expect([1, 2].map(() => pacer.reserve('main', 10))).toEqual([0, 100]);
});

it('Whoever waits for a turn goes on at once when the transfer is broken off', async () => {
  const pacer = new Pacer(() => 0);
  await pacer.turn('main', 1);
  const abort = new AbortController();
  const turn = pacer.turn('main', 1, abort.signal).then(() => 'over');
  abort.abort();
  expect(await turn).toBe('over');
  expect(await pacer.turn('main', null)).toBeUndefined();
});
