/** Segmentation objects (PS3.3 A.51, A.90): frames that are labels. */
import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';

const SEGMENTATION_STORAGE = new Set(['1.2.840.10008.5.1.4.1.1.66.4', '1.2.840.10008.5.1.4.1.1.66.7']);

export function isSegmentation(dataSet: DataSet): boolean {
  return SEGMENTATION_STORAGE.has(dataSet.string(tagOf('SOPClassUID')) ?? '');
}
