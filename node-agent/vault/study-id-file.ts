/**
 * Reads a list of original IDs and study IDs (CSV, RFC 4180): `original_id[,issuer],study_id`. It is read as a whole or not
 * at all, and what is wrong is said by line, never by value.
 */
import type { PatientScope } from './patient-scope.ts';

export interface ListedPatient extends PatientScope {
  readonly studyId: string;
  /** In the file, from 1. */
  readonly line: number;
}

/** What is wrong with a list; the message names lines and holds no identifier. */
export class StudyIdFileError extends Error {
  override readonly name = 'StudyIdFileError';

  constructor(faults: readonly string[]) {
    const more = faults.length > MOST_FAULTS ? [`… and ${faults.length - MOST_FAULTS} more.`] : [];
    super([...faults.slice(0, MOST_FAULTS), ...more, 'Nothing was imported.'].join('\n'));
  }
}

const MOST_FAULTS = 20;
const HEADERS = ['original_id,study_id', 'original_id,issuer,study_id'];
/** As the catalogue takes a patient's folder. */
const STUDY_ID = /^[0-9A-Za-z][0-9A-Za-z_-]{0,63}$/u;
/** PS3.5 §6.2, VR LO: up to 64 characters, no backslash, no control characters. */
const LONG_STRING = /^[^\\\p{Cc}]{1,64}$/u;

/** @throws StudyIdFileError with every line that is wrong */
export function readStudyIdFile(bytes: Uint8Array): ListedPatient[] {
  const lines = textOf(bytes)
    .replace(/(?:\r?\n)+$/u, '')
    .split(/\r?\n/u);
  const header = lines[0]?.trim().toLowerCase() ?? '';
  if (!HEADERS.includes(header)) {
    throw new StudyIdFileError([`Line 1: the first line must be ${HEADERS.join(' or ')}.`]);
  }
  const columns = header.split(',').length;
  const faults: string[] = [];
  const rows: ListedPatient[] = [];
  for (const [index, text] of lines.entries()) {
    if (index === 0) continue;
    const row = rowOf(text, columns, index + 1);
    if (typeof row === 'string') faults.push(`Line ${index + 1}: ${row}`);
    else rows.push(row);
  }
  faults.push(...contradictions(rows));
  if (rows.length === 0 && faults.length === 0) faults.push('The list has no entry.');
  if (faults.length > 0) throw new StudyIdFileError(faults);
  return rows;
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new StudyIdFileError(['The file is not UTF-8. Save it as "CSV UTF-8" and try again.']);
  }
}

function rowOf(text: string, columns: number, line: number): ListedPatient | string {
  const cells = cellsOf(text);
  if (!cells) return 'a quotation mark is not closed, or stands within a value.';
  if (cells.length !== columns) return `there are ${cells.length} values instead of ${columns}.`;
  const trimmed = cells.map((cell) => cell.trim());
  const [patientId = '', studyId = ''] = [trimmed[0], trimmed.at(-1)];
  const issuer = columns === 3 ? trimmed[1] : '';
  if (patientId === '') return 'the original ID is missing.';
  if (!LONG_STRING.test(patientId))
    return 'the original ID has more than 64 characters, or some that no Patient ID has.';
  if (issuer !== '' && !LONG_STRING.test(issuer ?? '')) return 'the issuer has characters that no issuer has.';
  if (!STUDY_ID.test(studyId)) {
    return 'the study ID must have 1 to 64 of A-Z, a-z, 0-9, - and _, and begin with a letter or digit.';
  }
  // Left empty, the issuer does not matter.
  return { patientId, issuer: issuer || undefined, studyId, line };
}

/** The values of a line; undefined where its quotation marks make no sense. */
function cellsOf(text: string): string[] | undefined {
  const cells: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/uy;
  for (;;) {
    const found = cell.exec(text);
    if (!found) return undefined;
    cells.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (found[3] === '') return cells;
  }
}

function contradictions(rows: readonly ListedPatient[]): string[] {
  const faults: string[] = [];
  const byPatient = new Map<string, number>();
  const byStudyId = new Map<string, number>();
  const originals = new Set(rows.map(({ patientId }) => patientId));
  const first = (known: Map<string, number>, key: string, line: number): number | undefined => {
    const before = known.get(key);
    if (before === undefined) known.set(key, line);
    return before;
  };
  for (const { patientId, issuer, studyId, line } of rows) {
    const patient = first(byPatient, JSON.stringify([patientId, issuer ?? null]), line);
    if (patient !== undefined) faults.push(`Line ${line}: the original ID stands in line ${patient} already.`);
    // Folders of some file systems do not tell capitals from small letters.
    const study = first(byStudyId, studyId.toLowerCase(), line);
    if (study !== undefined) {
      faults.push(`Line ${line}: the study ID stands in line ${study} already (capitals do not make a difference).`);
    }
    if (originals.has(studyId)) faults.push(`Line ${line}: the study ID is an original ID of this list.`);
  }
  return faults;
}
