/**
 * The words of the site, in vault.db: words that descriptions lost because they are in no list, counted until a person
 * approves or refuses them. A word may be a name until somebody has looked at it, so it is sealed.
 */
import type { Migration, SqliteDatabase } from '../store/database.ts';
import type { Pseudonymiser } from './pseudonymiser.ts';
import { SealedText } from './sealed-text.ts';

export const SITE_WORD_MIGRATIONS: readonly Migration[] = [
  {
    id: '0151-create-the-words-of-the-site',
    sql: `
      CREATE TABLE site_words (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        word_key TEXT NOT NULL UNIQUE,     -- keyed fingerprint of the folded word
        word BLOB NOT NULL,                -- as it stood in the first object, sealed
        attribute TEXT NOT NULL,           -- keyword of where it stood first
        objects INTEGER NOT NULL,
        patients INTEGER NOT NULL,
        first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'seen' CHECK (state IN ('seen','approved','refused')),
        decided_by TEXT, decided_at TEXT) STRICT;
      CREATE INDEX site_words_by_state ON site_words (state, patients, last_seen);
      CREATE TABLE site_word_patients (    -- keyed fingerprints of word and patient together, which link no two words
        word INTEGER NOT NULL REFERENCES site_words (id) ON DELETE CASCADE,
        patient_key TEXT NOT NULL, PRIMARY KEY (word, patient_key)) STRICT, WITHOUT ROWID;
      CREATE TABLE identifying_words (word_key TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;`,
  },
];

/** What one object says; as a worker finds it. */
export interface NotedWords {
  /** As `Pseudonymiser.patientKey` gives it. */
  readonly patientKey: string;
  readonly unknown: readonly { readonly word: string; readonly folded: string; readonly attribute: string }[];
  /** Folded words that identify in the object: none of them is ever proposed. */
  readonly identifying: readonly string[];
}

export type SiteWordState = 'proposed' | 'approved' | 'refused';
export type SiteWordDecision = 'approve' | 'refuse' | 'revoke';

export interface SiteWord {
  readonly id: number;
  readonly word: string;
  readonly attribute: string;
  readonly objects: number;
  /** Different ones; counted up to 100. */
  readonly patients: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly state: SiteWordState;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  /** Whether a header has shown the word as a name or identifier; only words decided about before are still listed then. */
  readonly identifying: boolean;
}

/** A decision that cannot be taken; the message says why, without the word. */
export class SiteWordError extends Error {
  override readonly name = 'SiteWordError';
}

type Row = Omit<SiteWord, 'word' | 'state' | 'identifying'> & {
  readonly key: string;
  readonly sealed: Buffer;
  readonly state: 'seen' | 'approved' | 'refused';
  readonly identifying: number;
};

const SELECT = `SELECT id, word_key AS key, word AS sealed, attribute, objects, patients, first_seen AS firstSeen,
  last_seen AS lastSeen, state, decided_by AS decidedBy, decided_at AS decidedAt,
  EXISTS (SELECT 1 FROM identifying_words i WHERE i.word_key = w.word_key) AS identifying FROM site_words w`;
const PROPOSED = `state = 'seen' AND patients >= ?
  AND NOT EXISTS (SELECT 1 FROM identifying_words i WHERE i.word_key = w.word_key)`;
const SQL = {
  bar: 'INSERT INTO identifying_words (word_key) VALUES (?) ON CONFLICT DO NOTHING',
  see: `INSERT INTO site_words (word_key, word, attribute, objects, patients, first_seen, last_seen)
    VALUES (?, ?, ?, 1, 0, ?, ?)
    ON CONFLICT (word_key) DO UPDATE SET objects = objects + 1, last_seen = excluded.last_seen
    RETURNING id, patients`,
  seePatient: 'INSERT INTO site_word_patients (word, patient_key) VALUES (?, ?) ON CONFLICT DO NOTHING',
  countPatient: 'UPDATE site_words SET patients = patients + 1 WHERE id = ?',
  total: `SELECT COUNT(*) FROM site_words WHERE state = 'seen'`,
  forgetRarest: `DELETE FROM site_words WHERE id IN
    (SELECT id FROM site_words WHERE state = 'seen' ORDER BY patients, last_seen, id LIMIT ?)`,
  find: `${SELECT} WHERE id = ?`,
  proposed: `${SELECT} WHERE ${PROPOSED} ORDER BY patients DESC, objects DESC, id LIMIT ?`,
  decided: `${SELECT} WHERE state = ? ORDER BY decided_at DESC, id LIMIT ?`,
  countProposed: `SELECT COUNT(*) FROM site_words w WHERE ${PROPOSED}`,
  countDecided: 'SELECT COUNT(*) FROM site_words WHERE state = ?',
  approvedIds: `SELECT GROUP_CONCAT(id) FROM (SELECT id FROM site_words WHERE state = 'approved' ORDER BY id)`,
  approved: `${SELECT} WHERE state = 'approved' ORDER BY id`,
  doubtful: `SELECT COUNT(*) FROM site_words JOIN identifying_words USING (word_key) WHERE state = 'approved'`,
  decide: 'UPDATE site_words SET state = ?, decided_by = ?, decided_at = ? WHERE id = ?',
} as const;
/** Words that nobody decided about. */
const MOST_WORDS = 5_000;
const MOST_PATIENTS = 100;
const MOST_REMEMBERED = 50_000;

