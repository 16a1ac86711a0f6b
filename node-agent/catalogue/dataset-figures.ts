/**
 * The figures of a frozen dataset that a catalogue record and a disclosure check need. Exact; never to be shown as they are.
 * Ages are as coarse as the dataset shows them. A category is told of the whole dataset, and only where the disclosure policy
 * finds enough patients in it: that single patients are shown without it does not hide it.
 */
import type { SqliteDatabase } from '../store/database.ts';
import type { CohortCounts } from './cohort.ts';

/** A category with the number of patients that fall into it. */
export interface CategoryFigure {
  /** EUCAIM code. */
  readonly code: string;
  readonly patients: number;
}

/** Patients with a study at an age of `from` to `to` years, both included. */
interface AgeBand {
  readonly from: number;
  readonly to: number;
  readonly patients: number;
}

export interface DatasetFigures extends CohortCounts {
  readonly sexes: readonly CategoryFigure[];
  readonly modalities: readonly CategoryFigure[];
  readonly bodyParts: readonly CategoryFigure[];
  readonly manufacturers: readonly CategoryFigure[];
  /** Ascending; bands nobody falls into are left out. */
  readonly ageBands: readonly AgeBand[];
}

const AGE_BAND_YEARS = 10;

const MEMBERS = `FROM datasets JOIN dataset_series USING (dataset_id) JOIN series USING (series_uid)
  JOIN studies USING (study_uid) JOIN patients USING (patient_id) WHERE dataset_id = @datasetId`;

const categories = (column: string) => `SELECT ${column} AS code, COUNT(DISTINCT patient_id) AS patients ${MEMBERS}
  AND ${column} IS NOT NULL GROUP BY 1 ORDER BY 1`;

export const FIGURES_SQL = {
  members: `SELECT COUNT(DISTINCT patient_id) AS patients, COUNT(DISTINCT study_uid) AS studies,
    COUNT(*) AS series ${MEMBERS}`,
  instances: `SELECT COUNT(*) AS instances, COALESCE(SUM(bytes), 0) AS bytes FROM dataset_series
    JOIN instances USING (series_uid) WHERE dataset_id = @datasetId`,
  sexes: categories('patients.sex_code'),
  modalities: categories('series.modality_code'),
  bodyParts: categories('series.body_part_code'),
  manufacturers: categories('series.manufacturer_code'),
  /** Of ten years, or wider where the dataset shows its ages in wider bands. */
  ageBands: `SELECT CAST(age_years / MAX(@years, age_years_shown) AS INTEGER) * MAX(@years, age_years_shown) AS "from",
    CAST(age_years / MAX(@years, age_years_shown) AS INTEGER) * MAX(@years, age_years_shown)
      + MAX(@years, age_years_shown) - 1 AS "to", COUNT(DISTINCT patient_id) AS patients
    ${MEMBERS} AND age_years IS NOT NULL AND age_years_shown IS NOT NULL GROUP BY 1 ORDER BY 1`,
} as const;

/** Counts the members of a dataset (rows of dataset_series). */
export function datasetFigures(database: SqliteDatabase, datasetId: string): DatasetFigures {
  const categoriesOf = (sql: string) => database.prepare(sql).all({ datasetId }) as CategoryFigure[];
  return {
    ...(database.prepare(FIGURES_SQL.members).get({ datasetId }) as Pick<
      CohortCounts,
      'patients' | 'studies' | 'series'
    >),
    ...(database.prepare(FIGURES_SQL.instances).get({ datasetId }) as Pick<CohortCounts, 'instances' | 'bytes'>),
    sexes: categoriesOf(FIGURES_SQL.sexes),
    modalities: categoriesOf(FIGURES_SQL.modalities),
    bodyParts: categoriesOf(FIGURES_SQL.bodyParts),
    manufacturers: categoriesOf(FIGURES_SQL.manufacturers),
    ageBands: database.prepare(FIGURES_SQL.ageBands).all({ datasetId, years: AGE_BAND_YEARS }) as AgeBand[],
  };
}
