/** The index of de-identified patients, studies, series and instances. */
import type { SqliteDatabase } from '../store/database.ts';
import { Statements } from '../store/statements.ts';
import { CatalogueWriter, type FileFacts, type IndexedValue } from './catalogue-writer.ts';
import { COHORT_SQL, type CohortCounts } from './cohort.ts';
import type { CohortFilter } from './cohort-condition.ts';
import { type AttributeFacet, attributeFacetsOf, type Facets, facetsOf } from './facets.ts';
import type { InstanceDescription } from './instance-description.ts';
import { removePatient, seriesOfPatient } from './patient-removal.ts';
import { SeriesDescriber } from './search/series-describer.ts';
import { type StudyDetail, studyDetail } from './study-detail.ts';
import { type Page, type StudyPage, searchStudies } from './study-search.ts';
import { type IndexedReading, ValueStore } from './values/value-store.ts';

export const CATALOGUE_SQL = {
  modalities: `SELECT stated_modality AS modality, SUM(series) AS series FROM series_kinds
    WHERE stated_modality <> '' AND series > 0 GROUP BY stated_modality ORDER BY 2 DESC, 1`,
  valuesOf: `SELECT attribute, original, code, label, rule, table_version AS tableVersion FROM harmonised_values
    WHERE entity = ? AND entity_id = ?`,
  fileOf: 'SELECT file FROM instances WHERE object_id = ?',
  middleInstance: `SELECT file FROM instances WHERE series_uid = @seriesUid AND rows IS NOT NULL
    ORDER BY number, instance_uid LIMIT 1
    OFFSET (SELECT COUNT(*) / 2 FROM instances WHERE series_uid = @seriesUid AND rows IS NOT NULL)`,
} as const;

export class Catalogue {
  readonly #database: SqliteDatabase;
  readonly #statements: Statements;
  readonly #writer: CatalogueWriter;
  readonly #quantities: ValueStore;
  readonly #describer: SeriesDescriber;

  constructor(database: SqliteDatabase, now: () => Date = () => new Date()) {
    this.#database = database;
    this.#statements = new Statements(database);
    this.#writer = new CatalogueWriter(database, now);
    this.#quantities = new ValueStore(database, now);
    this.#describer = new SeriesDescriber(database);
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
    this.#writer.add(description, this.#unknownOf(description, values), file);
    if (quantities) this.#quantities.keep(description, quantities);
    this.#describer.catchUp();
  }

  /** The objects of a series state the same: to see that takes one look, to write it again takes one for each value. */
  #unknownOf({ patientId, seriesUid }: InstanceDescription, values: readonly IndexedValue[]): readonly IndexedValue[] {
    const known = new Map<string, StoredValue>();
    for (const [entity, id] of [
      ['patient', patientId],
      ['series', seriesUid],
    ] as const) {
      const rows = this.#statements.of(CATALOGUE_SQL.valuesOf).all(entity, id) as StoredValue[];
      for (const row of rows) known.set(`${entity} ${row.attribute}`, row);
    }
    return values.filter((value) => !isStored(value, known.get(`${value.entity} ${value.attribute}`)));
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
    this.#describer.catchUp();
    return this.#statements.of(COHORT_SQL.allCounts).get() as CohortCounts;
  }

  /** Series per modality as DICOM writes it, most frequent first. */
  modalities(): { modality: string; series: number }[] {
    this.#describer.catchUp();
    return this.#statements.of(CATALOGUE_SQL.modalities).all() as { modality: string; series: number }[];
  }

  /** Values to filter by with the number of studies under the other filters, most frequent first. */
  facets(filter: CohortFilter = {}): Facets {
    this.#describer.catchUp();
    return facetsOf(this.#database, filter);
  }

  /** Harmonised attributes of the series that match, with the number of studies. */
  attributeFacets(filter: CohortFilter = {}): AttributeFacet[] {
    this.#describer.catchUp();
    return attributeFacetsOf(this.#database, filter);
  }

  searchStudies(filter: CohortFilter, page: Page): StudyPage {
    this.#describer.catchUp();
    return searchStudies(this.#database, filter, page);
  }

  /** @returns undefined when the study is not indexed */
  getStudy(studyUid: string): StudyDetail | undefined {
    this.#describer.catchUp();
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

  /** Completes what searching needs, after a migration or where it was lost. @returns whether words were missing */
  completeSearch(): boolean {
    return this.#describer.complete();
  }

  /** Makes what searching needs anew. */
  rebuildSearch(): void {
    this.#describer.rebuild();
  }

  /** File of the middle image of a series, relative to the data folder; undefined where it has no image. */
  thumbnailSource(seriesUid: string): string | undefined {
    return this.#database.prepare(CATALOGUE_SQL.middleInstance).pluck().get({ seriesUid }) as string | undefined;
  }
}

type StoredValue = Pick<IndexedValue, 'attribute' | 'original' | 'code' | 'label' | 'rule' | 'tableVersion'>;

function isStored(value: IndexedValue, stored: StoredValue | undefined): boolean {
  return (
    stored !== undefined &&
    (['original', 'code', 'label', 'rule', 'tableVersion'] as const).every((name) => value[name] === stored[name])
  );
}
