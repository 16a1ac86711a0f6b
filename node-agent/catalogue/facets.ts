/** Values to filter by, with the number of studies that have them under the other filters. */
import type { SqliteDatabase } from '../store/database.ts';
import {
  type CohortFilter,
  type Condition,
  conditionOf,
  FACET_COLUMNS,
  FACET_NAMES,
  type FacetName,
  facetPart,
} from './cohort-condition.ts';

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

export const FACET_SQL = {
  /** Where nothing is asked: from the sums that are kept. */
  all: (name: FacetName) => `SELECT value, COALESCE(label, value) AS label, studies FROM facet_sums
    LEFT JOIN concepts ON attribute = '${FACET_COLUMNS[name]}' AND code = value
    WHERE facet = '${FACET_COLUMNS[name]}' ORDER BY studies DESC, value`,
  /** Each kind with its values, and for each facet whether it fits what was chosen there. */
  kinds: (
    parts: readonly (string | undefined)[],
  ) => `SELECT kind_no, ${FACET_NAMES.map((name) => FACET_COLUMNS[name]).join(', ')},
    ${parts.map((part) => part ?? 'TRUE').join(', ')} FROM series_kinds WHERE series > 0`,
  kindsOfStudies: ({ rows, single }: Pick<Condition, 'rows' | 'single'>) =>
    `SELECT ${single ? 'DISTINCT' : ''} facts.kind_no, facts.study_no ${rows}
      ${rows.includes(' WHERE ') ? 'AND' : 'WHERE'} facts.kind_no IN (SELECT value FROM json_each(@kinds))`,
  highest: 'SELECT MAX(study_no) FROM studies',
  labels: 'SELECT code, label FROM concepts WHERE attribute = ?',
  attributes: ({ seriesRows }: Pick<Condition, 'seriesRows'>) =>
    `SELECT facts.study_no, facts.attributes ${seriesRows}`,
  attributeValues: 'SELECT value_no, attribute, value, label FROM attribute_values ORDER BY attribute, value',
};

/** What was chosen in a facet does not narrow that facet itself, so that another value can be chosen beside it. */
export function facetsOf(database: SqliteDatabase, filter: CohortFilter): Facets {
  if (conditionOf(database, filter).everything) {
    return eachFacet((name) => database.prepare(FACET_SQL.all(name)).all() as FacetValue[]);
  }
  const studies = countFacetStudies(database, filter);
  return eachFacet((name) => {
    const labels = new Map(database.prepare(FACET_SQL.labels).raw().all(FACET_COLUMNS[name]) as [string, string][]);
    const values = [...(studies.get(name) ?? [])].map(([value, found]) => ({
      value,
      label: labels.get(value) ?? value,
      studies: found.size,
    }));
    return values.sort((one, other) => other.studies - one.studies || (one.value < other.value ? -1 : 1));
  });
}

function eachFacet(valuesOf: (name: FacetName) => readonly FacetValue[]): Facets {
  return {
    modality: valuesOf('modality'),
    bodyPart: valuesOf('bodyPart'),
    sex: valuesOf('sex'),
    manufacturer: valuesOf('manufacturer'),
  };
}

/** Numbers of studies, a bit to each. */
class StudySet {
  readonly #bits: Uint8Array;
  size = 0;

  /** @param highest the highest number there is */
  constructor(highest: number) {
    this.#bits = new Uint8Array((highest >> 3) + 1);
  }

  add(study: number): void {
    const [byte, bit] = [study >> 3, 1 << (study & 7)];
    const known = this.#bits[byte] ?? 0;
    if ((known & bit) !== 0) return;
    this.#bits[byte] = known | bit;
    this.size += 1;
  }
}

type Counted = Map<FacetName, Map<string, StudySet>>;

/**
 * One way through the kinds of the studies under what was asked beside the facets; the few hundred kinds themselves tell
 * what counts where.
 */
function countFacetStudies(database: SqliteDatabase, filter: CohortFilter): Counted {
  const { modality: _m, bodyPart: _b, sex: _s, manufacturer: _f, ...beside } = filter;
  const condition = conditionOf(database, beside);
  const parameters: Record<string, string | number> = {};
  const parts = FACET_NAMES.map((name) => facetPart(database, name, filter, parameters));
  const highest = database.prepare(FACET_SQL.highest).pluck().get() as number | null;
  const counted: Counted = new Map(FACET_NAMES.map((name) => [name, new Map()]));
  const sets = new Map<number, readonly StudySet[]>();
  for (const [kind, ...rest] of database.prepare(FACET_SQL.kinds(parts)).raw().all(parameters) as [
    number,
    ...unknown[],
  ][]) {
    const fits = rest.slice(FACET_NAMES.length);
    sets.set(
      kind,
      FACET_NAMES.flatMap((name, index) => {
        const value = rest[index] as string;
        if (value === '' || fits.some((fit, other) => other !== index && fit !== 1)) return [];
        const values = counted.get(name) ?? new Map<string, StudySet>();
        const set = values.get(value) ?? new StudySet(highest ?? 0);
        values.set(value, set);
        return [set];
      }),
    );
  }
  const kinds = [...sets].filter(([, counts]) => counts.length > 0).map(([kind]) => kind);
  const statement = database.prepare(FACET_SQL.kindsOfStudies(condition)).raw();
  for (const [kind, study] of statement.all({ ...condition.parameters, kinds: JSON.stringify(kinds) }) as [
    number,
    number,
  ][]) {
    for (const set of sets.get(kind) ?? []) set.add(study);
  }
  for (const values of counted.values()) for (const [value, { size }] of values) if (size === 0) values.delete(value);
  return counted;
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
