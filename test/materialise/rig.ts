/** A node's data folder with made-up patients: objects on the disk, index and clinical rows, and a dataset through the gate. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Foundation, openFoundation } from '../../node-agent/assembly/foundation.ts';
import { buildHubSide } from '../../node-agent/assembly/hub-side.ts';
import { buildMaterialiseDesk, treeRules } from '../../node-agent/assembly/materialise-side.ts';
import { type ClinicalRowToWrite, ClinicalStore } from '../../node-agent/catalogue/clinical/clinical-store.ts';
import { AS_INDEXED, type Generalisation } from '../../node-agent/catalogue/generalisation/generalisation.ts';
import { treatmentText } from '../../node-agent/catalogue/treatment/treatment.ts';
import type { Materialisation, NewMaterialisation } from '../../node-agent/materialise/materialisation.ts';
import type { MaterialiseDesk } from '../../node-agent/materialise/materialise-desk.ts';
import { readSettings } from '../../node-agent/settings/settings.ts';
import { description, TREATMENT, valuesOf } from '../catalogue/fixtures.ts';
import { element } from '../phantom/elements.ts';
import { encodeFile } from '../phantom/part10.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export const LOGGER = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, close: async () => {} };
const MR = '1.2.840.10008.5.1.4.1.1.4';
/** Enough for the disclosure threshold. */
const PATIENTS = 12;
export const DAY = 'EUCAIM:COM1000153';
const BEN = { name: 'ben', role: 'officer' } as const;
const YEAR = 'EUCAIM:COM1000151';

export function patientId(number: number): string {
  return `GH-${String(number).padStart(16, '0')}`;
}

/** One MR object as de-identification leaves it. */
function objectBytes(patient: number, series: number, instance: number, pixels: number): Buffer {
  const uid = `2.25.${patient}.${series}.${instance}`;
  return encodeFile({
    sopClassUid: MR,
    sopInstanceUid: uid,
    elements: [
      element('SOPClassUID', MR),
      element('SOPInstanceUID', uid),
      element('StudyDate', '20200301'),
      element('AcquisitionDate', '20200302'),
      element('Modality', 'MR'),
      element('Manufacturer', 'SIEMENS'),
      element('StudyDescription', 'MR MAMMA'),
      element('SeriesDescription', 't1 tra'),
      element('ManufacturerModelName', 'Skyra'),
      element('PatientID', patientId(patient)),
      element('PatientSex', 'F'),
      element('PatientAge', '054Y'),
      element('BodyPartExamined', 'BREAST'),
      element('SliceThickness', '3.5'),
      element('StudyInstanceUID', `2.25.${patient}`),
      element('SeriesInstanceUID', `2.25.${patient}.${series}`),
      element('InstanceNumber', String(instance)),
      element('ImagePositionPatient', ['0', '0', String(instance * 3.5)]),
      element('ImageOrientationPatient', ['1', '0', '0', '0', '1', '0']),
      element('SamplesPerPixel', 1),
      element('PhotometricInterpretation', 'MONOCHROME2'),
      element('Rows', pixels),
      element('Columns', pixels),
      element('PixelSpacing', ['0.7', '0.7']),
      element('BitsAllocated', 16),
      element('BitsStored', 16),
      element('HighBit', 15),
      element('PixelRepresentation', 0),
    ],
    pixels: {
      bytes: Buffer.alloc(pixels * pixels * 2, patient + instance),
      columns: pixels,
      bitsAllocated: 16,
      samplesPerPixel: 1,
      frames: 1,
    },
    transferSyntax: 'explicitLittle',
    undefinedLengths: false,
    characterSet: [],
    preamble: '',
    sourceAeTitle: 'TEST',
    trailingPadding: '',
  });
}

export interface FillOptions {
  readonly patients?: number;
  readonly seriesEach?: number;
  readonly instancesEach?: number;
  /** Rows and columns. */
  readonly pixels?: number;
}

