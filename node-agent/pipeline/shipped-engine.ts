/** The engine with the tables and profiles that ship with the node. */
import { AttributeTypes } from '../deidentify/attribute-types.ts';
import { ConfidentialityTable } from '../deidentify/confidentiality-table.ts';
import { DeidentificationEngine, type PseudonymSource } from '../deidentify/engine.ts';
import { Profile } from '../deidentify/profile.ts';

export const DEFAULT_PROFILE = 'eucaim';

/** @throws Error when there is no such profile or a table is damaged */
export function shippedEngine(
  pseudonymiser: PseudonymSource,
  profileId: string = DEFAULT_PROFILE,
): DeidentificationEngine {
  const profile = Profile.shipped(profileId);
  return new DeidentificationEngine({
    pseudonymiser,
    profile,
    tables: { confidentiality: new ConfidentialityTable(), types: new AttributeTypes() },
  });
}
