/** Where a de-identified object lives in the data folder. */
import { CatalogueError } from './errors.ts';

const SAFE_UID = /^[0-9][0-9.]{0,63}$/u;
/** Starts with a letter or digit, so that no name is `.`, `..` or an option of a command. */
const SAFE_PATIENT_ID = /^[0-9A-Za-z][0-9A-Za-z_-]{0,63}$/u;

interface PlacedObject {
  readonly patientId: string;
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly instanceUid: string;
}

/**
 * `objects/<patient>/<study>/<series>/<instance>.dcm`, relative to the data folder, with `/` on every platform.
 * @throws CatalogueError `unsafe-identifier` when an identifier is not a pseudonym or a valid UID
 */
export function objectPath(object: PlacedObject): string {
  const patient = safe('patient ID', object.patientId, SAFE_PATIENT_ID);
  const study = safe('Study Instance UID', object.studyUid, SAFE_UID);
  const series = safe('Series Instance UID', object.seriesUid, SAFE_UID);
  const instance = safe('SOP Instance UID', object.instanceUid, SAFE_UID);
  return `objects/${patient}/${study}/${series}/${instance}.dcm`;
}

function safe(name: string, value: string, allowed: RegExp): string {
  if (allowed.test(value)) return value;
  throw new CatalogueError(
    'unsafe-identifier',
    `The ${name} of the de-identified object has characters that are not allowed in a file name. Check the de-identification profile; it has to replace this identifier.`,
  );
}
