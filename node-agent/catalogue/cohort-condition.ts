/** Turning a cohort query into SQL; shared by the study search, the facets, the cohorts of datasets and the export. */
import type { SqliteDatabase } from '../store/database.ts';
import { identifierRange, wordsQuestion } from './search/search-words.ts';

/** Values are EUCAIM codes, their labels, or the original where nothing mapped (see `facetsOf`). */
export interface CohortFilter {
  readonly modality?: readonly string[] | undefined;
  readonly bodyPart?: readonly string[] | undefined;
  readonly sex?: readonly string[] | undefined;
  readonly manufacturer?: readonly string[] | undefined;
  /** Harmonised attributes of the series, each with the values that fit (code or label). */
  readonly attributes?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Cancer conditions of the clinical data, codes of the hyper-ontology. */
  readonly condition?: readonly string[] | undefined;
  /** Completed years at the study, both included. */
  readonly ageFrom?: number | undefined;
  readonly ageTo?: number | undefined;
  /** Year of the (shifted) study date, both included. */
  readonly yearFrom?: number | undefined;
  readonly yearTo?: number | undefined;
  /** Words of descriptions, labels, protocol or model, each from its beginning; or the beginning of a pseudonym or UID. */
  readonly search?: string | undefined;
}

export type FacetName = 'modality' | 'bodyPart' | 'sex' | 'manufacturer';

export interface Condition {
  /** Whether nothing is asked. */
  readonly everything: boolean;
  /**
   * FROM and WHERE over `facts`: rows with study_no, patient_no, kind_no, series, instances and bytes. One row to a series
   * where single series are asked for, else one to a study and kind, which are ten times fewer.
   */
  readonly rows: string;
  /** FROM and WHERE over `facts` with one row to a series and its series_no. */
  readonly seriesRows: string;
  readonly parameters: Readonly<Record<string, string | number>>;
}

/** Attribute in the tables of concepts and facets, and column of series_kinds. */
export const FACET_COLUMNS: Readonly<Record<FacetName, string>> = {
  modality: 'modality',
  bodyPart: 'body_part',
  sex: 'sex',
  manufacturer: 'manufacturer',
};
const FACET_NAMES = Object.keys(FACET_COLUMNS) as FacetName[];

export const CONDITION_SQL = {
  codesOfLabels: `SELECT code FROM concepts WHERE attribute = @attribute
    AND label IN (SELECT value FROM json_each(@labels))`,
  attributeValues: `SELECT value_no FROM attribute_values WHERE attribute = @attribute
    AND (value IN (SELECT value FROM json_each(@values)) OR label IN (SELECT value FROM json_each(@values)))`,
} as const;

/** `@name` is a JSON array of accepted values. */
const listed = (column: string, name: string) => `${column} IN (SELECT value FROM json_each(@${name}))`;

const FOUND_WORDS = 'SELECT rowid FROM series_words WHERE series_words MATCH @words';
const FOUND_IDENTIFIERS = `SELECT series_no FROM series WHERE series_uid >= @from AND series_uid < @to
  UNION ALL SELECT series_no FROM studies CROSS JOIN series ON series.study_uid = studies.study_uid
    WHERE studies.study_uid >= @from AND studies.study_uid < @to
  UNION ALL SELECT series_no FROM studies CROSS JOIN series ON series.study_uid = studies.study_uid
    WHERE studies.patient_id >= @from AND studies.patient_id < @to`;

/**
 * All conditions hold for one and the same series, as the hub's questions mean it.
 * @param without a facet whose own choice does not count, so that its other values can be counted
 */
export function conditionOf(database: SqliteDatabase, filter: CohortFilter, without?: FacetName): Condition {
  const parameters: Record<string, string | number> = {};
  const common = [
    ...kindParts(database, filter, without, parameters),
    ...studyParts(filter, parameters),
    ...patientParts(filter, parameters),
  ];
  const single = [...attributeParts(database, filter), ...searchParts(filter, parameters)];
  const seriesRows = `FROM series_facts AS facts${where([...common, ...single])}`;
  return {
    everything: common.length + single.length === 0,
    rows: single.length > 0 ? seriesRows : `FROM study_kinds AS facts${where(common)}`,
    seriesRows,
    parameters,
  };
}

