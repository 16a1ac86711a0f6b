/** What de-identification does to an object. */
import { z } from 'zod';

export const explanationQuery = z.object({
  profile: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe('A profile that ships with the node; the one in use unless given'),
});

export const explanation = z.object({
  objectId: z.string(),
  profile: z.string(),
  profileVersion: z.string(),
  profileHash: z.string(),
  edition: z.string().describe('Of Table E.1-1 of PS3.15'),
  refusal: z
    .object({ cause: z.string(), title: z.string(), sentence: z.string(), fix: z.string() })
    .nullable()
    .describe('Why the whole object would be kept back'),
  attributes: z.array(
    z.object({
      path: z.string().describe('Tags from the outside in'),
      name: z.string().nullable(),
      vr: z.string(),
      action: z.string(),
      layer: z.string().describe('stamp, profile rule, option, basic profile or unlisted'),
      rule: z.string(),
      section: z.string().nullable().describe('Of PS3.15'),
    }),
  ),
});
