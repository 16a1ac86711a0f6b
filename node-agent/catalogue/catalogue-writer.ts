/** Entering de-identified objects into the index. */
import type { Statement } from 'better-sqlite3';
import type { SqliteDatabase } from '../store/database.ts';
import { CatalogueError } from './errors.ts';
import type { InstanceDescription } from './instance-description.ts';

/** A harmonised value as the pipeline hands it over; see the harmonise room for the meaning. */
export interface IndexedValue {
  readonly entity: 'patient' | 'study' | 'series';
  readonly attribute: string;
  readonly original: string | null;
  readonly code: string | null;
  readonly label: string | null;
  readonly rule: string;
  readonly tableVersion: string;
  readonly confidence?: number | undefined;
  readonly candidates?:
    | readonly { readonly code: string; readonly label: string; readonly confidence: number }[]
    | undefined;
  readonly chosenBy?: string | undefined;
}

/** What is known of the stored file. */
export interface FileFacts {
  /** Of the object ledger. */
  readonly objectId: string;
  /** Relative to the data folder, see `objectPath`. */
  readonly file: string;
  readonly bytes: number;
  /** SHA-256 of the file, hexadecimal. */
  readonly contentHash: string;
  /** Hash of the de-identification profile and its tables. */
  readonly profileHash: string;
  /** Whether the volume it belongs to may show a face. */
  readonly mayShowFace: boolean;
  /** What was done to it, see `treatmentText`. */
  readonly treatment: string;
}

/** Facts a later object of the same entity states and an earlier one left out are filled in, never replaced. */
export const WRITE_SQL = {
  patientOfStudy: 'SELECT patient_id FROM studies WHERE study_uid = ?',
  studyOfSeries: 'SELECT study_uid FROM series WHERE series_uid = ?',
  sameInstance:
    'SELECT instance_uid, object_id FROM instances WHERE instance_uid = @instanceUid OR object_id = @objectId',
  patient: `INSERT INTO patients (patient_id, sex_original, first_indexed_at) VALUES (@patientId, @sex, @now)
    ON CONFLICT (patient_id) DO UPDATE SET sex_original = excluded.sex_original
    WHERE sex_original IS NULL AND excluded.sex_original IS NOT NULL`,
  study: `INSERT INTO studies (study_uid, patient_id, study_date, age_years, description, indexed_at)
    VALUES (@studyUid, @patientId, @studyDate, @ageYears, @studyDescription, @now)
    ON CONFLICT (study_uid) DO UPDATE SET study_date = COALESCE(study_date, excluded.study_date),
      age_years = COALESCE(age_years, excluded.age_years), description = COALESCE(description, excluded.description)
    WHERE (study_date IS NULL AND excluded.study_date IS NOT NULL) OR (age_years IS NULL AND excluded.age_years IS NOT NULL)
      OR (description IS NULL AND excluded.description IS NOT NULL)`,
  series: `INSERT INTO series (series_uid, study_uid, number, modality, body_part, manufacturer, laterality, model,
      description, protocol)
    VALUES (@seriesUid, @studyUid, @seriesNumber, @modality, @bodyPart, @manufacturer, @laterality, @model,
      @seriesDescription, @protocol)
    ON CONFLICT (series_uid) DO UPDATE SET number = COALESCE(number, excluded.number),
      modality = COALESCE(modality, excluded.modality), body_part = COALESCE(body_part, excluded.body_part),
      manufacturer = COALESCE(manufacturer, excluded.manufacturer),
      laterality = COALESCE(laterality, excluded.laterality), model = COALESCE(model, excluded.model),
      description = COALESCE(description, excluded.description), protocol = COALESCE(protocol, excluded.protocol)
    WHERE (number IS NULL AND excluded.number IS NOT NULL) OR (modality IS NULL AND excluded.modality IS NOT NULL)
      OR (body_part IS NULL AND excluded.body_part IS NOT NULL)
      OR (manufacturer IS NULL AND excluded.manufacturer IS NOT NULL)
      OR (laterality IS NULL AND excluded.laterality IS NOT NULL) OR (model IS NULL AND excluded.model IS NOT NULL)
      OR (description IS NULL AND excluded.description IS NOT NULL)
      OR (protocol IS NULL AND excluded.protocol IS NOT NULL)`,
  regions: 'INSERT OR IGNORE INTO series_regions (series_uid, regions_json) VALUES (?, ?)',
  treatment: 'INSERT OR IGNORE INTO treatments (content) VALUES (?)',
  instance: `INSERT INTO instances (instance_uid, series_uid, object_id, file, sop_class_uid, transfer_syntax_uid,
      number, rows, columns, frames, bytes, content_hash, profile_hash, may_show_face, treatment_id, indexed_at)
    VALUES (@instanceUid, @seriesUid, @objectId, @file, @sopClassUid, @transferSyntaxUid, @instanceNumber,
      @rows, @columns, @frames, @bytes, @contentHash, @profileHash, @mayShowFace,
      (SELECT treatment_id FROM treatments WHERE content = @treatment), @now)
    ON CONFLICT (instance_uid) DO UPDATE SET series_uid = excluded.series_uid, file = excluded.file,
      sop_class_uid = excluded.sop_class_uid, transfer_syntax_uid = excluded.transfer_syntax_uid,
      number = excluded.number, rows = excluded.rows, columns = excluded.columns, frames = excluded.frames,
      bytes = excluded.bytes, content_hash = excluded.content_hash, profile_hash = excluded.profile_hash, may_show_face = excluded.may_show_face,
      treatment_id = excluded.treatment_id,
      indexed_at = excluded.indexed_at`,
  /** The first value that mapped stays, unless a newer table is applied; a weighed one is changed by weighing alone. */
  harmonised: `INSERT INTO harmonised_values (entity, entity_id, attribute, original, code, label, rule, table_version, at,
      confidence, candidates_json, chosen_by)
    VALUES (@entity, @entityId, @attribute, @original, @code, @label, @rule, @tableVersion, @now,
      @confidence, @candidates, @chosenBy)
    ON CONFLICT (entity, entity_id, attribute) DO UPDATE SET original = excluded.original, code = excluded.code,
      label = excluded.label, rule = excluded.rule, table_version = excluded.table_version, at = excluded.at,
      confidence = excluded.confidence, candidates_json = excluded.candidates_json, chosen_by = excluded.chosen_by
    WHERE (confidence IS NULL OR excluded.confidence IS NOT NULL)
      AND ((code IS NULL AND (excluded.code IS NOT NULL OR (original IS NULL AND excluded.original IS NOT NULL)))
        OR (table_version <> excluded.table_version AND excluded.code IS NOT NULL))`,
  concept: `INSERT INTO concepts (attribute, code, label) VALUES (@attribute, @code, @label)
    ON CONFLICT (attribute, code) DO UPDATE SET label = excluded.label WHERE label <> excluded.label`,
  codes: {
    sex: 'UPDATE patients SET sex_code = ? WHERE patient_id = ?',
    modality: 'UPDATE series SET modality_code = ? WHERE series_uid = ?',
    body_part: 'UPDATE series SET body_part_code = ? WHERE series_uid = ?',
    manufacturer: 'UPDATE series SET manufacturer_code = ? WHERE series_uid = ?',
    laterality: 'UPDATE series SET laterality_code = ? WHERE series_uid = ?',
  },
} as const;

