/**
 * How coarsely a dataset shows its patients, and what remains of a row then. Everything that leaves for a dataset goes
 * through here: figures, record and hub answers by the expressions of `shown-values.ts`, tables by `generalise`.
 */
import type { ClinicalKind } from './clinical-columns.ts';

/** From fine to coarse; the first of each is what an empty choice means. */
export const LEVELS = {
  /** Age in years: as indexed (one decimal), completed years, bands, left out. */
  age: ['exact', 'years', 'bands-5', 'bands-10', 'bands-20', 'dropped'],
  /** Dates, which are shifted already: day, month, year, left out. */
  date: ['day', 'month', 'year', 'dropped'],
  /** Manufacturer and model, manufacturer alone, neither. */
  device: ['model', 'manufacturer', 'dropped'],
  sex: ['kept', 'dropped'],
  bodyPart: ['kept', 'dropped'],
  modality: ['kept', 'dropped'],
} as const;

export type GeneralisedAttribute = keyof typeof LEVELS;
export type Level<Attribute extends GeneralisedAttribute> = (typeof LEVELS)[Attribute][number];

export type Generalisation = { readonly [Attribute in GeneralisedAttribute]: Level<Attribute> } & {
  /** Columns of the clinical tables that are left out, by their name in the common data model. */
  readonly clinicalColumns: readonly string[];
};

export const AS_INDEXED: Generalisation = {
  age: 'exact',
  date: 'day',
  device: 'model',
  sex: 'kept',
  bodyPart: 'kept',
  modality: 'kept',
  clinicalColumns: [],
};

const BAND_YEARS: Readonly<Partial<Record<Level<'age'>, number>>> = { 'bands-5': 5, 'bands-10': 10, 'bands-20': 20 };

/** The choices as a dataset stores them; what is not said is shown as it is indexed. @param json generalisation_json */
export function generalisationOf(json: string): Generalisation {
  return { ...AS_INDEXED, ...(JSON.parse(json) as Partial<Generalisation>) };
}

/**
 * An age as the dataset shows it.
 * @param years at one decimal or finer
 * @returns the number, a band `50-59` with both ends included, or null where ages are left out
 */
export function generaliseAge(years: number | null, { age }: Pick<Generalisation, 'age'>): number | string | null {
  if (years === null || age === 'dropped') return null;
  if (age === 'exact') return years;
  const width = BAND_YEARS[age];
  if (width === undefined) return Math.floor(years);
  const from = Math.floor(years / width) * width;
  return `${from}-${from + width - 1}`;
}

/** A date as the dataset shows it: `2021-03-04`, `2021-03`, `2021` or null. @param day `YYYY-MM-DD` */
export function generaliseDate(day: string | null, { date }: Pick<Generalisation, 'date'>): string | null {
  if (day === null || date === 'dropped') return null;
  return day.slice(0, date === 'day' ? 10 : date === 'month' ? 7 : 4);
}

/** What a row may say of a patient; a row says some of it. */
export interface DescribingValues {
  readonly sex: string | null;
  readonly ageYears: number | null;
  readonly studyDate: string | null;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly bodyPart: string | null;
  readonly modality: string | null;
}

export interface ShownValues extends Omit<DescribingValues, 'ageYears'> {
  readonly ageYears: number | string | null;
}

/** The row as the dataset shows it; columns that say nothing of the patient stay as they are. */
export function generalise<Row extends Partial<DescribingValues>>(
  row: Row,
  choices: Generalisation,
): Omit<Row, 'ageYears'> & Pick<ShownValues, Extract<keyof Row, keyof ShownValues>> {
  const shown: Record<string, unknown> = { ...row };
  if (row.ageYears !== undefined) shown.ageYears = generaliseAge(row.ageYears, choices);
  if (row.studyDate !== undefined) shown.studyDate = generaliseDate(row.studyDate, choices);
  if ('sex' in row && choices.sex === 'dropped') shown.sex = null;
  if ('bodyPart' in row && choices.bodyPart === 'dropped') shown.bodyPart = null;
  if ('modality' in row && choices.modality === 'dropped') shown.modality = null;
  if ('model' in row && choices.device !== 'model') shown.model = null;
  if ('manufacturer' in row && choices.device === 'dropped') shown.manufacturer = null;
  return shown as Omit<Row, 'ageYears'> & Pick<ShownValues, Extract<keyof Row, keyof ShownValues>>;
}

/**
 * The cells of a clinical row as the dataset shows them: columns left out become null, dates, ages and sex get as coarse as
 * those of the images.
 * @param kindOf what a column holds, see `loadClinicalColumns`
 */
export function generaliseCells(
  cells: Readonly<Record<string, string>>,
  choices: Generalisation,
  kindOf: (column: string) => ClinicalKind,
): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(cells).map(([column, cell]) => [column, generaliseCell(column, cell, choices, kindOf(column))]),
  );
}

/** One cell of `generaliseCells`. */
export function generaliseCell(
  column: string,
  cell: string,
  choices: Generalisation,
  kind: ClinicalKind,
): string | null {
  if (choices.clinicalColumns.includes(column)) return null;
  if (kind === 'sex') return choices.sex === 'dropped' ? null : cell;
  if (kind === 'date') return generaliseDate(cell, choices);
  if (kind !== 'age' || choices.age === 'exact') return cell;
  const years = Number(cell);
  // Fail closed: what is no number cannot be coarsened.
  const shown = Number.isFinite(years) ? generaliseAge(years, choices) : null;
  return shown === null ? null : String(shown);
}