/** Objects on the disk and in the index, as the pipeline leaves them. */
export function fill({ folder, catalogue, ledger, indexDatabase }: Foundation, options: FillOptions = {}): void {
  const { patients = PATIENTS, seriesEach = 2, instancesEach = 2, pixels = 8 } = options;
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  const objects = upTo(patients).flatMap((patient) =>
    upTo(seriesEach).flatMap((series) => upTo(instancesEach).map((instance) => ({ patient, series, instance }))),
  );
  const written = objects.map(({ patient, series, instance }) => {
    const bytes = objectBytes(patient, series, instance, pixels);
    const [studyUid, seriesUid] = [`2.25.${patient}`, `2.25.${patient}.${series}`];
    const instanceUid = `${seriesUid}.${instance}`;
    const file = `objects/${patientId(patient)}/${studyUid}/${seriesUid}/${instanceUid}.dcm`;
    mkdirSync(dirname(join(folder.root, file)), { recursive: true });
    writeFileSync(join(folder.root, file), bytes, { mode: 0o600 });
    const one = description({
      ...{ patientId: patientId(patient), studyUid, studyDate: '2020-03-01', seriesUid, instanceUid },
      ...{ seriesNumber: series, instanceNumber: instance, rows: pixels, columns: pixels },
    });
    const contentHash = createHash('sha256').update(bytes).digest('hex');
    return { one, file, bytes: bytes.length, contentHash, objectId: `object-${instanceUid}` };
  });
  ledger.admit(
    written.map(({ objectId, contentHash, bytes }) => {
      return { objectId, source: 'dimse', instanceKey: objectId, contentHash, bytes };
    }),
  );
  indexDatabase.transaction(() => {
    for (const { one, ...file } of written) {
      const treatment = treatmentText(TREATMENT);
      catalogue.add(one, valuesOf(one), { ...file, profileHash: 'profile-1', mayShowFace: false, treatment });
    }
  })();
  for (const { objectId } of written) ledger.settle(objectId, { state: 'indexed' });
}

export function clinicalRow(
  table: string,
  key: string,
  patient: number,
  cells: Record<string, string>,
): ClinicalRowToWrite {
  return { table, key, patientId: patientId(patient), cells: { patient_id: patientId(patient), ...cells }, values: [] };
}

/** Everything that the mandatory tables ask of one patient. */
export function clinicalRows(patient: number): ClinicalRowToWrite[] {
  const id = (what: string) => `${what}-${patient}`;
  return [
    clinicalRow('patient', patientId(patient), patient, {
      patient_birth_sex: 'EUCAIM:COM1001370',
      patient_diagnostic_category: 'EUCAIM:COM1001087',
      patient_deceased: 'false',
      patient_managing_organization_id: 'Clinic, "North"',
    }),
    clinicalRow('procedure', id('biopsy'), patient, {
      procedure_id: id('biopsy'),
      procedure_code: 'EUCAIM:CLIN1001712',
    }),
    clinicalRow('cancer_condition', id('condition'), patient, {
      cancer_condition_id: id('condition'),
      procedure_id: id('biopsy'),
      cancer_condition_code: 'EUCAIM:CLIN1000060',
      cancer_condition_type: 'EUCAIM:CLIN1007988',
      cancer_condition_age_at_diagnosis: '54.5',
      cancer_condition_age_unit: YEAR,
      cancer_condition_asserted_date: '2020-02-10',
      cancer_condition_histology_morphology: 'ICDO3:8500/3',
    }),
    clinicalRow('episode', id('episode'), patient, { episode_id: id('episode'), episode_code: 'EUCAIM:GEN1000008' }),
    {
      ...clinicalRow('episode_event', `${id('episode')} 2.25.${patient}`, patient, {}),
      cells: { episode_id: id('episode'), event_table_id: `2.25.${patient}`, event_table_name: 'image_study' },
    },
    clinicalRow('treatment', id('late'), patient, {
      ...{ treatment_id: id('late'), treatment_type: 'EUCAIM:CLIN1024529' },
      ...{ treatment_offset_from_diagnosis: '90', treatment_offset_unit: DAY },
    }),
    clinicalRow('treatment', id('first'), patient, {
      ...{ treatment_id: id('first'), treatment_type: 'EUCAIM:CLIN1034674' },
      ...{ treatment_offset_from_diagnosis: '30', treatment_offset_unit: DAY },
    }),
  ];
}

/** Of all patients, but of the last one the diagnostic category is not known. */
export function almostCompleteRows(): ClinicalRowToWrite[] {
  const rows = Array.from({ length: PATIENTS }, (_, index) => clinicalRows(index + 1)).flat();
  return rows.map((row) => {
    if (row.table !== 'patient' || row.patientId !== patientId(PATIENTS)) return row;
    const { patient_diagnostic_category: _, ...cells } = row.cells;
    return { ...row, cells };
  });
}

