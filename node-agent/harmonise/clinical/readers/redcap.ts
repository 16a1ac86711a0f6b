/**
 * Exports of REDCap are delimited text with columns of their own: events, repeating instruments, and one column for every
 * box of a checkbox field, `field___code` in raw exports and `Field (choice=Label)` in labelled ones.
 */
import { SEPARATOR, type SourceColumn, type SourceFile, type SourceTable } from '../source-table.ts';

/** Columns REDCap adds itself; the name of the record's own ID column is the project's. */
export const REDCAP_COLUMNS: readonly string[] = [
  'redcap_event_name',
  'redcap_repeat_instrument',
  'redcap_repeat_instance',
  'redcap_data_access_group',
  'redcap_survey_identifier',
  'Event Name',
  'Repeat Instrument',
  'Repeat Instance',
  'Data Access Group',
  'Survey Identifier',
];
const RAW_BOX = /^(.+)___(.+)$/u;
const LABELLED_BOX = /^(.+) \(choice=(.+)\)$/u;
const TICKED: ReadonlySet<string> = new Set(['1', 'checked']);

/** Whether the table is an export of REDCap. */
export function isRedcap({ columns }: SourceTable): boolean {
  const names = columns.map(({ name }) => name);
  return names.some((name) => REDCAP_COLUMNS.includes(name) || RAW_BOX.test(name) || LABELLED_BOX.test(name));
}

/** Makes one column of several choices out of the boxes of a checkbox field. */
export function readRedcap(file: SourceFile): SourceFile {
  const tables = file.tables.map(withChoices);
  const labelled = tables.some(({ columns }) => columns.some(({ name }) => name === 'Event Name'));
  const kind = { what: 'REDCap export', value: labelled ? 'labels' : 'raw values' };
  return { ...file, format: 'redcap', recognised: [...file.recognised, kind], tables };
}

function withChoices(table: SourceTable): SourceTable {
  const boxes = table.columns.map(({ name }) => RAW_BOX.exec(name) ?? LABELLED_BOX.exec(name));
  const fields: { readonly column: SourceColumn; readonly from: readonly number[] }[] = [];
  const places = new Map<string, number[]>();
  for (const [index, column] of table.columns.entries()) {
    const field = boxes[index]?.[1];
    const known = field === undefined ? undefined : places.get(field);
    if (known !== undefined) {
      known.push(index);
      continue;
    }
    const from = [index];
    if (field !== undefined) places.set(field, from);
    fields.push({ column: field === undefined ? column : { name: field, kind: 'choices' }, from });
  }
  const rows = table.rows.map(({ line, cells }) => ({
    line,
    cells: fields.map(({ column, from }) => {
      if (column.kind !== 'choices') return cells[from[0] ?? 0] ?? '';
      const ticked = from.filter((index) => TICKED.has((cells[index] ?? '').toLowerCase()));
      return ticked.map((index) => boxes[index]?.[2] ?? '').join(SEPARATOR);
    }),
  }));
  return { ...table, columns: fields.map(({ column }) => column), rows };
}
