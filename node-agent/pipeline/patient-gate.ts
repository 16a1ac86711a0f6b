/**
 * What stands before de-identification in a worker: whose object it is, what the vault says of that patient, and the
 * engine that works with the secret of the patient's epoch.
 */

import { type DeidentificationEngine, openOriginal } from '../deidentify/engine.ts';
import type { PseudonymSource } from '../deidentify/object-cleaning.ts';
import type { Deidentification } from '../deidentify/outcome.ts';
import type { DataSet } from '../dicom/data-set.ts';
import { DicomParseError } from '../dicom/parse-error.ts';
import { type Part10Object, temporaryBeside } from '../dicom/part10-reader.ts';
import { openDatabaseReadOnly } from '../store/database.ts';
import { type NewPseudonyms, PatientRegister } from '../vault/patient-register.ts';
import type { PatientKey } from '../vault/pseudonymiser.ts';
import { patientOf, patientOfFile } from './patient-of-file.ts';
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

type NotAdmitted = { readonly kind: 'opted-out' } | { readonly kind: 'not-listed'; readonly patient: PatientKey };

export type Admitted =
  | NotAdmitted
  | {
      readonly kind: 'admitted';
      readonly engine: DeidentificationEngine;
      /** Undefined where the object does not say it; the engine then refuses it. */
      readonly patient: PatientKey | undefined;
    };

export type Treated =
  | NotAdmitted
  | { readonly kind: 'treated'; readonly outcome: Deidentification; readonly patient: PatientKey | undefined };

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
   * De-identifies and verifies the object of an admitted patient.
   * @param target where the de-identified object is written; must not exist
   * @param fileNames paths under which the original came, whose names are searched for in the copy
   * @param observe sees the original before anything is removed; nothing that identifies may leave it
   * @throws the system's or the database's error; nothing is wrong with the object then
   */
  async deidentify(
    source: string,
    target: string,
    fileNames: readonly string[],
    observe?: (original: DataSet) => void,
  ): Promise<Treated> {
    const original = await this.#open(source, target);
    try {
      // Of a file that is damaged further down, the beginning may still say whose it is.
      const patient = original ? patientOf(original.dataSet) : await patientOfFile(source, temporaryBeside(target));
      const admitted = this.#admitted(patient);
      if (admitted.kind !== 'admitted') return admitted;
      const outcome = await admitted.engine.deidentifyAndVerify(original ?? source, target, fileNames, observe);
      return { kind: 'treated', outcome, patient };
    } finally {
      await original?.close();
    }
  }

  /**
   * The engine for the object of an admitted patient.
   * @param target where the de-identified object would be written
   * @throws the system's or the database's error; nothing is wrong with the object then
   */
  async admit(source: string, target: string): Promise<Admitted> {
    return this.#admitted(await patientOfFile(source, temporaryBeside(target)));
  }

  #admitted(patient: PatientKey | undefined): Admitted {
    const standing = patient && this.#register.standingOf(patient);
    if (standing?.kind === 'opted-out') return { kind: 'opted-out' };
    if (patient && standing?.kind === 'not-listed') return { kind: 'not-listed', patient };
    const epoch = standing?.kind === 'pseudonymised' ? standing.epoch : this.#register.keyring.current.number;
    return { kind: 'admitted', engine: this.#engineOf(epoch), patient };
  }

  /** Undefined where it cannot be read: the engine says why. */
  async #open(source: string, target: string): Promise<Part10Object | undefined> {
    try {
      return await openOriginal(source, target);
    } catch (error) {
      if (error instanceof DicomParseError) return undefined;
      throw error;
    }
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
