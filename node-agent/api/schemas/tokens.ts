/** Tokens of programs that call the node. */
import { z } from 'zod';

const time = z.string().describe('ISO 8601, UTC');
const scope = z
  .enum(['stow', 'fdp'])
  .describe('stow: storing objects over DICOMweb; fdp: reading the catalogue of published datasets');

export const tokenTerms = z.object({
  name: z.string().trim().min(1).max(64).describe('What people call it'),
  scopes: z.array(scope).min(1).default(['stow']),
  days: z.number().int().min(1).max(3650).default(365).describe('How long it holds'),
});
export const token = z.object({
  tokenId: z.string(),
  name: z.string(),
  scopes: z.array(scope),
  createdBy: z.string(),
  createdAt: time,
  expiresAt: time,
  lastUsedAt: time.nullable().describe('To the minute'),
  revokedAt: time.nullable(),
});
export const newToken = z.object({ token, text: z.string().describe('The token itself; it is not shown again') });
