import { describe, expect, it } from 'vitest';
import { SharedRun } from '../../node-agent/store/shared-run.ts';

/** Work that ends when the test says so. */
function controlled() {
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const run = new SharedRun(() => new Promise<void>((resolve, reject) => ends.push({ resolve, reject })));
  return { run, ends };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('work that callers share', () => {
  it('runs once for all who come while an earlier run is in progress, and never counts the earlier one for them', async () => {
    const { run, ends } = controlled();
    const first = run.run();
    let late = 0;
    const others = [run.run(), run.run(), run.run()].map((each) => each.then(() => (late += 1)));
    expect(ends).toHaveLength(1);
    ends[0]?.resolve();
    await first;
    await turn();
    expect([ends.length, late]).toEqual([2, 0]);
    ends[1]?.resolve();
    await Promise.all(others);
    expect(late).toBe(3);
  });

  it('tells a failure only those whose run it was', async () => {
    const { run, ends } = controlled();
    const first = run.run();
    const second = run.run();
    ends[0]?.reject(new Error('the disk is full'));
    await expect(first).rejects.toThrow('the disk is full');
    await turn();
    ends[1]?.resolve();
    await expect(second).resolves.toBeUndefined();
    const third = run.run();
    ends[2]?.resolve();
    await expect(third).resolves.toBeUndefined();
  });
});
