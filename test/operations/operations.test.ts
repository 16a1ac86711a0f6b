import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freeSpaceCheck, queueCheck, runHealthChecks } from '../../node-agent/operations/health.ts';
import { createLogger } from '../../node-agent/operations/logger.ts';
import { machineFigures } from '../../node-agent/operations/machine.ts';
import { metricsText } from '../../node-agent/operations/metrics.ts';
import { Schedule } from '../../node-agent/operations/schedule.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('health', () => {
  it('says how much space is free, and what to do when it is not enough', async () => {
    const check = (free: number) => freeSpaceCheck({ freeBytes: async () => free, reserveBytes: 1000 }).check();
    expect(await check(500)).toMatchObject({ level: 'error', action: expect.stringContaining('Free space') });
    expect(await check(3_000)).toMatchObject({ level: 'warning' });
    expect(await check(50_000)).toMatchObject({ level: 'ok', action: null });
  });

  it('warns of objects that wait too long', () => {
    expect(queueCheck({ waiting: () => 2, oldestWaitingSeconds: () => 7_200 }).check()).toMatchObject({
      level: 'warning',
    });
    expect(queueCheck({ waiting: () => 2, oldestWaitingSeconds: () => 5 }).check()).toMatchObject({ level: 'ok' });
  });

  it('reports a check that breaks as a finding, never as silence', async () => {
    const broken = { id: 'broken', check: () => Promise.reject(new Error('no answer')) };
    expect(await runHealthChecks([broken])).toMatchObject([
      { id: 'broken', level: 'error', sentence: expect.stringContaining('no answer') },
    ]);
  });
});

describe('machine figures', () => {
  it('are plausible numbers of this machine', async () => {
    const figures = await machineFigures(temporaryFolder());
    expect(figures.memoryTotalBytes).toBeGreaterThan(figures.memoryUsedBytes);
    expect(figures.diskTotalBytes).toBeGreaterThanOrEqual(figures.diskFreeBytes);
    expect(figures.processMemoryBytes).toBeGreaterThan(1_000_000);
  });
});

describe('metrics', () => {
  it('follow the Prometheus text format', () => {
    const text = metricsText([
      {
        name: 'gatehouse_objects',
        help: 'Objects by state',
        type: 'gauge',
        samples: [{ labels: { state: 'indexed' }, value: 3 }],
      },
    ]);
    expect(text).toBe(
      '# HELP gatehouse_objects Objects by state\n# TYPE gatehouse_objects gauge\ngatehouse_objects{state="indexed"} 3\n',
    );
  });
});

describe('the log', () => {
  it('writes one line of JSON per event', async () => {
    const folder = temporaryFolder();
    const logger = createLogger({ level: 'info', logsFolder: folder, console: false });
    logger.info('The node is ready.', { port: 11112 });
    logger.debug('not written at this level');
    const read = () => {
      try {
        return readFileSync(join(folder, 'gatehouse.log'), 'utf8');
      } catch {
        return '';
      }
    };
    await expect.poll(read).toContain('ready');
    expect(
      read()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ message: 'The node is ready.', port: 11112, level: 'info' }]);
    logger.close();
  });
});

describe('housekeeping', () => {
  it('keeps the last result of a task, also of one that fails', async () => {
    const silent = createLogger({ level: 'error', console: false });
    const tasks = [
      { id: 'good', cron: '0 3 * * *', description: 'Does it.', run: () => 'Done.' },
      { id: 'bad', cron: '0 4 * * *', description: 'Fails.', run: () => Promise.reject(new Error('disk gone')) },
    ];
    const schedule = new Schedule(tasks, silent);
    schedule.start();
    await schedule.runNow('good');
    await schedule.runNow('bad');
    schedule.stop();
    expect(schedule.describe().map((row) => row.lastResult)).toEqual(['Done.', 'Failed: disk gone']);
  });
});
