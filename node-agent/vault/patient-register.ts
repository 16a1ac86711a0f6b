/** What the vault says of the patient of an object, before anything is done with the object. */
import type { SqliteDatabase } from '../store/database.ts';
import { IdentityTable } from './identity-table.ts';
import { Keyring } from './keyring.ts';
import { OptOuts } from './opt-outs.ts';
import type { PatientKey, PseudonymForm } from './pseudonymiser.ts';

export type Standing =
  /** Nothing of this patient may be kept. */
  | { readonly kind: 'opted-out' }
  | {
      readonly kind: 'pseudonymised';
      readonly pseudonym: string;
      /** The epoch whose secret makes UIDs and the date shift of this patient. */
      readonly epoch: number;
    };

/** Reads only: the patient is entered in the identity table when an object has been through the pipeline. */
export class PatientRegister {
  readonly keyring: Keyring;
  readonly #identities: IdentityTable;
  readonly #optOuts: OptOuts;
  readonly #form: PseudonymForm;

  /** @param form of the pseudonyms of patients who come for the first time; the others keep theirs */
  constructor(database: SqliteDatabase, secrets: readonly Uint8Array[], form: PseudonymForm) {
    this.keyring = new Keyring(secrets);
    this.#identities = new IdentityTable(database, this.keyring);
    this.#optOuts = new OptOuts(database, this.keyring, this.#identities);
    this.#form = form;
  }

  standingOf(patient: PatientKey): Standing {
    if (this.#optOuts.covers(patient)) return { kind: 'opted-out' };
    const known = this.#identities.find(patient);
    if (known) return { kind: 'pseudonymised', ...known };
    const { number, pseudonymiser } = this.keyring.current;
    return { kind: 'pseudonymised', pseudonym: pseudonymiser.patientPseudonym(patient, this.#form), epoch: number };
  }
}
