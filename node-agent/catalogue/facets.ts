/** Values to filter by, with the number of studies that have them under the other filters. */
import type { SqliteDatabase } from '../store/database.ts';
import { type CohortFilter, type Condition, conditionOf, FACET_COLUMNS, type FacetName } from './cohort-condition.ts';

/** A value to filter by: a EUCAIM code, or the original where nothing mapped. */
export interface FacetValue {
  readonly value: string;
  readonly label: string;
  readonly studies: number;
}

export type Facets = Readonly<Record<FacetName, readonly FacetValue[]>>;

/** A harmonised attribute of the series, e.g. `contrast`, with its values. */
export interface AttributeFacet {
  readonly attribute: string;
  readonly values: readonly FacetValue[];
}

const labelled = (
  column: string,
  from: string,
) => `SELECT counted.value, COALESCE(concepts.label, counted.value) AS label,
    counted.studies FROM (${from}) AS counted
  LEFT JOIN concepts ON concepts.attribute = '${column}' AND concepts.code = counted.value
  ORDER BY studies DESC, counted.value`;

export const FACET_SQL = {
  /** Where nothing is asked: from the sums that are kept. */
  all: (name: FacetName) =>
    labelled(FACET_COLUMNS[name], `SELECT value, studies FROM facet_sums WHERE facet = '${FACET_COLUMNS[name]}'`),
  under: (name: FacetName, { rows }: Pick<Condition, 'rows'>) =>
    labelled(
      FACET_COLUMNS[name],
      `SELECT kinds.${FACET_COLUMNS[name]} AS value, COUNT(DISTINCT found.study_no) AS studies
      FROM series_kinds AS kinds CROSS JOIN (SELECT DISTINCT facts.kind_no, facts.study_no ${rows}) AS found
        ON found.kind_no = kinds.kind_no
      WHERE kinds.${FACET_COLUMNS[name]} <> '' GROUP BY value`,
    ),
  attributes: ({ seriesRows }: Pick<Condition, 'seriesRows'>) =>
    `SELECT facts.study_no, facts.attributes ${seriesRows}`,
  attributeValues: 'SELECT value_no, attribute, value, label FROM attribute_values ORDER BY attribute, value',
};

/** What was chosen in a facet does not narrow that facet itself, so that another value can be chosen beside it. */
export function facetsOf(database: SqliteDatabase, filter: CohortFilter): Facets {
  const values = (name: FacetName): FacetValue[] => {
    const condition = conditionOf(database, filter, name);
    const sql = condition.everything ? FACET_SQL.all(name) : FACET_SQL.under(name, condition);
    return database.prepare(sql).all(condition.parameters) as FacetValue[];
  };
  return {
    modality: values('modality'),
    bodyPart: values('bodyPart'),
    sex: values('sex'),
    manufacturer: values('manufacturer'),
  };
}

/**
 * Harmonised attributes of the series that match the whole filter. Goes through each of these series, so it is asked for
 * where somebody wants to choose, not with every page.
 */
export function attributeFacetsOf(database: SqliteDatabase, filter: CohortFilter): AttributeFacet[] {
  const known = database.prepare(FACET_SQL.attributeValues).all() as {
    value_no: number;
    attribute: string;
    value: string;
    label: string;
  }[];
  const studies = countAttributeStudies(database, filter);
  const byAttribute = Map.groupBy(
    known.filter(({ value_no }) => studies.has(value_no)),
    ({ attribute }) => attribute,
  );
  return [...byAttribute].map(([attribute, values]) => ({
    attribute,
    values: values
      .map(({ value_no, value, label }) => ({ value, label, studies: studies.get(value_no) ?? 0 }))
      .sort((one, other) => other.studies - one.studies),
  }));
}

/** Rows come in the order of the studies or, from an index, of the kinds: the studies of a value are kept as a set. */
function countAttributeStudies(database: SqliteDatabase, filter: CohortFilter): Map<number, number> {
  const condition = conditionOf(database, filter);
  const found = new Map<number, Set<number>>();
  const rows = database.prepare(FACET_SQL.attributes(condition)).raw().iterate(condition.parameters);
  const numbersOf = new Map<string, readonly number[]>();
  for (const [study, attributes] of rows as IterableIterator<[number, string]>) {
    let numbers = numbersOf.get(attributes);
    if (numbers === undefined) {
      numbers = attributes.trim() === '' ? [] : attributes.trim().split(' ').map(Number);
      numbersOf.set(attributes, numbers);
    }
    for (const number of numbers) {
      const studies = found.get(number);
      if (studies === undefined) found.set(number, new Set([study]));
      else studies.add(study);
    }
  }
  return new Map([...found].map(([number, studies]) => [number, studies.size]));
}
