/** The catalogue record of a dataset, the answers it is made of, and the table of properties that drives its form. */
import { z } from 'zod';

const time = z.string().describe('ISO 8601, UTC');
const version = z.number().int().min(0).describe('0 before anything was saved');

/** Values are texts, texts with a language, or nested resources of the same form; the table says which. */
const fields = z.record(z.string().max(60), z.array(z.unknown()).max(200)).describe('Values by prefixed property name');

const finding = z.object({
  severity: z.enum(['violation', 'warning']),
  message: z.string().describe('Names the property, and what to do'),
  property: z.string().nullable(),
});

export const catalogueRecord = z.object({
  jsonld: z.unknown(),
  turtle: z.string(),
  approved: z.boolean().describe('Released by a second person and published; anything else is a draft'),
  findings: z.array(finding),
});

export const recordForm = z.object({
  datasetId: z.string(),
  title: z.string(),
  state: z.enum(['draft', 'checked', 'released', 'published', 'withdrawn']),
  version,
  savedBy: z.string().nullable(),
  savedAt: time.nullable(),
  answers: fields.describe('Given for this dataset'),
  site: fields.describe('Given once for the site; stand where the dataset has none'),
  computed: fields.describe('From the index, as the disclosure policy lets them out'),
  labels: z.record(z.string(), z.string()).describe('Words for codes that no list of the table has'),
  findings: z.array(finding),
});
export const recordAnswers = z.object({ version, answers: fields });

export const siteRecord = z.object({
  version,
  savedBy: z.string().nullable(),
  savedAt: time.nullable(),
  catalogue: fields,
  dataset: fields,
});
export const siteRecordAnswers = z.object({ version, catalogue: fields, dataset: fields });

const property = z.object({
  iri: z.string(),
  name: z.string(),
  level: z.enum(['mandatory', 'recommended', 'conditional', 'optional']),
  min: z.number(),
  max: z.number().nullable(),
  value: z.string().describe('text, string, iri, mailto, concept, integer, decimal, date, duration, node …'),
  vocabulary: z.string().optional(),
  shape: z.string().optional(),
  origin: z.enum(['computed', 'fixed', 'asked']),
  source: z.string().optional(),
  default: z.array(z.string()).optional(),
  mayBeEmpty: z.boolean().optional(),
  site: z.boolean().optional(),
  group: z.string().optional(),
  help: z.string(),
});

export const recordTable = z.object({
  edition: z.string(),
  version: z.string(),
  shapes: z.record(z.string(), z.object({ title: z.string(), type: z.string(), properties: z.array(property) })),
  vocabularies: z.record(
    z.string(),
    z.object({
      title: z.string(),
      closed: z.boolean(),
      base: z.array(z.string()),
      values: z.array(z.object({ iri: z.string(), label: z.string() })),
    }),
  ),
});
