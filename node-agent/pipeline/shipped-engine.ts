/** The engine with the tables and profiles that ship with the node. */
import { AttributeTypes } from '../deidentify/attribute-types.ts';
import { ConfidentialityTable } from '../deidentify/confidentiality-table.ts';
import { DeidentificationEngine, type PseudonymSource } from '../deidentify/engine.ts';
import { Profile } from '../deidentify/profile.ts';

export const DEFAULT_PROFILE = 'eucaim';

/** What a site chooses about its engine. */
export interface EngineChoices {
  readonly profileId?: string | undefined;
  /** Kinds of objects that are left out; see `KEPT_BACK_KINDS`. */
  readonly excludedKinds?: readonly string[] | undefined;
}

/** The setting deidentify.excludedKinds as a list. */
export function kindsOf(setting: string): string[] {
  return setting === '' ? [] : setting.split(',');
}

/** @throws Error when there is no such profile or kind, or a table is damaged */
export function shippedEngine(
  pseudonymiser: PseudonymSource,
  { profileId = DEFAULT_PROFILE, excludedKinds = [] }: EngineChoices = {},
): DeidentificationEngine {
  return new DeidentificationEngine({
    pseudonymiser,
    profile: Profile.shipped(profileId),
    excludedKinds,
    tables: { confidentiality: new ConfidentialityTable(), types: new AttributeTypes() },
  });
}
