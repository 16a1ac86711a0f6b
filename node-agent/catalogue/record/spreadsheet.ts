/** The record as a workbook for the helpdesk: a sheet for each class, with property, obligation and value. */
import type { CatalogueRecord } from './catalogue-records.ts';
import type { Fields, FieldValue } from './fields.ts';
import type { PropertyTable, RecordProperty } from './property-table.ts';

/** Cells as text: nothing in them is ever a formula. */
export interface Sheet {
  readonly name: string;
  readonly rows: readonly (readonly string[])[];
}

/** Sheets that are there also while empty: the obligations of all of these are to be seen. */
const ALWAYS = ['distribution', 'publisher', 'hdab', 'contact', 'agentContact'] as const;
const HEAD = ['No.', 'Property', 'IRI', 'Obligation', 'Occurrence', 'Value', 'Language', 'In words', 'Explanation'];
const WIDTHS = [6, 30, 36, 16, 12, 60, 10, 36, 70];
const LONGEST_NAME = 31;

/**
 * @param remark of a draft; stands on the first sheet
 * @param labels words for codes that no list of the table has, by IRI
 */
export function sheetsOf(
  table: PropertyTable,
  { fields, dataset, approved }: CatalogueRecord,
  remark: string,
  labels: Readonly<Record<string, string>> = {},
): Sheet[] {
  const sheets = new Map<string, { title: string; rows: string[][]; count: number }>();
  const sheetFor = (shapeName: string) => {
    const known = sheets.get(shapeName);
    if (known) return known;
    const made = { title: table.shape(shapeName).title, rows: [] as string[][], count: 0 };
    sheets.set(shapeName, made);
    return made;
  };
  const describe = (shapeName: string, resource: Fields): number => {
    const sheet = sheetFor(shapeName);
    sheet.count += 1;
    const number = sheet.count;
    for (const property of table.shape(shapeName).properties) {
      const values = resource[property.iri] ?? [];
      const { shape } = property;
      const cells =
        shape === undefined
          ? values.map((value) => valueCells(table, property, value, labels))
          : values.map((value) => [
              `${table.shape(shape).title} ${describe(shape, value as Fields)}`,
              '',
              'see that sheet',
            ]);
      for (const cell of cells.length > 0 ? cells : [['', '', '']]) sheet.rows.push(row(number, property, cell));
    }
    return number;
  };
  describe('dataset', fields);
  for (const shapeName of ALWAYS) if (!sheets.has(shapeName)) describe(shapeName, {});
  const about = [
    ['Catalogue record', table.edition],
    ['Dataset', dataset.id],
    ['State', dataset.state],
    ['Approval', approved ? 'Approved: released by a second person and published.' : remark],
    ['Property table', table.version],
    [
      'How to read it',
      'One sheet for each class. A value that is a resource names the sheet and the number it stands under.',
    ],
  ];
  return [
    { name: 'About', rows: about },
    ...[...sheets.values()].map(({ title, rows }) => ({
      name: capital(title).slice(0, LONGEST_NAME),
      rows: [HEAD, ...rows],
    })),
  ];
}

/** @returns the bytes of an .xlsx file */
export async function writeWorkbook(sheets: readonly Sheet[]): Promise<Buffer> {
  // loaded when a workbook is asked for: a node that serves needs none
  const { default: write } = await import('write-excel-file/node');
  return write(
    sheets.map(({ name, rows }) => ({
      sheet: name,
      data: rows.map((cells, index) =>
        cells.map((value) => ({
          value,
          type: String,
          wrap: true,
          alignVertical: 'top' as const,
          ...(index === 0 ? { fontWeight: 'bold' as const } : {}),
        })),
      ),
      columns: (rows[0] ?? []).map((_, index) => ({ width: name === 'About' ? 40 : (WIDTHS[index] ?? 20) })),
      stickyRowsCount: name === 'About' ? 0 : 1,
    })),
  ).toBuffer();
}

function row(number: number, property: RecordProperty, [value = '', language = '', words = '']: readonly string[]) {
  const { name, iri, level, min, max, help } = property;
  return [String(number), name, iri, level, `${min}..${max ?? 'n'}`, value, language, words, help];
}

function valueCells(
  table: PropertyTable,
  property: RecordProperty,
  value: FieldValue,
  labels: Readonly<Record<string, string>>,
): string[] {
  if (typeof value !== 'string') return [String(value.text), String(value.language), ''];
  const known = property.vocabulary && table.vocabulary(property.vocabulary).values.find(({ iri }) => iri === value);
  return [value, '', known ? known.label : (labels[value] ?? '')];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
