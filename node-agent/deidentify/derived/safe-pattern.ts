/** Regular expressions that a profile may hold: those whose cost stays small whatever text they meet. */

const LONGEST_PATTERN = 200;
/** A text longer than this is not matched: whoever asks gets no answer and takes the value away. */
export const LONGEST_MATCHED = 256;
const MOST_REPETITIONS = 3;

/** What is wrong with the pattern, as a sentence; undefined when nothing is. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > LONGEST_PATTERN) return `A pattern may have ${LONGEST_PATTERN} characters; shorten it.`;
  // Escapes and classes are single characters to what follows.
  const bare = pattern
    .replace(/\\[1-9k]/g, '⟲')
    .replace(/\\./g, 'x')
    .replace(/\[\^?\]?[^\]]*\]/g, 'x');
  if (bare.includes('⟲') || /\(\?/.test(bare))
    return 'Back references, look-around and inline flags are not supported; write the pattern without them.';
  if (/\)(?:[*+]|\{\d*,?\d*\})/.test(bare))
    return 'A repeated group can take endless time; write the pattern without repeating a group.';
  const repetitions = bare.match(/[*+]|\{\d+,\d*\}|\{\d+\}/g) ?? [];
  if (repetitions.length > MOST_REPETITIONS)
    return `A pattern may repeat in ${MOST_REPETITIONS} places; with more it can take endless time.`;
  if (repetitions.some((text) => /\d{4}/.test(text))) return 'A repetition of thousands is not supported.';
  if (/[*+?}][+]/.test(bare)) return 'Possessive repetitions are not supported; write the pattern without them.';
  try {
    new RegExp(pattern, 'u');
    return undefined;
  } catch {
    return 'The pattern is not well-formed; correct its brackets and escapes.';
  }
}
