/** Turning a cohort query into SQL conditions; shared by the study search and the cohorts of datasets. */
import type { SqliteDatabase } from '../store/database.ts';

/** Values are EUCAIM codes, their labels, or the original where nothing mapped (see `Catalogue.facets`). */
export interface CohortFilter {
  readonly modality?: readonly string[] | undefined;
  readonly bodyPart?: readonly string[] | undefined;
  readonly sex?: readonly string[] | undefined;
  readonly manufacturer?: readonly string[] | undefined;
  /** Beginning of a pseudonym or UID, or a part of a description or body part. */
  readonly search?: string | undefined;
}

export interface Condition {
  /** Over the tables series, studies and patients; `TRUE` when nothing is asked. */
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string>>;
}

type ListName = 'modality' | 'bodyPart' | 'sex' | 'manufacturer';

/** `@name` is a JSON array of accepted values. */
const LIST_SQL: Readonly<Record<ListName, string>> = {
  modality: `(series.modality_key IN (SELECT value FROM json_each(@modality))
    OR series.modality IN (SELECT value FROM json_each(@modality)))`,
  bodyPart: 'series.body_part_key IN (SELECT value FROM json_each(@bodyPart))',
  sex: 'patients.sex_key IN (SELECT value FROM json_each(@sex))',
  manufacturer: 'series.manufacturer_key IN (SELECT value FROM json_each(@manufacturer))',
};

const ATTRIBUTES: Readonly<Record<ListName, string>> = {
  modality: 'modality',
  bodyPart: 'body_part',
  sex: 'sex',
  manufacturer: 'manufacturer',
};

const SEARCH_SQL = `(patients.patient_id LIKE @beginning ESCAPE '\\' OR studies.study_uid LIKE @beginning ESCAPE '\\'
  OR series.series_uid LIKE @beginning ESCAPE '\\' OR studies.description LIKE @anywhere ESCAPE '\\'
  OR series.description LIKE @anywhere ESCAPE '\\' OR series.body_part LIKE @anywhere ESCAPE '\\'
  OR series.body_part_code IN (SELECT code FROM concepts WHERE attribute = 'body_part' AND label LIKE @anywhere ESCAPE '\\'))`;

const CODES_OF_LABELS = `SELECT code FROM concepts WHERE attribute = @attribute
  AND label IN (SELECT value FROM json_each(@labels))`;

/** All conditions hold for one and the same series, as the hub's questions mean it. */
export function conditionOf(database: SqliteDatabase, filter: CohortFilter): Condition {
  const parameters: Record<string, string> = {};
  const parts: string[] = [];
  for (const name of Object.keys(LIST_SQL) as ListName[]) {
    const values = filter[name];
    if (!values || values.length === 0) continue;
    parameters[name] = JSON.stringify(withCodes(database, ATTRIBUTES[name], values));
    parts.push(LIST_SQL[name]);
  }
  const search = filter.search?.trim();
  if (search) {
    const literal = search.replace(/[\\%_]/gu, '\\$&');
    parameters.beginning = `${literal}%`;
    parameters.anywhere = `%${literal}%`;
    parts.push(SEARCH_SQL);
  }
  return { sql: parts.length === 0 ? 'TRUE' : parts.join(' AND '), parameters };
}

function withCodes(database: SqliteDatabase, attribute: string, values: readonly string[]): string[] {
  const codes = database
    .prepare(CODES_OF_LABELS)
    .pluck()
    .all({ attribute, labels: JSON.stringify(values) });
  return [...new Set([...values, ...(codes as string[])])];
}
