/**
 * The tables of a dataset in EUCAIM's common file structure: rows of the index, completed by the clinical rows, with every
 * reference closed and every cell checked. What does not fit is left empty and named; nothing is made up.
 */
import type { ModelTable } from '../../harmonise/common-data-model.ts';
import { columnOf } from '../../harmonise/common-data-model.ts';
import { isMissing } from '../cells/cell-rules.ts';
import type { Cells } from '../csv.ts';
import type { Objection } from '../materialisation.ts';
import { closeReferences, keyOf } from './closed-rows.ts';
import { codeOfLabel, daysBetween, mainConditions } from './diagnosis.ts';
import { indexRows } from './index-rows.ts';
import type { RowsByTable, TableSource } from './source.ts';
import { viewOf } from './views.ts';

export interface DatasetTables {
  /** Every mandatory table, and the optional ones that have rows, in the order of the model. */
  readonly tables: readonly { readonly table: ModelTable; readonly rows: readonly Cells[] }[];
  readonly objections: readonly Objection[];
}

export function datasetTables(source: TableSource): DatasetTables {
  const { model } = source;
  const tables = mergedRows(source);
  const objections = closeReferences(tables, source);
  addStudyOffsets(tables, source);
  const written: { table: ModelTable; rows: readonly Cells[] }[] = [];
  // The views last: they take their cells from tables that are checked.
  for (const kind of ['table', 'view'] as const) {
    for (const table of model.tables.filter((one) => one.kind === kind)) {
      const rows = (kind === 'view' ? viewOf(table, tables, source) : tables.get(table.name)) ?? [];
      objections.push(...refusedCells(table, rows, source));
      // Views and offsets were made from what the node knows; what is written is what the dataset shows.
      const shown = source.shown.rows(table, rows);
      objections.push(...missingCells(table, shown, source));
      if (table.needed === 'mandatory' || shown.length > 0) written.push({ table, rows: sorted(shown, table) });
    }
  }
  const order = (name: string) => model.tables.findIndex((one) => one.name === name);
  return { tables: written.sort((a, b) => order(a.table.name) - order(b.table.name)), objections };
}

/** Clinical rows are completed by what the index knows of the same key; a cell that both have stays the clinical one. */
function mergedRows(source: TableSource): RowsByTable {
  const tables: RowsByTable = new Map();
  const known = new Set(source.model.tables.map(({ name }) => name));
  for (const { table, patientId, cells } of source.clinical) {
    if (!known.has(table)) continue;
    const ofPatient = columnOf(source.model, table, 'patient_id') === undefined ? {} : { patient_id: patientId };
    const rows = tables.get(table) ?? [];
    rows.push({ ...ofPatient, ...withoutEmpty(cells) });
    tables.set(table, rows);
  }
  for (const [name, rows] of indexRows(source)) {
    const table = source.model.tables.find((one) => one.name === name);
    if (table === undefined) continue;
    const clinical = tables.get(name) ?? [];
    const byKey = new Map(clinical.map((row) => [keyOf(row, table), row]));
    for (const row of rows) {
      const same = byKey.get(keyOf(row, table));
      if (same === undefined) clinical.push(row);
      else Object.assign(same, { ...row, ...same });
    }
    tables.set(name, clinical);
  }
  return tables;
}

/** Days from the diagnosis to each study, where both are known and no clinical row says otherwise. */
function addStudyOffsets(tables: RowsByTable, { model, studies }: TableSource): void {
  const day = codeOfLabel(columnOf(model, 'image_study', 'study_offset_unit'), 'day', model);
  const conditions = mainConditions(tables.get('cancer_condition') ?? [], model);
  const dates = new Map(studies.map(({ studyUid, studyDate }) => [studyUid, studyDate]));
  for (const row of tables.get('image_study') ?? []) {
    const diagnosis = conditions.get(row.patient_id ?? '')?.cancer_condition_asserted_date;
    const offset = daysBetween(diagnosis, dates.get(row.study_uid ?? ''));
    if (row.study_offset_from_diagnosis !== undefined || offset === undefined || day === undefined) continue;
    row.study_offset_from_diagnosis = offset;
    row.study_offset_unit = day;
  }
}

/** Empties cells that may not stand there. @returns what was refused */
function refusedCells(table: ModelTable, rows: Record<string, string>[], { rules }: TableSource): Objection[] {
  const objections: Objection[] = [];
  const columns = new Map(table.columns.map((column) => [column.name, column]));
  for (const row of rows) {
    const about = { table: table.name, patientId: row.patient_id ?? '', rowKey: keyOf(row, table) };
    for (const [name, cell] of Object.entries(row)) {
      const column = columns.get(name);
      const wrong = column && rules.objection(column, cell);
      if (column !== undefined && wrong === undefined) continue;
      delete row[name];
      if (wrong === undefined) continue;
      // The value itself stays out of it.
      const sentence = `What the node holds ${wrong}; the cell was left empty.`;
      objections.push({ kind: 'refused', column: name, sentence, ...about });
    }
  }
  return objections;
}

/** What is missing, but for what the dataset's choices leave out. */
function missingCells(table: ModelTable, rows: readonly Cells[], { shown }: TableSource): Objection[] {
  const objections: Objection[] = [];
  const columns = table.columns.filter((column) => !shown.leavesOut(column));
  for (const row of rows) {
    const about = { table: table.name, patientId: row.patient_id ?? '', rowKey: keyOf(row, table) };
    for (const column of columns.filter((one) => isMissing(one, table.columns, row))) {
      const sentence = `The column is ${column.status}${column.status === 'conditional' ? ` (${column.when})` : ''}, and the node holds no value.`;
      objections.push({ kind: 'missing', column: column.name, sentence, ...about });
    }
  }
  if (rows.length === 0 && table.needed === 'mandatory') {
    const sentence =
      'The table is mandatory, and the node holds no row for it. Import the clinical data it is made of.';
    objections.push({ kind: 'missing', table: table.name, column: '', patientId: '', rowKey: '', sentence });
  }
  return objections;
}

/** By key, so that the same dataset gives the same files. */
function sorted(rows: readonly Cells[], table: ModelTable): Cells[] {
  return rows
    .map((row) => ({ row, key: keyOf(row, table) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ row }) => row);
}

function withoutEmpty(cells: Cells): Record<string, string> {
  return Object.fromEntries(Object.entries(cells).filter(([, cell]) => cell !== ''));
}
