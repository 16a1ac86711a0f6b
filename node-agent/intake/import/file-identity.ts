/** What a file in a folder is, as far as the intake has to know: the pipeline reads the rest. */
import { open } from 'node:fs/promises';
import { tagOf } from '../../dicom/dictionary.ts';
import { DicomParseError } from '../../dicom/parse-error.ts';
import { readPart10 } from '../../dicom/part10-reader.ts';

export type FileIdentity =
  | {
      readonly kind: 'object';
      readonly sopInstanceUid: string | undefined;
      readonly sopClassUid: string | undefined;
      /** Where it was asked for and is there. */
      readonly studyInstanceUid: string | undefined;
      readonly transferSyntaxUid: string;
      /** Where the data set begins in the file. */
      readonly dataSetOffset: number;
    }
  /** It says it is DICOM but cannot be read; kept, so that the pipeline quarantines it with the cause. */
  | { readonly kind: 'damaged' }
  /** The directory of a medium (PS3.10 §8); it lists objects and is none. */
  | { readonly kind: 'dicomdir' }
  | { readonly kind: 'not-dicom' };

const MEDIA_STORAGE_DIRECTORY = '1.2.840.10008.1.3.10';
const MEDIA_STORAGE_SOP_CLASS_UID = tagOf('MediaStorageSOPClassUID');
const MEDIA_STORAGE_SOP_INSTANCE_UID = tagOf('MediaStorageSOPInstanceUID');
const SOP_CLASS_UID = tagOf('SOPClassUID');
const SOP_INSTANCE_UID = tagOf('SOPInstanceUID');
const STUDY_INSTANCE_UID = tagOf('StudyInstanceUID');
const PREFIX_OFFSET = 128;
const PREFIX = 'DICM';

/**
 * Reads no further than the SOP Instance UID, or than the Study Instance UID where that is asked for.
 * @param temporaryFolder where the copy of a deflated data set may stand for a moment
 * @throws the operating system's error when the file cannot be read
 */
export async function identifyFile(path: string, temporaryFolder: string, withStudy = false): Promise<FileIdentity> {
  const last = withStudy ? STUDY_INSTANCE_UID : SOP_INSTANCE_UID;
  try {
    const object = await readPart10(path, { tolerant: true, stopBefore: last + 1, temporaryFolder });
    await object.close();
    const { meta, dataSet, transferSyntaxUid, dataSetOffset } = object;
    const mediaClass = meta?.string(MEDIA_STORAGE_SOP_CLASS_UID);
    if (mediaClass === MEDIA_STORAGE_DIRECTORY) return { kind: 'dicomdir' };
    return {
      kind: 'object',
      sopInstanceUid: dataSet.string(SOP_INSTANCE_UID) ?? meta?.string(MEDIA_STORAGE_SOP_INSTANCE_UID),
      sopClassUid: dataSet.string(SOP_CLASS_UID) ?? mediaClass,
      studyInstanceUid: dataSet.string(STUDY_INSTANCE_UID),
      transferSyntaxUid,
      dataSetOffset,
    };
  } catch (error) {
    if (!(error instanceof DicomParseError)) throw error;
    return error.reason === 'not-dicom' && !(await hasPrefix(path)) ? { kind: 'not-dicom' } : { kind: 'damaged' };
  }
}

async function hasPrefix(path: string): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(PREFIX.length), 0, PREFIX.length, PREFIX_OFFSET);
    return buffer.toString('latin1', 0, bytesRead) === PREFIX;
  } finally {
    await handle.close();
  }
}
