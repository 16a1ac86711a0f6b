/** Whose object a file is, read no further than that takes. */
import type { DataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import { DicomParseError } from '../dicom/parse-error.ts';
import { type Part10Object, type ReadOptions, readPart10 } from '../dicom/part10-reader.ts';
import type { PatientKey } from '../vault/pseudonymiser.ts';

const PATIENT_ID = tagOf('PatientID');
const ISSUER = tagOf('IssuerOfPatientID');

/** The patient whom a data set names; undefined where it has no Patient ID. */
export function patientOf(dataSet: DataSet): PatientKey | undefined {
  const patientId = dataSet.string(PATIENT_ID);
  return patientId === undefined ? undefined : { patientId, issuer: dataSet.string(ISSUER) };
}

/**
 * The patient as de-identification sees the object: the same reader, the same values. Undefined where it cannot be read
 * or has no Patient ID.
 * @param temporary where the copy of a deflated data set may stand for a moment
 * @throws the system's error when the file cannot be read at all
 */
export async function patientOfFile(
  file: string,
  temporary: Pick<ReadOptions, 'temporaryFolder' | 'temporaryName'>,
): Promise<PatientKey | undefined> {
  const read = async (options: Pick<ReadOptions, 'stopBefore'>): Promise<PatientKey | undefined> => {
    let object: Part10Object | undefined;
    try {
      object = await readPart10(file, { tolerant: true, blocking: true, ...temporary, ...options });
      return patientOf(object.dataSet);
    } catch (error) {
      if (error instanceof DicomParseError) return undefined;
      throw error;
    } finally {
      await object?.close();
    }
  };
  // Where elements are out of order the ID may stand further down.
  return (await read({ stopBefore: ISSUER + 1 })) ?? (await read({}));
}
