/** The profile that a command was told to use. */
import { ProfileError } from '../deidentify/profile/profile-error.ts';
import type { ProfileFile } from '../deidentify/profile/profile-file.ts';
import { readProfile } from '../deidentify/profile/profile-reader.ts';
import { UsageError } from './command.ts';

/** @param reference the name of a shipped profile or the path of a file @throws UsageError with every problem of it */
export function namedProfile(reference: string): ProfileFile {
  try {
    return readProfile(reference);
  } catch (error) {
    if (error instanceof ProfileError) throw new UsageError(error.message);
    throw error;
  }
}
