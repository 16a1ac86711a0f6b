/** What the system page says of the de-identification profile and the tables the node rests on. */
import { Profile } from '../deidentify/profile.ts';
import { tablesRead } from '../deidentify/read-table.ts';
import type { VocabularyLookup } from '../harmonise/vocabulary-lookup.ts';
import { DEFAULT_PROFILE, shippedEngine } from '../pipeline/shipped-engine.ts';
import type { Pseudonymiser } from '../vault/pseudonymiser.ts';

export interface ProfileDescription {
  readonly id: string;
  readonly version: string;
  readonly hash: string;
  readonly tables: { name: string; edition: string; source: string }[];
}

export function describeProfile(pseudonymiser: Pseudonymiser, vocabularies: VocabularyLookup): ProfileDescription {
  const hash = shippedEngine(pseudonymiser).head.profileHash;
  const { id, version } = Profile.shipped(DEFAULT_PROFILE);
  const harmonising = vocabularies
    .tables()
    .map(({ name, version: edition, source }) => ({ name: `vocabulary-${name}`, edition, source }));
  return { id, version, hash, tables: [...tablesRead(), ...harmonising] };
}