export interface SiteWordsOptions {
  readonly siteSecret: Uint8Array;
  readonly pseudonymiser: Pick<Pseudonymiser, 'fingerprint'>;
  /** Words that nobody decided about; the rarest beyond are forgotten. */
  readonly mostWords?: number;
}

export class SiteWords {
  readonly #database: SqliteDatabase;
  readonly #sealed: SealedText;
  readonly #pseudonymiser: SiteWordsOptions['pseudonymiser'];
  readonly #mostWords: number;
  /** Names come again with every object of a patient; those that are known to be written cost nothing. */
  readonly #written = new Set<string>();

  constructor(database: SqliteDatabase, { siteSecret, pseudonymiser, mostWords = MOST_WORDS }: SiteWordsOptions) {
    this.#database = database;
    this.#sealed = new SealedText(siteSecret, 'site words');
    this.#pseudonymiser = pseudonymiser;
    this.#mostWords = mostWords;
  }

  /** Counts what a group of objects says, all of it or nothing. @throws the error of the database */
  note(objects: readonly NotedWords[]): void {
    const unknown = objects.some((object) => object.unknown.length > 0);
    const names = new Set(objects.flatMap(({ identifying }) => identifying).filter((word) => !this.#written.has(word)));
    if (!unknown && names.size === 0) return;
    const now = new Date().toISOString();
    this.#database.transaction(() => {
      const bar = this.#database.prepare(SQL.bar);
      for (const word of names) bar.run(this.#key(word));
      for (const object of objects) this.#see(object, now);
      if (unknown) this.#forgetRarest();
    })();
    if (this.#written.size > MOST_REMEMBERED) this.#written.clear();
    for (const word of names) this.#written.add(word);
  }

  /** What a person may decide about, or did. @param fromPatients in the texts of how many patients a word must have stood */
  list(state: SiteWordState, fromPatients: number, limit = 1_000): SiteWord[] {
    const rows =
      state === 'proposed'
        ? this.#database.prepare(SQL.proposed).all(fromPatients, limit)
        : this.#database.prepare(SQL.decided).all(state, limit);
    return (rows as Row[]).map((row) => this.#open(row));
  }

  counts(fromPatients: number): Record<SiteWordState, number> {
    const decided = this.#database.prepare(SQL.countDecided).pluck();
    const proposed = this.#database.prepare(SQL.countProposed).pluck().get(fromPatients) as number;
    return { proposed, approved: decided.get('approved') as number, refused: decided.get('refused') as number };
  }

  /** The approved words, in the order they were seen. */
  approved(): string[] {
    return (this.#database.prepare(SQL.approved).all() as Row[]).map((row) => this.#open(row).word);
  }

  /** How many approved words a header has shown as a name or identifier since. */
  get doubtful(): number {
    return this.#database.prepare(SQL.doubtful).pluck().get() as number;
  }

  /** Another text whenever the approved words are others, also where another process changed them. */
  get revision(): string {
    return (this.#database.prepare(SQL.approvedIds).pluck().get() as string | null) ?? '';
  }

  /**
   * Decides about a word, once for the site; `revoke` takes the decision back.
   * @throws SiteWordError when there is no such word to decide about, or when it identifies somebody
   */
  decide(id: number, decision: SiteWordDecision, by: string, fromPatients: number): void {
    this.#database
      .transaction(() => {
        const row = this.#database.prepare(SQL.find).get(id) as Row | undefined;
        const open = row?.state === 'seen';
        if (row === undefined || (open && (row.patients < fromPatients || row.identifying === 1)))
          throw new SiteWordError('There is no such word to decide about any more. Read the list again.');
        if (decision === 'revoke') {
          if (open) throw new SiteWordError('Nobody has decided about this word yet, so there is nothing to revoke.');
          this.#database.prepare(SQL.decide).run('seen', null, null, id);
          return;
        }
        if (decision === 'approve' && row.identifying === 1)
          throw new SiteWordError('A header has shown this word as a name or identifier. It cannot be approved.');
        const state = decision === 'approve' ? 'approved' : 'refused';
        this.#database.prepare(SQL.decide).run(state, by, new Date().toISOString(), id);
      })
      .immediate();
  }

  #see({ patientKey, unknown }: NotedWords, now: string): void {
    for (const { word, folded, attribute } of unknown) {
      const key = this.#key(folded);
      const seen = this.#database.prepare(SQL.see).get(key, this.#sealed.seal(key, word), attribute, now, now) as {
        id: number;
        patients: number;
      };
      if (seen.patients >= MOST_PATIENTS) continue;
      const patient = this.#pseudonymiser.fingerprint('patient of a site word', `${key}|${patientKey}`);
      const { changes } = this.#database.prepare(SQL.seePatient).run(seen.id, patient);
      if (changes === 1) this.#database.prepare(SQL.countPatient).run(seen.id);
    }
  }

  #forgetRarest(): void {
    const beyond = (this.#database.prepare(SQL.total).pluck().get() as number) - this.#mostWords;
    if (beyond > 0) this.#database.prepare(SQL.forgetRarest).run(beyond);
  }

  #key(folded: string): string {
    return this.#pseudonymiser.fingerprint('site word', folded);
  }

  #open({ key, sealed, state, identifying, ...row }: Row): SiteWord {
    const word = this.#sealed.open(key, sealed);
    return { ...row, word, state: state === 'seen' ? 'proposed' : state, identifying: identifying === 1 };
  }
}
