/** Reads the facts that classification looks at from a de-identified object, classic or enhanced. */
import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { AttributeReader } from './attribute-reader.ts';
import type { InstanceFacts } from './facts.ts';
import { orientationsOf } from './orientation.ts';

/** What only the original says; numbers that identify nobody. */
export interface FactsOfOriginal {
  /** Of vendors' private attributes, s/mm². */
  readonly bValues: readonly number[];
}

const TIMING = 'MRTimingAndRelatedParametersSequence';
/** Code sequences whose meanings tell the procedure. */
const PROCEDURE_CODES = ['ProcedureCodeSequence', 'PerformedProtocolCodeSequence', 'RequestedProcedureCodeSequence'];
/** Scanners write the b-value that the gradients really reached. */
const B_STEP = 10;
const LARGEST_B_VALUE = 20_000;

/** @param original what only the original says */
export function readFacts(dataSet: DataSet, original: FactsOfOriginal = { bValues: [] }): InstanceFacts {
  const reader = new AttributeReader(dataSet);
  return { terms: termsIn(reader), numbers: numbersIn(reader, original), texts: textsIn(reader) };
}

function termsIn(reader: AttributeReader): InstanceFacts['terms'] {
  const upper = (texts: readonly string[]) => texts.map((text) => text.trim().toUpperCase());
  const of = (keyword: string, macro?: string) => upper(reader.texts(keyword, macro));
  const spins = of('EchoPulseSequence');
  return bag<string>({
    sopClass: of('SOPClassUID'),
    modality: of('Modality'),
    imageType: [
      ...of('ImageType').flatMap(typeTerms),
      ...[...FRAME_TYPES]
        .flatMap((macro) => reader.macros(macro))
        .flatMap((item) => upper(item.strings(tagOf('FrameType'))).flatMap(typeTerms)),
    ],
    scanning: [
      ...of('ScanningSequence'),
      ...(spins.some((term) => term === 'SPIN' || term === 'BOTH') ? ['SE'] : []),
      ...(spins.some((term) => term === 'GRADIENT' || term === 'BOTH') ? ['GR'] : []),
      ...(of('EchoPlanarPulseSequence').includes('YES') ? ['EP'] : []),
      ...(of('InversionRecovery', 'MRModifierSequence').includes('YES') ? ['IR'] : []),
    ],
    variant: [
      ...of('SequenceVariant'),
      ...(of('SteadyStatePulseSequence').some((term) => term === 'FREE_PRECESSION') ? ['SS'] : []),
      ...(of('Spoiling', 'MRModifierSequence').some((term) => term !== 'NONE') ? ['SP'] : []),
    ],
    options: of('ScanOptions'),
    dimension: of('MRAcquisitionType'),
    acquisitionContrast: [...of('AcquisitionContrast'), ...of('AcquisitionContrast', 'MRImageFrameTypeSequence')],
    component: of('ComplexImageComponent', 'MRImageFrameTypeSequence'),
    diffusion: of('DiffusionDirectionality', 'MRDiffusionSequence'),
    angio: of('AngioFlag').filter((flag) => flag === 'Y'),
    agent: agentIn(reader),
    kernel: [
      ...of('ConvolutionKernel', 'CTReconstructionSequence'),
      ...of('ConvolutionKernelGroup', 'CTReconstructionSequence'),
    ],
    manufacturer: of('Manufacturer').map((text) => text.split(/[^A-Z]/u)[0] ?? ''),
    orientation: orientationsOf(reader).map((orientation) => orientation.join()),
    grid: gridOf(reader),
    view: of('ViewPosition'),
    viewCode: reader.items('ViewCodeSequence').flatMap(codeOf),
    laterality: [...of('ImageLaterality'), ...of('Laterality'), ...of('FrameLaterality', 'FrameAnatomySequence')],
    region: [
      ...reader.items('AnatomicRegionSequence'),
      ...reader.macros('FrameAnatomySequence').flatMap((item) => item.items(tagOf('AnatomicRegionSequence'))),
    ].flatMap(codeOf),
    corrected: of('CorrectedImage'),
    seriesType: of('SeriesType'),
    units: of('Units'),
    tracerCode: radiopharmaceuticals(reader).flatMap((item) =>
      item.items(tagOf('RadiopharmaceuticalCodeSequence')).flatMap(codeOf),
    ),
    radionuclide: radiopharmaceuticals(reader).flatMap((item) =>
      item.items(tagOf('RadionuclideCodeSequence')).flatMap((code) => upper(code.strings(tagOf('CodeMeaning')))),
    ),
    quantity: reader
      .macros('RealWorldValueMappingSequence')
      .concat(reader.items('RealWorldValueMappingSequence'))
      .flatMap((item) => item.items(tagOf('QuantityDefinitionSequence')))
      .flatMap((item) => item.items(tagOf('ConceptCodeSequence')).flatMap(codeOf)),
  });
}

const FRAME_TYPES = [
  'MRImageFrameTypeSequence',
  'CTImageFrameTypeSequence',
  'PETFrameTypeSequence',
  'XRay3DFrameTypeSequence',
];

/** Vendors put several terms into one value, e.g. `CT_SOM5 SPI`; the whole value counts as well. */
function typeTerms(value: string): string[] {
  const parts = value.split(/[\s/]+/u).filter((part) => part !== '');
  return parts.length > 1 ? [value, ...parts] : parts;
}

