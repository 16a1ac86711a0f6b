/** What series show where the rules are not sure, and what a person decides about it. */
import { z } from 'zod';

const time = z.string().describe('ISO 8601, UTC');
const count = z.number().int().min(0);
const candidate = z.object({ code: z.string(), label: z.string(), confidence: z.number().min(0).max(1) });

export const curationState = z.enum(['open', 'settled']);
export const curationQuery = z.object({
  state: curationState.default('open'),
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const curationPattern = z.object({
  patternId: count,
  attribute: z.string(),
  shown: z.array(z.tuple([z.string(), z.string()])).describe('Name and de-identified text of what makes the pattern'),
  series: count.describe('Series of the pattern'),
  asked: count.describe('Of them, those where the rules are not sure enough'),
  exampleStudyUid: z.string(),
  exampleSeriesUid: z.string(),
  thumbnailUrl: z.string().nullable().describe('Of the example; null where no preview can be made'),
  evidence: z.array(z.string()).describe('What spoke for the likeliest, of the example, in words'),
  candidates: z.array(candidate).describe('By the rules for the example, likeliest first'),
  decided: z
    .object({
      code: z.string().nullable().describe('Null: none of the concepts'),
      label: z.string().nullable(),
      by: z.string(),
      at: time,
    })
    .nullable(),
});
export const curationPage = z.object({
  total: count,
  open: count,
  settled: count,
  rows: z.array(curationPattern),
});
export const curationConcepts = z.array(z.object({ code: z.string(), label: z.string() }));
export const curationDecision = z.object({
  code: z.string().min(1).max(64).nullable().describe('Of the candidates or of any concept; null for none of them'),
});
export const curationDone = z.object({ series: count.describe('Series that it reached') });
