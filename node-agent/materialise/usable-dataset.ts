import type { Generalisation } from '../catalogue/generalisation/generalisation.ts';
import { MaterialiseError } from './errors.ts';
import type { DatasetPort } from './ports.ts';

/**
 * A dataset that may be written out: released or published, with the members that its check fixed.
 * @param contentHash as it was when the materialisation was asked for
 * @throws MaterialiseError `not-found`, `not-now`
 */
export function usableDataset(
  datasets: DatasetPort,
  id: string,
  contentHash?: string,
): { readonly title: string; readonly contentHash: string; readonly generalisation: Generalisation } {
  const dataset = datasets.find(id);
  if (dataset === undefined) throw new MaterialiseError('not-found', 'There is no dataset with this id.');
  if (!dataset.usable || dataset.contentHash === null) {
    throw new MaterialiseError(
      'not-now',
      `The dataset is ${dataset.state}. Only a released or published dataset can be materialised: have it checked and released first.`,
    );
  }
  const fixed = contentHash ?? dataset.contentHash;
  if (fixed !== dataset.contentHash || datasets.contentHash(id) !== fixed) {
    throw new MaterialiseError(
      'changed-file',
      'Objects of the dataset were added, changed or withdrawn since its check. Nothing was put in place. Draft a new dataset of the same cohort and take it through the check.',
    );
  }
  return { title: dataset.title, contentHash: fixed, generalisation: dataset.generalisation };
}
