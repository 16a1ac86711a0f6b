/** Delimited text: encoding and delimiter are recognised, or checked where a person states them. */
import { ClinicalFileError } from '../finding.ts';
import type { SourceFile } from '../source-table.ts';
import { csvRecords, type Delimiter, recogniseDelimiter } from './csv-records.ts';
import { tableOfRecords } from './header.ts';
import { decodeText, type Encoding } from './text-encoding.ts';

export interface CsvOptions {
  /** As a person states it; recognised where not. */
  readonly encoding?: Encoding | undefined;
  readonly delimiter?: Delimiter | undefined;
}

const NAMES: Record<Delimiter, string> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'vertical bar' };

/** @throws ClinicalFileError where it is not delimited text of one head and lines of its width */
export function readCsv(bytes: Uint8Array, options: CsvOptions = {}): SourceFile {
  const decoded = decodeText(bytes, options.encoding);
  // A line of its own with which spreadsheets state their delimiter; left empty so that lines keep their numbers.
  const stated = /^\ufeff?sep=(.)\r?\n/u.exec(decoded.text)?.[1] as Delimiter | undefined;
  const text = decoded.text.replace(/^\ufeff/u, '').replace(/^sep=./u, '');
  if (text.trim() === '') throw new ClinicalFileError('empty-file', 'The file is empty.');
  const delimiter = options.delimiter ?? stated ?? recogniseDelimiter(text);
  if (delimiter === undefined) {
    throw new ClinicalFileError(
      'wrong-delimiter',
      'No delimiter (comma, semicolon, tab or vertical bar) divides the lines into the same number of cells. State the delimiter, or save the file again.',
      { part: null, line: 1, column: null, text: 'line 1' },
    );
  }
  const records = csvRecords(text, delimiter);
  if ((records[0]?.cells.length ?? 0) < 2) {
    throw new ClinicalFileError(
      'wrong-delimiter',
      `with the delimiter ${NAMES[delimiter]} this line is one single cell. State another delimiter.`,
      { part: null, line: records[0]?.line ?? 1, column: null, text: `line ${records[0]?.line ?? 1}` },
    );
  }
  const { table, findings } = tableOfRecords('csv', null, records);
  return {
    format: 'csv',
    recognised: [
      { what: 'encoding', value: decoded.encoding },
      { what: 'delimiter', value: NAMES[delimiter] },
    ],
    tables: [table],
    findings: [...decoded.findings, ...findings],
  };
}
