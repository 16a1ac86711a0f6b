/** Reads CSV files of a tree, with the line that each row begins on. */

export interface CsvRow {
  /** From 1, the header line included. */
  readonly line: number;
  readonly cells: readonly string[];
}

export interface CsvFile {
  readonly columns: readonly string[];
  readonly rows: readonly CsvRow[];
  /** What is wrong with the file's form. */
  readonly problems: readonly { readonly line: number; readonly sentence: string }[];
}

/** Parses RFC 4180 with any line ends; never throws. */
export function readCsv(text: string): CsvFile {
  const problems: { line: number; sentence: string }[] = [];
  const rows = splitRows(text.startsWith('\ufeff') ? text.slice(1) : text, problems);
  const [header, ...others] = rows;
  if (header === undefined) return { columns: [], rows: [], problems: [{ line: 1, sentence: 'The file is empty.' }] };
  for (const { line, cells } of others) {
    if (cells.length === header.cells.length) continue;
    problems.push({ line, sentence: `The line has ${cells.length} cells, the header has ${header.cells.length}.` });
  }
  return { columns: header.cells, rows: others, problems };
}

function splitRows(text: string, problems: { line: number; sentence: string }[]): CsvRow[] {
  const rows: CsvRow[] = [];
  let [position, line] = [0, 1];
  while (position < text.length) {
    const begin = line;
    const cells: string[] = [];
    for (;;) {
      const cell = text[position] === '"' ? quotedCell(text, position) : plainCell(text, position);
      cells.push(cell.value);
      line += cell.lines;
      position = cell.next;
      if (cell.problem !== undefined) problems.push({ line, sentence: cell.problem });
      if (text[position] !== ',') break;
      position += 1;
    }
    if (text[position] === '\r') position += 1;
    if (text[position] === '\n') position += 1;
    line += 1;
    if (cells.length > 1 || cells[0] !== '') rows.push({ line: begin, cells });
  }
  return rows;
}

interface Cell {
  readonly value: string;
  /** Where the separator or line end after it stands. */
  readonly next: number;
  readonly lines: number;
  readonly problem?: string;
}

function plainCell(text: string, from: number): Cell {
  let next = from;
  while (next < text.length && text[next] !== ',' && text[next] !== '\n' && text[next] !== '\r') next += 1;
  return { value: text.slice(from, next), next, lines: 0 };
}

function quotedCell(text: string, from: number): Cell {
  let value = '';
  let at = from + 1;
  for (;;) {
    const end = text.indexOf('"', at);
    if (end < 0) {
      const rest = text.slice(at);
      return {
        value: value + rest,
        next: text.length,
        lines: lineEnds(rest),
        problem: 'A quotation mark is not closed.',
      };
    }
    value += text.slice(at, end);
    at = end + 1;
    if (text[at] !== '"') break;
    value += '"';
    at += 1;
  }
  const lines = lineEnds(value);
  const behind = plainCell(text, at);
  if (behind.value === '') return { value, next: at, lines };
  return {
    value: value + behind.value,
    next: behind.next,
    lines,
    problem: 'There is text behind a closing quotation mark.',
  };
}

function lineEnds(text: string): number {
  return text.split('\n').length - 1;
}
