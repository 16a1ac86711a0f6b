/** Studies fetched from a PACS: machines, counts and states. What identifies a patient has one schema of its own. */
import { z } from 'zod';
import { page } from '../schemas.ts';

const count = z.number().int().nonnegative();
const time = z.string().describe('ISO 8601, UTC');
const aeTitle = z.string().max(16);
const limit = z.number().int().min(1).max(100_000).nullable().default(null).describe('null sets no limit');

/** The node answers 400 with a sentence where an archive cannot be had like this. */
export const archiveTerms = z.object({
  aeTitle,
  host: z.string().trim().max(253),
  port: z.number().int().min(1).max(65_535),
  callingAeTitle: aeTitle.nullable().default(null).describe('null is the title of this node'),
  certificateAuthorities: z
    .string()
    .max(4096)
    .nullable()
    .default(null)
    .describe('Path of a PEM file on the computer of the node; null is no TLS'),
  fingerprints: z.array(z.string().max(200)).max(8).default([]).describe('SHA-256 of the certificates it may show'),
  way: z.enum(['move', 'get']).default('move'),
  instancesPerSecond: limit,
  studiesPerHour: limit,
  concurrentStudies: z.number().int().min(1).max(8).default(1),
  windows: z
    .array(z.string().trim().max(100))
    .max(20)
    .default([])
    .describe('Cron expressions: minutes in which a study may begin; none is always'),
  enabled: z.boolean().default(true),
});
export const archive = z.object({ ...archiveTerms.shape, callingAeTitle: aeTitle, tag: z.string() });
export const newArchive = archiveTerms.extend({ tag: z.string().trim().max(40) });
export const archiveList = z.array(archive.extend({ open: z.boolean().describe('A study may begin at this minute') }));

export const doctorReport = z.object({
  steps: z.array(
    z.object({
      step: z.enum(['network', 'certificate', 'association', 'services', 'query', 'clock']),
      outcome: z.enum(['ok', 'failed', 'unknown']),
      sentence: z.string(),
    }),
  ),
  services: z.array(
    z.object({ name: z.string(), transferSyntaxes: z.array(z.string()).describe('Empty where it is not accepted') }),
  ),
  latencyMilliseconds: count.nullable(),
  certificateEnds: time.nullable(),
});

const list = z.array(z.string().trim().min(1).max(64)).max(2000).default([]);
/** The lists are alternatives: each of their entries is asked for, narrowed by dates and modality. */
export const retrieveForm = z.object({
  accessionNumbers: list,
  patientIds: list,
  studyUids: list,
  from: z.iso.date().nullable().default(null),
  to: z.iso.date().nullable().default(null),
  modality: z.string().trim().max(16).nullable().default(null),
});
export const newRequest = z.object({
  archive: z.string().max(40),
  what: z.union([z.object({ form: retrieveForm }), z.object({ csv: z.string().max(1_000_000) })]),
});
export const confirmation = z.object({
  again: z.boolean().default(false).describe('Also studies that an earlier request fetched completely'),
});

export const studyState = z.enum([
  'found',
  'waiting',
  'in transfer',
  'complete',
  'incomplete',
  'failed',
  'unknown',
  'cancelled',
  'skipped',
]);
export const retrieveRequest = z.object({
  id: z.string(),
  archive: z.string(),
  state: z.enum(['counting', 'counted', 'confirmed', 'discarded', 'failed']),
  paused: z.boolean(),
  requestedBy: z.string(),
  requestedAt: time,
  entries: count.describe('Lines of the list, or entries of the form'),
  counted: count.describe('Entries the PACS has been asked about'),
  empty: z.array(z.number()).describe('Numbers of the entries that match nothing, the first hundred'),
  sentence: z.string().nullable(),
  studies: z.partialRecord(studyState, count).describe('Studies by state'),
  fetchedBefore: count,
  expected: count.nullable().describe('Instances; null where the PACS does not say for all studies'),
  arrived: count,
});
export const requestPage = z.object({ total: count, rows: z.array(retrieveRequest) });

export const retrieveStudy = z.object({
  id: z.string(),
  request: z.string(),
  entry: count,
  state: studyState,
  modalities: z.string(),
  series: count.nullable(),
  expected: count.nullable(),
  arrived: count,
  attempts: count,
  notBefore: time.describe('When it is tried next, while it waits'),
  endedAt: time.nullable(),
  sentence: z.string().nullable(),
  fetchedBefore: z.boolean(),
});
export const studyPage = z.object({ total: count, rows: z.array(retrieveStudy) });
export const studyQuery = page;

export const identityQuery = z.object({ studies: z.array(z.string().max(64)).min(1).max(200) });
/** The only answer of the API that identifies patients; each is entered in the audit log. */
export const identities = z.array(
  z.object({
    id: z.string(),
    patientId: z.string(),
    accessionNumber: z.string(),
    studyDate: z.string().describe('YYYYMMDD'),
    studyUid: z.string(),
  }),
);

export const retriever = z.object({
  paused: z.boolean(),
  timeZone: z.string().describe('IANA name of the zone of the availability windows'),
  studies: z.partialRecord(studyState, count),
});
