import type { Answer } from '../client/call.ts';
import { formatAttribute, formatList } from '../shared/format.ts';

type CohortQuery = Answer<'getDataset'>['query'];

const FILTERS = [
  ['modality', 'modality'],
  ['bodyPart', 'body part'],
  ['sex', 'sex'],
  ['manufacturer', 'manufacturer'],
] as const;

/** A cohort query as a sentence: `All studies with modality CT or MR and body part Breast.` */
export function describeCohort(query: CohortQuery): string {
  const either = new Intl.ListFormat(undefined, { type: 'disjunction' });
  const parts = FILTERS.flatMap(([name, label]) => {
    const values = query[name];
    return values === undefined || values.length === 0 ? [] : [`${label} ${either.format(values)}`];
  });
  for (const [attribute, values] of Object.entries(query.attributes ?? {})) {
    parts.push(`${formatAttribute(attribute).toLowerCase()} ${either.format(values)}`);
  }
  if (query.condition !== undefined && query.condition.length > 0)
    parts.push(`condition ${either.format(query.condition)}`);
  parts.push(...range('age', query.ageFrom, query.ageTo), ...range('study year', query.yearFrom, query.yearTo));
  if (query.search !== undefined && query.search !== '') parts.push(`the text “${query.search}”`);
  return parts.length === 0 ? 'All indexed studies.' : `All studies with ${formatList(parts)}.`;
}

function range(name: string, from: number | undefined, to: number | undefined): string[] {
  if (from === undefined) return to === undefined ? [] : [`${name} up to ${to}`];
  return [to === undefined ? `${name} from ${from}` : `${name} ${from} to ${to}`];
}
