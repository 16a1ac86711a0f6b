/** The shapes that travel over the HTTP API. Nothing here carries a patient identifier. */
import { z } from 'zod';
import * as peers from './schemas/peers.ts';
import * as quality from './schemas/quality.ts';
import * as searching from './schemas/search.ts';
import * as vocabularies from './schemas/vocabularies.ts';

const count = z.number().int().nonnegative();
const time = z.string().describe('ISO 8601, UTC');

export const page = z.object({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const role = z.enum(['administrator', 'officer', 'viewer']);
export const user = z.object({ name: z.string(), role, createdAt: time });
export const credentials = z.object({ name: z.string().trim().min(1).max(64), password: z.string().min(1).max(256) });
export const newCredentials = credentials.extend({
  password: z.string().min(12, 'A password has at least 12 characters.').max(256),
});
export const newUser = newCredentials.extend({ role });
export const session = z.object({ setUpNeeded: z.boolean(), user: user.nullable(), version: z.string() });

/** The ledger's counts; received = indexed + quarantined + excluded + rejected + waiting. */
export const counts = z.object({
  received: count,
  indexed: count,
  quarantined: count,
  excluded: count,
  rejected: count,
  waiting: count,
  patients: count,
  studies: count,
  series: count,
  bytes: count,
});
export const health = z.object({
  id: z.string(),
  level: z.enum(['ok', 'warning', 'error']),
  sentence: z.string().describe('What is so, and why'),
  action: z.string().nullable().describe('What to do'),
});
export const overview = z.object({
  counts,
  quarantineByCause: z.array(z.object({ cause: z.string(), title: z.string(), count })),
  throughput: z
    .array(z.object({ minute: time, received: count, indexed: count, bytes: count }))
    .describe('The last 60 minutes'),
  associations: z.array(peers.association).describe('The newest 10'),
  health: z.array(health),
  receiver: peers.receiver,
  modalities: z.array(z.object({ modality: z.string(), series: count })),
});

const topic = z.enum([
  'retrieve',
  'studies',
  'quarantine',
  'datasets',
  'hub',
  'associations',
  'health',
  'imports',
  'audit',
  'receiver',
  'vault',
  'site-words',
  'curation',
  'materialisations',
  'vocabularies',
  'clinical',
]);
/** `type` of the messages on GET /api/v1/events (server-sent events); `data` is this object as JSON. */
export const event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('counts'), counts }),
  z.object({ type: z.literal('changed'), topic }),
]);

export const studyQuery = page.extend(searching.studyFilter.shape);
export const study = z.object({
  studyUid: z.string(),
  patientId: z.string().describe('The pseudonym'),
  sex: z.string().nullable(),
  ageYears: z.number().nullable(),
  studyDate: z.string().nullable().describe('Shifted date, YYYY-MM-DD'),
  description: z.string().nullable(),
  modalities: z.array(z.string()),
  bodyParts: z.array(z.string()),
  series: count,
  instances: count,
  bytes: count,
  indexedAt: time,
});
export const studyPage = z.object({ total: count, rows: z.array(study) });
export const harmonisedValue = z.object({
  attribute: z.string(),
  original: z.string().nullable(),
  code: z.string().nullable(),
  label: z.string().nullable(),
  rule: z.string(),
  tableVersion: z.string(),
  confidence: z.number().min(0).max(1).nullable().describe('Null where no evidence was weighed'),
  candidates: z
    .array(z.object({ code: z.string(), label: z.string(), confidence: z.number() }))
    .describe('Likeliest first'),
  chosenBy: z.string().nullable().describe('The person who chose; null where a rule did'),
});
export const seriesGeometry = z.object({
  slices: count.describe('Different places of the largest stack'),
  spacing: z.number().nullable().describe('Usual distance of neighbouring slices in mm'),
  findings: z.array(z.object({ name: z.string(), severity: z.enum(['note', 'warning']), sentence: z.string() })),
  checkedAt: time,
});
export const series = z.object({
  seriesUid: z.string(),
  number: z.number().nullable(),
  modality: z.string(),
  description: z.string().nullable(),
  bodyPart: z.string().nullable(),
  manufacturer: z.string().nullable(),
  laterality: z.string().nullable(),
  instances: count,
  bytes: count,
  mayShowFace: z.boolean().describe('Whether a face could be rebuilt from it'),
  thumbnailUrl: z.string().nullable().describe('GET it for a PNG; null where no preview can be made'),
  harmonised: z.array(harmonisedValue),
  geometry: seriesGeometry.nullable().describe('Null until it was looked at, a few seconds after the last object'),
  earlier: z.array(vocabularies.earlierValue).describe('What newer tables replaced'),
  values: z.array(vocabularies.normalisedValue),
  findings: z.array(vocabularies.valueFinding),
});
export const studyDetail = study.extend({
  seriesList: z.array(series),
  harmonised: z.array(harmonisedValue).describe('Patient level'),
  values: z.array(vocabularies.normalisedValue).describe('Study level'),
  findings: z.array(vocabularies.valueFinding).describe('Study level'),
  datasets: z.array(z.object({ id: z.string(), title: z.string(), state: z.string() })),
  profileHash: z.string().nullable(),
});