function numbersIn(reader: AttributeReader, original: FactsOfOriginal): InstanceFacts['numbers'] {
  const of = (keyword: string, macro?: string) => reader.numbers(keyword, macro).filter(Number.isFinite);
  const echoes = of('EchoTime');
  const bValues = [...of('DiffusionBValue', 'MRDiffusionSequence'), ...original.bValues];
  return bag<number>({
    repetition: of('RepetitionTime', TIMING).map(toThreeDigits),
    echo: (echoes.length > 0 ? echoes : of('EffectiveEchoTime', 'MREchoSequence')).map(toThreeDigits),
    inversion: [...of('InversionTime'), ...of('InversionTimes', 'MRModifierSequence')]
      .filter((time) => time > 0)
      .map(toThreeDigits),
    flip: of('FlipAngle', TIMING).map(Math.round),
    train: of('EchoTrainLength').length > 0 ? of('EchoTrainLength') : of('RFEchoTrainLength', TIMING),
    bValue: bValues.filter((b) => b >= 0 && b <= LARGEST_B_VALUE).map((b) => Math.round(b / B_STEP) * B_STEP),
    temporalPositions: of('NumberOfTemporalPositions').filter((count) => count > 1),
    thickness: of('SliceThickness', 'PixelMeasuresSequence').map(toHundredths),
    frames: of('NumberOfFrames').filter((count) => count > 1),
  });
}

/** Free text: what people and protocols call the series, and what equipment it was made with. */
function textsIn(reader: AttributeReader): InstanceFacts['texts'] {
  const words = (keyword: string) => reader.text(keyword) ?? '';
  const meanings = (keywords: readonly string[]) =>
    keywords
      .flatMap((keyword) => reader.dataSet.items(tagOf(keyword)))
      .flatMap((item) => item.strings(tagOf('CodeMeaning')));
  const texts = {
    imageType: reader.texts('ImageType').join('\\'),
    modality: words('Modality'),
    bodyPart: words('BodyPartExamined'),
    view: words('ViewPosition'),
    kernel: reader.texts('ConvolutionKernel', 'CTReconstructionSequence').join('\\'),
    laterality: words('ImageLaterality') || words('Laterality'),
    description: words('SeriesDescription'),
    // GE names the whole examination there, not the series.
    [isGeneralElectric(words('Manufacturer')) ? 'exam' : 'protocol']: words('ProtocolName'),
    study: words('StudyDescription'),
    procedure: [
      words('RequestedProcedureDescription'),
      words('PerformedProcedureStepDescription'),
      ...meanings(PROCEDURE_CODES),
    ]
      .filter((text) => text !== '')
      .join('; '),
    seriesCode: meanings(['SeriesDescriptionCodeSequence']).join('; '),
    sequence: sequenceName(words('SequenceName') || words('PulseSequenceName')),
    agent: words('ContrastBolusAgent'),
    tracer: radiopharmaceuticals(reader)
      .flatMap((item) => [
        ...item.strings(tagOf('Radiopharmaceutical')),
        ...item.items(tagOf('RadiopharmaceuticalCodeSequence')).flatMap((code) => code.strings(tagOf('CodeMeaning'))),
      ])
      .concat(words('Radiopharmaceutical'))
      .filter((text) => text !== '')
      .join('; '),
    attenuation: words('AttenuationCorrectionMethod'),
    coil: words('ReceiveCoilName'),
    filter: words('FilterType'),
  };
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
}

function isGeneralElectric(manufacturer: string): boolean {
  return /^(ge\b|general electric|genesis)/iu.test(manufacturer);
}

/** Siemens numbers the gradient directions in the name, e.g. `*ep_b1000#12`; the b-value is read elsewhere. */
function sequenceName(name: string): string {
  return name.replace(/#\d+$/u, '').replace(/b\d+[tr]?$/u, 'b');
}

/** `yes` where the image says that an agent was given, and how (PS3.3 C.7.6.4). */
function agentIn(reader: AttributeReader): string[] {
  const agent = reader.text('ContrastBolusAgent');
  const coded = [
    ...reader.items('ContrastBolusAgentSequence'),
    ...reader
      .macros('ContrastBolusUsageSequence')
      .filter((item) => item.string(tagOf('ContrastBolusAgentAdministered')) === 'YES'),
  ];
  const given = (agent !== undefined && !NO_AGENT.test(agent)) || coded.length > 0;
  return given ? ['YES'] : [];
}

const NO_AGENT = /^(no(ne)?|n\/?a|nein|non|sin|senza|without|ohne|0|-+|\?+|unknown|yes\/no)\b/iu;

function radiopharmaceuticals(reader: AttributeReader): DataSet[] {
  return reader.items('RadiopharmaceuticalInformationSequence');
}

function codeOf(item: DataSet): string[] {
  const code = item.string(tagOf('CodeValue'));
  const scheme = item.string(tagOf('CodingSchemeDesignator'));
  return code === undefined || scheme === undefined ? [] : [`${scheme.toUpperCase()} ${code.toUpperCase()}`];
}

/** Rows, columns and pixel spacing in mm: images of different grids do not make one volume. */
function gridOf(reader: AttributeReader): string[] {
  const [rows] = reader.numbers('Rows');
  const [columns] = reader.numbers('Columns');
  if (rows === undefined || columns === undefined) return [];
  const spacing = reader.numbers('PixelSpacing', 'PixelMeasuresSequence').map((number) => number.toFixed(3));
  return [`${rows}x${columns} ${spacing.join('x')}`.trim()];
}

function toThreeDigits(value: number): number {
  return Number(value.toPrecision(3));
}

function toHundredths(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Without names that say nothing, each value once and sorted: two objects that say the same read the same. */
function bag<V>(values: Readonly<Record<string, readonly V[]>>): Record<string, V[]> {
  const kept = Object.entries(values)
    .map(([name, list]) => [name, [...new Set(list)].sort()] as const)
    .filter(([, list]) => list.length > 0);
  return Object.fromEntries(kept);
}
