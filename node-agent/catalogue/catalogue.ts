/** The index of de-identified patients, studies, series and instances. */
import type { SqliteDatabase } from '../store/database.ts';
import { CatalogueWriter, type FileFacts, type IndexedValue } from './catalogue-writer.ts';
import type { CohortCounts } from './cohort.ts';
import type { CohortFilter } from './cohort-condition.ts';
import type { InstanceDescription } from './instance-description.ts';
import { removePatient, seriesOfPatient } from './patient-removal.ts';
import { type StudyDetail, studyDetail } from './study-detail.ts';
import { type Page, type StudyPage, searchStudies } from './study-search.ts';
import { type IndexedReading, ValueStore } from './values/value-store.ts';

/** A value to filter by: a EUCAIM code, or the original where nothing mapped. */
interface FacetValue {
  readonly value: string;
  readonly label: string;
  readonly studies: number;
}

export interface Facets {
  readonly modality: readonly FacetValue[];
  readonly bodyPart: readonly FacetValue[];
  readonly sex: readonly FacetValue[];
  readonly manufacturer: readonly FacetValue[];
}

const seriesFacet = (
  attribute: string,
) => `SELECT ${attribute}_key AS value, COALESCE(label, ${attribute}_key) AS label,
    COUNT(DISTINCT study_uid) AS studies
  FROM series LEFT JOIN concepts ON concepts.attribute = '${attribute}' AND concepts.code = ${attribute}_key
  WHERE ${attribute}_key IS NOT NULL GROUP BY ${attribute}_key ORDER BY studies DESC, value`;

export const CATALOGUE_SQL = {
  counts: `SELECT (SELECT COUNT(*) FROM patients) AS patients, (SELECT COUNT(*) FROM studies) AS studies,
    (SELECT COUNT(*) FROM series) AS series, COUNT(*) AS instances, COALESCE(SUM(bytes), 0) AS bytes FROM instances`,
  modalities: `SELECT modality, COUNT(*) AS series FROM series WHERE modality IS NOT NULL
    GROUP BY modality ORDER BY series DESC, modality`,
  facets: {
    modality: seriesFacet('modality'),
    bodyPart: seriesFacet('body_part'),
    manufacturer: seriesFacet('manufacturer'),
    sex: `SELECT sex_key AS value, COALESCE(label, sex_key) AS label, COUNT(*) AS studies
      FROM patients JOIN studies USING (patient_id)
      LEFT JOIN concepts ON concepts.attribute = 'sex' AND concepts.code = sex_key
      WHERE sex_key IS NOT NULL GROUP BY sex_key ORDER BY studies DESC, value`,
  },
  fileOf: 'SELECT file FROM instances WHERE object_id = ?',
  middleInstance: `SELECT file FROM instances WHERE series_uid = @seriesUid AND rows IS NOT NULL
    ORDER BY number, instance_uid LIMIT 1
    OFFSET (SELECT COUNT(*) / 2 FROM instances WHERE series_uid = @seriesUid AND rows IS NOT NULL)`,
} as const;

export class Catalogue {
  readonly #database: SqliteDatabase;
  readonly #writer: CatalogueWriter;
  readonly #quantities: ValueStore;

  constructor(database: SqliteDatabase, now: () => Date = () => new Date()) {
    this.#database = database;
    this.#writer = new CatalogueWriter(database, now);
    this.#quantities = new ValueStore(database, now);
  }

  /**
   * Enters one object; the caller wraps it in the transaction that settles the object in the ledger.
   * Entering the same object again changes nothing or replaces it.
   * @throws CatalogueError when the object contradicts what is indexed already
   */
  add(
    description: InstanceDescription,
    values: readonly IndexedValue[],
    file: FileFacts,
    quantities?: IndexedReading | undefined,
  ): void {
    this.#writer.add(description, values, file);
    if (quantities) this.#quantities.keep(description, quantities);
  }

  /**
   * Checks that an object does not contradict what is indexed, before its file gets its place: a file
   * placed over that of another object would be lost.
   * @throws CatalogueError when it does
   */
  check(description: InstanceDescription, objectId: string): void {
    this.#writer.check(description, objectId);
  }

  counts(): CohortCounts {
    return this.#database.prepare(CATALOGUE_SQL.counts).get() as CohortCounts;
  }

  /** Series per modality as DICOM writes it, most frequent first. */
  modalities(): { modality: string; series: number }[] {
    return this.#database.prepare(CATALOGUE_SQL.modalities).all() as { modality: string; series: number }[];
  }

  /** Values to filter by with the number of studies, most frequent first. */
  facets(): Facets {
    const { modality, bodyPart, sex, manufacturer } = CATALOGUE_SQL.facets;
    const valuesOf = (sql: string) => this.#database.prepare(sql).all() as FacetValue[];
    return {
      modality: valuesOf(modality),
      bodyPart: valuesOf(bodyPart),
      sex: valuesOf(sex),
      manufacturer: valuesOf(manufacturer),
    };
  }

  searchStudies(filter: CohortFilter, page: Page): StudyPage {
    return searchStudies(this.#database, filter, page);
  }

  /** @returns undefined when the study is not indexed */
  getStudy(studyUid: string): StudyDetail | undefined {
    return studyDetail(this.#database, studyUid);
  }

  /** File of an object of the ledger, relative to the data folder; undefined where it is not indexed. */
  fileOf(objectId: string): string | undefined {
    return this.#database.prepare(CATALOGUE_SQL.fileOf).pluck().get(objectId) as string | undefined;
  }

  /** UIDs of a patient's series. @param patientId the pseudonym */
  seriesOfPatient(patientId: string): string[] {
    return seriesOfPatient(this.#database, patientId);
  }

  /**
   * Takes a patient out of the index, in the transaction of the caller, when no dataset holds a series of it any more.
   * @returns the ids of the objects in the ledger
   */
  removePatient(patientId: string): string[] {
    return removePatient(this.#database, patientId);
  }

  /** File of the middle image of a series, relative to the data folder; undefined where it has no image. */
  thumbnailSource(seriesUid: string): string | undefined {
    return this.#database.prepare(CATALOGUE_SQL.middleInstance).pluck().get({ seriesUid }) as string | undefined;
  }
}
