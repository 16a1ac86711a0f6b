/** The rules of quality as data: what each looks at, how bad a finding is, whose it is and what to do. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const FILE = join(import.meta.dirname, 'data', 'quality-rules.json');

export const DIMENSIONS = ['completeness', 'uniqueness', 'validity', 'consistency', 'integrity'] as const;

const ruleSchema = z.strictObject({
  id: z.string().regex(/^[a-z]+\.[a-z-]+$/u),
  dimension: z.enum(DIMENSIONS),
  severity: z.enum(['error', 'warning', 'note']),
  /** Who can put it right. */
  owner: z.enum(['imaging', 'clinical-data', 'data-manager', 'officer']),
  /** What is counted. */
  unit: z.enum(['object', 'series', 'study', 'patient', 'value']),
  /** Whether a named person may accept an error with a reason. */
  acceptable: z.boolean().default(true),
  /** The gate that looks at it, where it is not the one of quality. */
  gate: z.enum(['references']).optional(),
  title: z.string().min(1),
  sentence: z.string().regex(/\.$/u),
  fix: z.string().regex(/\.$/u),
});
const fileSchema = z.strictObject({
  version: z.string().min(1),
  edition: z.string().min(1),
  source: z.string().min(1),
  note: z.string(),
  rules: z
    .array(ruleSchema)
    .min(1)
    .refine((rules) => new Set(rules.map(({ id }) => id)).size === rules.length, 'an id stands twice')
    .refine(
      (rules) => rules.every(({ id, dimension }) => id.startsWith(`${dimension}.`)),
      'an id names another dimension',
    ),
});

export type QualityRule = z.infer<typeof ruleSchema>;
export type Dimension = QualityRule['dimension'];
export type QualityRules = z.infer<typeof fileSchema>;

/** @throws Error naming the file and the place when it is missing or malformed */
export function loadQualityRules(file: string = FILE): QualityRules {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(
      `The quality rules ${file} cannot be used: ${reason}. Correct it or restore the one of the release.`,
    );
  }
}
