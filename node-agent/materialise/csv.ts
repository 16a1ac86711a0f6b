/** CSV of the common file structure (RFC 4180 with line feeds): comma separated, UTF-8, a header line. */

export type Cells = Readonly<Record<string, string>>;

const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/u;

/** Header and rows as text; columns that a row lacks are empty. */
export function* csvLines(columns: readonly string[], rows: Iterable<Cells>): Generator<string> {
  yield `${columns.map(quoted).join(',')}\n`;
  for (const row of rows) yield `${columns.map((column) => quoted(row[column] ?? '')).join(',')}\n`;
}

/** Tab separated values as BIDS writes them: no quotes, `n/a` for nothing. */
export function* tsvLines(columns: readonly string[], rows: Iterable<Cells>): Generator<string> {
  yield `${columns.join('\t')}\n`;
  for (const row of rows) {
    yield `${columns.map((column) => (row[column] ?? '').replaceAll(/\s+/gu, ' ').trim() || 'n/a').join('\t')}\n`;
  }
}

function quoted(cell: string): string {
  return NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
