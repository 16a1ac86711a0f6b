/**
 * A worker process: takes one object at a time from the original to what the index needs of it. What
 * leaves the worker about the original is its identity, for the vault alone.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { CatalogueError } from '../catalogue/errors.ts';
import { describeInstance } from '../catalogue/instance-description.ts';
import { treatmentText } from '../catalogue/treatment/treatment.ts';
import { describeValues } from '../catalogue/values/value-description.ts';
import { readPart10, temporaryBeside } from '../dicom/part10-reader.ts';
import { Harmoniser } from '../harmonise/harmoniser.ts';
import type { FactsOfOriginal } from '../harmonise/series/read-facts.ts';
import { seriesEvidence } from '../harmonise/series/series-evidence.ts';
import { ValueHarmoniser } from '../harmonise/values/value-harmoniser.ts';
import { loadVocabularies } from '../harmonise/vocabulary.ts';
import { NOT_IN_LIST, OPTED_OUT, type Outcome, type Task, type WorkerSetUp } from './messages.ts';
import { PatientGate } from './patient-gate.ts';
import { vendorBValues } from './vendor-b-values.ts';
import { answerTasks } from './worker-process.ts';

interface Tools {
  readonly gate: PatientGate;
  readonly harmoniser: Harmoniser;
  readonly valueHarmoniser: ValueHarmoniser;
}

async function process(
  { gate, harmoniser, valueHarmoniser }: Tools,
  { source, target, fileNames }: Task,
): Promise<Outcome> {
  let bValues: readonly number[] = [];
  const treated = await gate.deidentify(source, target, fileNames, (original) => {
    bValues = vendorBValues(original);
  });
  if (treated.kind === 'opted-out') return { kind: 'withdrawn', cause: OPTED_OUT, detail: undefined };
  if (treated.kind === 'not-listed') {
    return { kind: 'quarantined', cause: NOT_IN_LIST, detail: undefined, patient: treated.patient };
  }
  const { outcome: result, patient } = treated;
  switch (result.kind) {
    case 'quarantined':
      return { kind: 'quarantined', cause: result.cause, detail: result.detail, patient };
    case 'excluded':
      return { kind: 'excluded', rule: result.rule, detail: undefined, patient };
    case 'deidentified': {
      const { description, said, evidence } = await describe(target, { bValues });
      const harmonised = harmoniser.harmonise(description);
      const bodyPart = harmonised.find(({ attribute }) => attribute === 'body_part')?.code ?? null;
      return {
        kind: 'deidentified',
        pseudonym: result.patientPseudonym,
        identity: result.identity,
        originalStudy: result.originalStudy,
        description,
        harmonised,
        quantities: valueHarmoniser.read(said, bodyPart),
        evidence,
        profileHash: result.report.profileHash,
        mayShowFace: result.mayShowFace,
        treatment: treatmentText(result.report),
        contentHash: await hashOf(target),
        bytes: result.bytes,
        words: result.words,
      };
    }
  }
}

/** From here on only the de-identified object is looked at; of the original, numbers that identify nobody. */
async function describe(file: string, original: FactsOfOriginal) {
  const object = await readPart10(file, { blocking: true, ...temporaryBeside(file) });
  try {
    return {
      description: describeInstance(object.dataSet, { transferSyntaxUid: object.transferSyntaxUid }),
      said: describeValues(object.dataSet),
      evidence: seriesEvidence(object.dataSet, original),
    };
  } finally {
    await object.close();
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Whatever goes wrong with one object is an outcome of that object. */
async function outcomeOf(tools: Tools, task: Task): Promise<Outcome> {
  try {
    return await process(tools, task);
  } catch (error) {
    if (error instanceof CatalogueError) return { kind: 'quarantined', cause: error.reason, detail: undefined };
    const code = (error as { code?: unknown }).code;
    return {
      kind: 'failed',
      reason: typeof code === 'string' ? code : error instanceof Error ? error.name : 'unknown',
    };
  }
}

answerTasks(({ vault, vocabularies: folder, ...choices }: WorkerSetUp) => {
  const gate = new PatientGate(vault, choices);
  const vocabularies = loadVocabularies(undefined, folder);
  const harmoniser = new Harmoniser(vocabularies);
  const valueHarmoniser = new ValueHarmoniser(vocabularies.laterality);
  return (task: Task) => outcomeOf({ gate, harmoniser, valueHarmoniser }, task);
});
