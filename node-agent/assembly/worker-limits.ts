/** What the settings allow to the workers that de-identify. */
import { availableParallelism } from 'node:os';
import type { SettingValues } from '../settings/manifest.ts';

/** An object of as many elements as the reader takes (a million) needs about three quarters of it. */
const WORKER_HEAP_MEGABYTES = 2048;

export function workerLimits(settings: SettingValues): {
  size: number;
  timeLimitMs: number;
  heapLimitMegabytes: number;
} {
  return {
    size: settings['pipeline.workers'] || Math.max(1, availableParallelism() - 1),
    timeLimitMs: settings['pipeline.timeLimitSeconds'] * 1000,
    heapLimitMegabytes: WORKER_HEAP_MEGABYTES,
  };
}
