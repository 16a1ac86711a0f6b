/**
 * The last look at an answer before it leaves: only the known fields, only numbers the policy can
 * have made, only words from the lists. It trusts nothing the steps before did, and fails closed.
 */
import { z } from 'zod';
import type { DisclosurePolicy } from '../governance/disclosure-policy.ts';

const LONGEST_LIST = 200;
const OLDEST = 120;

const words = z.array(z.string().min(1).max(100)).max(LONGEST_LIST);
const age = z.number().int().min(0).max(OLDEST).multipleOf(10);

/** @returns null when the answer may leave, else what is wrong with it, for the people here */
export function objectionToAnswer(
  answer: unknown,
  policy: DisclosurePolicy,
  publishedIds: ReadonlySet<string>,
): string | null {
  const count = z
    .number()
    .int()
    .refine((value) => policy.mayLeave(value), 'a count that was not disclosed by policy');
  const sum = z
    .number()
    .int()
    .min(0)
    .refine((value) => value % policy.rounding === 0, 'a sum of undisclosed counts');
  const collection = z
    .strictObject({
      id: z.string().refine((id) => publishedIds.has(id), 'a dataset that is not published'),
      name: z.string().max(200),
      description: z.string().max(4000),
      studies_count: count,
      subjects_count: count,
      age_range: z.strictObject({ min: age, max: age }),
      gender: words,
      modality: words,
      body_parts: words,
    })
    .refine((found) => found.subjects_count > 0 || saysNothing(found), 'details of a group that is too small');
  const verdict = z
    .strictObject({
      provider: z.string().min(1).max(100),
      provider_icon: z.base64().max(100_000),
      collections: z.array(collection).max(10_000),
      total: z.strictObject({ studies_count: sum, subjects_count: sum }),
    })
    .safeParse(answer);
  return verdict.success ? null : z.prettifyError(verdict.error);
}

function saysNothing(found: {
  studies_count: number;
  age_range: { min: number; max: number };
  gender: string[];
  modality: string[];
  body_parts: string[];
}): boolean {
  const { studies_count: studies, age_range: ages, gender, modality, body_parts: bodyParts } = found;
  return studies === 0 && ages.min === 0 && ages.max === 0 && gender.length + modality.length + bodyParts.length === 0;
}
