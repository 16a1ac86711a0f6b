/** Keeps what belongs to the members of a dataset: no row and no reference may point out of it. */
import type { CommonDataModel, ModelTable } from '../../harmonise/common-data-model.ts';
import type { Objection } from '../materialisation.ts';
import type { RowsByTable, TableSource } from './source.ts';

type Row = Record<string, string>;

/**
 * Takes out rows of other patients, studies and series, then whatever refers to a row that is not there, until every
 * reference is closed.
 * @returns objections: optional references that were emptied
 */
export function closeReferences(tables: RowsByTable, source: TableSource): Objection[] {
  const { model, patients, studies, series } = source;
  const members = {
    patient_id: new Set(patients.map(({ patientId }) => patientId)),
    study_uid: new Set(studies.map(({ studyUid }) => studyUid)),
    series_uid: new Set(series.map(({ seriesUid }) => seriesUid)),
  };
  for (const [name, rows] of tables) {
    const belongs = (row: Row) =>
      Object.entries(members).every(([column, ids]) => row[column] === undefined || ids.has(row[column]));
    tables.set(name, rows.filter(belongs));
  }
  const objections: Objection[] = [];
  while (closeOnce(tables, model, objections)) {
    // A row that went may have been what another refers to.
  }
  return objections;
}

/** Values of a column as they are at the beginning of a round; collected once, because tables are long. */
type ValuesAt = (table: string, column: string) => ReadonlySet<string | undefined>;

function valuesIn(tables: RowsByTable): ValuesAt {
  const collected = new Map<string, ReadonlySet<string | undefined>>();
  return (table, column) => {
    const place = `${table}.${column}`;
    const values = collected.get(place) ?? new Set((tables.get(table) ?? []).map((row) => row[column]));
    collected.set(place, values);
    return values;
  };
}

function closeOnce(tables: RowsByTable, model: CommonDataModel, objections: Objection[]): boolean {
  let changed = false;
  const valuesAt = valuesIn(tables);
  for (const table of model.tables) {
    const rows = tables.get(table.name) ?? [];
    const kept = rows.filter(
      (row) => closes(row, table, valuesAt, objections) && eventIsThere(row, table, valuesAt, model),
    );
    if (kept.length === rows.length) continue;
    tables.set(table.name, kept);
    changed = true;
  }
  return changed;
}

/** @returns false where a required reference leads nowhere; an optional one is emptied */
function closes(row: Row, table: ModelTable, valuesAt: ValuesAt, objections: Objection[]): boolean {
  for (const column of table.columns) {
    const value = row[column.name];
    if (column.references === undefined || value === undefined) continue;
    const [target = '', key = ''] = column.references.split('.');
    if (valuesAt(target, key).has(value)) continue;
    if (column.status === 'required') return false;
    delete row[column.name];
    objections.push({
      kind: 'unreferenced',
      table: table.name,
      column: column.name,
      patientId: row.patient_id ?? '',
      rowKey: keyOf(row, table),
      sentence: `It named a row of ${target} that is not in the dataset, and was left empty.`,
    });
  }
  return true;
}

/** `episode_event.event_table_id` names a row of any table, where `event_table_name` says which. */
function eventIsThere(row: Row, table: ModelTable, valuesAt: ValuesAt, model: CommonDataModel): boolean {
  const id = row.event_table_id;
  if (table.name !== 'episode_event' || id === undefined) return true;
  return eventTables(model, row.event_table_name).some(([name, key]) => valuesAt(name, key).has(id));
}

/** Tables whose rows an event can be, with the column that names them. @param named the one that is meant, where it is said */
export function eventTables({ tables }: CommonDataModel, named: string | undefined): [table: string, key: string][] {
  return tables.flatMap(({ name, kind, key: [key = '', second], columns }): [string, string][] => {
    const identifies = columns.find((column) => column.name === key)?.kind;
    const names = kind === 'table' && second === undefined && (identifies === 'id' || identifies === 'uid');
    return names && (named ?? name) === name ? [[name, key]] : [];
  });
}

/** What names a row of its table. */
export function keyOf(row: Readonly<Row>, { key }: ModelTable): string {
  return key.map((column) => row[column] ?? '').join(' ');
}
