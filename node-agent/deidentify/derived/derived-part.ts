/** The parts of which a rule makes a value: constants, and what is read from the original and changed. */
import { z } from 'zod';
import { operandSchema } from './operand.ts';
import { patternProblem } from './safe-pattern.ts';

const MOST_PARTS = 16;
const MOST_LOOKED_UP = 10_000;
const text = z.string().max(1024);
const from = operandSchema;
const pattern = z
  .string()
  .min(1)
  .check((context) => {
    const message = patternProblem(context.value)?.replace(/\.$/, '');
    if (message !== undefined) context.issues.push({ code: 'custom', input: context.value, message });
  });

const partSchema = z.discriminatedUnion('as', [
  z.strictObject({ as: z.literal('constant'), text }),
  /** The value; where it is empty or missing, `otherwise`. */
  z.strictObject({ as: z.literal('value'), from, otherwise: text.optional() }),
  /** The value with everything that fits the pattern replaced; $1 to $9 stand for its groups. */
  z.strictObject({ as: z.literal('replaced'), from, pattern, replacement: text }),
  /** The first characters; with a negative length the last ones. */
  z.strictObject({ as: z.literal('truncated'), from, length: z.int().min(-1024).max(1024) }),
  z.strictObject({ as: z.literal('lower-case'), from }),
  z.strictObject({ as: z.literal('upper-case'), from }),
  /** The part between slashes at this place, counted from 0, or from the end where negative; the whole where there is none. */
  z.strictObject({ as: z.literal('path-element'), from, index: z.int().min(-1000).max(1000) }),
  /** An age in groups of this size; the first group is around 0. */
  z.strictObject({ as: z.literal('rounded-age'), from, size: z.int().min(2).max(100) }),
  /** A date with parts of it set; what is not given stays. */
  z.strictObject({
    as: z.literal('date-parts'),
    from,
    year: z.int().min(1).max(9999).optional(),
    month: z.int().min(1).max(12).optional(),
    day: z.int().min(1).max(31).optional(),
  }),
  /** Digits that follow from the value and the secret of the site. */
  z.strictObject({
    as: z.literal('keyed-digits'),
    from,
    /** Kept apart from values that are the same elsewhere. */
    domain: z.string().max(64).optional(),
    length: z.int().min(1).max(38).optional(),
    /** Only the first components of a name, without spaces and punctuation, in capitals. */
    components: z.int().min(0).max(5).optional(),
  }),
  /** What the table says for the values of these attributes, joined by '|'; the object is set aside where it says nothing. */
  z.strictObject({
    as: z.literal('looked-up'),
    from: z.array(from).min(1).max(4),
    table: z
      .record(z.string().max(256), z.string().max(256))
      .refine((table) => Object.keys(table).length <= MOST_LOOKED_UP, `a table may have ${MOST_LOOKED_UP} rows`),
    otherwise: z
      .union([
        z.enum(['keep', 'remove', 'empty']),
        z.strictObject({ constant: text }),
        z.strictObject({ ignore: pattern }),
      ])
      .optional(),
  }),
]);

export const derivedSchema = z.array(partSchema).min(1).max(MOST_PARTS);

export type DerivedPart = z.infer<typeof partSchema>;

/** The attributes whose values could show in the result. */
export function readBy(part: DerivedPart): readonly string[] {
  if (part.as === 'constant' || part.as === 'keyed-digits') return [];
  return part.as === 'looked-up' ? part.from : [part.from];
}
