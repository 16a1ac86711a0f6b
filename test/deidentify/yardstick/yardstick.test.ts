import { describe, expect, it } from 'vitest';
import { counted, SOAKING } from '../../support/soak.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { described, measure, measureUntouched } from './run.ts';

const SEEDS_TO_RUN = counted(1, 5);
const FIRST_SEED = process.env.YARDSTICK_SEED ?? (SOAKING ? String(Date.now()) : '20261128');
const SEEDS = Array.from({ length: SEEDS_TO_RUN }, (_, index) => (index === 0 ? FIRST_SEED : `${FIRST_SEED}-${index}`));
const OBJECTS = counted(105, 1_050);
const LEAST_SHARE = 0.999;

describe(`the yardstick (${OBJECTS} objects for each seed, YARDSTICK_SEED=${FIRST_SEED})`, () => {
  it.each(SEEDS)(
    'seed %s: every planted identifier goes, what describes the image stays, nothing is left anywhere',
    {
      timeout: counted(120_000, 3_600_000),
    },
    async (seed) => {
      const score = await measure(seed, OBJECTS, temporaryFolder());
      console.log(`seed ${seed}\n${described(score)}`);
      expect(score.leaks).toEqual([]);
      expect(score.right / score.total).toBeGreaterThanOrEqual(LEAST_SHARE);
    },
  );

  it('gives nothing for objects that nobody touched but what was to stay', async () => {
    const { byAction, leaks, failures } = await measureUntouched(FIRST_SEED, OBJECTS, temporaryFolder());
    for (const action of ['tag_retained', 'text_notnull', 'text_retained', 'pixels_retained'] as const)
      expect(failures.filter(({ answer }) => answer.action === action)).toEqual([]);
    for (const action of ['text_removed', 'date_shifted', 'uid_changed', 'pixels_hidden'] as const)
      expect(byAction.get(action)?.right, action).toBe(0);
    const leaking = new Set(leaks.map((leak) => leak.slice(0, leak.indexOf(': '))));
    expect(leaking.size).toBe(OBJECTS);
  });
});
