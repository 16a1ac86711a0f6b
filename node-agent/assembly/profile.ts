/** What the system page says of the de-identification profile and the tables the node rests on. */
import { Profile } from '../deidentify/profile.ts';
import { tablesRead } from '../deidentify/read-table.ts';
import type { VocabularyLookup } from '../harmonise/vocabulary-lookup.ts';
import { chosenProfile } from '../pipeline/shipped-engine.ts';

export interface ProfileDescription {
  readonly id: string;
  readonly version: string;
  readonly hash: string;
  readonly tables: { name: string; edition: string; source: string }[];
}

/** @param setting deidentify.profile */
export function describeProfile(setting: string, vocabularies: VocabularyLookup): ProfileDescription {
  const profile = new Profile(chosenProfile(setting));
  const harmonising = vocabularies
    .tables()
    .map(({ name, version: edition, source }) => ({ name: `vocabulary-${name}`, edition, source }));
  const { id, version } = profile;
  return { id, version, hash: profile.contentHash(), tables: [...tablesRead(), ...harmonising] };
}
