/**
 * Answers a Focus AST over the published datasets with exact figures. The figures stay inside the
 * node: only the hub's gate reads them, and it discloses them by policy.
 */
import { SHOWN } from '../catalogue/generalisation/shown-values.ts';
import type { SqliteDatabase } from '../store/database.ts';
import type { AstCatalogue, HubVocabularies } from './ast-catalogue.ts';
import { astToSql } from './ast-to-sql.ts';
import type { AstNode } from './focus-ast.ts';

/** A category or an age (years) of one patient. */
interface PatientFact<Value> {
  readonly patientId: string;
  readonly value: Value;
}

/** One published dataset with what of it matches; not to leave the node as it is. */
export interface CollectionFigures {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly patients: number;
  readonly studies: number;
  readonly sexes: readonly PatientFact<string>[];
  readonly modalities: readonly PatientFact<string>[];
  readonly bodyParts: readonly PatientFact<string>[];
  /** Completed years of the age at imaging; both ends of the band where the dataset shows bands. */
  readonly ages: readonly PatientFact<number>[];
}

export const COLLECTION_SQL = {
  published: `SELECT dataset_id AS id, title, description FROM datasets WHERE state = 'published'
    ORDER BY created_at, dataset_id`,
  /** One row per published dataset, study and kind of series; the condition of the question is appended. */
  matches: `SELECT DISTINCT dataset_series.dataset_id AS datasetId, studies.study_uid AS studyUid,
      patients.patient_id AS patientId, patients.sex_code AS sexCode,
      ${SHOWN.youngest} AS youngest, ${SHOWN.oldest} AS oldest,
      series.modality AS modality, series.modality_code AS modalityCode, series.body_part_code AS bodyPartCode
    FROM datasets
    JOIN dataset_series ON dataset_series.dataset_id = datasets.dataset_id
    JOIN series ON series.series_uid = dataset_series.series_uid
    JOIN studies ON studies.study_uid = series.study_uid
    JOIN patients ON patients.patient_id = studies.patient_id
    WHERE datasets.state = 'published' AND `,
} as const;

interface MatchRow {
  readonly datasetId: string;
  readonly studyUid: string;
  readonly patientId: string;
  readonly sexCode: string | null;
  /** Ends of the age band in years; the same where years are shown. */
  readonly youngest: number | null;
  readonly oldest: number | null;
  readonly modality: string | null;
  readonly modalityCode: string | null;
  readonly bodyPartCode: string | null;
}

interface Dataset {
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

export class CollectionSearch {
  readonly #database: SqliteDatabase;
  readonly #catalogue: AstCatalogue;
  readonly #vocabularies: HubVocabularies;

  constructor(database: SqliteDatabase, catalogue: AstCatalogue, vocabularies: HubVocabularies) {
    this.#database = database;
    this.#catalogue = catalogue;
    this.#vocabularies = vocabularies;
  }

  /** Ids of the datasets that may appear in an answer now. */
  publishedIds(): Set<string> {
    const datasets = this.#database.prepare(COLLECTION_SQL.published).all() as Dataset[];
    return new Set(datasets.map(({ id }) => id));
  }

  /** Every published dataset, also those without a match, in the order they were drafted. */
  search(ast: AstNode): CollectionFigures[] {
    return this.#database.transaction(() => {
      const datasets = this.#database.prepare(COLLECTION_SQL.published).all() as Dataset[];
      const tallies = new Map(datasets.map((dataset) => [dataset.id, new Tally(dataset)]));
      const condition = astToSql(ast, this.#catalogue);
      const statement = this.#database.prepare(COLLECTION_SQL.matches + condition.sql);
      for (const row of statement.iterate(...condition.parameters) as IterableIterator<MatchRow>) {
        tallies.get(row.datasetId)?.add(row, this.#vocabularies);
      }
      return [...tallies.values()].map((tally) => tally.figures());
    })();
  }
}

class Tally {
  readonly #dataset: Dataset;
  readonly #patients = new Set<string>();
  readonly #studies = new Set<string>();
  readonly #sexes: PatientFact<string>[] = [];
  readonly #modalities: PatientFact<string>[] = [];
  readonly #bodyParts: PatientFact<string>[] = [];
  readonly #ages: PatientFact<number>[] = [];

  constructor(dataset: Dataset) {
    this.#dataset = dataset;
  }

  add(row: MatchRow, vocabularies: HubVocabularies): void {
    const { patientId, sexCode, bodyPartCode } = row;
    if (!this.#patients.has(patientId)) add(this.#sexes, patientId, labelOf(vocabularies, 'sex', sexCode));
    if (!this.#studies.has(row.studyUid)) {
      add(this.#ages, patientId, row.youngest);
      if (row.oldest !== row.youngest) add(this.#ages, patientId, row.oldest);
    }
    this.#patients.add(patientId);
    this.#studies.add(row.studyUid);
    // the defined term, which is what the explorer shows; only where the vocabulary knows it
    add(this.#modalities, patientId, row.modalityCode === null ? null : row.modality);
    add(this.#bodyParts, patientId, labelOf(vocabularies, 'bodyPart', bodyPartCode));
  }

  figures(): CollectionFigures {
    return {
      ...this.#dataset,
      patients: this.#patients.size,
      studies: this.#studies.size,
      sexes: this.#sexes,
      modalities: this.#modalities,
      bodyParts: this.#bodyParts,
      ages: this.#ages,
    };
  }
}

function add<Value>(facts: PatientFact<Value>[], patientId: string, value: Value | null): void {
  if (value !== null) facts.push({ patientId, value });
}

function labelOf(vocabularies: HubVocabularies, name: 'sex' | 'bodyPart', code: string | null): string | null {
  return code === null ? null : (vocabularies.concept(name, code)?.label ?? null);
}
