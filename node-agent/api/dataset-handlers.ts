/** Studies, cohorts and datasets. */
import { DatasetError, type DatasetErrorKind } from '../governance/errors.ts';
import type { CallContext, Handlers } from './handler.ts';
import { Problem, problems } from './problem.ts';
import type { ApiServices } from './services.ts';
import { filterOf } from './study-filter.ts';

type DatasetRoutes =
  | 'listStudies'
  | 'getStudy'
  | 'getFacets'
  | 'previewCohort'
  | 'listDatasets'
  | 'draftDataset'
  | 'getDataset'
  | 'advanceDataset'
  | 'decideFaces'
  | 'getDatasetReport';

/** States whose gates want the files of the objects read. */
const NEEDS_FILES_READ: ReadonlySet<string> = new Set(['checked', 'released', 'published']);

const PROBLEM_OF: Record<DatasetErrorKind, { status: number; title: string }> = {
  'not-found': { status: 404, title: 'Not found' },
  'not-allowed': { status: 403, title: 'Not allowed' },
  'invalid-transition': { status: 409, title: 'Not possible now' },
  'gate-closed': { status: 409, title: 'The check did not pass' },
  'invalid-input': { status: 400, title: 'Not acceptable' },
};

export function datasetHandlers(services: ApiServices): Pick<Handlers, DatasetRoutes> {
  const { catalogue, cohorts, datasets } = services;
  return {
    listStudies: ({ query: { offset, limit, ...query } }) =>
      catalogue.searchStudies(filterOf(query), { offset, limit }),
    getStudy: ({ params }) => {
      const study = catalogue.getStudy(params.id);
      if (!study) throw problems.notFound('study with this UID');
      const seriesList = study.seriesList.map(({ hasImages, ...series }) => ({
        ...series,
        thumbnailUrl: hasImages ? `/api/v1/series/${series.seriesUid}/thumbnail` : null,
      }));
      return { ...study, seriesList };
    },
    getFacets: ({ query: { attributes, ...query } }) => {
      const filter = filterOf(query);
      return {
        ...catalogue.facets(filter),
        attributes: attributes === 'true' ? catalogue.attributeFacets(filter) : [],
        conditions: services.conditions,
      };
    },
    previewCohort: ({ body }) => cohorts.counts(body),
    listDatasets: () => datasets.list(),
    draftDataset: ({ body }, context) => guarded(() => datasets.draft(body, personOf(context))),
    getDataset: ({ params }, context) => guarded(() => datasets.detail(params.id, personOf(context))),
    advanceDataset: async ({ params: { id }, body }, context) => {
      // Who may not is told so before every file is read.
      guarded(() => datasets.permit(id, body, personOf(context)));
      if (NEEDS_FILES_READ.has(body.to)) await services.examiner.examine(id, datasets.seriesOf(id));
      return guarded(() => datasets.advance(id, body, personOf(context)));
    },
    decideFaces: ({ params, body }, context) => guarded(() => datasets.decideFaces(params.id, body, personOf(context))),
    getDatasetReport: ({ params }, context) => guarded(() => datasets.report(params.id, personOf(context))),
  };
}

export function personOf({ caller }: CallContext) {
  if (!caller.user) throw problems.signInNeeded();
  return caller.user;
}

/** Passes a decision of the register on as the answer it means. */
export function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    const { status, title } = PROBLEM_OF[error.kind];
    throw new Problem(status, title, error.message);
  }
}