export const quarantineQuery = page.extend({ cause: z.string().optional() });
export const quarantinedObject = z.object({
  objectId: z.string(),
  cause: z.string(),
  title: z.string(),
  sentence: z.string().describe('What happened and why'),
  fix: z.string().describe('What to do'),
  detail: z.string().nullable(),
  sopClass: z.string().nullable(),
  source: z.string(),
  bytes: count,
  receivedAt: time,
});
export const quarantinePage = z.object({
  total: count,
  rows: z.array(quarantinedObject),
  causes: z.array(z.object({ cause: z.string(), title: z.string(), count })),
});
export const requeueRequest = z.union([
  z.object({ objectIds: z.array(z.string()).min(1).max(1000) }),
  z.object({ cause: z.string() }),
]);
export const excludeRequest = z.object({
  objectIds: z.array(z.string()).min(1).max(1000),
  reason: z.string().trim().min(3).max(500),
});
export const changed = z.object({ changed: count });
export const importRun = z.object({
  id: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  requestedAt: time,
  endedAt: time.nullable(),
  files: count,
  accepted: count,
  refused: count,
  sentence: z.string().nullable(),
});

export const { cohortQuery, facets, facetQuery } = searching;
export const cohortCounts = z.object({
  patients: count,
  studies: count,
  series: count,
  instances: count,
  bytes: count,
});

export const datasetState = z.enum(['draft', 'checked', 'released', 'published', 'withdrawn']);
export const newDataset = z.object({
  title: z.string().trim().min(3).max(200),
  description: z.string().trim().min(3).max(4000),
  condition: z.string().describe('Code from /facets conditions'),
  query: cohortQuery,
  publisher: z.string().trim().min(2).max(200),
  contactEmail: z.email(),
  keywords: z.array(z.string().trim().min(1)).default([]),
  provenance: z.string().trim().min(3).max(2000),
  accessUrl: z.url().describe('Where access is asked for, normally the Negotiator'),
});
export const dataset = z.object({
  id: z.string(),
  title: z.string(),
  condition: z.object({ code: z.string(), label: z.string() }),
  state: datasetState,
  createdBy: z.string(),
  createdAt: time,
  version: count,
  patients: count,
  studies: count,
  series: count,
  instances: count,
  bytes: count,
});
export const datasetDetail = dataset.extend({
  description: z.string(),
  query: cohortQuery,
  publisher: z.string(),
  contactEmail: z.string(),
  keywords: z.array(z.string()),
  provenance: z.string(),
  accessUrl: z.string(),
  contentHash: z.string().nullable().describe('SHA-256 over the sorted object hashes, fixed by the check'),
  generalisation: quality.generalisation,
  predecessor: quality.datasetVersion.nullable(),
  successors: z.array(quality.datasetVersion),
  checks: z.array(quality.gateStanding),
  faces: z
    .object({ undecided: count, accepted: count, excluded: count })
    .describe('Series of the cohort from which a face could be rebuilt'),
  history: z.array(
    z.object({
      from: datasetState.nullable(),
      to: datasetState,
      by: z.string(),
      at: time,
      reason: z.string().nullable(),
    }),
  ),
  /** What the signed-in user may do next, and why not where not. */
  actions: z.array(z.object({ to: datasetState, allowed: z.boolean(), why: z.string().nullable() })),
});
export const transitionRequest = z.object({
  to: z.enum(['checked', 'released', 'published', 'withdrawn', 'draft']),
  reason: z.string().trim().max(500).optional(),
  withdrawPredecessor: z.boolean().optional().describe('With a publication: withdraws the version before with it'),
});
export const faceDecision = z.object({
  decision: z.enum(['accepted', 'excluded']),
  reason: z.string().trim().max(500).optional(),
});

