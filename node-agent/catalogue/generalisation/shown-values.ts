/**
 * `generalise` as SQL, for statements that join datasets with studies, patients and series: the value as the dataset shows
 * it, null where it shows none. A test holds the two against each other.
 */
export const SHOWN = {
  sex: 'CASE WHEN datasets.sex_shown THEN patients.sex_code END',
  modality: 'CASE WHEN datasets.modality_shown THEN series.modality END',
  modalityCode: 'CASE WHEN datasets.modality_shown THEN series.modality_code END',
  bodyPart: 'CASE WHEN datasets.body_part_shown THEN series.body_part_code END',
  manufacturer: 'CASE WHEN datasets.manufacturer_shown THEN series.manufacturer_code END',
  /** First and last completed year of the age band; the same where years are shown. */
  youngest: 'CAST(studies.age_years / datasets.age_years_shown AS INTEGER) * datasets.age_years_shown',
  oldest:
    '(CAST(studies.age_years / datasets.age_years_shown AS INTEGER) * datasets.age_years_shown + datasets.age_years_shown - 1)',
} as const;
