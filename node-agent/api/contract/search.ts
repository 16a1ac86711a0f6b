/** Rows of the API's table: cohort queries that were saved under a name. */
import { z } from 'zod';
import * as schema from '../schemas/search.ts';
import type { Route } from './route.ts';

const identified = z.object({ id: z.string().min(1).max(64) });

export const searchRoutes = {
  listSavedQueries: {
    method: 'get',
    path: '/saved-queries',
    access: 'viewer',
    response: z.array(schema.savedQuery),
    summary: 'Cohort queries that were saved under a name',
  },
  saveQuery: {
    method: 'post',
    path: '/saved-queries',
    access: 'viewer',
    body: schema.savedQueryTerms,
    response: schema.savedQuery,
    changes: ['studies'],
    summary: 'Saves a cohort query under a name that its owner has not used yet',
  },
  changeSavedQuery: {
    method: 'put',
    path: '/saved-queries/:id',
    access: 'viewer',
    params: identified,
    body: schema.savedQueryTerms,
    response: schema.savedQuery,
    changes: ['studies'],
    summary: 'Changes a saved query; its owner and administrators may',
  },
  removeSavedQuery: {
    method: 'delete',
    path: '/saved-queries/:id',
    access: 'viewer',
    params: identified,
    response: z.object({ ok: z.literal(true) }),
    changes: ['studies'],
    summary: 'Removes a saved query; datasets that were made of it stay. Its owner and administrators may',
  },
} as const satisfies Record<string, Route>;
