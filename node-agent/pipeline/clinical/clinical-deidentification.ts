/** Records of one patient as rows of the index: under the pseudonym, with changed dates, capped ages and made row ids. */
import type { ClinicalRow, ClinicalRowToWrite, ClinicalValue } from '../../catalogue/clinical/clinical-store.ts';
import type { DatePolicy } from '../../deidentify/date-policy.ts';
import { OLDEST_AGE_IN_YEARS } from '../../deidentify/temporal.ts';
import type { ClinicalPatient, ClinicalRecord } from '../../harmonise/clinical/clinical-records.ts';
import { type CommonDataModel, type ModelColumn, type ModelTable, tableOf } from '../../harmonise/common-data-model.ts';

export interface PatientRows {
  readonly rows: readonly ClinicalRowToWrite[];
  /** Records that stand in the index already, just as they are. */
  readonly there: readonly ClinicalRecord[];
  /** The record of the table patient, where another import says otherwise about the patient. */
  readonly contradicting: ClinicalRecord | undefined;
}

export interface ClinicalTarget {
  readonly pseudonym: string;
  readonly dates: DatePolicy;
  /** What the index has of the patient. */
  readonly existing: readonly ClinicalRow[];
}

const OFFSET = 'days from the reference day of the patient';
const AGE = 'cancer_condition_age_at_diagnosis';
/** Ages are capped in their unit: years, months, weeks, days. */
const UNITS_IN_A_YEAR: Readonly<Record<string, number>> = {
  COM1000151: 1,
  COM1000154: 12,
  COM1000155: 52.18,
  COM1000153: 365.25,
};

export function deidentifyPatient(
  patient: ClinicalPatient,
  target: ClinicalTarget,
  model: CommonDataModel,
): PatientRows {
  const ids = new Map<ClinicalRecord, string>();
  const existingIds = new Set(target.existing.map(({ table, key }) => `${table} ${key}`));
  const rows: ClinicalRowToWrite[] = [];
  const there: ClinicalRecord[] = [];
  let contradicting: ClinicalRecord | undefined;
  // Procedures first: conditions refer to them.
  const ordered = [...patient.records].sort((one, other) => rank(one) - rank(other));
  for (const record of ordered) {
    const table = tableOf(model, record.table);
    if (table === undefined) continue;
    const cells = cellsOf(record, table, target);
    const same = target.existing.find((row) => row.table === record.table && sameCells(row.cells, cells, table));
    if (same !== undefined) {
      ids.set(record, same.key);
      there.push(record);
      continue;
    }
    if (record.table === 'patient' && existingIds.has(`patient ${target.pseudonym}`)) {
      contradicting = record;
      continue;
    }
    const key = record.table === 'patient' ? target.pseudonym : freeKey(record.table, target.pseudonym, existingIds);
    existingIds.add(`${record.table} ${key}`);
    ids.set(record, key);
    const linked = { ...identifiers(table, key), ...references(record, table, patient, ids), ...cells };
    rows.push({
      table: record.table,
      key,
      patientId: target.pseudonym,
      cells: inOrder(linked, table),
      values: valuesOf(record, linked, target.dates, table, model.version),
    });
  }
  return { rows, there, contradicting };
}

function rank({ table }: ClinicalRecord): number {
  return ['patient', 'procedure', 'treatment', 'cancer_condition'].indexOf(table) + 1 || 9;
}

function cellsOf(
  { cells }: ClinicalRecord,
  table: ModelTable,
  { pseudonym, dates }: ClinicalTarget,
): Record<string, string> {
  const out: Record<string, string> = { patient_id: pseudonym };
  for (const column of table.columns) {
    const cell = cells.get(column.name);
    if (cell === undefined) continue;
    const text = column.kind === 'date' ? changedDate(cell.text, dates) : cell.text;
    if (text !== undefined) out[column.name] = text;
  }
  if (out[AGE] !== undefined) out[AGE] = cappedAge(out[AGE], cells.get('cancer_condition_age_unit')?.code ?? '');
  return out;
}

/** By the very policy that changes the dates of the images; undefined where the profile keeps no dates. */
function changedDate(iso: string, dates: DatePolicy): string | undefined {
  const changed = dates.date(iso.replaceAll('-', ''));
  return changed?.replace(/^(\d{4})(\d{2})(\d{2})$/u, '$1-$2-$3');
}

function cappedAge(text: string, unit: string): string {
  const oldest = OLDEST_AGE_IN_YEARS * (UNITS_IN_A_YEAR[unit] ?? 1);
  return Number(text) >= oldest ? String(Math.floor(oldest)) : text;
}

/** Named by what the row is and a number: nothing of the original ids. */
function freeKey(table: string, pseudonym: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const key = `${pseudonym}-${table.replaceAll('_', '-')}-${number}`;
    if (!taken.has(`${table} ${key}`)) return key;
  }
}

function identifiers({ columns }: ModelTable, key: string): Record<string, string> {
  return Object.fromEntries(columns.filter(({ kind }) => kind === 'id').map(({ name }) => [name, key]));
}

/** A row refers to the row of the same line, or to the only one of the patient. */
function references(
  record: ClinicalRecord,
  { columns }: ModelTable,
  { records }: ClinicalPatient,
  ids: ReadonlyMap<ClinicalRecord, string>,
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { name, references: to } of columns.filter((column: ModelColumn) => column.kind === 'reference')) {
    const candidates = records.filter(({ table }) => table === to?.split('.')[0]);
    const meant =
      candidates.find(({ place }) => place.line === record.place.line && place.part === record.place.part) ??
      (candidates.length === 1 ? candidates[0] : undefined);
    const id = meant && ids.get(meant);
    if (id !== undefined) found[name] = id;
  }
  return found;
}

/** Ids and references aside. */
function sameCells(
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
  { columns }: ModelTable,
): boolean {
  return columns
    .filter(({ kind }) => kind !== 'id' && kind !== 'reference')
    .every(({ name }) => one[name] === other[name]);
}

/** In the order of the model. */
function inOrder(cells: Record<string, string>, { columns }: ModelTable): Record<string, string> {
  return Object.fromEntries(columns.flatMap(({ name }) => (cells[name] === undefined ? [] : [[name, cells[name]]])));
}

function valuesOf(
  { cells }: ClinicalRecord,
  written: Record<string, string>,
  dates: DatePolicy,
  { columns }: ModelTable,
  modelVersion: string,
): ClinicalValue[] {
  const isDate = (name: string) => columns.find((column) => column.name === name)?.kind === 'date';
  return [...cells].flatMap(([column, { text, original, code, label, rule }]): ClinicalValue[] => {
    if (written[column] === undefined) return [];
    if (!isDate(column)) return [{ column, original, code, label, rule, tableVersion: modelVersion }];
    // The same offset that images carry as Longitudinal Temporal Offset from Event (0012,0052).
    const days = dates.offsetDays(text.replaceAll('-', ''));
    const offset = days === undefined ? { code: null, label: null } : { code: String(days), label: OFFSET };
    return [{ column, original: null, ...offset, rule: 'date', tableVersion: modelVersion }];
  });
}
