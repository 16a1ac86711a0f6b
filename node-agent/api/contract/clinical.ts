/** Rows of the API's table: clinical tables. */
import { z } from 'zod';
import * as schema from '../schemas/clinical.ts';
import type { Route } from './route.ts';

const draft = z.object({ id: z.uuid() });
const named = z.object({ name: z.string().min(1).max(100) });
const none = z.object({ ok: z.literal(true) });

export const clinicalRoutes = {
  getClinical: {
    method: 'get',
    path: '/clinical',
    access: 'viewer',
    response: schema.clinicalState,
    summary: 'Clinical rows by table, and the imports they came from',
  },
  listClinicalTargets: {
    method: 'get',
    path: '/clinical/targets',
    access: 'viewer',
    response: schema.clinicalTargets,
    summary: 'Columns of the common data model that a column of a file can be mapped to',
  },
  listClinicalMappings: {
    method: 'get',
    path: '/clinical/mappings',
    access: 'administrator',
    response: schema.savedMappings,
    summary: 'Saved mappings of clinical files',
  },
  getClinicalMapping: {
    method: 'get',
    path: '/clinical/mappings/:name',
    access: 'administrator',
    params: named,
    response: schema.savedMapping,
    summary: 'The newest version of a mapping, as JSON to keep or to use elsewhere',
  },
  removeClinicalMapping: {
    method: 'delete',
    path: '/clinical/mappings/:name',
    access: 'administrator',
    params: named,
    response: schema.savedMappings,
    changes: ['clinical'],
    summary: 'Removes a mapping; what was imported with it stays',
  },
  readClinicalFile: {
    method: 'post',
    path: '/clinical/drafts',
    access: 'administrator',
    body: schema.clinicalFile,
    largestBody: '12mb',
    response: schema.clinicalDraft,
    summary: 'Reads a clinical file and proposes a mapping; the file stays in memory for an hour and is stored nowhere',
  },
  checkClinicalFile: {
    method: 'post',
    path: '/clinical/drafts/:id/check',
    access: 'administrator',
    params: draft,
    body: schema.clinicalChoice,
    response: schema.clinicalReport,
    summary: 'What an import with this mapping would do; nothing is written',
  },
  importClinicalFile: {
    method: 'post',
    path: '/clinical/drafts/:id/import',
    access: 'administrator',
    params: draft,
    body: schema.clinicalImportRequest,
    response: schema.clinicalOutcome,
    changes: ['clinical'],
    summary: 'Imports all of the file or nothing; entered in the audit log',
  },
  discardClinicalFile: {
    method: 'delete',
    path: '/clinical/drafts/:id',
    access: 'administrator',
    params: draft,
    response: none,
    summary: 'Forgets a file that was read',
  },
  withdrawClinicalImport: {
    method: 'post',
    path: '/clinical/imports/:id/withdraw',
    access: 'administrator',
    params: z.object({ id: z.coerce.number().int().min(1) }),
    response: schema.clinicalState,
    changes: ['clinical'],
    summary: 'Takes the rows of an import out of the index',
  },
} as const satisfies Record<string, Route>;
