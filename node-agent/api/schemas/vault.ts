/** Opt-outs and requests to identify a patient. An identifier travels only in the body of a request, or in the one answer to a granted one. */
import { z } from 'zod';

const count = z.number().int().nonnegative();
const time = z.string().describe('ISO 8601, UTC');

export const optOutRequest = z.object({
  patientId: z.string().trim().min(1, 'The Patient ID is missing.').max(64),
  issuer: z
    .string()
    .max(64)
    .nullable()
    .default(null)
    .describe('Issuer of Patient ID; null: whoever issued the ID; empty: where none is stated'),
  everyIssuer: z.boolean().default(false).describe('Whether all are meant where several issuers use the ID'),
});
export const optOut = z.object({
  id: z.string(),
  state: z.enum(['withdrawing', 'withdrawn']),
  by: z.string(),
  at: time,
  finishedAt: time.nullable(),
  objects: count.describe('Withdrawn; those refused later not included'),
  unreadable: count.describe('Stopped objects of which nobody can say whose they are'),
});
export const reidentificationRequest = z.object({
  pseudonym: z.string().trim().min(1, 'The pseudonym is missing.').max(64),
  reason: z.string().trim().min(1, 'A reason is needed.').max(500),
});
export const reidentificationDecision = z.object({ decision: z.enum(['granted', 'refused']) });
export const reidentification = z.object({
  id: z.string(),
  pseudonym: z.string(),
  reason: z.string(),
  state: z.enum(['requested', 'granted', 'refused', 'shown', 'expired']),
  requestedBy: z.string(),
  requestedAt: time,
  decidedBy: z.string().nullable(),
  decidedAt: time.nullable(),
  shownTo: z.string().nullable(),
  expiresAt: time,
});
export const identity = z.object({
  patientId: z.string(),
  issuer: z.string().optional(),
  name: z.string().optional(),
  birthDate: z.string().optional(),
});
