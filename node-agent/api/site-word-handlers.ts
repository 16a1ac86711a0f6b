/** Words that descriptions lose, and what the site decides about them. */
import type { siteWordRoutes } from './contract/site-words.ts';
import type { Handlers } from './handler.ts';
import type { ApiServices } from './services.ts';

export function siteWordHandlers({
  siteWords,
}: Pick<ApiServices, 'siteWords'>): Pick<Handlers, keyof typeof siteWordRoutes> {
  return {
    countSiteWords: () => siteWords.counts(),
    showSiteWords: ({ body }, { caller }) => siteWords.show(body.state, caller.user?.name ?? 'unknown'),
    decideSiteWord: ({ params, body }, { caller }) =>
      siteWords.decide(params.id, body.decision, caller.user?.name ?? 'unknown'),
  };
}
