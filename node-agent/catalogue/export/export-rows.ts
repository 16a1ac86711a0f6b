/** The rows of an export, a few thousand at a time. */
import { setImmediate } from 'node:timers/promises';
import type { SqliteDatabase } from '../../store/database.ts';
import { type CohortFilter, conditionOf } from '../cohort-condition.ts';
import { EXPORT_COLUMNS, EXPORT_SQL, type ExportTable } from './export-tables.ts';

export type ExportRow = readonly (string | number | null)[];

/** Rows that are read and passed on together; a single series may have more. */
const ROWS_TOGETHER = 2000;

export const MATCHING_SQL = {
  /** How many rows of the export hang on each number. */
  numbers: (table: ExportTable, { rows, seriesRows }: { rows: string; seriesRows: string }) =>
    table === 'studies'
      ? `SELECT DISTINCT facts.study_no, 1 ${rows} ORDER BY 1`
      : `SELECT facts.series_no, ${table === 'series' ? '1' : 'facts.instances'} ${seriesRows} ORDER BY 1`,
};

/**
 * What matches the filter when it begins: the numbers of studies or series are kept (8 bytes each), the rows are read as
 * they are asked for. Whatever leaves the index in between is left out.
 */
export async function* exportRows(
  database: SqliteDatabase,
  table: ExportTable,
  filter: CohortFilter,
): AsyncGenerator<readonly ExportRow[]> {
  const condition = conditionOf(database, filter);
  const matching = database.prepare(MATCHING_SQL.numbers(table, condition)).raw().all(condition.parameters) as [
    number,
    number,
  ][];
  const statement = database.prepare(EXPORT_SQL[table]).raw();
  for (let from = 0; from < matching.length; ) {
    let to = from;
    for (let rows = 0; to < matching.length && rows < ROWS_TOGETHER; to += 1) rows += matching[to]?.[1] ?? 0;
    const numbers = JSON.stringify(matching.slice(from, to).map(([number]) => number));
    yield statement.all({ numbers }) as ExportRow[];
    from = to;
    // Receiving and the console have their turn in between.
    await setImmediate();
  }
}

export function columnNames(table: ExportTable): string[] {
  return EXPORT_COLUMNS[table].map(({ name }) => name);
}
