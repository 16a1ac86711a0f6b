/** Files sorted into series, by their headers alone. */
import { tagOf } from '../../dicom/dictionary.ts';
import { DicomParseError } from '../../dicom/parse-error.ts';
import { readPart10 } from '../../dicom/part10-reader.ts';

const AFTER_SERIES_UID = 0x0020000f;
/** PS3.5 §9.1, leniently; it becomes part of file names. */
const UID = /^\d[\d.]{0,63}$/;

export interface SortedFiles {
  /** Files by SeriesInstanceUID, in the order given. */
  readonly series: ReadonlyMap<string, readonly string[]>;
  /** Files that are no DICOM object of a series. */
  readonly others: number;
  /** Files that do not say that they were de-identified (PatientIdentityRemoved, PS3.3 C.7.1.1). */
  readonly unmarked: number;
}

/** @throws the operating system's error when a file cannot be read */
export async function sortIntoSeries(files: readonly string[]): Promise<SortedFiles> {
  const series = new Map<string, string[]>();
  let [others, unmarked] = [0, 0];
  for (const file of files) {
    const head = await headOf(file);
    if (head?.seriesInstanceUid === undefined || !UID.test(head.seriesInstanceUid)) {
      others += 1;
      continue;
    }
    if (!head.isMarked) unmarked += 1;
    const known = series.get(head.seriesInstanceUid);
    if (known) known.push(file);
    else series.set(head.seriesInstanceUid, [file]);
  }
  return { series, others, unmarked };
}

async function headOf(
  file: string,
): Promise<{ readonly seriesInstanceUid: string | undefined; readonly isMarked: boolean } | undefined> {
  try {
    const { dataSet, close } = await readPart10(file, { tolerant: true, stopBefore: AFTER_SERIES_UID });
    await close();
    return {
      seriesInstanceUid: dataSet.string(tagOf('SeriesInstanceUID')),
      isMarked: dataSet.string(tagOf('PatientIdentityRemoved')) === 'YES',
    };
  } catch (error) {
    if (error instanceof DicomParseError) return undefined;
    throw error;
  }
}