type PlainStatement = Exclude<keyof typeof WRITE_SQL, 'codes'>;

export class CatalogueWriter {
  readonly #statements: Record<PlainStatement, Statement>;
  readonly #codes: ReadonlyMap<string, Statement>;
  readonly #now: () => Date;

  constructor(database: SqliteDatabase, now: () => Date) {
    const { codes, ...plain } = WRITE_SQL;
    this.#statements = Object.fromEntries(
      Object.entries(plain).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<PlainStatement, Statement>;
    this.#codes = new Map(Object.entries(codes).map(([attribute, sql]) => [attribute, database.prepare(sql)]));
    this.#now = now;
  }

  /**
   * Checks, before anything is written, that the object does not contradict what is indexed.
   * @throws CatalogueError when it does
   */
  check(description: InstanceDescription, objectId: string): void {
    this.#checkPlace(description, objectId);
  }

  /** @throws CatalogueError when the object contradicts what is indexed already */
  add(description: InstanceDescription, values: readonly IndexedValue[], file: FileFacts): void {
    this.#checkPlace(description, file.objectId);
    const { anatomicRegions, ...columns } = description;
    const row = { ...columns, ...file, mayShowFace: file.mayShowFace ? 1 : 0, now: this.#now().toISOString() };
    this.#statements.patient.run(row);
    this.#statements.study.run(row);
    this.#statements.series.run(row);
    if (anatomicRegions.length > 0) this.#statements.regions.run(row.seriesUid, JSON.stringify(anatomicRegions));
    this.#statements.treatment.run(file.treatment);
    this.#statements.instance.run(row);
    for (const value of values) this.#addValue(value, description, row.now);
  }

  #checkPlace({ patientId, studyUid, seriesUid, instanceUid }: InstanceDescription, objectId: string): void {
    const patient = this.#statements.patientOfStudy.pluck().get(studyUid);
    if (patient !== undefined && patient !== patientId) {
      throw new CatalogueError(
        'patient-mismatch',
        'The study is indexed under another patient already. One of the two objects carries a wrong Patient ID; correct it at the source and send it again.',
      );
    }
    const study = this.#statements.studyOfSeries.pluck().get(seriesUid);
    if (study !== undefined && study !== studyUid) {
      throw new CatalogueError(
        'study-mismatch',
        'The series is indexed under another study already. One of the two objects carries a wrong Study Instance UID; correct it at the source and send it again.',
      );
    }
    const same = this.#statements.sameInstance.all({ instanceUid, objectId }) as {
      instance_uid: string;
      object_id: string;
    }[];
    if (same.some((row) => row.instance_uid !== instanceUid || row.object_id !== objectId)) {
      throw new CatalogueError(
        'duplicate-instance',
        'An object with the same SOP Instance UID is indexed already. Compare the two at the source and exclude the one that is not wanted.',
      );
    }
  }

  #addValue(value: IndexedValue, description: InstanceDescription, now: string): void {
    const { patientId, studyUid, seriesUid } = description;
    const entityId = { patient: patientId, study: studyUid, series: seriesUid }[value.entity];
    const row = {
      ...value,
      entityId,
      now,
      confidence: value.confidence ?? null,
      candidates: value.candidates === undefined ? null : JSON.stringify(value.candidates),
      chosenBy: value.chosenBy ?? null,
    };
    if (this.#statements.harmonised.run(row).changes === 0) return;
    if (value.code !== null) this.#statements.concept.run({ ...value, label: value.label ?? value.code });
    this.#codes.get(value.attribute)?.run(value.code, entityId);
  }
}
