/** Finding studies and showing one; the rows carry the field names of the HTTP API. */
import type { SqliteDatabase } from '../store/database.ts';
import { type CohortFilter, conditionOf } from './cohort-condition.ts';

export interface StudyRow {
  readonly studyUid: string;
  readonly patientId: string;
  readonly sex: string | null;
  readonly ageYears: number | null;
  readonly studyDate: string | null;
  readonly description: string | null;
  readonly modalities: readonly string[];
  readonly bodyParts: readonly string[];
  readonly series: number;
  readonly instances: number;
  readonly bytes: number;
  readonly indexedAt: string;
}

export interface StudyPage {
  readonly total: number;
  readonly rows: readonly StudyRow[];
}

export interface Page {
  readonly offset: number;
  readonly limit: number;
}

const MATCHING = (condition: string) => `studies.study_uid IN (SELECT series.study_uid FROM series
  JOIN studies USING (study_uid) JOIN patients USING (patient_id) WHERE ${condition})`;

const STUDY_SQL = {
  /** Modalities as DICOM writes them, other values by label where there is one. */
  columns: `SELECT studies.study_uid AS studyUid, studies.patient_id AS patientId, studies.study_date AS studyDate,
      studies.age_years AS ageYears, studies.description, studies.indexed_at AS indexedAt,
      COALESCE((SELECT label FROM concepts WHERE attribute = 'sex' AND code = patients.sex_code),
        patients.sex_original) AS sex,
      (SELECT json_group_array(DISTINCT modality) FROM series
        WHERE series.study_uid = studies.study_uid AND modality IS NOT NULL) AS modalities,
      (SELECT json_group_array(DISTINCT COALESCE(label, body_part)) FROM series
        LEFT JOIN concepts ON concepts.attribute = 'body_part' AND concepts.code = series.body_part_code
        WHERE series.study_uid = studies.study_uid AND body_part_key IS NOT NULL) AS bodyParts,
      (SELECT COUNT(*) FROM series WHERE series.study_uid = studies.study_uid) AS series,
      (SELECT COUNT(*) FROM series JOIN instances USING (series_uid)
        WHERE series.study_uid = studies.study_uid) AS instances,
      (SELECT COALESCE(SUM(bytes), 0) FROM series JOIN instances USING (series_uid)
        WHERE series.study_uid = studies.study_uid) AS bytes
    FROM studies JOIN patients USING (patient_id)`,
  order: 'ORDER BY studies.indexed_at DESC, studies.study_uid LIMIT @limit OFFSET @offset',
  countAll: 'SELECT COUNT(*) FROM studies',
};

export const studyPageSql = (condition: string) =>
  `${STUDY_SQL.columns} WHERE ${condition === 'TRUE' ? condition : MATCHING(condition)} ${STUDY_SQL.order}`;
export const studyCountSql = (condition: string) =>
  condition === 'TRUE' ? STUDY_SQL.countAll : `${STUDY_SQL.countAll} WHERE ${MATCHING(condition)}`;

/** Studies with a series that fulfils the whole filter, newest in the index first. */
export function searchStudies(database: SqliteDatabase, filter: CohortFilter, page: Page): StudyPage {
  const { sql, parameters } = conditionOf(database, filter);
  const rows = database.prepare(studyPageSql(sql)).all({ ...parameters, ...page }) as StoredStudyRow[];
  const total = database.prepare(studyCountSql(sql)).pluck().get(parameters) as number;
  return { total, rows: rows.map(toStudyRow) };
}

/** One study, or undefined when it is not indexed. */
export function findStudy(database: SqliteDatabase, studyUid: string): StudyRow | undefined {
  const row = database.prepare(`${STUDY_SQL.columns} WHERE studies.study_uid = ?`).get(studyUid);
  return row === undefined ? undefined : toStudyRow(row as StoredStudyRow);
}

type StoredStudyRow = Omit<StudyRow, 'modalities' | 'bodyParts'> & { modalities: string; bodyParts: string };

function toStudyRow(row: StoredStudyRow): StudyRow {
  return { ...row, modalities: sortedList(row.modalities), bodyParts: sortedList(row.bodyParts) };
}

function sortedList(json: string): string[] {
  return (JSON.parse(json) as string[]).sort((a, b) => a.localeCompare(b));
}
