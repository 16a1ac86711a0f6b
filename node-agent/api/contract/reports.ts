/** Rows of the API's table: reports for the data protection officer. */
import { z } from 'zod';
import * as schema from '../schemas/reports.ts';
import type { Route } from './route.ts';

export const reportRoutes = {
  getDatasetReport: {
    method: 'get',
    path: '/datasets/:id/report',
    access: 'viewer',
    params: z.object({ id: z.string().min(1).max(128) }),
    response: schema.datasetReport,
    summary:
      'What de-identification did to the objects of a dataset, by attribute and code; as a page under /report/page',
  },
} as const satisfies Record<string, Route>;
