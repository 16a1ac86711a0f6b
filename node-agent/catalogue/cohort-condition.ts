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
  /** FROM and WHERE over `facts` with a study_no, as often as it comes. */
  readonly studyRows: string;
  /** Whether single series are asked for. */
  readonly single: boolean;
  readonly parameters: Readonly<Record<string, string | number>>;
}

/** Attribute in the tables of concepts and facets, and column of series_kinds. */
export const FACET_COLUMNS: Readonly<Record<FacetName, string>> = {
  modality: 'modality',
  bodyPart: 'body_part',
  sex: 'sex',
  manufacturer: 'manufacturer',
};
export const FACET_NAMES = Object.keys(FACET_COLUMNS) as FacetName[];

export const CONDITION_SQL = {
  codesOfLabels: `SELECT code FROM concepts WHERE attribute = @attribute
    AND label IN (SELECT value FROM json_each(@labels))`,
  attributeValues: `SELECT value_no FROM attribute_values WHERE attribute = @attribute
    AND (value IN (SELECT value FROM json_each(@values)) OR label IN (SELECT value FROM json_each(@values)))`,
} as const;

/** `@name` is a JSON array of accepted values. */
const listed = (column: string, name: string) => `${column} IN (SELECT value FROM json_each(@${name}))`;

const FOUND_WORDS = 'SELECT rowid AS series_no FROM series_words WHERE series_words MATCH @words';
const FOUND_IDENTIFIERS = `SELECT series_no FROM series WHERE series_uid >= @from AND series_uid < @to
  UNION ALL SELECT series_no FROM studies CROSS JOIN series ON series.study_uid = studies.study_uid
    WHERE studies.study_uid >= @from AND studies.study_uid < @to
  UNION ALL SELECT series_no FROM studies CROSS JOIN series ON series.study_uid = studies.study_uid
    WHERE studies.patient_id >= @from AND studies.patient_id < @to`;

/** All conditions hold for one and the same series, as the hub's questions mean it. */
export function conditionOf(database: SqliteDatabase, filter: CohortFilter): Condition {
  const parameters: Record<string, string | number> = {};
  const common = [
    ...kindParts(database, filter, parameters),
    ...studyParts(filter, parameters),
    ...patientParts(filter, parameters),
  ];
  const attributes = attributeParts(database, filter);
  const found = foundSeries(filter, parameters);
  const single = [...attributes, ...(found === undefined ? [] : [`facts.series_no IN (${found})`])];
  const seriesRows = `FROM series_sums AS facts${where([...common, ...single])}`;
  const rows = single.length > 0 ? seriesRows : `FROM study_kinds AS facts${where(common)}`;
  return {
    everything: common.length + single.length === 0,
    rows,
    seriesRows,
    // The number of a series holds that of its study: where nothing but words is asked for, the words are enough.
    studyRows:
      found !== undefined && common.length + attributes.length === 0
        ? `FROM (SELECT series_no >> 20 AS study_no FROM (${found})) AS facts`
        : rows,
    single: single.length > 0,
    parameters,
  };
}

function where(parts: readonly string[]): string {
  return parts.length === 0 ? '' : ` WHERE ${parts.join(' AND ')}`;
}

type Parameters = Record<string, string | number>;

/** Which kinds fit what was chosen in a facet: SQL over series_kinds, undefined where nothing was. */
export function facetPart(
  database: SqliteDatabase,
  name: FacetName,
  filter: CohortFilter,
  parameters: Parameters,
): string | undefined {
  const values = filter[name];
  if (!values || values.length === 0) return undefined;
  parameters[name] = JSON.stringify(withCodes(database, FACET_COLUMNS[name], values));
  const key = listed(FACET_COLUMNS[name], name);
  return name === 'modality' ? `(${key} OR ${listed('stated_modality', name)})` : key;
}

function kindParts(database: SqliteDatabase, filter: CohortFilter, parameters: Parameters): string[] {
  const parts = FACET_NAMES.flatMap((name) => facetPart(database, name, filter, parameters) ?? []);
  return parts.length === 0 ? [] : [`facts.kind_no IN (SELECT kind_no FROM series_kinds WHERE ${parts.join(' AND ')})`];
}

function studyParts({ ageFrom, ageTo, yearFrom, yearTo }: CohortFilter, parameters: Parameters): string[] {
  const bounds = [
    ['age_years', '>=', 'ageFrom', ageFrom],
    // Completed years: who is 54.9 is 54.
    ['age_years', '<', 'ageEnd', ageTo === undefined ? undefined : ageTo + 1],
    ['study_year', '>=', 'yearFrom', yearFrom],
    ['study_year', '<=', 'yearTo', yearTo],
  ] as const;
  return bounds.flatMap(([column, comparison, name, value]) => {
    if (value === undefined) return [];
    parameters[name] = value;
    return [`facts.${column} ${comparison} @${name}`];
  });
}

/** A plus sign before a column keeps the planner from trying every pair of a kind and a patient. */
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

/** The numbers of the series that a search finds; undefined where nothing is searched for. */
function foundSeries({ search }: CohortFilter, parameters: Parameters): string | undefined {
  const text = search?.trim();
  if (!text) return undefined;
  const words = wordsQuestion(text);
  const range = identifierRange(text);
  if (words !== undefined) parameters.words = words;
  Object.assign(parameters, range);
  const found = [...(words === undefined ? [] : [FOUND_WORDS]), ...(range === undefined ? [] : [FOUND_IDENTIFIERS])];
  return found.length === 0 ? 'SELECT NULL AS series_no WHERE FALSE' : found.join(' UNION ALL ');
}

function withCodes(database: SqliteDatabase, attribute: string, values: readonly string[]): string[] {
  const codes = database
    .prepare(CONDITION_SQL.codesOfLabels)
    .pluck()
    .all({ attribute, labels: JSON.stringify(values) });
  return [...new Set([...values, ...(codes as string[])])];
}
