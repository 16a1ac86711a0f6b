/** A test on one value of the original, where the element of the rule stands. */
import { z } from 'zod';
import { operandSchema, type Readable, textOf } from './operand.ts';
import { LONGEST_MATCHED, patternProblem } from './safe-pattern.ts';

/**
 * - `exists`: the attribute is there, empty or not. `blank`: it is not there, or holds only spaces.
 * - `equals`, `contains`, `begins`, `ends`: in capitals or not. `matches`: the whole value fits the pattern.
 * - `greater`: the digits of the value are, as one number, greater than those given.
 */
const KINDS = ['exists', 'blank', 'equals', 'contains', 'begins', 'ends', 'matches', 'greater'] as const;
const WITHOUT_VALUE: ReadonlySet<string> = new Set(['exists', 'blank']);

export const elementTestSchema = z
  .strictObject({
    of: operandSchema,
    is: z.enum(KINDS),
    value: z.string().max(1024).optional(),
    /** The test must fail. */
    not: z.literal(true).optional(),
  })
  .check((context) => {
    const { is, value } = context.value;
    const refuse = (message: string): void => {
      context.issues.push({ code: 'custom', input: value, path: ['value'], message });
    };
    if (WITHOUT_VALUE.has(is) !== (value === undefined))
      refuse(WITHOUT_VALUE.has(is) ? `"${is}" takes no value; leave it out` : `"${is}" needs a value; give one`);
    else if (is === 'matches') {
      const problem = patternProblem(value ?? '');
      if (problem !== undefined) refuse(problem.replace(/\.$/, ''));
    }
  });

export type ElementTest = z.infer<typeof elementTestSchema>;

/** Undefined where it cannot be told, because the value is too long to be matched. */
export function testHolds({ of, is, value = '', not }: ElementTest, readable: Readable): boolean | undefined {
  const text = textOf(of, readable);
  if (is === 'matches' && (text?.length ?? 0) > LONGEST_MATCHED) return undefined;
  return outcome(is, text, value) !== (not ?? false);
}

function outcome(is: ElementTest['is'], text: string | undefined, value: string): boolean {
  if (is === 'exists') return text !== undefined;
  if (is === 'blank') return text === undefined || text.trim() === '';
  if (text === undefined) return false;
  const [found, wanted] = [text.toLowerCase(), value.toLowerCase()];
  switch (is) {
    case 'equals':
      return found === wanted;
    case 'contains':
      return found.includes(wanted);
    case 'begins':
      return found.startsWith(wanted);
    case 'ends':
      return found.endsWith(wanted);
    case 'matches':
      return new RegExp(`^(?:${value})$`, 'u').test(text);
    case 'greater':
      return digits(text) > digits(value);
  }
}

/** Without digits it counts as 0. */
function digits(text: string): bigint {
  return BigInt(`0${text.replace(/[^0-9]/g, '')}`);
}
