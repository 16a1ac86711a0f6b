/** Workers that say whose objects files are. */
import type { PatientKey } from '../vault/pseudonymiser.ts';
import { type Stopped, WorkerPool } from './worker-pool.ts';

export interface PatientTask {
  readonly file: string;
}

export type PatientAnswer =
  | { readonly kind: 'patient'; readonly patient: PatientKey }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'gone' }
  /** The file system refused, with its error code. */
  | { readonly kind: 'failed'; readonly reason: string };

export type PatientPool = Pick<WorkerPool<PatientTask, PatientAnswer | Stopped>, 'run' | 'stop'>;

export const UNREADABLE = { kind: 'unreadable' } as const;

const TIME_LIMIT_MS = 60_000;
const HEAP_MEGABYTES = 1024;

/** @param temporaryFolder for the copies of deflated objects; start-up recovery clears it of them */
export function patientPool(temporaryFolder: string): PatientPool {
  return new WorkerPool<PatientTask, PatientAnswer>({
    size: 1,
    setUp: { temporaryFolder },
    timeLimitMs: TIME_LIMIT_MS,
    heapLimitMegabytes: HEAP_MEGABYTES,
    worker: new URL('./patient-worker.ts', import.meta.url),
  });
}
