/** What the system page says of the de-identification profile and the tables the node rests on. */
import { Profile } from '../deidentify/profile.ts';
import { tablesRead } from '../deidentify/read-table.ts';
import type { VocabularyLookup } from '../harmonise/vocabulary-lookup.ts';
import { chosenProfile } from '../pipeline/shipped-engine.ts';
import type { SiteWords } from '../vault/site-words.ts';

export interface ProfileDescription {
  readonly id: string;
  readonly version: string;
  readonly hash: string;
  readonly tables: { name: string; edition: string; source: string }[];
}

/** The profile with the words that are approved when it is asked for. @param setting deidentify.profile */
export function profileInUse(
  setting: string,
  vocabularies: VocabularyLookup,
  siteWords: Pick<SiteWords, 'revision' | 'approved'>,
): () => ProfileDescription {
  const describe = () => ({
    revision: siteWords.revision,
    profile: describeProfile(setting, vocabularies, siteWords.approved()),
  });
  let described = describe();
  return () => {
    if (described.revision !== siteWords.revision) described = describe();
    return described.profile;
  };
}

function describeProfile(
  setting: string,
  vocabularies: VocabularyLookup,
  approvedWords: readonly string[],
): ProfileDescription {
  const profile = new Profile(chosenProfile(setting));
  const harmonising = vocabularies
    .tables()
    .map(({ name, version: edition, source }) => ({ name: `vocabulary-${name}`, edition, source }));
  const { id, version } = profile;
  return { id, version, hash: profile.contentHash(approvedWords), tables: [...tablesRead(), ...harmonising] };
}
