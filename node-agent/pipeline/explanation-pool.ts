/** Workers that say what de-identification would do to an object; nothing of its values leaves them. */
import type { DeidentificationReport } from '../deidentify/outcome.ts';
import type { VaultSetUp } from './patient-gate.ts';
import type { EngineChoices } from './shipped-engine.ts';
import { type Stopped, WorkerPool } from './worker-pool.ts';

export interface ExplanationTask {
  readonly file: string;
}

/** One element of the original; its value before and after stays in the worker. */
export interface ExplainedAttribute {
  /** Tags from the outside in, with the numbers of items. */
  readonly path: string;
  readonly name: string | null;
  readonly vr: string;
  readonly action: string;
  /** What decided: stamp, profile rule, option, basic profile, unlisted. */
  readonly layer: string;
  readonly rule: string;
  readonly section: string | null;
}

type Head = Pick<DeidentificationReport, 'profile' | 'profileVersion' | 'profileHash' | 'edition'>;

export type ExplanationAnswer =
  | (Head & {
      readonly kind: 'explained';
      /** Why the whole object would be kept back; null where it would not be. */
      readonly refusal: string | null;
      readonly attributes: readonly ExplainedAttribute[];
    })
  /** A cause for which it would not be looked at. */
  | { readonly kind: 'refused'; readonly cause: string }
  | { readonly kind: 'gone' }
  /** The file system refused, with its error code. */
  | { readonly kind: 'failed'; readonly reason: string };

export type ExplanationPool = Pick<WorkerPool<ExplanationTask, ExplanationAnswer | Stopped>, 'run' | 'stop'>;

export interface ExplanationSetUp extends EngineChoices {
  readonly vault: VaultSetUp;
  /** For the copies of deflated objects; start-up recovery clears it of them. */
  readonly temporaryFolder: string;
}

export function explanationPool(
  setUp: ExplanationSetUp,
  limits: { readonly timeLimitMs: number; readonly heapLimitMegabytes: number },
): ExplanationPool {
  return new WorkerPool<ExplanationTask, ExplanationAnswer>({
    ...limits,
    size: 1,
    setUp,
    worker: new URL('./explanation-worker.ts', import.meta.url),
  });
}
