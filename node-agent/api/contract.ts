/**
 * The HTTP API as one table: validation on the server, the OpenAPI document and the typed client
 * of the console are all derived from it. Every path stands below `/api/v1`.
 */
import { z } from 'zod';
import { clinicalRoutes } from './contract/clinical.ts';
import { curationRoutes } from './contract/curation.ts';
import { explanationRoutes } from './contract/explanations.ts';
import { materialiseRoutes } from './contract/materialise.ts';
import { peerRoutes } from './contract/peers.ts';
import { qualityRoutes } from './contract/quality.ts';
import { recordRoutes } from './contract/record.ts';
import { reportRoutes } from './contract/reports.ts';
import { retrieveRoutes } from './contract/retrieve.ts';
import type { Route } from './contract/route.ts';
import { searchRoutes } from './contract/search.ts';
import { siteWordRoutes } from './contract/site-words.ts';
import { tokenRoutes } from './contract/tokens.ts';
import { vaultRoutes } from './contract/vault.ts';
import { vocabularyRoutes } from './contract/vocabularies.ts';
import * as schema from './schemas.ts';

export type { Access, Route, Topic } from './contract/route.ts';

const identified = z.object({ id: z.string().min(1).max(128) });
const none = z.object({ ok: z.literal(true) });

export const routes = {
  getSession: {
    method: 'get',
    path: '/session',
    access: 'public',
    response: schema.session,
    summary: 'Who is signed in, and whether the first administrator still has to be created',
  },
  setUp: {
    method: 'post',
    path: '/setup',
    access: 'public',
    body: schema.newCredentials,
    response: schema.session,

    summary: 'Creates the first administrator; only while there is no user, only from this computer',
  },
  signIn: {
    method: 'post',
    path: '/session',
    access: 'public',
    body: schema.credentials,
    response: schema.session,

    summary: 'Signs in and sets the session cookie',
  },
  signOut: { method: 'delete', path: '/session', access: 'viewer', response: none, summary: 'Ends the session' },
  listUsers: {
    method: 'get',
    path: '/users',
    access: 'administrator',
    response: z.array(schema.user),
    summary: 'Users of this node',
  },
  addUser: {
    method: 'post',
    path: '/users',
    access: 'administrator',
    body: schema.newUser,
    response: schema.user,

    summary: 'Adds a user with a role',
  },
  getOverview: {
    method: 'get',
    path: '/overview',
    access: 'viewer',
    response: schema.overview,
    summary: 'Counts from the ledger, throughput, recent associations and health',
  },
  listStudies: {
    method: 'get',
    path: '/studies',
    access: 'viewer',
    query: schema.studyQuery,
    response: schema.studyPage,
    summary: 'De-identified studies that match, newest first',
  },
  getStudy: {
    method: 'get',
    path: '/studies/:id',
    access: 'viewer',
    params: identified,
    response: schema.studyDetail,
    summary: 'One study with its series and where each harmonised value came from',
  },
  listQuarantine: {
    method: 'get',
    path: '/quarantine',
    access: 'viewer',
    query: schema.quarantineQuery,
    response: schema.quarantinePage,
    summary: 'Objects that were stopped, why, and what to do',
  },
  requeue: {
    method: 'post',
    path: '/quarantine/requeue',
    access: 'administrator',
    body: schema.requeueRequest,
    response: schema.changed,
    changes: ['quarantine'],
    summary: 'Puts quarantined objects back into the queue, by object or by cause',
  },
  exclude: {
    method: 'post',
    path: '/quarantine/exclude',
    access: 'administrator',
    body: schema.excludeRequest,
    response: schema.changed,
    changes: ['quarantine'],
    summary: 'Excludes quarantined objects for good; the objects are kept',
  },
  listImports: {
    method: 'get',
    path: '/imports',
    access: 'administrator',
    response: z.array(schema.importRun),
    summary: 'Imports of folders and ZIP archives',
  },
  startImport: {
    method: 'post',
    path: '/imports',
    access: 'administrator',
    body: z.object({ folder: z.string().min(1).max(4096) }),
    response: schema.importRun,
    changes: ['imports'],
    summary: 'Imports the DICOM files of a folder or ZIP archive on this computer',
  },
  cancelImport: {
    method: 'post',
    path: '/imports/:id/cancel',
    access: 'administrator',
    params: z.object({ id: z.string().max(64) }),
    response: schema.importRun,
    changes: ['imports'],
    summary: 'Gives up an import after the files in work; what came is kept',
  },
  getFacets: {
    method: 'get',
    path: '/facets',
    access: 'viewer',
    query: schema.facetQuery,
    response: schema.facets,
    summary:
      'Values to filter by, with the number of studies under the other filters, and the conditions a dataset may declare',
  },
  previewCohort: {
    method: 'post',
    path: '/datasets/preview',
    access: 'viewer',
    body: schema.cohortQuery,
    response: schema.cohortCounts,
    summary: 'What a cohort query would put into a dataset now',
  },
  listDatasets: {
    method: 'get',
    path: '/datasets',
    access: 'viewer',
    response: z.array(schema.dataset),
    summary: 'Datasets and their states',
  },
  draftDataset: {
    method: 'post',
    path: '/datasets',
    access: 'administrator',
    body: schema.newDataset,
    response: schema.datasetDetail,
    changes: ['datasets'],
    summary: 'Drafts a dataset from a cohort query',
  },
  getDataset: {
    method: 'get',
    path: '/datasets/:id',
    access: 'viewer',
    params: identified,
    response: schema.datasetDetail,
    summary: 'One dataset with its checks and history',
  },
  advanceDataset: {
    method: 'post',
    path: '/datasets/:id/transitions',
    access: 'officer',
    params: identified,
    body: schema.transitionRequest,
    response: schema.datasetDetail,
    changes: ['datasets'],
    summary: 'Checks, releases, publishes or withdraws a dataset; release needs a second person',
  },
  decideFaces: {
    method: 'post',
    path: '/datasets/:id/faces',
    access: 'officer',
    params: identified,
    body: schema.faceDecision,
    response: schema.datasetDetail,
    changes: ['datasets'],
    summary: 'Accepts with a reason, or excludes, the volumes of a draft from which a face could be rebuilt',
  },
  getHub: {
    method: 'get',
    path: '/hub',
    access: 'viewer',
    response: schema.hubState,
    summary: 'The connection to the hub',
  },
  listHubTasks: {
    method: 'get',
    path: '/hub/tasks',
    access: 'viewer',
    query: schema.page,
    response: schema.hubTaskPage,
    summary: 'Questions of the hub and the exact answers that left',
  },
  listEgress: {
    method: 'get',
    path: '/hub/egress',
    access: 'viewer',
    query: schema.page,
    response: schema.egressPage,
    summary: 'Every request that left this node',
  },
  listAudit: {
    method: 'get',
    path: '/audit',
    access: 'viewer',
    query: schema.page,
    response: schema.auditPage,
    summary: 'The audit log, newest first',
  },
  verifyAudit: {
    method: 'post',
    path: '/audit/verify',
    access: 'viewer',
    response: schema.auditVerdict,
    summary: 'Recomputes the hash chain of the audit log',
  },
  getSystem: {
    method: 'get',
    path: '/system',
    access: 'viewer',
    response: schema.system,
    summary: 'Versions, machine figures, settings, de-identification profile and disclosure policy',
  },
  ...peerRoutes,
  ...qualityRoutes,
  ...recordRoutes,
  ...reportRoutes,
  ...tokenRoutes,
  ...retrieveRoutes,
  ...vaultRoutes,
  ...materialiseRoutes,
  ...siteWordRoutes,
  ...explanationRoutes,
  ...curationRoutes,
  ...vocabularyRoutes,
  ...clinicalRoutes,
  ...searchRoutes,
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof routes;
