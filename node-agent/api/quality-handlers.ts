/** Quality, privacy risk and versions of datasets. */
import { guarded, personOf } from './dataset-handlers.ts';
import type { Handlers } from './handler.ts';
import type { ApiServices } from './services.ts';

type QualityRoutes =
  | 'getQuality'
  | 'acceptFinding'
  | 'getPrivacyRisk'
  | 'previewPrivacyRisk'
  | 'generaliseDataset'
  | 'draftNextVersion'
  | 'getVersionDifference';

export function qualityHandlers({ datasets, examiner }: ApiServices): Pick<Handlers, QualityRoutes> {
  const { assessment, versions } = datasets;
  return {
    getQuality: ({ params: { id } }) =>
      guarded(() => ({ ...assessment.quality(id), examination: examiner.progress(id) })),
    acceptFinding: ({ params: { id }, body }, context) =>
      guarded(() => {
        const person = personOf(context);
        assessment.accept(id, body, person);
        return datasets.detail(id, person);
      }),
    getPrivacyRisk: ({ params: { id } }) => guarded(() => assessment.privacyRisk(id)),
    previewPrivacyRisk: ({ params: { id }, body }) => guarded(() => assessment.preview(id, body)),
    generaliseDataset: ({ params: { id }, body }, context) =>
      guarded(() => {
        const person = personOf(context);
        assessment.generalise(id, body, person);
        return datasets.detail(id, person);
      }),
    draftNextVersion: ({ params: { id } }, context) =>
      guarded(() => {
        const person = personOf(context);
        return datasets.detail(versions.next(id, person), person);
      }),
    getVersionDifference: ({ params: { id } }) => guarded(() => ({ difference: versions.difference(id) })),
  };
}
