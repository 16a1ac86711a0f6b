/** Takes studies, series or instances that match a filter out of the index, as CSV or Parquet. */
import type { SqliteDatabase } from '../../store/database.ts';
import type { CohortFilter } from '../cohort-condition.ts';
import { SeriesDescriber } from '../search/series-describer.ts';
import { csvLine } from './csv.ts';
import { columnNames, exportRows } from './export-rows.ts';
import { EXPORT_COLUMNS, type ExportTable } from './export-tables.ts';
import { ParquetStream } from './parquet.ts';

export type ExportFormat = 'csv' | 'parquet';
export const EXPORT_FORMATS: readonly ExportFormat[] = ['csv', 'parquet'];

export interface ExportRequest {
  readonly table: ExportTable;
  readonly format: ExportFormat;
  readonly filter: CohortFilter;
}

/**
 * Writes an export piece by piece; the next one is made when the last one is taken.
 * @param write resolves when more may come
 * @returns how many rows were written, the head of the table not counted
 */
export async function exportIndex(
  database: SqliteDatabase,
  { table, format, filter }: ExportRequest,
  write: (piece: Buffer) => Promise<void>,
): Promise<number> {
  new SeriesDescriber(database).catchUp();
  const parquet = format === 'parquet' ? new ParquetStream(EXPORT_COLUMNS[table]) : undefined;
  let count = 0;
  if (parquet === undefined) await write(Buffer.from(csvLine(columnNames(table))));
  for await (const rows of exportRows(database, table, filter)) {
    count += rows.length;
    const piece = parquet === undefined ? Buffer.from(rows.map(csvLine).join('')) : parquet.add(rows);
    if (piece !== undefined && piece.length > 0) await write(piece);
  }
  if (parquet !== undefined) await write(parquet.end());
  return count;
}
