/** The answer to an EUCAIM search (eucaim-frontend, Provider), made from exact figures by the disclosure policy. */
import type { CollectionFigures } from '../compute/collection-search.ts';
import type { DisclosurePolicy } from '../governance/disclosure-policy.ts';

interface SearchCollection {
  /** The dataset's id in the catalogue; it never changes. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly studies_count: number;
  readonly subjects_count: number;
  readonly age_range: { readonly min: number; readonly max: number };
  readonly gender: readonly string[];
  readonly modality: readonly string[];
  readonly body_parts: readonly string[];
}

export interface SearchAnswer {
  readonly provider: string;
  /** PNG, base64. */
  readonly provider_icon: string;
  readonly collections: readonly SearchCollection[];
  /** Sums of the counts above, never of the exact ones; a patient in two datasets counts in both. */
  readonly total: { readonly studies_count: number; readonly subjects_count: number };
}

export interface Provider {
  readonly name: string;
  readonly icon: string;
}

/**
 * Every published dataset is in the answer, also with 0: leaving it out would tell that nothing
 * matches, where 0 says none or few.
 */
export function discloseCollections(
  figures: readonly CollectionFigures[],
  policy: DisclosurePolicy,
  provider: Provider,
): SearchAnswer {
  const collections = figures.map((collection) => discloseCollection(collection, policy));
  const sum = (count: 'studies_count' | 'subjects_count') =>
    collections.reduce((total, collection) => total + collection[count], 0);
  return {
    provider: provider.name,
    provider_icon: provider.icon,
    collections,
    total: { studies_count: sum('studies_count'), subjects_count: sum('subjects_count') },
  };
}

function discloseCollection(figures: CollectionFigures, policy: DisclosurePolicy): SearchCollection {
  const subjects = policy.disclose(figures.patients);
  // too few patients: nothing else about them leaves either
  const enough = subjects > 0;
  return {
    id: figures.id,
    name: figures.title,
    description: figures.description,
    studies_count: enough ? policy.disclose(figures.studies) : 0,
    subjects_count: subjects,
    age_range: enough ? policy.ageRange(figures.ages) : { min: 0, max: 0 },
    gender: enough ? policy.categories(figures.sexes) : [],
    modality: enough ? policy.categories(figures.modalities) : [],
    body_parts: enough ? policy.categories(figures.bodyParts) : [],
  };
}
