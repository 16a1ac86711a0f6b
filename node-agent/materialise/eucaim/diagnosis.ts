/** The condition that a patient is in the dataset for, and days counted from its diagnosis. */
import type { CommonDataModel, ModelColumn } from '../../harmonise/common-data-model.ts';
import { columnOf } from '../../harmonise/common-data-model.ts';

type Row = Readonly<Record<string, string>>;

const PRIMARY = 'Primary Cancer Condition';
const MILLISECONDS_OF_A_DAY = 86_400_000;

/** Of several conditions the primary one, of several of those the first that was diagnosed. */
export function mainConditions(conditions: readonly Row[], model: CommonDataModel): Map<string, Row> {
  const primary = codeOfLabel(columnOf(model, 'cancer_condition', 'cancer_condition_type'), PRIMARY, model);
  const rank = (row: Row) =>
    `${row.cancer_condition_type === primary ? 0 : 1} ${row.cancer_condition_asserted_date ?? '9999'} ${row.cancer_condition_id}`;
  const main = new Map<string, Row>();
  for (const row of conditions) {
    const before = main.get(row.patient_id ?? '');
    if (before === undefined || rank(row) < rank(before)) main.set(row.patient_id ?? '', row);
  }
  return main;
}

/** Whole days from one ISO day to another; undefined where one is not known. */
export function daysBetween(from: string | undefined, to: string | null | undefined): string | undefined {
  if (!from || !to) return undefined;
  const days = (Date.parse(to) - Date.parse(from)) / MILLISECONDS_OF_A_DAY;
  return Number.isInteger(days) ? String(days) : undefined;
}

/** The cell for a value of a column's list; undefined where the list has no such label. */
export function codeOfLabel(
  column: ModelColumn | undefined,
  label: string,
  { codePrefix }: CommonDataModel,
): string | undefined {
  const found = column?.values?.find((value) => value.label === label);
  return found && `${codePrefix}:${found.code}`;
}
