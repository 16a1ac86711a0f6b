/**
 * Reads a table as people save it: UTF-8 text with a line of column names, values between commas, semicolons or tabs and
 * quotation marks where needed (RFC 4180). Lines before it that begin with `#` say what the table is: `# version: 2027.1`.
 */
import { TableError, TableProblems } from './table-problem.ts';

export interface TableRow {
  /** Where it begins in the file, from 1. */
  readonly line: number;
  /** By column; '' where the file says nothing. */
  readonly cells: ReadonlyMap<string, string>;
}

export interface TableFile {
  /** What the lines with `#` say, by lower-case name. */
  readonly facts: ReadonlyMap<string, string>;
  readonly columns: readonly string[];
  /** The line of the column names. */
  readonly headerLine: number;
  readonly rows: readonly TableRow[];
}

export const MOST_BYTES = 16 * 1024 * 1024;
const MOST_ROWS = 200_000;
const LONGEST_CELL = 4_000;
const DELIMITERS = [',', ';', '\t'] as const;
const FACT = /^#\s*([A-Za-z][A-Za-z -]*?)\s*:\s*(.*)$/u;

/**
 * The rows of a file, its column names in lower case. Problems of single lines go to `problems`.
 * @throws TableError where it cannot be read as a table at all
 */
export function readTableFile(bytes: Uint8Array, problems: TableProblems): TableFile {
  const records = recordsOf(textOf(bytes));
  const facts = new Map<string, string>();
  let header: { line: number; text: string } | undefined;
  let rest: RawRecord[] = [];
  for (const [index, record] of records.entries()) {
    const text = record.text.trim();
    if (text === '') continue;
    if (!text.startsWith('#')) {
      header = { line: record.line, text: record.text };
      rest = records.slice(index + 1);
      break;
    }
    // A spreadsheet fills the line up with delimiters, and puts it between quotation marks.
    const [, name, value] = FACT.exec(text.replace(/[,;\t]+$/u, '')) ?? [];
    if (name) facts.set(name.toLowerCase().replaceAll(' ', '-'), (value ?? '').trim());
  }
  if (!header) throw wholeFile('There is no line with the names of the columns. Begin the table with "code,label".');
  const delimiter = delimiterOf(header.text);
  const columns = (cellsOf(header.text, delimiter) ?? []).map((name) => name.trim().toLowerCase());
  for (const [index, column] of columns.entries()) {
    if (columns.indexOf(column) !== index) problems.add(header.line, column, 'the column stands here twice.');
  }
  const rows = rest.flatMap((record) => rowOf(record, columns, delimiter, problems));
  if (rows.length > MOST_ROWS) throw wholeFile(`It has more than ${MOST_ROWS} lines; a table has fewer.`);
  return { facts, columns, headerLine: header.line, rows };
}

/** The parts of a cell that may hold several, e.g. `BP1000067|BP1000173`. */
export function partsOf(cell: string): string[] {
  return cell
    .split('|')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

interface RawRecord {
  readonly line: number;
  readonly text: string;
}

function textOf(bytes: Uint8Array): string {
  if (bytes.length > MOST_BYTES) throw wholeFile(`It is larger than ${MOST_BYTES / 1024 / 1024} MB.`);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw wholeFile('It is UTF-16. Save it as "CSV UTF-8" and try again.');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw notUtf8(bytes);
  }
}

function notUtf8(bytes: Uint8Array): TableError {
  const problems = new TableProblems();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const found = bytes.indexOf(0x0a, start);
    const end = found === -1 ? bytes.length : found;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      problems.add(line, null, 'it is not UTF-8. Save the file as "CSV UTF-8" and try again.');
    }
    start = end + 1;
  }
  return new TableError(problems.list, problems.count);
}

/** Lines; a line break between quotation marks does not end one. */
function recordsOf(text: string): RawRecord[] {
  const records: RawRecord[] = [];
  let open = '';
  let openedAt = 0;
  for (const [index, line] of text.split(/\r\n|\n|\r/u).entries()) {
    const whole = open === '' ? line : `${open}\n${line}`;
    if (open === '') openedAt = index + 1;
    const balanced = (whole.split('"').length - 1) % 2 === 0;
    // A quotation mark that is never closed would swallow the file: it may go over a few lines.
    if (balanced || index + 1 - openedAt >= 20) {
      records.push({ line: openedAt, text: whole });
      open = '';
    } else open = whole;
  }
  if (open !== '') records.push({ line: openedAt, text: open });
  return records;
}

function delimiterOf(header: string): string {
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length);
  const most = Math.max(...counts);
  return DELIMITERS[counts.indexOf(most)] ?? ',';
}

function rowOf(record: RawRecord, columns: readonly string[], delimiter: string, problems: TableProblems): TableRow[] {
  if (record.text.replaceAll(delimiter, '').trim() === '') return [];
  const { line } = record;
  const values = cellsOf(record.text, delimiter);
  if (!values) {
    problems.add(line, null, 'a quotation mark is not closed, or stands within a value.');
    return [];
  }
  if (values.length !== columns.length) {
    const named = { ',': 'commas', ';': 'semicolons', '\t': 'tabs' }[delimiter];
    problems.add(line, null, `there are ${values.length} values between ${named}, but ${columns.length} columns.`);
    return [];
  }
  const cells = new Map<string, string>();
  for (const [index, value] of values.entries()) {
    const column = columns[index] ?? '';
    cells.set(column, value.trim());
    if (/\p{Cc}/u.test(value.trim())) problems.add(line, column, 'there is a line break or control character in it.');
    if (value.length > LONGEST_CELL) problems.add(line, column, `it has more than ${LONGEST_CELL} characters.`);
  }
  return [{ line, cells }];
}

/** The values of a line; undefined where its quotation marks make no sense. */
function cellsOf(text: string, delimiter: string): string[] | undefined {
  const cells: string[] = [];
  const cell = new RegExp(`(?:\\s*"((?:[^"]|"")*)"\\s*|([^"${delimiter}]*))(${delimiter}|$)`, 'uy');
  for (;;) {
    const found = cell.exec(text);
    if (!found) return undefined;
    cells.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (found[3] === '') return cells;
  }
}

function wholeFile(sentence: string): TableError {
  return new TableError([{ line: null, column: null, sentence }]);
}
