/**
 * Reads a DICOMDIR: which files a medium says it holds (PS3.3 annex F, PS3.10 §8.6). The records are followed by their
 * offsets; what does not hold together is not followed at all, and the folder itself says what is there.
 */
import type { DataSet, SequenceItem } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { DicomParseError } from '../../dicom/parse-error.ts';
import { readPart10 } from '../../dicom/part10-reader.ts';

export interface ReferencedFile {
  /** See `fileKey`; relative to the folder of the DICOMDIR. May name a patient: for comparing only. */
  readonly key: string;
  /** Which record it is, in words without identifiers. */
  readonly record: string;
  readonly sopInstanceUid: string | undefined;
}

export type MediaDirectory =
  | { readonly files: readonly ReferencedFile[]; readonly objection?: never }
  /** Why the records cannot be followed, as a sentence without identifiers. */
  | { readonly objection: string; readonly files?: never };

const RECORDS = tagOf('DirectoryRecordSequence');
const FIRST_ROOT = tagOf('OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity');
const LAST_ROOT = tagOf('OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity');
const NEXT = tagOf('OffsetOfTheNextDirectoryRecord');
const LOWER = tagOf('OffsetOfReferencedLowerLevelDirectoryEntity');
const IN_USE = tagOf('RecordInUseFlag');
const TYPE = tagOf('DirectoryRecordType');
const FILE_ID = tagOf('ReferencedFileID');
const FILE_UID = tagOf('ReferencedSOPInstanceUIDInFile');
/** PS3.10 §8.6: 0000H, the record and all below it are to be passed over. */
const INACTIVE = 0;

const FALL_BACK = 'The files of the folder were imported without it.';

class DirectoryObjection extends Error {}

/** @throws the operating system's error when the file cannot be read */
export async function readMediaDirectory(path: string, temporaryFolder: string): Promise<MediaDirectory> {
  try {
    const object = await readPart10(path, { tolerant: true, temporaryFolder });
    await object.close();
    return { files: referencedFiles(object.dataSet) };
  } catch (error) {
    if (error instanceof DirectoryObjection) return { objection: `${error.message} ${FALL_BACK}` };
    if (error instanceof DicomParseError)
      return { objection: `The DICOMDIR is damaged and cannot be read. ${FALL_BACK}` };
    throw error;
  }
}

/**
 * What a path is compared by: media are read by systems that know names in capitals, small, and with a version behind
 * them (ISO 9660, ECMA-119 §7.5.1).
 */
export function fileKey(components: readonly string[]): string {
  return components.map((name) => name.toLowerCase().replace(/;\d+$/, '').replace(/\.$/, '')).join('/');
}

/** Whether a file of this name is the directory of its folder, if it is one at all. */
export function isDirectoryName(name: string): boolean {
  return fileKey([name]) === 'dicomdir';
}

function referencedFiles(directory: DataSet): ReferencedFile[] {
  const value = directory.get(RECORDS)?.value;
  const items = value?.kind === 'sequence' ? value.items : [];
  const followed = follow(items, directory);
  return items.flatMap(({ dataSet }, index) => {
    const components = dataSet.strings(FILE_ID);
    if (!followed.has(index) || components.length === 0) return [];
    const record = recordInWords(dataSet, index);
    if (components.some(leadsAway)) {
      throw new DirectoryObjection(`The DICOMDIR names a file outside its own folder (${record}).`);
    }
    return [{ key: fileKey(components), record, sopInstanceUid: dataSet.string(FILE_UID) }];
  });
}

/** @returns the indexes of the records that are in use and reached by the offsets. @throws DirectoryObjection */
function follow(items: readonly SequenceItem[], directory: DataSet): Set<number> {
  const byOffset = new Map(items.map(({ offset }, index) => [offset, index]));
  const reached = new Set<number>();
  const inUse = new Set<number>();
  /** First records of entities that are still to be followed. */
  const entities = [{ first: directory.number(FIRST_ROOT) ?? 0, active: true, isRoot: true }];
  for (let entity = entities.pop(); entity; entity = entities.pop()) {
    const { first, active, isRoot } = entity;
    let last = 0;
    for (let offset = first; offset !== 0; ) {
      const index = byOffset.get(offset);
      const item = index === undefined ? undefined : items[index];
      if (index === undefined || !item)
        throw new DirectoryObjection('The records of the DICOMDIR point beside each other.');
      if (reached.has(index)) throw new DirectoryObjection('The records of the DICOMDIR lead back to themselves.');
      reached.add(index);
      const { dataSet } = item;
      const isActive = active && dataSet.number(IN_USE) !== INACTIVE;
      if (isActive) inUse.add(index);
      const lower = dataSet.number(LOWER) ?? 0;
      if (lower !== 0) entities.push({ first: lower, active: isActive, isRoot: false });
      last = offset;
      offset = dataSet.number(NEXT) ?? 0;
    }
    const stated = directory.number(LAST_ROOT);
    if (isRoot && stated !== undefined && stated !== last) throw unreached();
  }
  // A record that was taken out may be left in the file without being in use.
  const forgotten = items.some(({ dataSet }, index) => !reached.has(index) && dataSet.number(IN_USE) !== INACTIVE);
  if (forgotten) throw unreached();
  return inUse;
}

function unreached(): DirectoryObjection {
  return new DirectoryObjection('The DICOMDIR has records that its offsets do not lead to.');
}

function leadsAway(component: string): boolean {
  return component === '' || /^\.+$/.test(component) || /[/\\:\0]/.test(component);
}

/** The type is a term of the standard (PS3.3 table F.3-3); whatever else stands there is not repeated. */
function recordInWords(record: DataSet, index: number): string {
  const type = record.string(TYPE) ?? '';
  return KNOWN_TYPES.has(type) ? `record ${index + 1}, ${type}` : `record ${index + 1}`;
}

const KNOWN_TYPES: ReadonlySet<string> = new Set([
  ...['IMAGE', 'RT DOSE', 'RT STRUCTURE SET', 'RT PLAN', 'RT TREAT RECORD', 'PRESENTATION', 'WAVEFORM', 'SR DOCUMENT'],
  ...[
    'KEY OBJECT DOC',
    'SPECTROSCOPY',
    'RAW DATA',
    'REGISTRATION',
    'FIDUCIAL',
    'ENCAP DOC',
    'VALUE MAP',
    'STEREOMETRIC',
  ],
  ...['SURFACE', 'SURFACE SCAN', 'TRACT', 'MEASUREMENT', 'PLAN', 'PRIVATE'],
]);