export function addClinical(foundation: Foundation, rows: readonly ClinicalRowToWrite[]): void {
  const facts = { format: 'csv', mapping: 'test 1', modelVersion: '1', by: 'anna', counts: {} };
  new ClinicalStore(foundation.indexDatabase).write(facts, rows);
}

function registerOf(foundation: Foundation) {
  return buildHubSide(foundation, readSettings({}).values, LOGGER as never, () => {});
}

/** Drafts a dataset of everything. @returns its id */
function draft(foundation: Foundation): string {
  const { datasets, conditions } = registerOf(foundation);
  const dataset = {
    title: 'Breast MR',
    description: 'Breast MR of a test.',
    condition: conditions[0]?.code ?? '',
    query: {},
    publisher: 'Test hospital',
    contactEmail: 'imaging@hospital.example',
    keywords: ['breast', 'magnetic resonance'],
    provenance: 'Made for a test.',
    accessUrl: 'https://negotiator.example/',
  };
  return datasets.draft(dataset, { name: 'anna', role: 'administrator' }).id;
}

/** What persons decide before the check. */
export interface Decisions {
  /** How coarsely patients are shown; what is not said is shown as indexed. */
  readonly choices?: Partial<Generalisation>;
  /** Findings that are accepted, with the reason that these are test images. */
  readonly accepted?: readonly string[];
}

/** Drafts a dataset and has its files read, as the node does before its check. @returns its id */
export async function examinedDraft(
  foundation: Foundation,
  { choices, accepted = [] }: Decisions = {},
): Promise<string> {
  const id = draft(foundation);
  const { datasets, examiner } = registerOf(foundation);
  if (choices) datasets.assessment.generalise(id, { ...AS_INDEXED, ...choices }, BEN);
  await examiner.examine(id, datasets.seriesOf(id));
  for (const subject of accepted) datasets.assessment.accept(id, { subject, reason: 'These are test images.' }, BEN);
  return id;
}

/** Drafts, examines, checks, releases and publishes a dataset of everything, through every gate. @returns its id */
export async function publish(foundation: Foundation, decisions?: Decisions): Promise<string> {
  const id = await examinedDraft(foundation, decisions);
  const { datasets } = registerOf(foundation);
  for (const to of ['checked', 'released', 'published'] as const) datasets.advance(id, { to }, BEN);
  return id;
}

/** What trees are read by, with the tables of the release. */
export function shippedRules() {
  return treeRules('/nowhere');
}

export interface MaterialiseRig {
  readonly foundation: Foundation;
  readonly datasetId: string;
  /** Where datasets are written, on the disk of the data folder. */
  readonly out: string;
  readonly desk: MaterialiseDesk;
  /** Asks for it and waits for the end. */
  materialise(wanted?: Partial<NewMaterialisation>): Promise<Materialisation>;
  /** Waits for a materialisation to end. */
  ended(id: string): Promise<Materialisation>;
}

/** @param parent where data folder and output lie */
export async function materialiseRig(
  options: FillOptions & { clinical?: boolean; settings?: string[] } & Decisions = {},
): Promise<MaterialiseRig> {
  const root = temporaryFolder();
  const [dataFolder, out] = [join(root, 'data'), join(root, 'out')];
  mkdirSync(out);
  const foundation = openFoundation(dataFolder);
  fill(foundation, options);
  if (options.clinical !== false) {
    const numbers = Array.from({ length: options.patients ?? PATIENTS }, (_, index) => index + 1);
    addClinical(foundation, numbers.flatMap(clinicalRows));
  }
  const datasetId = await publish(foundation, options);
  const settings = readSettings({ commandLine: ['store.reserveMegabytes=0', ...(options.settings ?? [])] }).values;
  const desk = buildMaterialiseDesk(foundation, settings, LOGGER, () => {});
  onTestFinished(async () => {
    await desk.stop();
    foundation.close();
  });
  const rig: MaterialiseRig = {
    ...{ foundation, datasetId, out, desk },
    materialise: async (wanted = {}) => {
      const { id } = desk.request({ datasetId, layout: 'eucaim', root: out, wanted: 'link', ...wanted }, 'anna');
      desk.start();
      return rig.ended(id);
    },
    ended: async (id) => {
      for (;;) {
        const job = desk.materialisations.find(id);
        const busy = job?.state === 'queued' || job?.state === 'running' || (job?.onDisk && job.state !== 'done');
        if (job && !busy) return job;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
  return rig;
}
