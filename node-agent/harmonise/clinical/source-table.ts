/** A clinical file as tables of text cells, whatever its format, with the address of every cell. */
import type { Finding, Place } from './finding.ts';

export type SourceFormat = 'csv' | 'xlsx' | 'redcap' | 'fhir';

export interface SourceColumn {
  readonly name: string;
  /**
   * `text`: one value. `choices`: several may be ticked (a checkbox field of REDCap). `codings`: several codes for one
   * and the same (CodeableConcept of FHIR). The values of the last two stand in one cell, apart by `SEPARATOR`.
   */
  readonly kind: 'text' | 'choices' | 'codings';
}

export interface SourceRow {
  /** Line, row or entry, from 1. */
  readonly line: number;
  /** As many as there are columns; an empty text where there is no value. */
  readonly cells: readonly string[];
}

export interface SourceTable {
  /** Sheet or resource type; null where the file is one table. */
  readonly part: string | null;
  readonly columns: readonly SourceColumn[];
  readonly rows: readonly SourceRow[];
}

export interface SourceFile {
  readonly format: SourceFormat;
  /** What was recognised, for people: encoding, delimiter, version of the standard. */
  readonly recognised: readonly { readonly what: string; readonly value: string }[];
  readonly tables: readonly SourceTable[];
  readonly findings: readonly Finding[];
}

export const SEPARATOR = '\u001f';

/** A file of more bytes is not read. */
export const MOST_BYTES = 64 * 1024 * 1024;
export const MOST_ROWS = 200_000;
export const MOST_COLUMNS = 2_000;
export const MOST_CELL_CHARACTERS = 20_000;

/** The address of a cell, or of a line where no column is given. */
export function placeOf(
  format: SourceFormat,
  table: Pick<SourceTable, 'part' | 'columns'>,
  line: number,
  column?: string,
): Place {
  return { part: table.part, line, column: column ?? null, text: textOf(format, table, line, column) };
}

function textOf(
  format: SourceFormat,
  { part, columns }: Pick<SourceTable, 'part' | 'columns'>,
  line: number,
  column: string | undefined,
): string {
  if (format === 'fhir') return `entry ${line}, ${column === undefined ? part : `${part}.${column}`}`;
  if (format === 'xlsx') {
    const index = columns.findIndex(({ name }) => name === column);
    return index < 0 ? `sheet "${part}", row ${line}` : `${part}!${letters(index)}${line}`;
  }
  return column === undefined ? `line ${line}` : `line ${line}, column "${column}"`;
}

/** The name of a column of a sheet: 0 is A, 26 is AA. */
function letters(index: number): string {
  const rest = Math.floor(index / 26) - 1;
  return (rest < 0 ? '' : letters(rest)) + String.fromCharCode(65 + (index % 26));
}
