/** Builds the studies of one patient: series by protocol, identifiers planted, answers written down. */
import { childAbdomen, colonAbdomen, liverAbdomen } from './anatomy/abdomen.ts';
import { glioblastomaBrain, gliomaBrain } from './anatomy/brain.ts';
import { breasts } from './anatomy/breasts.ts';
import { prostatePelvis, rectumPelvis } from './anatomy/pelvis.ts';
import { thorax } from './anatomy/thorax.ts';
import type { AnatomyBuilder } from './anatomy/types.ts';
import { answersOf, type ObjectAnswer, type PlantedAnswer } from './answer-key.ts';
import type { Grain } from './images/render.ts';
import { ctSeries } from './objects/ct-image.ts';
import { mammographySeries } from './objects/mammography-image.ts';
import { mrSeries } from './objects/mr-image.ts';
import { secondaryCaptureSeries } from './objects/secondary-capture.ts';
import { segmentation } from './objects/segmentation.ts';
import type { PhantomObject, SeriesBuilder } from './objects/types.ts';
import { ultrasoundSeries } from './objects/ultrasound-image.ts';
import { metaElements, type PhantomFile, TRANSFER_SYNTAX, type TransferSyntaxName } from './part10.ts';
import { dicomDate, type Patient } from './patients.ts';
import { plantedElements, preambleOf, trailingPaddingOf } from './planting/plan.ts';
import {
  type CancerType,
  type Modality,
  protocolOf,
  type Series,
  type SeriesProtocol,
  type Study,
  scannersOf,
} from './protocol.ts';
import type { RandomSource } from './random.ts';

export interface PatientObject {
  readonly file: PhantomFile;
  readonly answer: ObjectAnswer;
}

export interface StudiesRequest {
  readonly patient: Patient;
  readonly random: RandomSource;
  readonly grain: Grain;
  /** Number of series made before this patient. */
  readonly ordinal: number;
}

const ANATOMIES: Record<string, AnatomyBuilder> = {
  breasts,
  childAbdomen,
  colonAbdomen,
  glioblastomaBrain,
  gliomaBrain,
  liverAbdomen,
  prostatePelvis,
  rectumPelvis,
  thorax,
};

const BUILDERS: Record<Exclude<Modality, 'SEG'>, SeriesBuilder> = {
  CT: ctSeries,
  MG: mammographySeries,
  MR: mrSeries,
  SC: secondaryCaptureSeries,
  US: ultrasoundSeries,
};

/** Growth of the lesion between two studies. */
const FOLLOW_UP_GROWTH = 1.25;

/** All objects of a patient, and how many series they form. */
export function createStudies(request: StudiesRequest): { objects: PatientObject[]; series: number } {
  const { patient, random, grain } = request;
  const cancer = protocolOf(patient.cancerType as CancerType);
  const rank = Number(patient.key.slice(1)) - 1;
  const variant = cancer.variants[Math.floor(rank / 9) % cancer.variants.length] ?? [];
  const scanners = new Map<Modality, readonly string[]>();
  const objects: PatientObject[] = [];
  let ordinal = request.ordinal;
  for (const [studyIndex, planned] of variant.entries()) {
    const study = createStudy(patient, planned.words, studyIndex, random);
    const frameOfReferenceUid = random.uid();
    const growth = FOLLOW_UP_GROWTH ** studyIndex;
    const builder = ANATOMIES[cancer.anatomy] ?? thorax;
    // The same fork for every study: the body stays the same, only the lesion grows.
    const anatomy = builder(random.fork('anatomy'), growth);
    let number = 1;
    const createSeries = (protocol: SeriesProtocol): Series => {
      const scanner = scanners.get(protocol.modality) ?? random.pick(scannersOf(protocol.modality));
      scanners.set(protocol.modality, scanner);
      const [manufacturer = '', model = '', software = ''] = scanner;
      const made = {
        ...{ patient, study, protocol, cancer, frameOfReferenceUid, ordinal, manufacturer, model, software, number },
        seriesInstanceUid: random.uid(),
        bodyPart: cancer.bodyParts[ordinal % cancer.bodyParts.length] ?? '',
        deviceSerial: `SN-${random.digits(6)}`,
        transferSyntax: transferSyntaxOf(ordinal, protocol),
        undefinedLengths: ordinal % 2 === 1,
      };
      ordinal += 1;
      number += 1;
      return made;
    };
    for (const protocol of planned.series) {
      const series = createSeries(protocol);
      const made = BUILDERS[protocol.modality as Exclude<Modality, 'SEG'>]({ series, random, anatomy, grain });
      objects.push(...finish(series, made, random));
      if (protocol.seg !== true) continue;
      const segProtocol = { modality: 'SEG', contrast: '', words: 'LESION SEGMENTATION', slices: 1 } as const;
      const segSeries = createSeries(segProtocol);
      const object = segmentation(segSeries, series.seriesInstanceUid, made, random);
      if (object !== undefined) objects.push(...finish(segSeries, [object], random));
    }
  }
  return { objects, series: ordinal - request.ordinal };
}

