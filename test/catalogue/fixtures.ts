/** Small de-identified objects and an index in memory for the tests of the catalogue. */

import { Catalogue } from '../../node-agent/catalogue/catalogue.ts';
import type { FileFacts, IndexedValue } from '../../node-agent/catalogue/catalogue-writer.ts';
import type { InstanceDescription } from '../../node-agent/catalogue/instance-description.ts';
import { CATALOGUE_MIGRATIONS } from '../../node-agent/catalogue/schema.ts';
import { type Treatment, treatmentText } from '../../node-agent/catalogue/treatment/treatment.ts';
import type { DataElement, DataSet, Encoding } from '../../node-agent/dicom/data-set.ts';
import { lookup, tagOf } from '../../node-agent/dicom/dictionary.ts';
import { makeDataSet, numberElement, sequenceElement, textElement } from '../../node-agent/dicom/element.ts';
import { openDatabase, type SqliteDatabase } from '../../node-agent/store/database.ts';
import { LEDGER_MIGRATIONS } from '../../node-agent/store/ledger-schema.ts';

export const LITTLE_ENDIAN: Encoding = { explicit: true, littleEndian: true };

export function openIndex(): SqliteDatabase {
  return openDatabase(':memory:', [...LEDGER_MIGRATIONS, ...CATALOGUE_MIGRATIONS]);
}

export type Attributes = Readonly<Record<string, string | number | readonly number[] | readonly DataSet[]>>;

/** A data set by keywords; texts for text VRs, numbers for numeric ones, data sets for sequences. */
export function dataSetOf(attributes: Attributes, encoding: Encoding = LITTLE_ENDIAN): DataSet {
  const elements = Object.entries(attributes).map(([keyword, value]): DataElement => {
    const tag = tagOf(keyword);
    const vr = (lookup(tag)?.vr ?? 'UN').replace('US or SS', 'US');
    if (typeof value === 'string') return textElement(encoding, tag, vr, value);
    if (typeof value === 'number') return numberElement(encoding, tag, vr, [value]);
    return vr === 'SQ'
      ? sequenceElement(tag, value as readonly DataSet[])
      : numberElement(encoding, tag, vr, value as readonly number[]);
  });
  return makeDataSet(
    encoding,
    elements.sort((a, b) => a.tag - b.tag),
  );
}

export function description(changes: Partial<InstanceDescription> = {}): InstanceDescription {
  return {
    patientId: 'GH-0000000000000001',
    sex: 'F',
    studyUid: '2.25.1',
    studyDate: '2020-02-03',
    ageYears: 54.5,
    studyDescription: 'MR MAMMA',
    seriesUid: '2.25.1.1',
    seriesNumber: 1,
    modality: 'MR',
    bodyPart: 'BREAST',
    anatomicRegions: [],
    manufacturer: 'SIEMENS',
    model: 'Skyra',
    laterality: null,
    seriesDescription: 't1 tra',
    protocol: null,
    instanceUid: '2.25.1.1.1',
    sopClassUid: '1.2.840.10008.5.1.4.1.1.4',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    instanceNumber: 1,
    rows: 64,
    columns: 64,
    frames: 1,
    ...changes,
  };
}

/** File facts that follow from the instance, as the pipeline would compute them. */
export function fileOf({ instanceUid }: InstanceDescription, changes: Partial<FileFacts> = {}): FileFacts {
  return {
    objectId: `object-${instanceUid}`,
    file: `objects/${instanceUid}.dcm`,
    bytes: 1000,
    contentHash: `hash-${instanceUid}`,
    profileHash: 'profile-1',
    mayShowFace: false,
    treatment: treatmentText(TREATMENT),
    ...changes,
  };
}

const CODES: Readonly<Record<string, readonly [code: string, label: string]>> = {
  F: ['COM1001370', 'Female'],
  M: ['COM1001366', 'Male'],
  MR: ['IMG1000022', 'Magnetic resonance imaging'],
  CT: ['IMG1000026', 'Computed tomography'],
  BREAST: ['BP1000136', 'Breast'],
  LUNG: ['BP1000113', 'Lung'],
  SIEMENS: ['IMG1000044', 'Siemens'],
  PHILIPS: ['IMG1000046', 'Philips'],
};

/** The values the harmonise room would give for the attributes used in these tests. */
export function valuesOf({ sex, modality, bodyPart, manufacturer }: InstanceDescription): IndexedValue[] {
  const value = (entity: 'patient' | 'series', attribute: string, original: string | null): IndexedValue => {
    const [code = null, label = null] = CODES[original ?? ''] ?? [];
    const rule = code === null ? 'unmapped' : 'exact';
    return { entity, attribute, original, code, label, rule, tableVersion: '1' };
  };
  return [
    value('patient', 'sex', sex),
    value('series', 'modality', modality),
    value('series', 'body_part', bodyPart),
    value('series', 'manufacturer', manufacturer),
  ];
}

/** A catalogue with the given objects in it, one second apart. */
export function indexOf(...descriptions: readonly InstanceDescription[]): {
  database: SqliteDatabase;
  catalogue: Catalogue;
} {
  const database = openIndex();
  let seconds = 0;
  const catalogue = new Catalogue(database, () => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds++)));
  for (const one of descriptions) catalogue.add(one, valuesOf(one), fileOf(one));
  return { database, catalogue };
}

/** Three patients: breast MR, lung CT with a segmentation, lung CT. */
export const THREE_PATIENTS: readonly InstanceDescription[] = [
  description(),
  description({ instanceUid: '2.25.1.1.2', instanceNumber: 2 }),
  description({ instanceUid: '2.25.1.1.3', instanceNumber: 3 }),
  description({
    patientId: 'GH-0000000000000002',
    sex: 'M',
    ageYears: 61,
    studyUid: '2.25.2',
    studyDescription: 'CT Thorax 100%',
    seriesUid: '2.25.2.1',
    modality: 'CT',
    bodyPart: 'LUNG',
    manufacturer: 'PHILIPS',
    instanceUid: '2.25.2.1.1',
  }),
  description({
    patientId: 'GH-0000000000000002',
    sex: 'M',
    ageYears: 61,
    studyUid: '2.25.2',
    seriesUid: '2.25.2.2',
    seriesNumber: 2,
    modality: 'KO',
    bodyPart: null,
    manufacturer: null,
    seriesDescription: null,
    instanceUid: '2.25.2.2.1',
    rows: null,
    columns: null,
  }),
  description({
    patientId: 'GH-0000000000000003',
    sex: 'M',
    ageYears: 68,
    studyUid: '2.25.3',
    studyDescription: null,
    seriesUid: '2.25.3.1',
    modality: 'CT',
    bodyPart: 'LUNG',
    manufacturer: 'SIEMENS',
    instanceUid: '2.25.3.1.1',
  }),
];

/** What was done to an object of these tests. */
export const TREATMENT: Treatment = {
  profile: 'eucaim',
  profileVersion: '2',
  profileHash: 'profile-1',
  edition: 'PS3.15 2024b',
  claimedCodes: [{ code: '113100', meaning: 'Basic Application Confidentiality Profile' }],
  actions: [{ path: '(0010,0010)', action: 'pseudonym', rule: 'written by the profile', count: 1 }],
  disagreements: [],
  overrides: [],
};
