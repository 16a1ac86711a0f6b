/** The original studies behind the replaced ones, sealed: for the linkage file and for the order of what happened. */
import type { SqliteDatabase } from '../store/database.ts';
import { SealedText } from './sealed-text.ts';

/** As the original objects state it. */
export interface OriginalStudy {
  readonly studyInstanceUid: string;
  /** DA. */
  readonly date?: string | undefined;
  readonly description?: string | undefined;
}

export interface IdentifiedStudy extends OriginalStudy {
  /** The replaced UID. */
  readonly studyUid: string;
  readonly pseudonym: string;
}

const SQL = {
  known: 'SELECT 1 FROM identified_studies WHERE study_uid = ?',
  insert: `INSERT INTO identified_studies (study_uid, pseudonym, study, seen_at)
    VALUES (@studyUid, @pseudonym, @study, @now) ON CONFLICT DO NOTHING`,
  ofPatient: 'SELECT study_uid AS studyUid, pseudonym, study FROM identified_studies WHERE pseudonym = ?',
  all: 'SELECT study_uid AS studyUid, pseudonym, study FROM identified_studies ORDER BY pseudonym, study_uid',
} as const;
/** Studies whose row is known to be there, so that every object of one need not ask. */
const MOST_NOTED = 10_000;

interface Row {
  readonly studyUid: string;
  readonly pseudonym: string;
  readonly study: Buffer;
}

export class IdentifiedStudies {
  readonly #database: SqliteDatabase;
  readonly #seal: SealedText;
  readonly #noted = new Set<string>();

  /** @param siteSecret of the first epoch */
  constructor(database: SqliteDatabase, siteSecret: Uint8Array) {
    this.#database = database;
    this.#seal = new SealedText(siteSecret, 'identified studies');
  }

  /** Remembers a study; what the first object of it says stays. @param studyUid the replaced UID */
  note(studyUid: string, pseudonym: string, study: OriginalStudy): void {
    if (this.#noted.has(studyUid)) return;
    if (this.#noted.size >= MOST_NOTED) this.#noted.clear();
    if (this.#database.prepare(SQL.known).get(studyUid) === undefined) {
      const sealed = this.#seal.seal(studyUid, JSON.stringify(study));
      this.#database.prepare(SQL.insert).run({ studyUid, pseudonym, study: sealed, now: new Date().toISOString() });
    }
    this.#noted.add(studyUid);
  }

  ofPatient(pseudonym: string): IdentifiedStudy[] {
    return (this.#database.prepare(SQL.ofPatient).all(pseudonym) as Row[]).map((row) => this.#open(row));
  }

  /** One after another, by pseudonym. */
  *all(): Iterable<IdentifiedStudy> {
    for (const row of this.#database.prepare(SQL.all).iterate()) yield this.#open(row as Row);
  }

  #open({ studyUid, pseudonym, study }: Row): IdentifiedStudy {
    return { ...(JSON.parse(this.#seal.open(studyUid, study)) as OriginalStudy), studyUid, pseudonym };
  }
}
