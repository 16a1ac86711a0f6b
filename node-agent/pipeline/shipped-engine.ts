/** The engine with the tables that ship with the node and the profile that the site chose. */
import { AttributeTypes } from '../deidentify/attribute-types.ts';
import { ConfidentialityTable } from '../deidentify/confidentiality-table.ts';
import { DeidentificationEngine } from '../deidentify/engine.ts';
import type { PseudonymSource } from '../deidentify/object-cleaning.ts';
import { ProfileError } from '../deidentify/profile/profile-error.ts';
import type { ProfileFile } from '../deidentify/profile/profile-file.ts';
import { readProfile } from '../deidentify/profile/profile-reader.ts';
import { Profile } from '../deidentify/profile.ts';
import { MANIFEST } from '../settings/manifest.ts';
import { StartUpError } from '../store/errors.ts';
import { loadLetheSecret } from '../vault/lethe-identifiers.ts';

/** What a site chooses about its engine; plain data, so that it can travel to the workers. */
export interface EngineChoices {
  /** As `chosenProfile` gives it; the default of the setting where none is given. */
  readonly profile?: ProfileFile | undefined;
  /** For profiles that name patients as EUCAIM's tool does; travels over the pipe to the worker, and nowhere else. */
  readonly letheSecret?: string | undefined;
  /** Kinds of objects that are left out; see `KEPT_BACK_KINDS`. */
  readonly excludedKinds?: readonly string[] | undefined;
  /** Words that the site approved for its descriptions. */
  readonly approvedWords?: readonly string[] | undefined;
}

/** The setting deidentify.excludedKinds as a list. */
export function kindsOf(setting: string): string[] {
  return setting === '' ? [] : setting.split(',');
}

/**
 * The profile of the setting deidentify.profile. Read once, by the node: its workers all get the same.
 * @throws StartUpError with every problem of the profile
 */
export function chosenProfile(setting: string): ProfileFile {
  try {
    return readProfile(setting);
  } catch (error) {
    if (error instanceof ProfileError) throw new StartUpError(error.message);
    throw error;
  }
}

/** The secret that a profile needs besides the site secret; undefined for most. @throws StartUpError when it is damaged */
export function letheSecretFor(profile: ProfileFile, keysFolder: string, siteSecret: Uint8Array): string | undefined {
  return profile.identifiers === 'lethe' ? loadLetheSecret(keysFolder, siteSecret) : undefined;
}

/**
 * @param pseudonymiser names patients as the profile wants it, see `PatientGate`
 * @throws Error when there is no such kind, or a table is damaged
 */
export function shippedEngine(
  pseudonymiser: PseudonymSource,
  {
    profile = chosenProfile(MANIFEST['deidentify.profile'].default),
    excludedKinds = [],
    approvedWords = [],
  }: EngineChoices = {},
): DeidentificationEngine {
  return new DeidentificationEngine({
    pseudonymiser,
    profile: new Profile(profile),
    excludedKinds,
    approvedWords,
    tables: { confidentiality: new ConfidentialityTable(), types: new AttributeTypes() },
  });
}
