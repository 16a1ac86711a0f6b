/** Rows of the API's table: quality, privacy risk and versions of datasets. */
import { z } from 'zod';
import * as schema from '../schemas/quality.ts';
import { datasetDetail } from '../schemas.ts';
import type { Route } from './route.ts';

const identified = z.object({ id: z.string().min(1).max(128) });

export const qualityRoutes = {
  getQuality: {
    method: 'get',
    path: '/datasets/:id/quality',
    access: 'viewer',
    params: identified,
    response: schema.quality,
    summary: 'What the rules of quality find in a dataset now, its scores, and their trend',
  },
  acceptFinding: {
    method: 'post',
    path: '/datasets/:id/acceptances',
    access: 'officer',
    params: identified,
    body: schema.acceptanceRequest,
    response: datasetDetail,
    changes: ['datasets'],
    summary: 'Accepts an error of quality, or acknowledges a low k, with a reason, for exactly the objects of now',
  },
  getPrivacyRisk: {
    method: 'get',
    path: '/datasets/:id/privacy-risk',
    access: 'viewer',
    params: identified,
    response: schema.privacyRisk,
    summary: 'k-anonymity of a dataset, the attributes that make patients unique, and what coarser choices would gain',
  },
  previewPrivacyRisk: {
    method: 'post',
    path: '/datasets/:id/privacy-risk/preview',
    access: 'viewer',
    params: identified,
    body: schema.generalisation,
    response: schema.kFigures,
    summary: 'What k would be with these choices; nothing is changed',
  },
  generaliseDataset: {
    method: 'put',
    path: '/datasets/:id/generalisation',
    access: 'officer',
    params: identified,
    body: schema.generalisation,
    response: datasetDetail,
    changes: ['datasets'],
    summary: 'Chooses how coarsely a draft shows its patients in everything that leaves',
  },
  draftNextVersion: {
    method: 'post',
    path: '/datasets/:id/versions',
    access: 'officer',
    params: identified,
    response: datasetDetail,
    changes: ['datasets'],
    summary: 'Drafts the next version of a released, published or withdrawn dataset',
  },
  getVersionDifference: {
    method: 'get',
    path: '/datasets/:id/difference',
    access: 'viewer',
    params: identified,
    response: schema.difference,
    summary: 'Objects added, removed and changed since the version before; null for a first version',
  },
} as const satisfies Record<string, Route>;
