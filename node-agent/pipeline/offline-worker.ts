/** A worker thread of the `deidentify` command: one file to one file, without ledger and index. */
import { parentPort, workerData } from 'node:worker_threads';
import { Pseudonymiser } from '../vault/pseudonymiser.ts';
import type { OfflineAnswer, OfflineSetUp, OfflineTask } from './offline-pool.ts';
import { shippedEngine } from './shipped-engine.ts';

const { siteSecret, ...choices } = workerData as OfflineSetUp;
const engine = shippedEngine(new Pseudonymiser(siteSecret), choices);

async function answerTo({ source, target }: OfflineTask): Promise<OfflineAnswer> {
  try {
    return await engine.deidentifyAndVerify(source, target);
  } catch (error) {
    return { kind: 'failed', reason: (error as { code?: string }).code ?? 'unknown' };
  }
}

parentPort?.on('message', async (task: OfflineTask) => {
  parentPort?.postMessage(await answerTo(task));
});
