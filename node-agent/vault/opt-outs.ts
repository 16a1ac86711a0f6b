/**
 * The right to object (GDPR Art. 21): tombstones of patients whose objects are withdrawn and never taken again. A tombstone
 * is a keyed fingerprint; who it stands for can only be told by somebody who has the site secret and the Patient ID.
 */
import { randomUUID } from 'node:crypto';
import type { SqliteDatabase } from '../store/database.ts';
import type { IdentityTable } from './identity-table.ts';
import type { Keyring } from './keyring.ts';
import { type PatientScope, scopeKey, scopesOf } from './patient-scope.ts';
import type { StudyIdList } from './study-id-list.ts';

export interface OptOut {
  readonly id: string;
  readonly state: 'withdrawing' | 'withdrawn';
  readonly by: string;
  readonly at: string;
  readonly finishedAt: string | null;
  /** Objects that were withdrawn, those refused later not included. */
  readonly objects: number;
  /** Stopped objects that cannot be read, so that nobody can say whose they are. */
  readonly unreadable: number;
}

/** An opt-out that cannot be entered or taken back; the message holds no identifier. */
export class OptOutError extends Error {
  override readonly name = 'OptOutError';
}

/** The patient of an object objected; nothing of it may be kept. */
export class PatientOptedOut extends Error {
  override readonly name = 'PatientOptedOut';
}

const TABLE = 'opt-out';
const COLUMNS = 'id, state, by, at, finished_at AS finishedAt, objects, unreadable';

const SQL = {
  insert: `INSERT INTO opt_outs (id, patient_key, epoch, state, by, at)
    VALUES (@id, @patientKey, @epoch, 'withdrawing', @by, @now)`,
  insertPseudonym: 'INSERT INTO opt_out_pseudonyms (opt_out_id, pseudonym) VALUES (?, ?)',
  covering: `SELECT ${COLUMNS} FROM opt_outs WHERE patient_key IN (SELECT value FROM json_each(?))`,
  find: `SELECT ${COLUMNS} FROM opt_outs WHERE id = ?`,
  list: `SELECT ${COLUMNS} FROM opt_outs ORDER BY at DESC, id`,
  pending: `SELECT id FROM opt_outs WHERE state = 'withdrawing' ORDER BY at, id`,
  pseudonyms: 'SELECT pseudonym FROM opt_out_pseudonyms WHERE opt_out_id = ?',
  forget: `DELETE FROM identities WHERE pseudonym IN (SELECT pseudonym FROM opt_out_pseudonyms WHERE opt_out_id = ?)`,
  forgetStudies: `DELETE FROM identified_studies WHERE pseudonym IN (SELECT pseudonym FROM opt_out_pseudonyms WHERE opt_out_id = ?)`,
  dropPseudonyms: 'DELETE FROM opt_out_pseudonyms WHERE opt_out_id = ?',
  finish: `UPDATE opt_outs SET state = 'withdrawn', finished_at = @now, objects = @objects, unreadable = @unreadable
    WHERE id = @id`,
  remove: 'DELETE FROM opt_outs WHERE id = ?',
} as const;

export class OptOuts {
  readonly #database: SqliteDatabase;
  readonly #keyring: Keyring;
  readonly #identities: IdentityTable;
  readonly #studyIds: StudyIdList;

  constructor(database: SqliteDatabase, keyring: Keyring, identities: IdentityTable, studyIds: StudyIdList) {
    this.#database = database;
    this.#keyring = keyring;
    this.#identities = identities;
    this.#studyIds = studyIds;
  }

  /** Whether an object of this patient must not be kept. */
  covers(patient: { readonly patientId: string; readonly issuer?: string | undefined }): boolean {
    return this.#covering(scopesOf(patient)).length > 0;
  }

