/**
 * Ages as `generalise` has them, as SQL, for statements that join datasets and studies. A test holds the two against each
 * other. Categories need none: of them only counts leave, and those the disclosure policy guards; rows go through `generalise`.
 */
export const SHOWN = {
  /** First and last completed year of the age band; the same where years are shown. */
  youngest: 'CAST(studies.age_years / datasets.age_years_shown AS INTEGER) * datasets.age_years_shown',
  oldest:
    '(CAST(studies.age_years / datasets.age_years_shown AS INTEGER) * datasets.age_years_shown + datasets.age_years_shown - 1)',
} as const;
