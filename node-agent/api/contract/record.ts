/** Rows of the API's table: catalogue records and the answers they are made of. Files are under /datasets/{id}/record.ttl and so on. */
import { z } from 'zod';
import * as schema from '../schemas/record.ts';
import type { Route } from './route.ts';

const identified = z.object({ id: z.string().min(1).max(128) });

export const recordRoutes = {
  getRecord: {
    method: 'get',
    path: '/datasets/:id/record',
    access: 'viewer',
    params: identified,
    response: schema.catalogueRecord,
    summary: 'The EUCAIM DCAT-AP record of a dataset as JSON-LD and Turtle, and what the shapes find',
  },
  getRecordForm: {
    method: 'get',
    path: '/datasets/:id/record/form',
    access: 'viewer',
    params: identified,
    response: schema.recordForm,
    summary: 'What people answered for the record, what is computed, and what is still missing',
  },
  saveRecord: {
    method: 'put',
    path: '/datasets/:id/record/form',
    access: 'administrator',
    params: identified,
    body: schema.recordAnswers,
    response: schema.recordForm,
    changes: ['datasets'],
    summary: 'Keeps the answers for a draft as a new version',
  },
  getRecordTable: {
    method: 'get',
    path: '/record/table',
    access: 'viewer',
    response: schema.recordTable,
    summary: 'Every property of a record: obligation, range, choices, help, and where it comes from',
  },
  getSiteRecord: {
    method: 'get',
    path: '/record/site',
    access: 'viewer',
    response: schema.siteRecord,
    summary: 'What is answered once for all records of the site',
  },
  saveSiteRecord: {
    method: 'put',
    path: '/record/site',
    access: 'administrator',
    body: schema.siteRecordAnswers,
    response: schema.siteRecord,
    changes: ['datasets'],
    summary: 'Keeps the answers of the site; they act on drafts and on what is checked from now on',
  },
} as const satisfies Record<string, Route>;
