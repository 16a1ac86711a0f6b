/**
 * What stands before de-identification in a worker: whose object it is, what the vault says of that patient, and the
 * engine that works with the secret of the patient's epoch.
 */

import type { DeidentificationEngine } from '../deidentify/engine.ts';
import type { PseudonymSource } from '../deidentify/object-cleaning.ts';
import { temporaryBeside } from '../dicom/part10-reader.ts';
import { openDatabaseReadOnly } from '../store/database.ts';
import { type NewPseudonyms, PatientRegister } from '../vault/patient-register.ts';
import type { PatientKey } from '../vault/pseudonymiser.ts';
import { patientOfFile } from './patient-of-file.ts';
import { pseudonymSourceOf } from './pseudonym-source.ts';
import { type EngineChoices, shippedEngine } from './shipped-engine.ts';

/** What a worker needs of the vault. It travels over a pipe between node and worker, and nowhere else. */
export interface VaultSetUp {
  /** The file of the vault's database; workers only read it. */
  readonly database: string;
  /** The site secrets of the epochs 1, 2, … */
  readonly secrets: readonly Uint8Array[];
  readonly newPseudonyms: NewPseudonyms;
}

export type Admitted =
  | {
      readonly kind: 'admitted';
      readonly engine: DeidentificationEngine;
      /** Undefined where the object does not say it; the engine then refuses it. */
      readonly patient: PatientKey | undefined;
    }
  | { readonly kind: 'opted-out' }
  | { readonly kind: 'not-listed'; readonly patient: PatientKey };

export class PatientGate {
  readonly #setUp: VaultSetUp;
  readonly #choices: EngineChoices;
  readonly #engines = new Map<number, DeidentificationEngine>();
  #known: PatientRegister | undefined;

  constructor(setUp: VaultSetUp, choices: EngineChoices) {
    this.#setUp = setUp;
    this.#choices = choices;
  }

  /**
   * @param target where the de-identified object will be written
   * @throws the system's or the database's error; nothing is wrong with the object then
   */
  async admit(source: string, target: string): Promise<Admitted> {
    const patient = await patientOfFile(source, temporaryBeside(target));
    const standing = patient && this.#register.standingOf(patient);
    if (standing?.kind === 'opted-out') return { kind: 'opted-out' };
    if (patient && standing?.kind === 'not-listed') return { kind: 'not-listed', patient };
    const engine = this.#engineOf(
      standing?.kind === 'pseudonymised' ? standing.epoch : this.#register.keyring.current.number,
    );
    return { kind: 'admitted', engine, patient };
  }

  /** Opened with the first object, so that a database which cannot be read costs time and not the object. */
  get #register(): PatientRegister {
    const { database, secrets, newPseudonyms } = this.#setUp;
    this.#known ??= new PatientRegister(openDatabaseReadOnly(database), secrets, newPseudonyms);
    return this.#known;
  }

  #engineOf(epoch: number): DeidentificationEngine {
    let engine = this.#engines.get(epoch);
    if (!engine) {
      engine = shippedEngine(this.#sourceOf(epoch), this.#choices);
      this.#engines.set(epoch, engine);
    }
    return engine;
  }

  #sourceOf(epoch: number): PseudonymSource {
    return pseudonymSourceOf(this.#register, epoch, this.#choices);
  }
}
