/** What the record states beyond the figures of a dataset: years, segmentations, clinical columns, quality. Exact; never to be shown as they are. */
import type { SqliteDatabase } from '../../store/database.ts';
import { type DatasetFigures, datasetFigures } from '../dataset-figures.ts';

export interface RecordFigures extends DatasetFigures {
  /** Patients with a study in a year, ascending, by the dates of the index, which de-identification changed. */
  readonly years: readonly { readonly year: number; readonly patients: number }[];
  /** Those with a segmentation or a structure set. */
  readonly segmented: { readonly patients: number; readonly studies: number };
  /** Patients with a value in a column of the clinical tables that the dataset shows. */
  readonly clinicalColumns: readonly { readonly table: string; readonly column: string; readonly patients: number }[];
  /** Of the newest report on the objects that the check fixed. */
  readonly quality:
    | {
        /** 0 to 100; null where there was nothing to check. */
        readonly total: number | null;
        readonly rulesVersion: string;
        readonly scores: readonly { readonly dimension: string; readonly score: number | null }[];
      }
    | undefined;
}

const MEMBERS = `FROM datasets JOIN dataset_series USING (dataset_id) JOIN series USING (series_uid)
  JOIN studies USING (study_uid) WHERE dataset_id = @datasetId`;

export const RECORD_FIGURES_SQL = {
  years: `SELECT CAST(substr(study_date, 1, 4) AS INTEGER) AS year, COUNT(DISTINCT patient_id) AS patients ${MEMBERS}
    AND study_date IS NOT NULL AND COALESCE(generalisation_json ->> 'date', '') <> 'dropped' GROUP BY 1 ORDER BY 1`,
  segmented: `SELECT COUNT(DISTINCT patient_id) AS patients, COUNT(DISTINCT study_uid) AS studies ${MEMBERS}
    AND series.modality IN ('SEG', 'RTSTRUCT')`,
  clinicalColumns: `WITH member AS MATERIALIZED (SELECT DISTINCT patient_id ${MEMBERS})
    SELECT table_name AS "table", cell.key AS "column", COUNT(DISTINCT clinical_rows.patient_id) AS patients
    FROM member CROSS JOIN clinical_rows USING (patient_id) CROSS JOIN json_each(clinical_rows.cells_json) AS cell
    WHERE cell.value <> '' AND cell.key NOT IN (SELECT hidden.value FROM datasets,
      json_each(COALESCE(generalisation_json -> 'clinicalColumns', '[]')) AS hidden WHERE dataset_id = @datasetId)
    GROUP BY 1, 2 ORDER BY 1, 2`,
  quality: `SELECT total, rules_version AS rulesVersion, scores_json AS scoresJson FROM dataset_quality
    JOIN datasets USING (dataset_id, content_hash) WHERE dataset_id = @datasetId ORDER BY id DESC LIMIT 1`,
} as const;

const FIX = 'INSERT INTO dataset_series (dataset_id, series_uid) SELECT @datasetId, value FROM json_each(@members)';
const NOT_KEPT = new Error('Nothing of this stays.');

/** Counts the members of a dataset (rows of dataset_series). */
export function recordFigures(database: SqliteDatabase, datasetId: string): RecordFigures {
  const rows = <Row>(sql: string) => database.prepare(sql).all({ datasetId }) as Row[];
  const quality = database.prepare(RECORD_FIGURES_SQL.quality).get({ datasetId }) as
    | { total: number | null; rulesVersion: string; scoresJson: string }
    | undefined;
  return {
    ...datasetFigures(database, datasetId),
    years: rows(RECORD_FIGURES_SQL.years),
    segmented: database.prepare(RECORD_FIGURES_SQL.segmented).get({ datasetId }) as RecordFigures['segmented'],
    clinicalColumns: rows(RECORD_FIGURES_SQL.clinicalColumns),
    quality: quality && {
      total: quality.total,
      rulesVersion: quality.rulesVersion,
      scores: JSON.parse(quality.scoresJson) as NonNullable<RecordFigures['quality']>['scores'],
    },
  };
}

/** Counts what a draft would hold if these series were its members; they are put in and taken out again. */
export function figuresIfFixed(
  database: SqliteDatabase,
  datasetId: string,
  seriesUids: readonly string[],
): RecordFigures {
  let figures: RecordFigures | undefined;
  const work = database.transaction(() => {
    database.prepare(FIX).run({ datasetId, members: JSON.stringify(seriesUids) });
    figures = recordFigures(database, datasetId);
    throw NOT_KEPT;
  });
  try {
    work();
  } catch (error) {
    if (error !== NOT_KEPT) throw error;
  }
  return figures as RecordFigures;
}
