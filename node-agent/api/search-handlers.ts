/** Saved cohort queries. */
import { SavedQueryError } from '../catalogue/search/saved-queries.ts';
import type { searchRoutes } from './contract/search.ts';
import type { CallContext, Handlers } from './handler.ts';
import { Problem, problems } from './problem.ts';
import type { ApiServices } from './services.ts';

const PROBLEM_OF: Record<SavedQueryError['kind'], { status: number; title: string }> = {
  'not-found': { status: 404, title: 'Not found' },
  'not-allowed': { status: 403, title: 'Not allowed' },
  'name-taken': { status: 409, title: 'Not possible' },
};

/** The audit log says who saved what under which id; texts of a query stay out of it, for a name may be in them. */
export function searchHandlers({
  savedQueries,
  audit,
}: Pick<ApiServices, 'savedQueries' | 'audit'>): Pick<Handlers, keyof typeof searchRoutes> {
  const record = (actor: string, action: string, subject: string) => audit.record({ actor, action, subject });
  return {
    listSavedQueries: () => savedQueries.list(),
    saveQuery: ({ body }, context) =>
      guarded(() => {
        const person = personOf(context);
        const saved = savedQueries.save(body, person);
        record(person.name, 'query.saved', saved.id);
        return saved;
      }),
    changeSavedQuery: ({ params, body }, context) =>
      guarded(() => {
        const person = personOf(context);
        const saved = savedQueries.change(params.id, body, person);
        record(person.name, 'query.changed', saved.id);
        return saved;
      }),
    removeSavedQuery: ({ params }, context) =>
      guarded(() => {
        const person = personOf(context);
        savedQueries.remove(params.id, person);
        record(person.name, 'query.removed', params.id);
        return { ok: true };
      }),
  };
}

function personOf({ caller }: CallContext) {
  if (!caller.user) throw problems.signInNeeded();
  return caller.user;
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SavedQueryError)) throw error;
    const { status, title } = PROBLEM_OF[error.kind];
    throw new Problem(status, title, error.message);
  }
}
