/** What the settings allow to the workers that de-identify. */
import { availableParallelism } from 'node:os';
import type { SettingValues } from '../settings/manifest.ts';

/** An object of as many elements as the reader takes (a million) needs about three quarters of it. */
const WORKER_HEAP_MEGABYTES = 2048;

export interface WorkerLimits {
  readonly size: number;
  readonly timeLimitMs: number;
  readonly heapLimitMegabytes: number;
}

/** In the node, which leaves a processor to reception. */
export function workerLimits(settings: SettingValues): WorkerLimits {
  return limitsOf(settings, Math.max(1, availableParallelism() - 1));
}

/** For a command that has nothing to do but this. */
export function offlineWorkerLimits(settings: SettingValues): WorkerLimits {
  return limitsOf(settings, availableParallelism());
}

function limitsOf(settings: SettingValues, processors: number): WorkerLimits {
  return {
    size: settings['pipeline.workers'] || processors,
    timeLimitMs: settings['pipeline.timeLimitSeconds'] * 1000,
    heapLimitMegabytes: WORKER_HEAP_MEGABYTES,
  };
}