function createStudy(patient: Patient, words: string, index: number, random: RandomSource): Study {
  const year = patient.firstStudyYear + index;
  return {
    studyInstanceUid: random.uid(),
    date: dicomDate(year, random.integer(7, 12), random.integer(1, 28)),
    time: `${String(random.integer(7, 18)).padStart(2, '0')}${random.integer(10, 59)}${random.integer(10, 59)}`,
    accession: `ACC${random.digits(8)}`,
    studyId: `ST${random.digits(6)}`,
    words,
    age: patient.age + index,
  };
}

/** Mostly explicit little endian, the others in turn; bit-packed and colour pixels stay native. */
function transferSyntaxOf(ordinal: number, protocol: SeriesProtocol): TransferSyntaxName {
  const turn: Record<number, TransferSyntaxName> = {
    3: 'implicitLittle',
    5: 'explicitBig',
    8: 'deflated',
    10: 'runLength',
  };
  const chosen = turn[ordinal % 12] ?? 'explicitLittle';
  const grey = protocol.modality === 'CT' || protocol.modality === 'MR' || protocol.modality === 'MG';
  return grey || chosen === 'implicitLittle' || chosen === 'deflated' ? chosen : 'explicitLittle';
}

function finish(series: Series, objects: readonly PhantomObject[], random: RandomSource): PatientObject[] {
  const planted = plantedElements(series, random);
  return objects.map((object) => {
    const present = new Set(object.elements.map(({ tag }) => tag));
    const file: PhantomFile = {
      sopClassUid: object.instance.sopClassUid,
      sopInstanceUid: object.instance.sopInstanceUid,
      elements: [...object.elements, ...planted.filter(({ tag }) => !present.has(tag))],
      pixels: object.pixels,
      transferSyntax: series.transferSyntax,
      undefinedLengths: series.undefinedLengths,
      characterSet: series.patient.characterSet,
      preamble: preambleOf(series),
      sourceAeTitle: series.patient.hospital.ae,
      trailingPadding: trailingPaddingOf(series),
    };
    return { file, answer: answerOf(series, object, file) };
  });
}

function answerOf(series: Series, object: PhantomObject, file: PhantomFile): ObjectAnswer {
  const { planted, retained } = answersOf(file.elements);
  const { patient, study } = series;
  const instance = String(object.instance.number).padStart(4, '0');
  return {
    file: `${patient.key}/ST-${study.date.slice(0, 4) === String(patient.firstStudyYear) ? 1 : 2}/SE-${series.number}/IM-${instance}.dcm`,
    patient: patient.key,
    cancerType: patient.cancerType,
    modality: series.protocol.modality === 'SC' ? 'OT' : series.protocol.modality,
    sopClassUid: file.sopClassUid,
    sopInstanceUid: file.sopInstanceUid,
    seriesInstanceUid: series.seriesInstanceUid,
    studyInstanceUid: study.studyInstanceUid,
    transferSyntax: TRANSFER_SYNTAX[file.transferSyntax],
    characterSet: file.characterSet,
    expected: object.burnedIn.length > 0 ? 'quarantined' : 'indexed',
    burnedIn: object.burnedIn,
    planted: [...planted, ...aroundDataSet(series, file)],
    retained,
  };
}

/** What stands in the file meta information, the preamble and the padding behind the data set. */
function aroundDataSet({ patient }: Series, file: PhantomFile): PlantedAnswer[] {
  const answers = answersOf(metaElements(file), 'meta/').planted;
  if (file.preamble !== '') answers.push({ path: 'preamble', kind: 'name', value: patient.latinFamilyName });
  if (file.trailingPadding !== '') {
    answers.push({ path: '(fffc,fffc)', kind: 'name', value: patient.latinFamilyName });
    answers.push({ path: '(fffc,fffc)', kind: 'date', value: patient.birthDate });
  }
  return answers;
}
