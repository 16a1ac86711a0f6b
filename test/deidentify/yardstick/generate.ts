/** Makes the objects of a seed: patients in turn through the character sets, several objects of each, as files. */
import { encodeDataSet } from '../../phantom/encoder.ts';
import { encodeFile, type TransferSyntaxName } from '../../phantom/part10.ts';
import { RandomSource } from '../../phantom/random.ts';
import type { YardstickObject } from './answers.ts';
import type { Context } from './context.ts';
import classes from './data/classes.json' with { type: 'json' };
import { AnswerRecord, Draft } from './draft.ts';
import { KINDS } from './kinds.ts';
import { commonModules } from './modules.ts';
import { createPatient, dateOf, type Patient } from './people.ts';
import { PLANTS } from './plants.ts';

const OBJECTS_PER_PATIENT = 5;
const PLANTS_PER_OBJECT = 5;
/** As received, mostly; every deflated and big-endian object has the same answers. */
const SYNTAXES: readonly TransferSyntaxName[] = [
  'explicitLittle',
  'implicitLittle',
  'explicitLittle',
  'deflated',
  'explicitLittle',
  'explicitBig',
];

/** @param count number of objects */
export function generateObjects(seed: string, count: number): YardstickObject[] {
  const random = new RandomSource(`yardstick ${seed}`);
  const objects: YardstickObject[] = [];
  for (let ordinal = 0; objects.length < count; ordinal += 1) {
    const own = random.fork(`patient ${ordinal}`);
    const patient = createPatient(`P${ordinal}`, ordinal, own);
    objects.push(...objectsOf(patient, ordinal, Math.min(OBJECTS_PER_PATIENT, count - objects.length), own));
  }
  return objects;
}

function objectsOf(patient: Patient, ordinal: number, count: number, random: RandomSource): YardstickObject[] {
  const study = { studyDate: dateOf(random, 2005, 2024), accession: `ACC${random.digits(8)}` };
  const uids = { study: random.uid(), series: random.uid(), frame: random.uid() };
  const chosen = Array.from({ length: count }, (_, index) => {
    const place = ordinal * OBJECTS_PER_PATIENT + index;
    return {
      place,
      instance: random.uid(),
      sopClass: classes.classes[place % classes.classes.length] ?? classes.classes[0],
    };
  });
  const relatives = chosen.map(({ sopClass, instance }) => ({
    sopClassUid: sopClass?.uid ?? '',
    sopInstanceUid: instance,
  }));
  return chosen.map(({ place, instance, sopClass }) => {
    const { label = '', uid = '', modality = '', kind = 'image' } = sopClass ?? {};
    const context: Context = {
      ...{ patient, relatives, modality, kind, ...study },
      random: random.fork(`object ${place}`),
      sopClassUid: uid,
      uids: { ...uids, instance },
    };
    return createObject(context, label, place);
  });
}

function createObject(context: Context, label: string, place: number): YardstickObject {
  const { patient, random, uids, kind } = context;
  const record = new AnswerRecord(patient.characterSet);
  const draft = new Draft(record);
  commonModules(draft, context);
  // What is planted comes first: a technical value of the kind may take its place again.
  const plants = [...PLANTS].sort(() => random.next() - 0.5).slice(0, PLANTS_PER_OBJECT);
  for (const plant of plants) plant(draft, context);
  KINDS[kind]?.(draft, context);
  if (random.chance(0.3)) addGroupLengths(draft);
  const latin = patient.latin.family.replace(/[^A-Za-z]/g, '');
  const around = { preamble: random.chance(0.3), padding: random.chance(0.3) };
  if (around.preamble) draft.gone('preamble', latin, 'name');
  if (around.padding) draft.gone('(fffc,fffc)', patient.patientId, 'id');
  draft.gone('meta/(0002,0016)', patient.aeTitle, 'application entity');
  const bytes = encodeFile({
    sopClassUid: context.sopClassUid,
    sopInstanceUid: uids.instance,
    elements: draft.elements,
    transferSyntax: SYNTAXES[place % SYNTAXES.length] ?? 'explicitLittle',
    undefinedLengths: random.chance(0.5),
    characterSet: patient.characterSet,
    preamble: around.preamble ? `EXPORT ${latin} ${patient.patientId}` : '',
    sourceAeTitle: patient.aeTitle,
    trailingPadding: around.padding ? `PAD ${latin} ${patient.patientId}` : '',
  });
  return {
    file: `O${String(place).padStart(5, '0')}.dcm`,
    bytes,
    label,
    patient: patient.key,
    expected: kind === 'hidden' ? 'quarantined' : 'deidentified',
    answers: record.answers,
    needles: record.needles,
    originalNames: [`${latin}_${patient.patientId}/${uids.study}/IM0001.dcm`],
  };
}

/** Retired group lengths (PS3.5 §7.2), as old archives still write them. */
function addGroupLengths(draft: Draft): void {
  const groups = new Set(draft.elements.map(({ tag }) => tag >>> 16).filter((group) => group % 2 === 0));
  const encoding = {
    explicit: true,
    littleEndian: true,
    undefinedLengths: false,
    characterSet: draft.record.characterSet,
  };
  for (const group of groups) {
    const inside = draft.elements.filter(({ tag }) => tag >>> 16 === group);
    draft.putTag((group << 16) >>> 0, 'UL', [encodeDataSet(inside, encoding).length]);
  }
}
