/** What the API sees of the words of the site. */
import { Problem } from '../api/problem.ts';
import type { SiteWordPort } from '../api/services.ts';
import { SiteWordError } from '../vault/site-words.ts';
import type { Foundation } from './foundation.ts';

export interface SiteWordPortParts {
  /** deidentify.proposeFromPatients */
  readonly fromPatients: number;
  /** A word was approved, refused or revoked. */
  readonly onChanged: () => void;
}

export function buildSiteWordPort(
  { siteWords, audit }: Foundation,
  { fromPatients, onChanged }: SiteWordPortParts,
): SiteWordPort {
  const counts = () => ({ ...siteWords.counts(fromPatients), fromPatients });
  return {
    counts,
    show: (state, by) => {
      const words = siteWords.list(state, fromPatients);
      audit.record({ actor: by, action: 'text.shown', subject: state, detail: `${words.length} words` });
      return words;
    },
    decide: (id, decision, by) => {
      try {
        siteWords.decide(id, decision, by, fromPatients);
      } catch (error) {
        if (error instanceof SiteWordError) throw new Problem(409, 'Not possible', error.message);
        throw error;
      }
      audit.record({ actor: by, action: `text.${decision}`, subject: `word ${id}` });
      onChanged();
      return counts();
    },
  };
}
