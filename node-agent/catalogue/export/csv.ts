/** Comma-separated values (RFC 4180). */
import type { ExportRow } from './export-rows.ts';

/** What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r\n]/u;
const NEEDS_QUOTES = /[",\r\n]/u;

/** One line with its end. A text that a spreadsheet would calculate gets an apostrophe before it. */
export function csvLine(row: ExportRow): string {
  return `${row.map(cell).join(',')}\r\n`;
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
