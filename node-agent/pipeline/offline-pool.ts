/** Workers for files outside the ledger: whatever a file does to its worker, the command goes on with the next. */
import type { Deidentification } from '../deidentify/outcome.ts';
import type { VaultSetUp } from './patient-gate.ts';
import type { EngineChoices } from './shipped-engine.ts';
import { type Stopped, WorkerPool } from './worker-pool.ts';

export interface OfflineSetUp extends EngineChoices {
  readonly vault: VaultSetUp;
}

export interface OfflineTask {
  readonly source: string;
  /** Where the copy goes; must not exist. Whoever asked removes what is left of it when there is no copy. */
  readonly target: string;
  /** Paths of the original whose names are searched for in the copy. */
  readonly fileNames: readonly string[];
}

/** `failed`: nothing is wrong with the object, the file system refused (its error code). */
export type OfflineAnswer = Deidentification | Stopped | { readonly kind: 'failed'; readonly reason: string };

export interface OfflineLimits {
  readonly size: number;
  readonly timeLimitMs: number;
  readonly heapLimitMegabytes: number;
}

export type OfflinePool = Pick<WorkerPool<OfflineTask, OfflineAnswer | Stopped>, 'run' | 'stop' | 'size'>;

export function offlinePool(setUp: OfflineSetUp, limits: OfflineLimits): OfflinePool {
  return new WorkerPool<OfflineTask, OfflineAnswer>({
    ...limits,
    setUp,
    worker: new URL('./offline-worker.ts', import.meta.url),
  });
}
