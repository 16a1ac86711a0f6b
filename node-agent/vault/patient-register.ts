/** What the vault says of the patient of an object, before anything is done with the object. */
import type { SqliteDatabase } from '../store/database.ts';
import { IdentityTable } from './identity-table.ts';
import { Keyring } from './keyring.ts';
import { OptOuts } from './opt-outs.ts';
import type { PatientKey, PseudonymForm } from './pseudonymiser.ts';
import { StudyIdList } from './study-id-list.ts';

export type Standing =
  /** Nothing of this patient may be kept. */
  | { readonly kind: 'opted-out' }
  /** The site gives study IDs itself, and has given none to this patient. */
  | { readonly kind: 'not-listed' }
  | {
      readonly kind: 'pseudonymised';
      readonly pseudonym: string;
      /** The epoch whose secret makes UIDs and the date shift of this patient. */
      readonly epoch: number;
    };

/** How patients who come for the first time get their pseudonym; the others keep theirs. */
export interface NewPseudonyms {
  /** Made with the site secret, or taken from the list of study IDs and nowhere else. */
  readonly source: 'keyed' | 'list';
  /** Of those that are made. */
  readonly form: PseudonymForm;
}

/** Reads only: the patient is entered in the identity table when an object has been through the pipeline. */
export class PatientRegister {
  readonly keyring: Keyring;
  readonly #identities: IdentityTable;
  readonly #optOuts: OptOuts;
  readonly #studyIds: StudyIdList;
  readonly #newPseudonyms: NewPseudonyms;

  constructor(database: SqliteDatabase, secrets: readonly Uint8Array[], newPseudonyms: NewPseudonyms) {
    this.keyring = new Keyring(secrets);
    this.#identities = new IdentityTable(database, this.keyring);
    this.#studyIds = new StudyIdList(database, this.keyring, this.#identities);
    this.#optOuts = new OptOuts(database, this.keyring, this.#identities, this.#studyIds);
    this.#newPseudonyms = newPseudonyms;
  }

  standingOf(patient: PatientKey): Standing {
    if (this.#optOuts.covers(patient)) return { kind: 'opted-out' };
    const known = this.#identities.find(patient);
    if (known) return { kind: 'pseudonymised', ...known };
    const { number, pseudonymiser } = this.keyring.current;
    const { source, form } = this.#newPseudonyms;
    const pseudonym = source === 'list' ? this.#studyIds.find(patient) : pseudonymiser.patientPseudonym(patient, form);
    return pseudonym === undefined ? { kind: 'not-listed' } : { kind: 'pseudonymised', pseudonym, epoch: number };
  }
}
