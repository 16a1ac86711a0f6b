/** Files sorted into series, by their headers alone. */
import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { DicomParseError } from '../../dicom/parse-error.ts';
import { readPart10 } from '../../dicom/part10-reader.ts';
import { isSegmentation } from './segmentation.ts';

const AFTER_SERIES_UID = 0x0020000f;
/** PS3.5 §9.1, leniently; it becomes part of file names. */
const UID = /^\d[\d.]{0,63}$/;

export interface SegmentationFile {
  readonly file: string;
  readonly sopInstanceUid: string;
  /** SeriesInstanceUID of the images it was drawn on (PS3.3 C.8.20.2, Common Instance Reference); undefined when not stated. */
  readonly drawnOn: string | undefined;
}

export interface SortedFiles {
  /** Files by SeriesInstanceUID, in the order given; without segmentations. */
  readonly series: ReadonlyMap<string, readonly string[]>;
  readonly segmentations: readonly SegmentationFile[];
  /** Files that are no DICOM object of a series. */
  readonly others: number;
  /** Files that do not say that they were de-identified (PatientIdentityRemoved, PS3.3 C.7.1.1). */
  readonly unmarked: number;
}

/** @throws the operating system's error when a file cannot be read */
export async function sortIntoSeries(files: readonly string[]): Promise<SortedFiles> {
  const series = new Map<string, string[]>();
  const segmentations: SegmentationFile[] = [];
  let [others, unmarked] = [0, 0];
  for (const file of files) {
    const head = await headOf(file);
    const uid = head?.string(tagOf('SeriesInstanceUID')) ?? '';
    const sopInstanceUid = head?.string(tagOf('SOPInstanceUID')) ?? '';
    if (head === undefined || !UID.test(uid) || !UID.test(sopInstanceUid)) {
      others += 1;
      continue;
    }
    if (head.string(tagOf('PatientIdentityRemoved')) !== 'YES') unmarked += 1;
    if (isSegmentation(head)) {
      const [reference] = head.items(tagOf('ReferencedSeriesSequence'));
      segmentations.push({ file, sopInstanceUid, drawnOn: reference?.string(tagOf('SeriesInstanceUID')) });
      continue;
    }
    const known = series.get(uid);
    if (known) known.push(file);
    else series.set(uid, [file]);
  }
  return { series, segmentations, others, unmarked };
}

/** The elements up to the series' UID; undefined when the file is no DICOM object. */
async function headOf(file: string): Promise<DataSet | undefined> {
  try {
    const { dataSet, close } = await readPart10(file, { tolerant: true, stopBefore: AFTER_SERIES_UID });
    await close();
    return dataSet;
  } catch (error) {
    if (error instanceof DicomParseError) return undefined;
    throw error;
  }
}
