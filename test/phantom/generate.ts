/**
 * Generates the phantoms: synthetic studies of invented patients with planted identifiers and their
 * answer key. As a script: `node test/phantom/generate.ts OUTDIR [--seed 7] [--count 12] [--types lung,liver]`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { AnswerKey, ObjectAnswer } from './answer-key.ts';
import { createGrain, type Grain } from './images/render.ts';
import { encodeFile } from './part10.ts';
import { createPatient, type Patient } from './patients.ts';
import { CANCER_TYPES, type CancerType, protocolOf } from './protocol.ts';
import { RandomSource } from './random.ts';
import { createStudies, type PatientObject } from './studies.ts';

export interface PhantomOptions {
  readonly seed?: number;
  /** Cancer types; all nine unless told. */
  readonly types?: readonly CancerType[];
  /** Patients in all, spread evenly over the types; the protocol's own numbers unless told. */
  readonly count?: number;
}

/** Writes the studies below the folder and returns what is in them. The same options give the same bytes. */
export async function generatePhantoms(folder: string, options: PhantomOptions = {}): Promise<AnswerKey> {
  const seed = options.seed ?? 1;
  const random = new RandomSource(`phantoms/${seed}`);
  const grain = createGrain(random.fork('grain'));
  const patients = createPatients(random, options);
  const objects: ObjectAnswer[] = [];
  let bytes = 0;
  let ordinal = 0;
  for (const patient of patients) {
    const made = createObjects(random, patient, grain, ordinal);
    ordinal += made.series;
    for (const object of made.objects) bytes += await store(folder, object);
    objects.push(...made.objects.map(({ answer }) => answer));
  }
  return { seed, bytes, counts: countsOf(patients, objects), patients: patients.map(summaryOf), objects };
}

function createPatients(random: RandomSource, options: PhantomOptions): Patient[] {
  const types = options.types ?? CANCER_TYPES;
  const order: CancerType[] = [];
  const wanted = options.count ?? Number.POSITIVE_INFINITY;
  // One of each type in turn, so that a handful of patients shows many types.
  for (let round = 0; order.length < wanted; round += 1) {
    const inRound = types.filter((type) => options.count !== undefined || round < protocolOf(type).patients);
    if (inRound.length === 0) break;
    order.push(...inRound.slice(0, wanted - order.length));
  }
  return order.map((cancerType, number) => {
    const { sex, ages } = protocolOf(cancerType);
    return createPatient(random.fork(`patient/${number}`), { number, cancerType, sex, ages });
  });
}

function createObjects(random: RandomSource, patient: Patient, grain: Grain, ordinal: number) {
  return createStudies({ patient, grain, ordinal, random: random.fork(`studies/${patient.key}`) });
}

async function store(folder: string, object: PatientObject): Promise<number> {
  const target = join(folder, object.answer.file);
  await mkdir(dirname(target), { recursive: true });
  const bytes = encodeFile(object.file);
  await writeFile(target, bytes);
  return bytes.length;
}

function summaryOf({ key, cancerType, name, patientId, birthDate, sex }: Patient): AnswerKey['patients'][number] {
  return { key, cancerType, name, patientId, birthDate, sex };
}

function countsOf(patients: readonly Patient[], objects: readonly ObjectAnswer[]): AnswerKey['counts'] {
  return {
    patients: patients.length,
    studies: new Set(objects.map(({ studyInstanceUid }) => studyInstanceUid)).size,
    series: new Set(objects.map(({ seriesInstanceUid }) => seriesInstanceUid)).size,
    objects: objects.length,
    patientsByCancerType: tally(patients.map(({ cancerType }) => cancerType)),
    objectsByModality: tally(objects.map(({ modality }) => modality)),
  };
}

function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seed: { type: 'string' }, count: { type: 'string' }, types: { type: 'string' } },
  });
  const [folder] = positionals;
  if (folder === undefined) {
    console.error('Usage: node test/phantom/generate.ts OUTDIR [--seed N] [--count PATIENTS] [--types lung,liver,...]');
    process.exitCode = 2;
    return;
  }
  const types = values.types?.split(',') as CancerType[] | undefined;
  const started = performance.now();
  const key = await generatePhantoms(folder, {
    seed: Number(values.seed ?? 1),
    ...(values.count === undefined ? {} : { count: Number(values.count) }),
    ...(types === undefined ? {} : { types }),
  });
  await writeFile(`${resolve(folder)}.answer-key.json`, JSON.stringify(key, null, 1));
  const seconds = (performance.now() - started) / 1000;
  console.log(JSON.stringify({ ...key.counts, megabytes: key.bytes / 1e6, seconds }, null, 2));
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
