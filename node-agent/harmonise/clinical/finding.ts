/** What is wrong with a clinical file, and where. A finding names places and columns, and never the value that stands there. */

export type FindingCode =
  // the file as a whole
  | 'empty-file'
  | 'too-large'
  | 'wrong-encoding'
  | 'encoding-guessed'
  | 'wrong-delimiter'
  | 'unreadable'
  | 'unclosed-quote'
  | 'no-header'
  | 'column-without-name'
  | 'column-twice'
  | 'column-missing'
  | 'column-not-mapped'
  | 'no-patient-column'
  | 'not-supported'
  | 'left-aside'
  // a line
  | 'wrong-number-of-cells'
  | 'text-behind-quote'
  | 'row-without-patient'
  | 'row-twice'
  | 'row-is-there'
  | 'patient-twice'
  | 'patient-row-missing'
  | 'patient-unknown'
  | 'patient-ambiguous'
  | 'patient-objected'
  | 'patient-not-listed'
  | 'reference-lost'
  | 'identifier-left'
  // a cell
  | 'value-missing'
  | 'value-recommended'
  | 'not-a-number'
  | 'out-of-range'
  | 'unit-unknown'
  | 'not-a-boolean'
  | 'code-unknown'
  | 'date-impossible'
  | 'date-incomplete'
  | 'date-format'
  | 'date-in-future'
  | 'date-before-birth'
  | 'date-order'
  | 'age-contradicts-dates';

/** `error` keeps the line (or the file) out; `warning` and `note` do not. */
export type FindingLevel = 'error' | 'warning' | 'note';

export interface Place {
  /** Sheet of a workbook, resource type of a bundle; null where a file has one table. */
  readonly part: string | null;
  /** Line of a text file, row of a sheet, entry of a bundle, from 1; null for the whole part. */
  readonly line: number | null;
  /** Name of the column as the file has it; null for the whole line. */
  readonly column: string | null;
  /** As a person finds it: `line 12, column "sex"`, `Sheet1!C12`, `entry 4, Condition.code`. */
  readonly text: string;
}

export interface Finding {
  readonly code: FindingCode;
  readonly level: FindingLevel;
  readonly place: Place;
  /** What is wrong and what to do, without the value. */
  readonly message: string;
}

/** The whole file. */
export const WHOLE_FILE: Place = { part: null, line: null, column: null, text: 'the file' };

/** The file cannot be read as a table; nothing of it was looked at any further. */
export class ClinicalFileError extends Error {
  override readonly name = 'ClinicalFileError';
  readonly finding: Finding;

  constructor(code: FindingCode, message: string, place: Place = WHOLE_FILE) {
    super(place === WHOLE_FILE ? message : `${capitalised(place.text)}: ${message}`);
    this.finding = { code, level: 'error', place, message };
  }
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
