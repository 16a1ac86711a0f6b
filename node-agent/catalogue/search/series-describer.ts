/**
 * Works out what searching needs of a series: its kind, its attributes and its words. Changes of a series put it on a list
 * (triggers of the schema); whoever changes or reads the index works the list off, so that a series is described once
 * after all that is known of it has been entered, and in the same transaction.
 */
import type { SqliteDatabase } from '../../store/database.ts';
import { Statements } from '../../store/statements.ts';
import { CREATE_WORDS } from './schema.ts';
import { foldedWords } from './search-words.ts';

/** Attributes that have a part in the kind or, as sex, belong to the patient. */
const IN_KIND = `('modality', 'body_part', 'manufacturer', 'sex')`;

const label = (attribute: string) => `(SELECT label FROM concepts
  WHERE attribute = '${attribute}' AND code = series.${attribute}_code)`;

export const DESCRIBE_SQL = {
  waiting: 'SELECT series_no FROM series_to_describe LIMIT 1000',
  dropWords: 'DROP TABLE IF EXISTS series_words',
  /** Series, and those without words. */
  balance: `SELECT (SELECT COUNT(*) FROM series_sums) AS there,
    (SELECT COUNT(*) FROM series_sums) - (SELECT COUNT(*) FROM series_words_docsize) AS lost`,
  all: 'INSERT OR IGNORE INTO series_to_describe SELECT series_no FROM series',
  facts: `SELECT COALESCE(sex_key, '') AS sex, COALESCE(modality_key, '') AS modality, COALESCE(modality, '') AS stated,
      COALESCE(body_part_key, '') AS bodyPart, COALESCE(manufacturer_key, '') AS manufacturer,
      studies.description AS study, series.description AS series, protocol, model, modality AS statedModality,
      body_part AS statedBodyPart, series.manufacturer AS statedManufacturer, ${label('modality')} AS modalityLabel,
      ${label('body_part')} AS bodyPartLabel, ${label('manufacturer')} AS manufacturerLabel,
      ${label('laterality')} AS lateralityLabel, series_uid AS seriesUid,
      age_years AS age, CAST(substr(study_date, 1, 4) AS INTEGER) AS year
    FROM series JOIN studies USING (study_uid) JOIN patients USING (patient_id) WHERE series_no = ?`,
  values: `SELECT attribute, COALESCE(code, label, original) AS value, COALESCE(label, code, original) AS label
    FROM harmonised_values WHERE entity = 'series' AND entity_id = ? AND attribute NOT IN ${IN_KIND}
      AND COALESCE(code, label, original) IS NOT NULL ORDER BY attribute`,
  kind: `SELECT kind_no FROM series_kinds WHERE sex = @sex AND modality = @modality AND stated_modality = @stated
    AND body_part = @bodyPart AND manufacturer = @manufacturer`,
  addKind: `INSERT INTO series_kinds (sex, modality, stated_modality, body_part, manufacturer)
    VALUES (@sex, @modality, @stated, @bodyPart, @manufacturer)`,
  value: 'SELECT value_no, label FROM attribute_values WHERE attribute = ? AND value = ?',
  addValue: `INSERT INTO attribute_values (attribute, value, label) VALUES (?, ?, ?)
    ON CONFLICT (attribute, value) DO UPDATE SET label = excluded.label RETURNING value_no`,
  words: 'INSERT OR REPLACE INTO series_words (rowid, words) VALUES (?, ?)',
  describe: `UPDATE series_sums SET kind_no = @kind, age_years = @age, study_year = @year, attributes = @attributes
    WHERE series_no = @series`,
  done: 'DELETE FROM series_to_describe WHERE series_no = ?',
} as const;

interface Facts {
  readonly sex: string;
  readonly modality: string;
  readonly stated: string;
  readonly bodyPart: string;
  readonly manufacturer: string;
  readonly seriesUid: string;
  readonly age: number | null;
  readonly year: number | null;
  readonly [text: string]: string | number | null;
}

/** De-identified texts by which a series is found. */
const WORDS = [
  ...['study', 'series', 'protocol', 'model', 'statedModality', 'statedBodyPart', 'statedManufacturer'],
  ...['modalityLabel', 'bodyPartLabel', 'manufacturerLabel', 'lateralityLabel'],
] as const;

interface AttributeValue {
  readonly attribute: string;
  readonly value: string;
  readonly label: string;
}

export class SeriesDescriber {
  readonly #database: SqliteDatabase;
  readonly #statements: Statements;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#statements = new Statements(database);
  }

  /** Describes every series that changed; next to nothing where none did. Nothing on a connection that only reads. */
  catchUp(): void {
    if (this.#waiting().length === 0 || this.#database.readonly) return;
    this.#database.transaction(() => {
      for (let numbers = this.#waiting(); numbers.length > 0; numbers = this.#waiting()) {
        for (const number of numbers) this.#describe(number);
      }
    })();
  }

  /**
   * Describes every series anew where words are missing: the list of words is beside the tables it follows from, and a
   * restored or repaired database may come without it. @returns whether anything was missing
   */
  complete(): boolean {
    this.catchUp();
    const { there, lost } = this.#statements.of(DESCRIBE_SQL.balance).get() as { there: number; lost: number };
    if (there === 0 || lost === 0) return false;
    this.rebuild();
    return true;
  }

  /** Makes the words of every series anew, and works its kind and attributes out again. */
  rebuild(): void {
    this.#database.transaction(() => {
      this.#database.exec(`${DESCRIBE_SQL.dropWords}; ${CREATE_WORDS}`);
      this.#statements.of(DESCRIBE_SQL.all).run();
      this.catchUp();
    })();
  }

  #waiting(): number[] {
    return this.#statements.of(DESCRIBE_SQL.waiting).pluck().all() as number[];
  }

  #describe(series: number): void {
    const facts = this.#statements.of(DESCRIBE_SQL.facts).get(series) as Facts | undefined;
    if (facts !== undefined) {
      const values = this.#statements.of(DESCRIBE_SQL.values).all(facts.seriesUid) as AttributeValue[];
      const attributes = ` ${values.map((value) => `${this.#valueNumber(value)} `).join('')}`;
      const { age, year } = facts;
      this.#statements.of(DESCRIBE_SQL.describe).run({ series, kind: this.#kindOf(facts), age, year, attributes });
      const texts = [...WORDS.map((name) => facts[name]), ...values.map((value) => value.label)];
      const words = [...new Set(texts)].filter((text) => text !== null && text !== '').join(' \n');
      this.#statements.of(DESCRIBE_SQL.words).run(series, foldedWords(words));
    }
    this.#statements.of(DESCRIBE_SQL.done).run(series);
  }

  #kindOf({ sex, modality, stated, bodyPart, manufacturer }: Facts): number {
    const kind = { sex, modality, stated, bodyPart, manufacturer };
    const known = this.#statements.of(DESCRIBE_SQL.kind).pluck().get(kind) as number | undefined;
    return known ?? Number(this.#statements.of(DESCRIBE_SQL.addKind).run(kind).lastInsertRowid);
  }

  #valueNumber({ attribute, value, label }: AttributeValue): number {
    const known = this.#statements.of(DESCRIBE_SQL.value).get(attribute, value) as
      | { value_no: number; label: string }
      | undefined;
    if (known?.label === label) return known.value_no;
    return this.#statements.of(DESCRIBE_SQL.addValue).pluck().get(attribute, value, label) as number;
  }
}
