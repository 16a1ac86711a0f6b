/** The curation queue: patterns of series that the rules are not sure of. */
import { CurationError } from '../governance/curation/errors.ts';
import type { curationRoutes } from './contract/curation.ts';
import type { Handlers } from './handler.ts';
import { Problem } from './problem.ts';
import type { ApiServices } from './services.ts';

const STATUS: Readonly<Record<CurationError['reason'], number>> = {
  'unknown-pattern': 404,
  'unknown-concept': 400,
  'not-settled': 409,
};

export function curationHandlers({
  curation,
  catalogue,
}: Pick<ApiServices, 'curation' | 'catalogue'>): Pick<Handlers, keyof typeof curationRoutes> {
  return {
    listCuration: ({ query: { state, offset, limit } }) => {
      const counts = curation.counts();
      const rows = curation.patterns(state, { offset, limit }).map(({ ruling, ...row }) => {
        const value = curation.explain(row.exampleSeriesUid, row.attribute);
        const hasPreview = catalogue.thumbnailSource(row.exampleSeriesUid) !== undefined;
        return {
          ...row,
          shown: row.shown.map(([name, text]): [string, string] => [name, text]),
          thumbnailUrl: hasPreview ? `/api/v1/series/${encodeURIComponent(row.exampleSeriesUid)}/thumbnail` : null,
          evidence: [...(value?.sentences ?? [])],
          candidates: [...(value?.candidates ?? [])],
          decided: ruling && { code: ruling.code, label: ruling.label, by: ruling.decidedBy, at: ruling.decidedAt },
        };
      });
      return { total: counts[state], ...counts, rows };
    },
    listCurationConcepts: ({ params }) => curation.concepts(params.attribute),
    settleCuration: ({ params, body }, { caller }) =>
      answered(() => ({ series: curation.settle(params.id, body.code, caller.user?.name ?? 'unknown') })),
    revokeCuration: ({ params }, { caller }) =>
      answered(() => ({ series: curation.revoke(params.id, caller.user?.name ?? 'unknown') })),
  };
}

function answered<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof CurationError) throw new Problem(STATUS[error.reason], 'Not possible', error.message);
    throw error;
  }
}
