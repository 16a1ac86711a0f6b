/** Records of delimited text (RFC 4180), each with the line it begins in. */
import { ClinicalFileError } from '../finding.ts';

export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

const RECORDS_TO_JUDGE = 50;

/**
 * Splits text into records; line ends of every system, quotes doubled inside quotes, empty lines left out.
 * @param most stops after so many records
 * @throws ClinicalFileError with the line of a quote that is not closed, or that text follows
 */
export function csvRecords(text: string, delimiter: Delimiter, most = Number.POSITIVE_INFINITY): CsvRecord[] {
  const records: CsvRecord[] = [];
  let cells: string[] = [];
  let [at, line, first] = [0, 1, 1];
  const endRecord = () => {
    if (cells.some((cell) => cell.trim() !== '')) records.push({ line: first, cells });
    cells = [];
  };
  while (at < text.length && records.length < most) {
    if (cells.length === 0) first = line;
    let cell: string;
    if (text[at] === '"') {
      const quoted = readQuoted(text, at, line);
      cell = quoted.text;
      at = quoted.end;
      line = quoted.line;
      const next = text[at];
      if (next !== undefined && next !== delimiter && next !== '\n' && next !== '\r')
        throw new ClinicalFileError(
          'text-behind-quote',
          'text follows a closing quotation mark. Double the quotation marks inside a cell, or check the delimiter.',
          placeOfLine(line),
        );
    } else {
      const start = at;
      while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at += 1;
      cell = text.slice(start, at);
    }
    cells.push(cell);
    const end = text[at];
    at += 1;
    if (end === delimiter) {
      if (at === text.length) cells.push('');
      continue;
    }
    if (end === '\r' && text[at] === '\n') at += 1;
    endRecord();
    line += 1;
  }
  if (cells.length > 0 && records.length < most) endRecord();
  return records;
}

function readQuoted(text: string, start: number, firstLine: number): { text: string; end: number; line: number } {
  let [at, line] = [start + 1, firstLine];
  let content = '';
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) {
      throw new ClinicalFileError(
        'unclosed-quote',
        'a quotation mark is opened here and never closed. Close it, or double it where it belongs to the text.',
        placeOfLine(firstLine),
      );
    }
    const piece = text.slice(at, quote);
    line += piece.match(/\r\n|\r|\n/gu)?.length ?? 0;
    content += piece;
    if (text[quote + 1] !== '"') return { text: content, end: quote + 1, line };
    content += '"';
    at = quote + 2;
  }
}

/** The delimiter with which the first records have the most cells, all alike; undefined where none gives more than one. */
export function recogniseDelimiter(text: string): Delimiter | undefined {
  const judged = DELIMITERS.map((delimiter) => ({ delimiter, columns: columnsWith(text, delimiter) }));
  const best = judged.reduce((one, other) => (other.columns > one.columns ? other : one));
  return best.columns > 1 ? best.delimiter : undefined;
}

/** Cells of the header, times the share of records that have as many. */
function columnsWith(text: string, delimiter: Delimiter): number {
  try {
    const [header, ...records] = csvRecords(text, delimiter, RECORDS_TO_JUDGE);
    if (header === undefined) return 0;
    const alike = records.filter(({ cells }) => cells.length === header.cells.length).length;
    const share = records.length === 0 ? 1 : alike / records.length;
    return share < 0.5 ? 0 : header.cells.length * share;
  } catch (error) {
    if (error instanceof ClinicalFileError) return 0;
    throw error;
  }
}

function placeOfLine(line: number) {
  return { part: null, line, column: null, text: `line ${line}` };
}
