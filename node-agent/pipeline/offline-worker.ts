/** A worker process of the `deidentify` command: one file to one file, without ledger and index. */
import { NOT_IN_LIST, OPTED_OUT } from './messages.ts';
import type { OfflineAnswer, OfflineSetUp, OfflineTask } from './offline-pool.ts';
import { PatientGate } from './patient-gate.ts';
import { answerTasks } from './worker-process.ts';

answerTasks(({ vault, ...choices }: OfflineSetUp) => {
  const gate = new PatientGate(vault, choices);
  return async ({ source, target, fileNames }: OfflineTask): Promise<OfflineAnswer> => {
    try {
      const treated = await gate.deidentify(source, target, fileNames);
      if (treated.kind === 'opted-out') return { kind: 'excluded', rule: OPTED_OUT };
      if (treated.kind === 'not-listed') return { kind: 'quarantined', cause: NOT_IN_LIST, detail: undefined };
      return treated.outcome;
    } catch (error) {
      return { kind: 'failed', reason: (error as { code?: string }).code ?? 'unknown' };
    }
  };
});
