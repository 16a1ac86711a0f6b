/** Rows of the API's table: what de-identification does to an object. */
import { z } from 'zod';
import * as schema from '../schemas/explanations.ts';
import type { Route } from './route.ts';

export const explanationRoutes = {
  explainObject: {
    method: 'get',
    path: '/quarantine/:id/explanation',
    access: 'officer',
    params: z.object({ id: z.string().min(1).max(128) }),
    query: schema.explanationQuery,
    response: schema.explanation,
    summary:
      'What de-identification does to a quarantined object, attribute by attribute, by which rule and section; no values',
  },
} as const satisfies Record<string, Route>;
