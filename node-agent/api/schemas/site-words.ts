/** The words of the site: proposed, approved and refused for its descriptions. */
import { z } from 'zod';

const time = z.string().describe('ISO 8601, UTC');
const count = z.number().int().min(0);

export const siteWordState = z.enum(['proposed', 'approved', 'refused']);
export const siteWordQuery = z.object({ state: siteWordState.default('proposed') });
export const siteWordDecision = z.object({
  decision: z.enum(['approve', 'refuse', 'revoke']).describe('revoke takes an earlier decision back'),
});
export const siteWordCounts = z.object({
  proposed: count,
  approved: count,
  refused: count,
  fromPatients: count.describe('In the texts of how many patients a word stood before it is proposed'),
});
export const siteWordList = z.array(
  z.object({
    id: count,
    word: z.string().describe('As it stood in the first object'),
    attribute: z.string().describe('Keyword of where it stood first'),
    objects: count,
    patients: count.describe('Different ones, counted up to 100'),
    firstSeen: time,
    lastSeen: time,
    state: siteWordState,
    decidedBy: z.string().nullable(),
    decidedAt: time.nullable(),
    identifying: z
      .boolean()
      .describe('Whether a header has shown it as a name or identifier since it was decided about'),
  }),
);
