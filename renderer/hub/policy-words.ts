import type { Answer } from '../client/call.ts';
import { formatCount } from '../shared/format.ts';

/** The disclosure policy in words, one rule per sentence. */
export function describePolicy({ threshold, rounding }: Answer<'getHub'>['policy']): readonly string[] {
  return [
    threshold > 0
      ? `A count below ${formatCount(threshold)} leaves as 0, so that no small group can be recognised.`
      : 'Small counts are not suppressed.',
    rounding > 1
      ? `Every other count is rounded to a multiple of ${formatCount(rounding)}.`
      : 'Counts are not rounded.',
    'Only published datasets are counted.',
  ];
}