function where(parts: readonly string[]): string {
  return parts.length === 0 ? '' : ` WHERE ${parts.join(' AND ')}`;
}

type Parameters = Record<string, string | number>;

function kindParts(
  database: SqliteDatabase,
  filter: CohortFilter,
  without: FacetName | undefined,
  parameters: Parameters,
): string[] {
  const parts = FACET_NAMES.flatMap((name) => {
    const values = filter[name];
    if (name === without || !values || values.length === 0) return [];
    parameters[name] = JSON.stringify(withCodes(database, FACET_COLUMNS[name], values));
    const key = listed(FACET_COLUMNS[name], name);
    return [name === 'modality' ? `(${key} OR ${listed('stated_modality', name)})` : key];
  });
  return parts.length === 0 ? [] : [`facts.kind_no IN (SELECT kind_no FROM series_kinds WHERE ${parts.join(' AND ')})`];
}

/** A plus sign before a column keeps the planner from trying every pair of a kind and a study. */
function studyParts({ ageFrom, ageTo, yearFrom, yearTo }: CohortFilter, parameters: Parameters): string[] {
  const range = (column: string, from: string | number | undefined, to: string | number | undefined, name: string) => {
    if (from === undefined && to === undefined) return [];
    const bounds = [`${column} IS NOT NULL`];
    if (from !== undefined) bounds.push(`${column} >= @${name}From`);
    if (to !== undefined) bounds.push(`${column} < @${name}To`);
    Object.assign(parameters, from === undefined ? {} : { [`${name}From`]: from });
    Object.assign(parameters, to === undefined ? {} : { [`${name}To`]: to });
    return [`+facts.study_no IN (SELECT study_no FROM studies WHERE ${bounds.join(' AND ')})`];
  };
  return [
    ...range('age_years', ageFrom, ageTo === undefined ? undefined : ageTo + 1, 'age'),
    ...range('study_date', yearText(yearFrom), yearText(yearTo === undefined ? undefined : yearTo + 1), 'year'),
  ];
}

/** Dates are texts, `YYYY-MM-DD`. */
function yearText(year: number | undefined): string | undefined {
  return year === undefined ? undefined : String(year).padStart(4, '0');
}

function patientParts({ condition }: CohortFilter, parameters: Parameters): string[] {
  if (!condition || condition.length === 0) return [];
  parameters.condition = JSON.stringify(condition.flatMap((code) => [code, `EUCAIM:${code}`]));
  return [
    `+facts.patient_no IN (SELECT patient_no FROM clinical_values JOIN clinical_rows USING (row_id)
      JOIN patients USING (patient_id) WHERE column_name = 'cancer_condition_code' AND ${listed('code', 'condition')})`,
  ];
}

function attributeParts(database: SqliteDatabase, { attributes = {} }: CohortFilter): string[] {
  return Object.entries(attributes).flatMap(([attribute, values]) => {
    if (values.length === 0) return [];
    const numbers = database
      .prepare(CONDITION_SQL.attributeValues)
      .pluck()
      .all({ attribute, values: JSON.stringify(values) }) as number[];
    if (numbers.length === 0) return ['FALSE'];
    return [`(${numbers.map((number) => `instr(facts.attributes, ' ${number} ')`).join(' OR ')})`];
  });
}

function searchParts({ search }: CohortFilter, parameters: Parameters): string[] {
  const text = search?.trim();
  if (!text) return [];
  const words = wordsQuestion(text);
  const range = identifierRange(text);
  if (words !== undefined) parameters.words = words;
  Object.assign(parameters, range);
  const found = [...(words === undefined ? [] : [FOUND_WORDS]), ...(range === undefined ? [] : [FOUND_IDENTIFIERS])];
  return [found.length === 0 ? 'FALSE' : `facts.series_no IN (${found.join(' UNION ALL ')})`];
}

function withCodes(database: SqliteDatabase, attribute: string, values: readonly string[]): string[] {
  const codes = database
    .prepare(CONDITION_SQL.codesOfLabels)
    .pluck()
    .all({ attribute, labels: JSON.stringify(values) });
  return [...new Set([...values, ...(codes as string[])])];
}
