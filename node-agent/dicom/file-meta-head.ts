/** File Meta Information from the beginning of a file that is still on its way (PS3.10 §7.1). */
import type { DataSet } from './data-set.ts';
import { DataSetParser } from './data-set-parser.ts';
import { readFileMeta, readFileStart } from './file-meta-reader.ts';
import { Findings } from './findings.ts';
import { DicomParseError } from './parse-error.ts';
import { DEFAULT_READ_LIMITS } from './read-limits.ts';
import { WindowedFile } from './windowed-file.ts';

export interface FileMetaHead {
  /** Group 0002; undefined when there is none. */
  readonly meta: DataSet | undefined;
  /** Where the data set begins, as `readPart10` will say of the whole file. */
  readonly dataSetOffset: number;
}

/**
 * Reads as tolerantly as files are imported.
 * @param bytes the beginning of the file; as much as File Meta Information may take
 * @returns undefined when this is no DICOM file, or the group does not end within the bytes
 */
export async function fileMetaOf(bytes: Uint8Array<ArrayBuffer>): Promise<FileMetaHead | undefined> {
  const file = WindowedFile.over(bytes);
  const findings = new Findings();
  try {
    const { offset } = await readFileStart(file, true, findings);
    return await readFileMeta(file, new DataSetParser(file, DEFAULT_READ_LIMITS, findings, true), offset, findings);
  } catch (error) {
    if (error instanceof DicomParseError) return undefined;
    throw error;
  }
}
