/** What de-identification does to an object that was stopped. */
import type { explanationRoutes } from './contract/explanations.ts';
import type { Handlers } from './handler.ts';
import type { ApiServices } from './services.ts';

export function explanationHandlers({
  explanations,
}: Pick<ApiServices, 'explanations'>): Pick<Handlers, keyof typeof explanationRoutes> {
  return {
    explainObject: ({ params, query }, { caller }) =>
      explanations.explain(params.id, query.profile, caller.user?.name ?? 'unknown'),
  };
}
