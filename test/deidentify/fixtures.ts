/** An engine with a fixed secret, and small CT objects to feed it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AttributeTypes } from '../../node-agent/deidentify/attribute-types.ts';
import { ConfidentialityTable } from '../../node-agent/deidentify/confidentiality-table.ts';
import { DeidentificationEngine } from '../../node-agent/deidentify/engine.ts';
import { optionNamed } from '../../node-agent/deidentify/options.ts';
import type { Deidentification, Deidentified } from '../../node-agent/deidentify/outcome.ts';
import { readProfileText } from '../../node-agent/deidentify/profile/profile-reader.ts';
import { Profile } from '../../node-agent/deidentify/profile.ts';
import { characterSetOf } from '../../node-agent/dicom/character-set.ts';
import type { DataElement, DataSet, Encoding } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { bytesElement, makeDataSet, numberElement, textElement } from '../../node-agent/dicom/element.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { writePart10 } from '../../node-agent/dicom/part10-writer.ts';
import { EXPLICIT_VR_LITTLE_ENDIAN } from '../../node-agent/dicom/uids.ts';
import { Pseudonymiser } from '../../node-agent/vault/pseudonymiser.ts';

export const ENCODING: Encoding = { explicit: true, littleEndian: true };
export const CT = '1.2.840.10008.5.1.4.1.1.2';
export const PSEUDONYMISER = new Pseudonymiser(new Uint8Array(32).fill(7));
export const TABLES = { confidentiality: new ConfidentialityTable(), types: new AttributeTypes() };
export const PATIENT = { patientId: 'MRN-4711-0815' };
export const UIDS = {
  study: '1.2.276.0.7230010.3.1.2.1000.1',
  series: '1.2.276.0.7230010.3.1.3.1000.2',
  instance: '1.2.276.0.7230010.3.1.4.1000.3',
  frame: '1.2.276.0.7230010.3.1.5.1000.4',
};

export function engine(profile = Profile.shipped('eucaim')): DeidentificationEngine {
  return new DeidentificationEngine({ pseudonymiser: PSEUDONYMISER, profile, tables: TABLES });
}

/** The lines of a site's own profile, to be changed by the test. */
export const SITE_PROFILE = {
  name: 'our-site',
  version: '1',
  title: 'The profile of a hospital',
  edition: TABLES.confidentiality.edition,
  source: 'the radiology department',
  extends: 'basic',
};

/** A profile with these lines besides, or instead of, those of `SITE_PROFILE`. @throws ProfileError */
export function siteProfile(lines: Readonly<Record<string, unknown>>): Profile {
  return new Profile(readProfileText(JSON.stringify({ ...SITE_PROFILE, ...lines }, null, 2), 'our-site.json'));
}

/** Options by name, with their codes of CID 7050. */
export function optionLines(...names: readonly string[]): { option: string; code: string }[] {
  return names.map((option) => ({ option, code: optionNamed(option)?.code ?? '' }));
}

/** A text element by keyword. */
export function text(keyword: string, vr: string, value: string, characterSet?: string): DataElement {
  return textElement(
    ENCODING,
    tagOf(keyword),
    vr,
    value,
    characterSetOf(characterSet === undefined ? [] : [characterSet]),
  );
}

/** A small CT of an invented patient; elements given by the test replace those with the same tag. */
export function ctElements(...extra: readonly DataElement[]): DataElement[] {
  const pixels = Uint8Array.from({ length: 128 }, (_, index) => (index * 37) & 0xff);
  const elements = [
    text('ImageType', 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'),
    text('SOPClassUID', 'UI', CT),
    text('SOPInstanceUID', 'UI', UIDS.instance),
    text('StudyDate', 'DA', '20200315'),
    text('StudyTime', 'TM', '101500'),
    text('AccessionNumber', 'SH', 'ACC-778899'),
    text('Modality', 'CS', 'CT'),
    text('Manufacturer', 'LO', 'SIEMENS'),
    text('ReferringPhysicianName', 'PN', 'Papadopoulos^Eleni'),
    text('PatientName', 'PN', 'Brandstetter^Ottilie'),
    text('PatientID', 'LO', PATIENT.patientId),
    text('PatientBirthDate', 'DA', '19580312'),
    text('PatientSex', 'CS', 'F'),
    text('BodyPartExamined', 'CS', 'CHEST'),
    text('StudyInstanceUID', 'UI', UIDS.study),
    text('SeriesInstanceUID', 'UI', UIDS.series),
    text('StudyID', 'SH', ''),
    text('FrameOfReferenceUID', 'UI', UIDS.frame),
    numberElement(ENCODING, tagOf('Rows'), 'US', [8]),
    numberElement(ENCODING, tagOf('Columns'), 'US', [8]),
    numberElement(ENCODING, tagOf('BitsAllocated'), 'US', [16]),
    bytesElement(tagOf('PixelData'), 'OW', pixels),
  ];
  const replaced = new Set(extra.map(({ tag }) => tag));
  return [...elements.filter(({ tag }) => !replaced.has(tag)), ...extra].sort((left, right) => left.tag - right.tag);
}

export interface Written {
  readonly source: string;
  readonly target: string;
}

/** Writes the elements as a file in the folder. */
export async function writeSource(
  folder: string,
  elements: readonly DataElement[],
  transferSyntaxUid = EXPLICIT_VR_LITTLE_ENDIAN,
): Promise<Written> {
  const source = join(folder, 'source.dcm');
  const dataSet: DataSet = makeDataSet(ENCODING, elements);
  await writePart10(source, {
    meta: [
      text('MediaStorageSOPClassUID', 'UI', dataSet.string(tagOf('SOPClassUID')) ?? ''),
      text('MediaStorageSOPInstanceUID', 'UI', dataSet.string(tagOf('SOPInstanceUID')) ?? ''),
      text('TransferSyntaxUID', 'UI', transferSyntaxUid),
      text('SourceApplicationEntityTitle', 'AE', 'CTWARD3NORTH'),
    ],
    dataSet,
    transferSyntaxUid,
    source: writeEmpty(folder),
  });
  return { source, target: join(folder, 'target.dcm') };
}

/** Fails the test with the reason when the object was set aside. */
export function requireDeidentified(outcome: Deidentification): Deidentified {
  if (outcome.kind === 'deidentified') return outcome;
  throw new Error(outcome.kind === 'quarantined' ? `${outcome.cause}: ${outcome.detail}` : outcome.rule);
}

/** De-identifies these elements and reads what came of them; fails the test when they were set aside. */
export async function cleaned(folder: string, elements: readonly DataElement[], by = engine()): Promise<DataSet> {
  const { source, target } = await writeSource(folder, elements);
  requireDeidentified(await by.deidentifyAndVerify(source, target));
  const { dataSet, close } = await readPart10(target);
  await close();
  return dataSet;
}

function writeEmpty(folder: string): string {
  const path = join(folder, 'nothing');
  writeFileSync(path, '');
  return path;
}
