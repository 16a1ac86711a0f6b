/** One study with its series, where each harmonised value came from, and the datasets it is in. */
import type { SqliteDatabase } from '../store/database.ts';
import { FEWEST_SLICES_OF_A_FACE } from './face-volume.ts';
import { findStudy, type StudyRow } from './study-search.ts';

interface HarmonisedRow {
  readonly attribute: string;
  readonly original: string | null;
  readonly code: string | null;
  readonly label: string | null;
  readonly rule: string;
  readonly tableVersion: string;
  /** 0 to 1; null where no evidence was weighed. */
  readonly confidence: number | null;
  /** Likeliest first. */
  readonly candidates: readonly { readonly code: string; readonly label: string; readonly confidence: number }[];
  /** Null where a rule chose. */
  readonly chosenBy: string | null;
}

interface SeriesRow {
  readonly seriesUid: string;
  readonly number: number | null;
  /** As DICOM writes it; empty where the object states none. */
  readonly modality: string;
  readonly description: string | null;
  readonly bodyPart: string | null;
  readonly manufacturer: string | null;
  readonly laterality: string | null;
  readonly instances: number;
  readonly bytes: number;
  /** Whether the series has an image that a preview could be made of. */
  readonly hasImages: boolean;
  /** Whether a face could be rebuilt from it. */
  readonly mayShowFace: boolean;
  readonly harmonised: readonly HarmonisedRow[];
}

export interface StudyDetail extends StudyRow {
  readonly seriesList: readonly SeriesRow[];
  /** Patient level. */
  readonly harmonised: readonly HarmonisedRow[];
  readonly datasets: readonly { readonly id: string; readonly title: string; readonly state: string }[];
  /** Of the profile that cleaned the newest object of the study. */
  readonly profileHash: string | null;
}

const LABEL = (attribute: string) => `COALESCE((SELECT label FROM concepts
  WHERE attribute = '${attribute}' AND code = series.${attribute}_code), series.${attribute})`;

export const DETAIL_SQL = {
  series: `SELECT series_uid AS seriesUid, series.number, COALESCE(modality, '') AS modality, description,
      ${LABEL('body_part')} AS bodyPart, ${LABEL('manufacturer')} AS manufacturer, ${LABEL('laterality')} AS laterality,
      COUNT(instances.instance_uid) AS instances, COALESCE(SUM(bytes), 0) AS bytes, MAX(rows IS NOT NULL) AS hasImages,
      COALESCE(SUM(may_show_face * frames), 0) >= ${FEWEST_SLICES_OF_A_FACE} AS mayShowFace
    FROM series LEFT JOIN instances USING (series_uid) WHERE study_uid = ?
    GROUP BY series_uid ORDER BY series.number, series_uid`,
  harmonised: `SELECT attribute, original, code, label, rule, table_version AS tableVersion, confidence,
      COALESCE(candidates_json, '[]') AS candidates, chosen_by AS chosenBy
    FROM harmonised_values WHERE entity = ? AND entity_id = ? ORDER BY attribute`,
  datasets: `SELECT DISTINCT dataset_id AS id, title, state FROM series JOIN dataset_series USING (series_uid)
    JOIN datasets USING (dataset_id) WHERE study_uid = ? ORDER BY created_at, dataset_id`,
  profileHash: `SELECT profile_hash FROM series JOIN instances USING (series_uid) WHERE study_uid = ?
    ORDER BY instances.indexed_at DESC LIMIT 1`,
} as const;

/** @returns undefined when the study is not indexed */
export function studyDetail(database: SqliteDatabase, studyUid: string): StudyDetail | undefined {
  const study = findStudy(database, studyUid);
  if (study === undefined) return undefined;
  const harmonised = (entity: string, id: string): HarmonisedRow[] =>
    (
      database.prepare(DETAIL_SQL.harmonised).all(entity, id) as (Omit<HarmonisedRow, 'candidates'> & {
        candidates: string;
      })[]
    ).map((row) => ({ ...row, candidates: JSON.parse(row.candidates) as HarmonisedRow['candidates'] }));
  const series = database.prepare(DETAIL_SQL.series).all(studyUid) as (Omit<SeriesRow, 'hasImages' | 'mayShowFace'> & {
    hasImages: number | null;
    mayShowFace: number;
  })[];
  return {
    ...study,
    seriesList: series.map((row) => ({
      ...row,
      hasImages: row.hasImages === 1,
      mayShowFace: row.mayShowFace === 1,
      harmonised: harmonised('series', row.seriesUid),
    })),
    harmonised: harmonised('patient', study.patientId),
    datasets: database.prepare(DETAIL_SQL.datasets).all(studyUid) as StudyDetail['datasets'],
    profileHash: (database.prepare(DETAIL_SQL.profileHash).pluck().get(studyUid) as string | undefined) ?? null,
  };
}
