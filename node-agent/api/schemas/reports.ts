/** The de-identification report of a dataset. */
import { z } from 'zod';
import { kFigures, quality } from './quality.ts';

const counted = z.number().int().min(0);
const remark = z.object({ sentence: z.string(), objects: counted });

export const datasetReport = z.object({
  dataset: z.object({ id: z.string(), title: z.string(), state: z.string() }),
  contentHash: z.string().nullable().describe('SHA-256 over the hashes of the member objects'),
  objects: counted,
  objectsWithoutAccount: counted.describe('Indexed before accounts were kept'),
  checks: z.array(z.object({ title: z.string(), passed: z.boolean(), detail: z.string() })),
  quality: quality.pick({ rulesVersion: true, total: true, scores: true }).extend({
    findings: z.array(
      z.object({
        title: z.string(),
        severity: z.string(),
        checked: counted,
        offending: counted,
        accepted: z.string().nullable().describe('By whom and why; null where nobody did'),
      }),
    ),
  }),
  privacy: kFigures.extend({ shown: z.string().describe('How coarsely it shows its patients') }),
  profiles: z.array(
    z.object({ id: z.string(), version: z.string(), hash: z.string(), edition: z.string(), objects: counted }),
  ),
  claimedCodes: z
    .array(z.object({ code: z.string(), meaning: z.string(), objects: counted }))
    .describe('PS3.16 CID 7050'),
  disagreements: z.array(remark),
  overrides: z.array(remark),
  actions: z.array(
    z.object({ attribute: z.string(), action: z.string(), rule: z.string(), objects: counted, elements: counted }),
  ),
});
