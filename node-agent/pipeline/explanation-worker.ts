/** A worker process that explains one object; a file that brings it down costs nothing else. */
import { join } from 'node:path';
import type { ExplainedElement } from '../deidentify/explanation.ts';
import { DicomParseError } from '../dicom/parse-error.ts';
import type { ExplainedAttribute, ExplanationAnswer, ExplanationSetUp, ExplanationTask } from './explanation-pool.ts';
import { NOT_IN_LIST, OPTED_OUT } from './messages.ts';
import { PatientGate } from './patient-gate.ts';
import { answerTasks } from './worker-process.ts';

answerTasks(({ vault, temporaryFolder, ...choices }: ExplanationSetUp) => {
  const gate = new PatientGate(vault, choices);
  return async ({ file }: ExplanationTask): Promise<ExplanationAnswer> => {
    try {
      const admitted = await gate.admit(file, join(temporaryFolder, 'explanation'));
      if (admitted.kind === 'opted-out') return { kind: 'refused', cause: OPTED_OUT };
      if (admitted.kind === 'not-listed') return { kind: 'refused', cause: NOT_IN_LIST };
      const { elements, refusal, profile, profileVersion, profileHash, edition } = await admitted.engine.explain(file, {
        temporaryFolder,
      });
      const why = refusal?.kind === 'quarantined' ? refusal.cause : refusal?.rule;
      const head = { profile, profileVersion, profileHash, edition };
      return { kind: 'explained', ...head, refusal: why ?? null, attributes: elements.map(withoutValues) };
    } catch (error) {
      if (error instanceof DicomParseError) return { kind: 'refused', cause: 'unreadable' };
      const { code = 'unknown' } = error as { code?: string };
      return code === 'ENOENT' ? { kind: 'gone' } : { kind: 'failed', reason: code };
    }
  };
});

/** What would stand there afterwards goes as well: an object is often in quarantine because it could not be cleaned. */
function withoutValues({ path, name, vr, action, layer, rule, section }: ExplainedElement): ExplainedAttribute {
  return { path, name: name ?? null, vr, action, layer, rule, section: section ?? null };
}
