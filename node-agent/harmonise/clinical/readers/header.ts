/** The head of a table, and its lines brought to the width of the head. */
import { ClinicalFileError, type Finding } from '../finding.ts';
import {
  MOST_CELL_CHARACTERS,
  MOST_COLUMNS,
  MOST_ROWS,
  placeOf,
  type SourceColumn,
  type SourceFormat,
  type SourceRow,
  type SourceTable,
} from '../source-table.ts';

/** Makes a table of records whose first one is the head. Lines of another width are reported and left out. */
export function tableOfRecords(
  format: SourceFormat,
  part: string | null,
  records: readonly SourceRow[],
): { table: SourceTable; findings: Finding[] } {
  const [head, ...rest] = records;
  const prefix = part === null ? '' : `Sheet "${part}": `;
  if (head === undefined) throw new ClinicalFileError('no-header', `${prefix}There is no line of column names.`);
  const names = withoutTrailingEmpty(head.cells.map(tidy));
  checkSize(names.length, rest);
  const findings: Finding[] = [];
  const columns = names.map(
    (name, index): SourceColumn => ({ name: name === '' ? `column ${index + 1}` : name, kind: 'text' }),
  );
  const place = (line: number, column?: string) => placeOf(format, { part, columns }, line, column);
  for (const [index, name] of names.entries()) {
    if (name === '')
      findings.push({
        code: 'column-without-name',
        level: 'warning',
        place: place(head.line, columns[index]?.name),
        message: `Column ${index + 1} has no name and can only be left aside.`,
      });
    if (name !== '' && names.indexOf(name) !== index)
      throw new ClinicalFileError(
        'column-twice',
        `the name of column ${index + 1} stands in the head before already. Give every column a name of its own.`,
        place(head.line, name),
      );
  }
  const rows: SourceRow[] = [];
  for (const { line, cells } of rest) {
    const values = withoutTrailingEmpty(cells.map(tidy), columns.length);
    if (values.length !== columns.length) {
      findings.push({
        code: 'wrong-number-of-cells',
        level: 'error',
        place: place(line),
        message: `This line has ${values.length} cells, the head ${columns.length}. Check its delimiters and quotation marks.`,
      });
      continue;
    }
    rows.push({ line, cells: values });
  }
  return { table: { part, columns, rows }, findings };
}

function checkSize(columns: number, rows: readonly SourceRow[]): void {
  if (columns > MOST_COLUMNS || rows.length > MOST_ROWS)
    throw new ClinicalFileError(
      'too-large',
      `There are more than ${MOST_COLUMNS} columns or ${MOST_ROWS} lines. Divide the file.`,
    );
  const long = rows.find(({ cells }) => cells.some((cell) => cell.length > MOST_CELL_CHARACTERS));
  if (long !== undefined)
    throw new ClinicalFileError('too-large', `A cell has more than ${MOST_CELL_CHARACTERS} characters.`, {
      part: null,
      line: long.line,
      column: null,
      text: `line ${long.line}`,
    });
}

/** Spaces around a value, hard ones too, mean nothing. */
function tidy(cell: string): string {
  return cell.replace(/^[\s\u00a0\ufeff]+|[\s\u00a0]+$/gu, '').normalize('NFC');
}

/** Spreadsheets write delimiters for empty columns at the end. */
function withoutTrailingEmpty(cells: string[], width = 0): string[] {
  let length = cells.length;
  while (length > width && cells[length - 1] === '') length -= 1;
  return cells.slice(0, length);
}
