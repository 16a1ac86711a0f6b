import type { z } from 'zod';
import { cohortQuery } from '../../node-agent/api/schemas/search.ts';

/** The filters of the study list as they stand in the address. */
export interface StudySearch {
  readonly search?: string;
  readonly modality?: string;
  readonly bodyPart?: string;
  readonly sex?: string;
  readonly manufacturer?: string;
  /** What the fields of the list have no place for: a cohort query as JSON. */
  readonly filter?: string;
}

export type CohortQuery = z.output<typeof cohortQuery>;

const LISTS = ['modality', 'bodyPart', 'sex', 'manufacturer'] as const;
const NAMES = ['search', ...LISTS, 'filter'] as const;

/** Takes the filters out of an address; what is empty or unknown is left out. */
export function readStudySearch(search: Record<string, unknown>): StudySearch {
  const entries = NAMES.flatMap((name) => {
    const value = search[name];
    // The router reads a bare number in an address as a number, and JSON as what it means.
    const text = typeof value === 'number' ? String(value) : typeof value === 'object' ? JSON.stringify(value) : value;
    return typeof text === 'string' && text !== '' && text !== 'null' ? [[name, text] as const] : [];
  });
  return Object.fromEntries(entries);
}

/** The whole of a search as a cohort query. */
export function queryOf({ filter, search, ...lists }: StudySearch): CohortQuery {
  const single = Object.entries(lists).map(([name, value]) => [name, [value]]);
  return { ...(search === undefined ? {} : { search }), ...Object.fromEntries(single), ...furtherOf(filter) };
}

/** A cohort query as a search: in the fields of the list where they hold it. */
export function searchOf({ search, ...query }: CohortQuery): StudySearch {
  const held = LISTS.filter((name) => query[name]?.length === 1);
  const fields = Object.fromEntries(held.map((name) => [name, query[name]?.[0]]));
  const further = Object.fromEntries(
    Object.entries(query).filter(([name, value]) => value !== undefined && !(held as readonly string[]).includes(name)),
  );
  return {
    ...(search === undefined || search === '' ? {} : { search }),
    ...fields,
    ...(Object.keys(further).length === 0 ? {} : { filter: JSON.stringify(further) }),
  };
}

/** A cohort query out of an address; nothing where it is none. */
export function furtherOf(filter: string | undefined): CohortQuery {
  if (filter === undefined) return {};
  try {
    return cohortQuery.safeParse(JSON.parse(filter)).data ?? {};
  } catch {
    return {};
  }
}
