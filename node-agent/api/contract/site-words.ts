/** Rows of the API's table: words that descriptions lose, and what the site decides about them. */
import { z } from 'zod';
import * as schema from '../schemas/site-words.ts';
import type { Route } from './route.ts';

export const siteWordRoutes = {
  countSiteWords: {
    method: 'get',
    path: '/site-words',
    access: 'viewer',
    response: schema.siteWordCounts,
    summary: 'How many words wait for a decision and how many were approved or refused, without the words',
  },
  showSiteWords: {
    method: 'post',
    path: '/site-words/shown',
    access: 'administrator',
    body: schema.siteWordQuery,
    response: schema.siteWordList,
    summary: 'Up to 1000 words in one state; entered in the audit log',
  },
  decideSiteWord: {
    method: 'post',
    path: '/site-words/:id/decision',
    access: 'administrator',
    params: z.object({ id: z.coerce.number().int().min(1) }),
    body: schema.siteWordDecision,
    response: schema.siteWordCounts,
    changes: ['site-words'],
    summary: 'Approves or refuses a word once for the site, or revokes that; acts on the next object',
  },
} as const satisfies Record<string, Route>;
