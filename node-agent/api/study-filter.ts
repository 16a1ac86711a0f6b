/** The filter of a request: single parameters, or a whole cohort query as JSON. */
import type { z } from 'zod';
import type { CohortFilter } from '../catalogue/cohort-condition.ts';
import { Problem } from './problem.ts';
import { cohortQuery, type studyFilter } from './schemas/search.ts';

/** @throws Problem where `filter` is no cohort query */
export function filterOf({
  filter,
  search,
  modality,
  bodyPart,
  sex,
  manufacturer,
}: z.output<typeof studyFilter>): CohortFilter {
  const one = (name: string, value: string | undefined) => (value ? { [name]: [value] } : {});
  return {
    ...(search === undefined ? {} : { search }),
    ...one('modality', modality),
    ...one('bodyPart', bodyPart),
    ...one('sex', sex),
    ...one('manufacturer', manufacturer),
    ...(filter === undefined ? {} : parsed(filter)),
  };
}

function parsed(text: string): CohortFilter {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new Problem(400, 'Not acceptable', 'filter: it is not JSON. Send a cohort query, e.g. {"modality":["CT"]}.');
  }
  const query = cohortQuery.strict().safeParse(content);
  if (query.success) return query.data;
  const issue = query.error.issues[0];
  throw new Problem(400, 'Not acceptable', `filter: ${[...(issue?.path ?? []), issue?.message].join(': ')}`);
}
