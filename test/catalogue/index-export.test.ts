import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { csvLine } from '../../node-agent/catalogue/export/csv.ts';
import { EXPORT_COLUMNS, EXPORT_TABLES, type ExportTable } from '../../node-agent/catalogue/export/export-tables.ts';
import { type ExportFormat, exportIndex } from '../../node-agent/catalogue/export/index-export.ts';
import { description, fileOf, indexOf, THREE_PATIENTS } from './fixtures.ts';

const { database } = indexOf(...THREE_PATIENTS);

async function exported(table: ExportTable, format: ExportFormat, filter = {}, index = database) {
  const pieces: Buffer[] = [];
  const rows = await exportIndex(index, { table, format, filter }, async (piece) => void pieces.push(piece));
  return { rows, pieces, bytes: Buffer.concat(pieces) };
}

function arrayBufferOf(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

/** Lines and cells of RFC 4180, sign by sign. */
function readCsv(text: string): string[][] {
  const lines: string[][] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (quoted && sign === '"' && text[at + 1] === '"') {
      cell += sign;
      at += 1;
    } else if (sign === '"') quoted = !quoted;
    else if (quoted || !',\r\n'.includes(sign)) cell += sign;
    else if (sign === ',') {
      cells.push(cell);
      cell = '';
    } else if (sign === '\n') {
      lines.push([...cells, cell]);
      cells = [];
      cell = '';
    }
  }
  return lines;
}

describe('an export', () => {
  it('of series as CSV has a line for each that matches, with the head of the table', async () => {
    const { rows, bytes } = await exported('series', 'csv', { modality: ['CT'] });
    const [head, ...lines] = readCsv(bytes.toString('utf8'));
    expect(rows).toBe(2);
    expect(head).toEqual(EXPORT_COLUMNS.series.map(({ name }) => name));
    const column = (name: string) => lines.map((line) => line[head?.indexOf(name) ?? -1]);
    expect(column('series_uid')).toEqual(['2.25.2.1', '2.25.3.1']);
    expect(column('body_part')).toEqual(['Lung', 'Lung']);
    expect(column('age_years')).toEqual(['61', '68']);
    expect(JSON.parse(column('attributes')[0] ?? '')).toMatchObject({ modality: 'Computed tomography' });
  });

  it.each(EXPORT_TABLES)('of %s as Parquet says the same as the one as CSV', async (table) => {
    const csv = await exported(table, 'csv');
    const parquet = await exported(table, 'parquet');
    const [head = [], ...lines] = readCsv(csv.bytes.toString('utf8'));
    const objects = await parquetReadObjects({ file: arrayBufferOf(parquet.bytes) });
    expect(parquet.rows).toBe(csv.rows);
    expect(objects).toHaveLength(csv.rows);
    const texts = objects.map((row) => head.map((name) => (row[name] === null ? '' : String(row[name]))));
    expect(texts).toEqual(lines);
  });

  it('keeps types in Parquet: whole numbers, decimals, texts and what is not known', async () => {
    const { bytes } = await exported('studies', 'parquet');
    const [first] = await parquetReadObjects({ file: arrayBufferOf(bytes) });
    expect(first).toMatchObject({ instances: 3n, bytes: 3000n, age_years: 54.5, modalities: 'MR', sex: 'Female' });
    const types = parquetMetadata(arrayBufferOf(bytes)).schema.map(({ name, type }) => [name, type]);
    expect(types).toContainEqual(['bytes', 'INT64']);
    expect(types).toContainEqual(['age_years', 'DOUBLE']);
    expect(types).toContainEqual(['study_uid', 'BYTE_ARRAY']);
  });

  it('of instances adds up to what the index counts, and is written in pieces', async () => {
    const many = Array.from({ length: 5000 }, (_, number) =>
      description({
        studyUid: `2.25.${number % 7}`,
        seriesUid: `2.25.${number % 7}.${number % 70}`,
        patientId: `GH-${number % 7}`,
        instanceUid: `2.25.${number % 7}.${number % 70}.${number}`,
      }),
    );
    const index = indexOf();
    index.database.transaction(() => {
      for (const object of many) index.catalogue.add(object, [], fileOf(object));
    })();
    const { rows, pieces, bytes } = await exported('instances', 'csv', {}, index.database);
    expect(rows).toBe(5000);
    expect(pieces.length).toBeGreaterThan(2);
    expect(new Set(readCsv(bytes.toString('utf8')).map((line) => line[3]))).toHaveLength(5001);
    const parquet = await exported('instances', 'parquet', {}, index.database);
    expect(await parquetReadObjects({ file: arrayBufferOf(parquet.bytes) })).toHaveLength(5000);
  });

  it('has a head and no row where nothing matches', async () => {
    expect((await exported('series', 'csv', { modality: ['XA'] })).bytes.toString()).toMatch(/^patient_id,.*\r\n$/u);
    const { bytes } = await exported('series', 'parquet', { modality: ['XA'] });
    expect(await parquetReadObjects({ file: arrayBufferOf(bytes) })).toEqual([]);
  });

  it('names no file and no object of the ledger', () => {
    const sql = Object.values(EXPORT_COLUMNS).flatMap((columns) => columns.map((column) => column.sql));
    for (const text of sql) expect(text).not.toMatch(/\bfile\b|object_id/u);
  });
});

describe('a line of CSV', () => {
  it('quotes what needs it and leaves out what is not known', () => {
    expect(csvLine(['a,b', 'say "x"', 'two\r\nlines', null, 1.5, ''])).toBe(
      '"a,b","say ""x""","two\r\nlines",,1.5,\r\n',
    );
  });

  it.each(['=1+1', '+1', '-1+1', '@SUM(A1)', '\tx', '\rx', '=HYPERLINK("http://x")'])(
    'gives a spreadsheet nothing to calculate: %j',
    (text) => {
      expect(readCsv(csvLine([text]))[0]?.[0]?.startsWith("'")).toBe(true);
    },
  );

  it('leaves numbers as they are', () => {
    expect(csvLine([-5])).toBe('-5\r\n');
  });
});
