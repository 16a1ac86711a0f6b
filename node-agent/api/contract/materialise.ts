/** Rows of the API's table: datasets written as files. */
import { z } from 'zod';
import * as schema from '../schemas/materialise.ts';
import type { Route } from './route.ts';

const identified = z.object({ id: z.string().min(1).max(128) });

export const materialiseRoutes = {
  listMaterialisations: {
    method: 'get',
    path: '/datasets/:id/materialisations',
    access: 'viewer',
    params: identified,
    response: schema.materialiseStanding,
    summary: 'Where a dataset was written as files, and how far it is',
  },
  startMaterialisation: {
    method: 'post',
    path: '/datasets/:id/materialisations',
    access: 'officer',
    params: identified,
    body: schema.materialiseRequest,
    response: schema.materialisation,
    changes: ['materialisations'],
    summary: 'Writes a released or published dataset into a folder, verified and read back',
  },
  cancelMaterialisation: {
    method: 'post',
    path: '/materialisations/:id/cancel',
    access: 'officer',
    params: identified,
    response: schema.materialisation,
    changes: ['materialisations'],
    summary: 'Gives it up and removes what was written of it',
  },
  getMaterialisationObjections: {
    method: 'get',
    path: '/materialisations/:id/objections',
    access: 'viewer',
    params: identified,
    response: schema.materialiseObjections,
    summary: 'Values that are missing or were refused, by table and column, with the first patients',
  },
} as const satisfies Record<string, Route>;
