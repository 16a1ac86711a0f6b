/** Rows of the API's table: the curation queue of series. */
import { z } from 'zod';
import * as schema from '../schemas/curation.ts';
import type { Route } from './route.ts';

const pattern = z.object({ id: z.coerce.number().int().min(1) });

export const curationRoutes = {
  listCuration: {
    method: 'get',
    path: '/curation',
    access: 'viewer',
    query: schema.curationQuery,
    response: schema.curationPage,
    summary: 'Patterns of series that wait for a person, most series first, or that were settled, newest first',
  },
  listCurationConcepts: {
    method: 'get',
    path: '/curation/concepts/:attribute',
    access: 'viewer',
    params: z.object({ attribute: z.string().min(1).max(32) }),
    response: schema.curationConcepts,
    summary: 'Everything an attribute of a series can be',
  },
  settleCuration: {
    method: 'post',
    path: '/curation/:id/decision',
    access: 'officer',
    params: pattern,
    body: schema.curationDecision,
    response: schema.curationDone,
    changes: ['studies', 'curation'],
    summary: 'Settles a pattern for the site: its series, indexed and to come, get the concept',
  },
  revokeCuration: {
    method: 'delete',
    path: '/curation/:id/decision',
    access: 'officer',
    params: pattern,
    response: schema.curationDone,
    changes: ['studies', 'curation'],
    summary: 'Takes the answer for a pattern back; its series are what the rules say again',
  },
} as const satisfies Record<string, Route>;
