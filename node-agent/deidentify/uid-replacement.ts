/** Which UIDs stand for this object or its relatives, and what stands for them in the output. */
import type { Tag } from '../dicom/data-set.ts';
import { isStandardUid, isValidUid, uidName } from '../dicom/uids.ts';
import { CLASS_UIDS, isSchemeUid } from './retained-attributes.ts';

/** The part of the vault that gives a UID its replacement: same original of the same patient, same result. */
export interface UidSource {
  uid(original: string, patientPseudonym: string): string;
}

export class UidReplacement {
  readonly #source: UidSource;
  readonly #patientPseudonym: string;
  readonly #replacements = new Map<string, string>();

  constructor(source: UidSource, patientPseudonym: string) {
    this.#source = source;
    this.#patientPseudonym = patientPseudonym;
  }

  /**
   * The UID to write. Registered UIDs stay wherever they stand. Under the standard's root but not
   * registered, only attributes that name a class keep theirs: there it is a newer edition, elsewhere
   * somebody's instance under a root that was not theirs to use.
   */
  replace(tag: Tag, uid: string): string {
    if (uid === '' || isPublicUid(tag, uid)) return uid;
    let replacement = this.#replacements.get(uid);
    if (replacement === undefined) {
      replacement = this.#source.uid(uid, this.#patientPseudonym);
      this.#replacements.set(uid, replacement);
    }
    return replacement;
  }
}

/** Whether the UID is the same in everybody's objects. */
export function isPublicUid(tag: Tag, uid: string): boolean {
  return (
    uidName(uid) !== undefined || isSchemeUid(uid) || (CLASS_UIDS.has(tag) && isStandardUid(uid) && isValidUid(uid))
  );
}
