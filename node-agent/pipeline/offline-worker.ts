/** A worker process of the `deidentify` command: one file to one file, without ledger and index. */
import { Pseudonymiser } from '../vault/pseudonymiser.ts';
import type { OfflineAnswer, OfflineSetUp, OfflineTask } from './offline-pool.ts';
import { shippedEngine } from './shipped-engine.ts';
import { answerTasks } from './worker-process.ts';

answerTasks(({ siteSecret, ...choices }: OfflineSetUp) => {
  const engine = shippedEngine(new Pseudonymiser(siteSecret), choices);
  return async ({ source, target }: OfflineTask): Promise<OfflineAnswer> => {
    try {
      return await engine.deidentifyAndVerify(source, target);
    } catch (error) {
      return { kind: 'failed', reason: (error as { code?: string }).code ?? 'unknown' };
    }
  };
});
