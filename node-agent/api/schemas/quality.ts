/** Quality, privacy risk, gates and versions of datasets. Counts are exact: they are for the people of the node. */
import { z } from 'zod';

const count = z.number().int().nonnegative();
const time = z.string().describe('ISO 8601, UTC');

/** The levels are those of catalogue/generalisation. */
export const generalisation = z.object({
  age: z.enum(['exact', 'years', 'bands-5', 'bands-10', 'bands-20', 'dropped']),
  date: z.enum(['day', 'month', 'year', 'dropped']),
  device: z.enum(['model', 'manufacturer', 'dropped']),
  sex: z.enum(['kept', 'dropped']),
  bodyPart: z.enum(['kept', 'dropped']),
  modality: z.enum(['kept', 'dropped']),
  clinicalColumns: z
    .array(z.string().min(1).max(100))
    .max(200)
    .readonly()
    .describe('Columns of the clinical tables that are left out'),
});

const state = z.enum(['draft', 'checked', 'released', 'published', 'withdrawn']);
export const datasetVersion = z.object({ id: z.string(), version: count, state });

export const gateStanding = z.object({
  id: z.string(),
  title: z.string(),
  passed: z.boolean(),
  warning: z.boolean().describe('Passed, but to be acknowledged with a reason before the release'),
  detail: z.string(),
  contentHash: z.string().describe('SHA-256 over the hashes of the objects that the evidence speaks of'),
  by: z.string(),
  at: time,
});

const score = z.number().min(0).max(100).nullable();
const dimension = z.enum(['completeness', 'uniqueness', 'validity', 'consistency', 'integrity']);
const scores = z.array(z.object({ dimension, score })).readonly();
const acceptance = z.object({ subject: z.string(), by: z.string(), at: time, reason: z.string() });

export const quality = z.object({
  rulesVersion: z.string(),
  total: score.describe('Mean of the dimensions, 0 to 100; null where there was nothing to check'),
  scores,
  findings: z
    .array(
      z.object({
        rule: z.object({
          id: z.string(),
          dimension,
          severity: z.enum(['error', 'warning', 'note']),
          owner: z.enum(['imaging', 'clinical-data', 'data-manager', 'officer']),
          unit: z.enum(['object', 'series', 'study', 'patient', 'value']),
          acceptable: z.boolean(),
          title: z.string(),
          sentence: z.string(),
          fix: z.string(),
        }),
        checked: count,
        offending: count,
        examples: z.array(z.string()).readonly().describe('A few mapped UIDs or pseudonyms'),
      }),
    )
    .readonly(),
  accepted: z.array(acceptance).readonly().describe('What named persons accepted for the objects of now'),
  trend: z
    .array(z.object({ datasetId: z.string(), version: count, at: time, contentHash: z.string(), total: score, scores }))
    .readonly()
    .describe('Every check of this dataset and its earlier versions, oldest first'),
  examination: z
    .object({ total: count, done: count })
    .nullable()
    .describe('How many files are read and to be read, while they are'),
});

export const kFigures = z.object({
  patients: count,
  k: count.describe('Patients of the smallest group that looks alike'),
  uniques: count,
  belowBlock: count,
  belowWarn: count,
});
const level = kFigures.extend({ level: z.string() });

export const privacyRisk = kFigures.extend({
  limits: z.object({ block: count, warn: count }),
  choices: generalisation,
  attributes: z
    .array(
      z.object({
        id: z.string(),
        title: z.string(),
        clinical: z.boolean(),
        level: z.string(),
        levels: z.array(level).readonly().describe('Each choice with the others as they are'),
      }),
    )
    .readonly(),
  causes: z
    .array(z.array(z.string()).readonly())
    .readonly()
    .describe('Smallest sets of attributes without which nobody is below the limit'),
  suggestion: kFigures.extend({ choices: generalisation }).nullable(),
});

export const acceptanceRequest = z.object({
  subject: z.string().min(1).max(100).describe('A rule of quality, or the gate k or conformance'),
  reason: z.string().trim().min(3).max(500),
});

export const difference = z.object({
  difference: z
    .object({
      predecessor: datasetVersion,
      contentHash: z.string(),
      predecessorHash: z.string().nullable(),
      added: count,
      removed: count,
      changed: count,
      unchanged: count,
    })
    .nullable(),
});
