/** Checks of one table of a tree, row by row, and of the references between tables. */
import type { CommonDataModel, ModelTable } from '../../harmonise/common-data-model.ts';
import { type CellRules, isMissing } from '../cells/cell-rules.ts';
import type { ShownCells } from '../coarse/shown-cells.ts';
import type { CsvFile } from './csv-reader.ts';
import type { TreeProblems } from './problem.ts';

export interface ReadRow {
  readonly line: number;
  /** Cells that have a text. */
  readonly cells: Readonly<Record<string, string>>;
}

export interface ReadTable {
  readonly table: ModelTable;
  /** Relative to the tree. */
  readonly file: string;
  readonly rows: readonly ReadRow[];
}

/** Columns in the order of the model, cells of the right form and value set, keys that stand once. */
export function checkTable(
  table: ModelTable,
  file: string,
  csv: CsvFile,
  { rules, shown }: { readonly rules: CellRules; readonly shown: ShownCells },
  problems: TreeProblems,
): ReadTable {
  for (const { line, sentence } of csv.problems) problems.error(file, sentence, { line });
  checkColumns(table, file, csv.columns, problems);
  const columns = new Map(table.columns.map((column) => [column.name, column]));
  const lines = new Map<string, number>();
  const rows = csv.rows.map(({ line, cells: texts }): ReadRow => {
    const pairs = csv.columns.map((name, index) => [name, texts[index] ?? ''] as const);
    const cells = Object.fromEntries(pairs.filter(([, text]) => text !== ''));
    for (const [name, text] of pairs) {
      const column = columns.get(name);
      const wrong = column && shown.objection(column, text, rules);
      if (wrong !== undefined) problems.error(file, `The cell ${wrong}.`, { line, column: name });
    }
    for (const column of table.columns.filter((one) => !shown.leavesOut(one) && isMissing(one, table.columns, cells))) {
      problems.missing(file, `A ${column.status} value is missing.`, { line, column: column.name });
    }
    const key = table.key.map((name) => cells[name] ?? '').join(' ');
    const before = lines.get(key);
    if (before !== undefined)
      problems.error(file, `The row has the same ${table.key.join(' and ')} as line ${before}.`, { line });
    else lines.set(key, line);
    return { line, cells };
  });
  return { table, file, rows };
}

function checkColumns(table: ModelTable, file: string, columns: readonly string[], problems: TreeProblems): void {
  const wanted = table.columns.map(({ name }) => name);
  for (const name of wanted.filter((one) => !columns.includes(one))) {
    problems.error(file, 'The column is missing.', { line: 1, column: name });
  }
  for (const [index, name] of columns.entries()) {
    if (!wanted.includes(name)) problems.error(file, 'The model has no such column.', { line: 1, column: name });
    if (columns.indexOf(name) !== index)
      problems.error(file, 'The column stands there twice.', { line: 1, column: name });
  }
}

/** Every reference leads to a row, and every patient, study and series that a table names is one of the dataset. */
export function checkReferences(
  tables: ReadonlyMap<string, ReadTable>,
  model: CommonDataModel,
  problems: TreeProblems,
): void {
  const values = (table: string, column: string) =>
    new Set((tables.get(table)?.rows ?? []).map(({ cells }) => cells[column]));
  const targets: Readonly<Record<string, readonly [table: string, column: string]>> = {
    patient_id: ['patient', 'patient_id'],
    study_uid: ['image_study', 'study_uid'],
    series_uid: ['image_series', 'series_uid'],
    source_series_uid: ['image_series', 'series_uid'],
  };
  const sets = new Map<string, ReadonlySet<string | undefined>>();
  for (const { table, file, rows } of tables.values()) {
    for (const { name, references } of table.columns) {
      const target = references?.split('.') ?? targets[name];
      if (target === undefined || `${target[0]}.${target[1]}` === `${table.name}.${name}`) continue;
      const [where = '', column = ''] = target;
      const place = `${where}.${column}`;
      const there = sets.get(place) ?? values(where, column);
      sets.set(place, there);
      for (const { line, cells } of rows) {
        if (cells[name] === undefined || there.has(cells[name])) continue;
        problems.error(file, `The table ${where} has no row of this ${column}.`, { line, column: name });
      }
    }
  }
  checkEvents(tables, model, problems);
}

/** An event of an episode is a row of another table that is there. */
function checkEvents(
  tables: ReadonlyMap<string, ReadTable>,
  { tables: models }: CommonDataModel,
  problems: TreeProblems,
): void {
  const events = tables.get('episode_event');
  if (events === undefined) return;
  const ids = new Map<string, Set<string | undefined>>();
  for (const {
    name,
    kind,
    key: [key = '', second],
    columns,
  } of models) {
    const identifies = columns.find((column) => column.name === key)?.kind;
    if (kind !== 'table' || second !== undefined || (identifies !== 'id' && identifies !== 'uid')) continue;
    ids.set(name, new Set((tables.get(name)?.rows ?? []).map(({ cells }) => cells[key])));
  }
  for (const { line, cells } of events.rows) {
    const { event_table_id: id, event_table_name: named } = cells;
    const places = named === undefined ? [...ids.values()] : [ids.get(named)];
    if (id === undefined || places.some((place) => place?.has(id))) continue;
    problems.error(events.file, 'No table has the row that the event names.', { line, column: 'event_table_id' });
  }
}