  /**
   * Enters a tombstone; from now on nothing of the patient is taken. What is there has to be withdrawn.
   * @param everyIssuer whether to go on where several patients have this ID from different issuers
   * @throws OptOutError when the patient has objected already, or several patients are meant and that was not said
   */
  enter(objector: PatientScope, by: string, everyIssuer = false): OptOut {
    const patientId = objector.patientId.trim();
    const { issuer } = objector;
    if (patientId === '') throw new OptOutError('There is no Patient ID. Give one and try again.');
    return this.#database
      .transaction(() => {
        if (this.#covering([{ patientId, issuer }]).length > 0) {
          throw new OptOutError('This patient has objected already. Nothing was changed.');
        }
        const found = this.#identities.findEveryIssuer(patientId);
        const meant = issuer === undefined ? found : [this.#identities.find({ patientId, issuer })].filter(isThere);
        if (issuer === undefined && meant.length > 1 && !everyIssuer) {
          throw new OptOutError(
            `${meant.length} patients have this Patient ID, each from another issuer. Name the issuer (Issuer of Patient ID, 0010,0021), or say that all of them are meant.`,
          );
        }
        const id = randomUUID();
        const { number, pseudonymiser } = this.#keyring.current;
        const patientKey = scopeKey(pseudonymiser, TABLE, { patientId, issuer });
        this.#database.prepare(SQL.insert).run({ id, patientKey, epoch: number, by, now: new Date().toISOString() });
        for (const { pseudonym } of meant) this.#database.prepare(SQL.insertPseudonym).run(id, pseudonym);
        this.#studyIds.forget({ patientId, issuer });
        return this.#get(id);
      })
      .immediate();
  }

  /** Ids of those of which something may still be there, the oldest first. */
  pending(): string[] {
    return this.#database.prepare(SQL.pending).pluck().all() as string[];
  }

  /** What is to be withdrawn. */
  pseudonymsOf(id: string): string[] {
    return this.#database.prepare(SQL.pseudonyms).pluck().all(id) as string[];
  }

  /** Everything is withdrawn: the patient is forgotten but for the tombstone. */
  finish(id: string, counted: { readonly objects: number; readonly unreadable: number }): void {
    this.#database
      .transaction(() => {
        this.#database.prepare(SQL.forget).run(id);
        this.#database.prepare(SQL.forgetStudies).run(id);
        this.#database.prepare(SQL.dropPseudonyms).run(id);
        this.#database.prepare(SQL.finish).run({ id, ...counted, now: new Date().toISOString() });
      })
      .immediate();
  }

  /**
   * Takes an opt-out back: objects of the patient are taken again when they are sent again. What was withdrawn stays so.
   * @throws OptOutError when there is none, or its withdrawal is not over
   */
  undo(objector: PatientScope): OptOut {
    return this.#database
      .transaction(() => {
        const [found] = this.#covering([{ ...objector, patientId: objector.patientId.trim() }]);
        if (!found) {
          throw new OptOutError(
            'There is no objection of this patient that was entered with this Patient ID and this issuer. Nothing was changed.',
          );
        }
        if (found.state !== 'withdrawn') {
          throw new OptOutError(
            'The objects of this patient are being withdrawn just now. Try again when that is over.',
          );
        }
        this.#database.prepare(SQL.remove).run(found.id);
        return found;
      })
      .immediate();
  }

  find(id: string): OptOut | undefined {
    return this.#database.prepare(SQL.find).get(id) as OptOut | undefined;
  }

  /** The newest first. */
  list(): OptOut[] {
    return this.#database.prepare(SQL.list).all() as OptOut[];
  }

  #get(id: string): OptOut {
    return this.find(id) as OptOut;
  }

  #covering(objectors: readonly PatientScope[]): OptOut[] {
    const keys = this.#keyring.epochs.flatMap(({ pseudonymiser }) =>
      objectors.map((objector) => scopeKey(pseudonymiser, TABLE, objector)),
    );
    return this.#database.prepare(SQL.covering).all(JSON.stringify(keys)) as OptOut[];
  }
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}
