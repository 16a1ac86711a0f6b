/** The list of study IDs that a site gives its patients itself, in vault.db: original IDs as fingerprints, study IDs sealed. */
import type { SqliteDatabase } from '../store/database.ts';
import type { IdentityTable } from './identity-table.ts';
import type { Keyring } from './keyring.ts';
import { type PatientScope, scopeKey, scopesOf } from './patient-scope.ts';
import { SealedText } from './sealed-text.ts';
import { type ListedPatient, StudyIdFileError } from './study-id-file.ts';

const TABLE = 'list of study IDs';

const SQL = {
  insert: `INSERT INTO study_ids (patient_key, id_key, study_key, epoch, study_id)
    VALUES (@patientKey, @idKey, @studyKey, @epoch, @studyId)`,
  find: `SELECT patient_key AS patientKey, epoch, study_id AS studyId FROM study_ids
    WHERE patient_key IN (SELECT value FROM json_each(?))`,
  holder: 'SELECT patient_key AS patientKey FROM study_ids WHERE study_key IN (SELECT value FROM json_each(?))',
  count: 'SELECT COUNT(*) FROM study_ids',
  clear: 'DELETE FROM study_ids',
  forget: 'DELETE FROM study_ids WHERE patient_key IN (SELECT value FROM json_each(?))',
  forgetId: 'DELETE FROM study_ids WHERE id_key IN (SELECT value FROM json_each(?))',
} as const;

export interface ListImport {
  readonly added: number;
  /** The same stood there already. */
  readonly repeated: number;
  /** Patients who have another pseudonym already, and keep it. */
  readonly kept: number;
}

interface Row {
  readonly patientKey: string;
  readonly epoch: number;
  readonly studyId: Buffer;
}

export class StudyIdList {
  readonly #database: SqliteDatabase;
  readonly #keyring: Keyring;
  readonly #identities: IdentityTable;
  /** By epoch. */
  readonly #seals: readonly SealedText[];

  constructor(database: SqliteDatabase, keyring: Keyring, identities: IdentityTable) {
    this.#database = database;
    this.#keyring = keyring;
    this.#identities = identities;
    this.#seals = keyring.epochs.map(({ secret }) => new SealedText(secret, TABLE));
  }

  /** The study ID of a patient; an entry with the issuer goes before one without. */
  find(patient: { readonly patientId: string; readonly issuer?: string | undefined }): string | undefined {
    for (const scope of scopesOf(patient)) {
      const row = this.#rowOf(scope);
      if (row) return this.#open(row);
    }
    return undefined;
  }

  count(): number {
    return this.#database.prepare(SQL.count).pluck().get() as number;
  }

  /**
   * Takes all entries or none.
   * @param replace whether they take the place of the whole list instead of being added
   * @throws StudyIdFileError when an entry contradicts what stands in the list or in the identity table
   */
  import(entries: readonly ListedPatient[], replace: boolean): ListImport {
    return this.#database
      .transaction(() => {
        if (replace) this.#database.prepare(SQL.clear).run();
        const faults: string[] = [];
        let [added, repeated, kept] = [0, 0, 0];
        for (const entry of entries) {
          const fault = this.#contradiction(entry);
          if (fault) faults.push(`Line ${entry.line}: ${fault}`);
          else if (this.#rowOf(entry)) repeated += 1;
          else {
            this.#insert(entry);
            added += 1;
          }
          if (this.#hasOtherPseudonym(entry)) kept += 1;
        }
        if (faults.length > 0) throw new StudyIdFileError(faults);
        return { added, repeated, kept };
      })
      .immediate();
  }

  /** Takes a patient off the list; nothing where there is none. */
  forget(scope: PatientScope): void {
    if (scope.issuer === undefined) {
      this.#database.prepare(SQL.forgetId).run(JSON.stringify(this.#keyring.patientIdKeys(scope.patientId)));
    } else this.#database.prepare(SQL.forget).run(JSON.stringify(this.#keysOf(scope)));
  }

  #contradiction(entry: ListedPatient): string | undefined {
    const row = this.#rowOf(entry);
    if (row && this.#open(row) !== entry.studyId) {
      return 'the original ID has another study ID in the list that was imported before.';
    }
    const holder = this.#database
      .prepare(SQL.holder)
      .pluck()
      .get(JSON.stringify(this.#studyKeys(entry.studyId)));
    if (holder !== undefined && !this.#keysOf(entry).includes(holder as string)) {
      return 'the study ID belongs to another original ID in the list that was imported before.';
    }
    const known = this.#identities.holderOf(entry.studyId);
    if (known !== undefined && known.patientId !== entry.patientId) {
      return 'the study ID is the pseudonym of another patient already.';
    }
    return undefined;
  }

  #hasOtherPseudonym({ patientId, issuer, studyId }: ListedPatient): boolean {
    const known =
      issuer === undefined
        ? this.#identities.findEveryIssuer(patientId)
        : [this.#identities.find({ patientId, issuer })];
    return known.some((patient) => patient !== undefined && patient.pseudonym !== studyId);
  }

  #insert({ patientId, issuer, studyId }: ListedPatient): void {
    const { number, pseudonymiser } = this.#keyring.current;
    const patientKey = scopeKey(pseudonymiser, TABLE, { patientId, issuer });
    this.#database.prepare(SQL.insert).run({
      patientKey,
      idKey: pseudonymiser.patientIdKey(patientId),
      studyKey: pseudonymiser.fingerprint('study ID', studyId.toLowerCase()),
      epoch: number,
      studyId: this.#seals[number - 1]?.seal(patientKey, studyId),
    });
  }

  #rowOf(scope: PatientScope): Row | undefined {
    return this.#database.prepare(SQL.find).get(JSON.stringify(this.#keysOf(scope))) as Row | undefined;
  }

  #open({ patientKey, epoch, studyId }: Row): string {
    const seal = this.#seals[epoch - 1];
    if (!seal) throw new Error(`There is no epoch ${epoch}.`);
    return seal.open(patientKey, studyId);
  }

  #keysOf(scope: PatientScope): string[] {
    return this.#keyring.epochs.map(({ pseudonymiser }) => scopeKey(pseudonymiser, TABLE, scope));
  }

  #studyKeys(studyId: string): string[] {
    return this.#keyring.epochs.map(({ pseudonymiser }) =>
      pseudonymiser.fingerprint('study ID', studyId.toLowerCase()),
    );
  }
}
