/** What the original says of its study: the linkage file of the site needs it, and nobody else may see it. */
import type { DataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import type { OriginalStudyFacts } from './outcome.ts';

const STUDY = tagOf('StudyInstanceUID');
const DATE = tagOf('StudyDate');
const DESCRIPTION = tagOf('StudyDescription');

export function originalStudyOf(dataSet: DataSet): OriginalStudyFacts {
  const [date, description] = [dataSet.string(DATE), dataSet.string(DESCRIPTION)];
  return {
    studyInstanceUid: dataSet.string(STUDY) ?? '',
    ...(date === undefined ? {} : { date }),
    ...(description === undefined ? {} : { description }),
  };
}
