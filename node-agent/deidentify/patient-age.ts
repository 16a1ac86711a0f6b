/** How old the patient was at the time of the study, from Patient's Birth Date (0010,0030) and the dates of the object. */
import type { DataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import { ageAt, capAge, OLDEST_AGE } from './temporal.ts';

const BIRTH_DATE = tagOf('PatientBirthDate');
const AGE = tagOf('PatientAge');
/** In the order in which they say when an examination was. */
export const DATES_OF_THE_STUDY = ['StudyDate', 'SeriesDate', 'AcquisitionDate', 'ContentDate'].map(tagOf);

/** An AS value, capped; undefined where no birth date or no date of the study says it. */
export function ageFromDates(dataSet: DataSet): string | undefined {
  const birthDate = dataSet.string(BIRTH_DATE);
  if (birthDate === undefined) return undefined;
  return DATES_OF_THE_STUDY.map((tag) => ageAt(birthDate, dataSet.string(tag) ?? '')).find((age) => age !== undefined);
}

/** Patient's Age (0010,1010) as the object states it, capped; undefined where it states none. */
export function statedAge(dataSet: DataSet): string | undefined {
  return capAge(dataSet.string(AGE) ?? '');
}

/**
 * Whether the patient is known to be younger than the oldest group: only then may a date of birth be told, however
 * changed, because from 90 years on it would say what the capped age does not.
 */
export function isBelowOldestAge(dataSet: DataSet): boolean {
  const ages = [ageFromDates(dataSet), statedAge(dataSet)].filter((age) => age !== undefined);
  return ages.length > 0 && !ages.includes(OLDEST_AGE);
}
