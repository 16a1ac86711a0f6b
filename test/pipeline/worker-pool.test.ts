import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Outcome } from '../../node-agent/pipeline/messages.ts';
import { WorkerPool, type WorkerPoolOptions } from '../../node-agent/pipeline/worker-pool.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { emptyVault } from '../support/vault.ts';
import { PLANTED_WORKER } from './rig.ts';

function newPool(options: Partial<WorkerPoolOptions> = {}) {
  const folder = temporaryFolder();
  const pool = new WorkerPool({
    size: 1,
    setUp: { vault: emptyVault(temporaryFolder()) },
    timeLimitMs: 10_000,
    heapLimitMegabytes: 64,
    worker: PLANTED_WORKER,
    ...options,
  });
  onTestFinished(() => pool.stop());
  let number = 0;
  const run = (content: string): Promise<Outcome> => {
    number += 1;
    const source = join(folder, `${number}.dcm`);
    writeFileSync(source, content);
    return pool.run({ objectId: String(number), source, target: join(folder, `${number}.out`), fileNames: [] });
  };
  return { pool, run };
}

describe('the worker pool', () => {
  it('tells its workers something else from the next task on, and loses no task over it', async () => {
    const { pool, run } = newPool({ size: 2 });
    const first = [await run('fine'), await run('fine')];
    const inWork = Promise.all(Array.from({ length: 6 }, () => run('wait')));
    pool.renew({ siteSecret: new Uint8Array(32) });
    const later = [...(await inWork), await run('fine'), await run('fine')];
    expect(later.map(({ kind }) => kind)).toEqual(Array.from({ length: 8 }, () => 'excluded'));
    pool.renew({ siteSecret: new Uint8Array(32) });
    const last = await Promise.all([run('fine'), run('fine'), run('throw')]);
    expect(last.map(({ kind }) => kind)).toEqual(['excluded', 'excluded', 'quarantined']);
    const workers = (outcomes: readonly Outcome[]) =>
      outcomes.flatMap((one) => (one.kind === 'excluded' ? one.rule : []));
    for (const worker of workers(last)) expect([...workers(first), ...workers(later)]).not.toContain(worker);
    expect(workers(later.slice(-2)).filter((worker) => workers(first).includes(worker))).toEqual([]);
  });

  it('sets an object aside that takes too long, and goes on with a new worker', async () => {
    const { run } = newPool({ timeLimitMs: 3_000 });
    const [hanging, next] = await Promise.all([run('hang'), run('fine')]);
    expect(hanging).toEqual({ kind: 'quarantined', cause: 'time-limit', detail: undefined });
    expect(next.kind).toBe('excluded');
  });

  it('counts the time limit from the start of the work, not from the arrival in the queue', async () => {
    const { run } = newPool({ timeLimitMs: 1_500 });
    const outcomes = await Promise.all(Array.from({ length: 25 }, () => run('wait')));
    expect(outcomes.every(({ kind }) => kind === 'excluded')).toBe(true);
  });

  it('sets an object aside that brings its worker down, without quoting the message', async () => {
    const { run } = newPool();
    const [fatal, next] = await Promise.all([run('throw'), run('fine')]);
    expect(fatal).toEqual({ kind: 'quarantined', cause: 'engine-error', detail: 'TypeError' });
    expect(next.kind).toBe('excluded');
  });

  it('sets an object aside whose worker ends without a word', async () => {
    const { run } = newPool();
    const [fatal, next] = await Promise.all([run('exit'), run('fine')]);
    expect(fatal).toEqual({ kind: 'quarantined', cause: 'engine-error', detail: 'The worker ended.' });
    expect(next.kind).toBe('excluded');
  });

  it('sets an object aside that takes all memory of its worker, and the node lives on', async () => {
    const { run } = newPool({ timeLimitMs: 25_000 });
    const [hoarding, next] = await Promise.all([run('hoard'), run('fine')]);
    expect(hoarding).toEqual({ kind: 'quarantined', cause: 'engine-error', detail: 'It needed too much memory.' });
    expect(next.kind).toBe('excluded');
  });

  it('shares the work among its workers', async () => {
    const { pool, run } = newPool({ size: 2 });
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => run('wait')));
    const rules = new Set(outcomes.map((outcome) => outcome.kind === 'excluded' && outcome.rule));
    expect(pool.size).toBe(2);
    expect(rules.size).toBe(2);
  });

  it('lets one object hang without holding up the others', async () => {
    const { run } = newPool({ size: 2, timeLimitMs: 3_000 });
    const hanging = run('hang');
    const others = await Promise.all(Array.from({ length: 5 }, () => run('fine')));
    expect(others).toHaveLength(5);
    expect(await hanging).toMatchObject({ cause: 'time-limit' });
  });
});