export const hubState = z.object({
  configured: z.boolean(),
  url: z.string().nullable(),
  appId: z.string().nullable(),
  state: z.enum(['off', 'connecting', 'polling', 'failing', 'stopped']),
  sentence: z.string(),
  action: z.string().nullable(),
  lastContactAt: time.nullable(),
  tasks: count,
  answered: count,
  refused: count,
  waiting: count,
  policy: z.object({ threshold: z.number(), rounding: z.number() }),
});
export const hubTask = z.object({
  taskId: z.string(),
  from: z.string(),
  receivedAt: time,
  answeredAt: time.nullable(),
  state: z.enum(['received', 'claimed', 'answered', 'refused', 'expired']),
  question: z.string().describe('The search in words'),
  ast: z.unknown(),
  answer: z.unknown().nullable().describe('The exact JSON that left'),
  reason: z.string().nullable(),
});
export const hubTaskPage = z.object({ total: count, rows: z.array(hubTask) });
export const egressEntry = z.object({
  id: z.number(),
  at: time,
  method: z.string(),
  host: z.string(),
  path: z.string(),
  purpose: z.string(),
  bytesOut: count,
  bodySha256: z.string().nullable(),
  status: z.number().nullable(),
  milliseconds: count,
  error: z.string().nullable(),
});
export const egressPage = z.object({ total: count, rows: z.array(egressEntry) });

export const auditEntry = z.object({
  sequence: count,
  at: time,
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  detail: z.string().nullable(),
  hash: z.string(),
});
export const auditPage = z.object({ total: count, rows: z.array(auditEntry) });
export const auditVerdict = z.object({ intact: z.boolean(), entries: count, sentence: z.string() });

export const system = z.object({
  version: z.string(),
  node: z.string(),
  platform: z.string(),
  startedAt: time,
  machine: z.object({
    cpuLoadPercent: z.number(),
    memoryUsedBytes: count,
    memoryTotalBytes: count,
    diskFreeBytes: count,
    diskTotalBytes: count,
    processMemoryBytes: count,
  }),
  settings: z.array(
    z.object({
      name: z.string(),
      value: z.string(),
      default: z.string(),
      source: z.enum(['default', 'file', 'environment', 'command line']),
      description: z.string(),
    }),
  ),
  profile: z.object({
    id: z.string(),
    version: z.string(),
    hash: z.string(),
    tables: z.array(z.object({ name: z.string(), edition: z.string(), source: z.string() })),
  }),
  schedule: z.array(
    z.object({
      id: z.string(),
      cron: z.string(),
      description: z.string(),
      lastRunAt: time.nullable(),
      lastResult: z.string().nullable(),
    }),
  ),
});

/** RFC 9457 problem details. */
export const problem = z.object({ type: z.string(), title: z.string(), status: z.number(), detail: z.string() });
