/** The frozen members of a dataset, in an order that stays the same while the dataset does. */
import type { SqliteDatabase } from '../store/database.ts';
import { Statements } from '../store/statements.ts';

export interface MemberPatient {
  readonly patientId: string;
  /** EUCAIM code without prefix; null where none was found. */
  readonly sexCode: string | null;
}

export interface MemberStudy {
  readonly studyUid: string;
  readonly patientId: string;
  /** Shifted, `YYYY-MM-DD`. */
  readonly studyDate: string | null;
  readonly ageYears: number | null;
}

export interface MemberSeries {
  readonly seriesUid: string;
  readonly studyUid: string;
  readonly patientId: string;
  readonly number: number | null;
  /** As DICOM writes it. */
  readonly modality: string | null;
  readonly modalityCode: string | null;
  readonly bodyPart: string | null;
  readonly bodyPartCode: string | null;
  readonly manufacturer: string | null;
  readonly manufacturerCode: string | null;
  readonly lateralityCode: string | null;
  readonly description: string | null;
}

export interface MemberFile {
  readonly instanceUid: string;
  /** Relative to the data folder. */
  readonly file: string;
  readonly bytes: number;
  /** SHA-256, hexadecimal. */
  readonly contentHash: string;
}

export interface MemberSize {
  readonly series: number;
  readonly files: number;
  readonly bytes: number;
}

export const MEMBER_SQL = {
  patients: `SELECT DISTINCT patients.patient_id AS patientId, patients.sex_code AS sexCode
    FROM dataset_series JOIN series USING (series_uid) JOIN studies USING (study_uid) JOIN patients USING (patient_id)
    WHERE dataset_id = ? ORDER BY patients.patient_id`,
  studies: `SELECT DISTINCT studies.study_uid AS studyUid, patient_id AS patientId, study_date AS studyDate,
      age_years AS ageYears
    FROM dataset_series JOIN series USING (series_uid) JOIN studies USING (study_uid)
    WHERE dataset_id = ? ORDER BY patient_id, study_date, studies.study_uid`,
  series: `SELECT series.series_uid AS seriesUid, series.study_uid AS studyUid, patient_id AS patientId, number, modality,
      modality_code AS modalityCode, body_part AS bodyPart, body_part_code AS bodyPartCode, manufacturer,
      manufacturer_code AS manufacturerCode, laterality_code AS lateralityCode, series.description
    FROM dataset_series JOIN series USING (series_uid) JOIN studies USING (study_uid)
    WHERE dataset_id = ? ORDER BY patient_id, study_date, series.study_uid, number, series.series_uid`,
  codes: `SELECT entity_id AS seriesUid, attribute, code FROM dataset_series
    JOIN harmonised_values ON entity = 'series' AND entity_id = series_uid
    WHERE dataset_id = ? AND code IS NOT NULL`,
  size: `SELECT (SELECT COUNT(*) FROM dataset_series WHERE dataset_id = @datasetId) AS series,
      COUNT(*) AS files, COALESCE(SUM(bytes), 0) AS bytes
    FROM dataset_series JOIN instances USING (series_uid) WHERE dataset_id = @datasetId`,
  files: `SELECT instance_uid AS instanceUid, file, bytes, content_hash AS contentHash FROM instances
    WHERE series_uid = ? ORDER BY number, instance_uid`,
} as const;

export class DatasetMembers {
  readonly #statements: Statements;

  constructor(database: SqliteDatabase) {
    this.#statements = new Statements(database);
  }

  patients(datasetId: string): MemberPatient[] {
    return this.#statements.of(MEMBER_SQL.patients).all(datasetId) as MemberPatient[];
  }

  studies(datasetId: string): MemberStudy[] {
    return this.#statements.of(MEMBER_SQL.studies).all(datasetId) as MemberStudy[];
  }

  series(datasetId: string): MemberSeries[] {
    return this.#statements.of(MEMBER_SQL.series).all(datasetId) as MemberSeries[];
  }

  /** Codes of the harmonised attributes of each series, by series UID and attribute. */
  seriesCodes(datasetId: string): Map<string, Record<string, string>> {
    const rows = this.#statements.of(MEMBER_SQL.codes).all(datasetId) as Record<
      'seriesUid' | 'attribute' | 'code',
      string
    >[];
    const codes = new Map<string, Record<string, string>>();
    for (const { seriesUid, attribute, code } of rows) {
      codes.set(seriesUid, { ...codes.get(seriesUid), [attribute]: code });
    }
    return codes;
  }

  size(datasetId: string): MemberSize {
    return this.#statements.of(MEMBER_SQL.size).get({ datasetId }) as MemberSize;
  }

  /** The objects of one series, in the order of their instance numbers. */
  files(seriesUid: string): MemberFile[] {
    return this.#statements.of(MEMBER_SQL.files).all(seriesUid) as MemberFile[];
  }
}
