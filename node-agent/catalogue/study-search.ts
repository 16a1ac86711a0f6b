/** Finding studies; the rows carry the field names of the HTTP API. */
import type { SqliteDatabase } from '../store/database.ts';
import { type CohortFilter, type Condition, conditionOf } from './cohort-condition.ts';

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

const OF_STUDY = `FROM study_kinds JOIN series_kinds USING (kind_no) WHERE study_kinds.study_no = studies.study_no`;

export const STUDY_SQL = {
  /** Modalities as DICOM writes them, other values by label where there is one. */
  columns: `SELECT studies.study_uid AS studyUid, studies.patient_id AS patientId, studies.study_date AS studyDate,
      studies.age_years AS ageYears, studies.description, studies.indexed_at AS indexedAt,
      COALESCE((SELECT label FROM concepts WHERE attribute = 'sex' AND code = patients.sex_code),
        patients.sex_original) AS sex,
      (SELECT json_group_array(DISTINCT stated_modality) ${OF_STUDY} AND stated_modality <> '') AS modalities,
      (SELECT json_group_array(DISTINCT COALESCE((SELECT label FROM concepts
        WHERE attribute = 'body_part' AND code = body_part), body_part)) ${OF_STUDY} AND body_part <> '') AS bodyParts,
      (SELECT COALESCE(SUM(study_kinds.series), 0) ${OF_STUDY}) AS series,
      (SELECT COALESCE(SUM(study_kinds.instances), 0) ${OF_STUDY}) AS instances,
      (SELECT COALESCE(SUM(study_kinds.bytes), 0) ${OF_STUDY}) AS bytes
    FROM studies JOIN patients USING (patient_id)`,
  countAll: 'SELECT COUNT(*) FROM studies',
  /** Numbers go up as studies come: the newest has the highest. */
  pageOfAll: 'SELECT study_no FROM studies ORDER BY study_no DESC LIMIT @limit OFFSET @offset',
  count: ({ studyRows }: Pick<Condition, 'studyRows'>) => `SELECT COUNT(DISTINCT facts.study_no) ${studyRows}`,
  page: ({ studyRows }: Pick<Condition, 'studyRows'>) => `WITH matching AS MATERIALIZED
      (SELECT DISTINCT facts.study_no ${studyRows})
    SELECT study_no, (SELECT COUNT(*) FROM matching) AS total FROM matching
    ORDER BY study_no DESC LIMIT @limit OFFSET @offset`,
};

export const STUDY_ROWS_SQL = {
  numbered: `${STUDY_SQL.columns} WHERE study_no IN (SELECT value FROM json_each(?)) ORDER BY study_no DESC`,
  one: `${STUDY_SQL.columns} WHERE studies.study_uid = ?`,
} as const;

/** Studies with a series that fulfils the whole filter, newest in the index first. */
export function searchStudies(database: SqliteDatabase, filter: CohortFilter, page: Page): StudyPage {
  const condition = conditionOf(database, filter);
  const { numbers, total } = condition.everything
    ? pageOfAll(database, page)
    : pageOfMatching(database, condition, page);
  const rows = database.prepare(STUDY_ROWS_SQL.numbered).all(JSON.stringify(numbers)) as StoredStudyRow[];
  return { total, rows: rows.map(toStudyRow) };
}

/** One study, or undefined when it is not indexed. */
export function findStudy(database: SqliteDatabase, studyUid: string): StudyRow | undefined {
  const row = database.prepare(STUDY_ROWS_SQL.one).get(studyUid);
  return row === undefined ? undefined : toStudyRow(row as StoredStudyRow);
}

interface NumbersOfPage {
  readonly numbers: readonly number[];
  readonly total: number;
}

function pageOfAll(database: SqliteDatabase, page: Page): NumbersOfPage {
  const numbers = database.prepare(STUDY_SQL.pageOfAll).pluck().all(page) as number[];
  return { numbers, total: database.prepare(STUDY_SQL.countAll).pluck().get() as number };
}

function pageOfMatching(database: SqliteDatabase, condition: Condition, page: Page): NumbersOfPage {
  const { parameters } = condition;
  const found = database.prepare(STUDY_SQL.page(condition)).all({ ...parameters, ...page }) as {
    study_no: number;
    total: number;
  }[];
  // Behind the last page there is no row to carry the total.
  const total = found[0]?.total ?? (database.prepare(STUDY_SQL.count(condition)).pluck().get(parameters) as number);
  return { numbers: found.map((row) => row.study_no), total };
}

type StoredStudyRow = Omit<StudyRow, 'modalities' | 'bodyParts'> & { modalities: string; bodyParts: string };

function toStudyRow(row: StoredStudyRow): StudyRow {
  return { ...row, modalities: sortedList(row.modalities), bodyParts: sortedList(row.bodyParts) };
}

function sortedList(json: string): string[] {
  return (JSON.parse(json) as string[]).sort((a, b) => a.localeCompare(b));
}
