/** What became of each line of the imported rules. */

/**
 * - `translated`: what the other tool documents happens.
 * - `keyed`: it happens with the secret of the site where the other tool uses none.
 * - `no-rule-needed`: Gatehouse does it already.
 * - `stricter`: less is let through than the line asks for.
 * - `untranslated`: Gatehouse has nothing like it; the value goes as the basic profile has it.
 * - `off`: the line is switched off, a comment or a frame.
 */
export type LineOutcome = 'translated' | 'keyed' | 'no-rule-needed' | 'stricter' | 'untranslated' | 'off';

/** From the mildest to what a reader must see first. */
const ORDER: readonly LineOutcome[] = ['off', 'no-rule-needed', 'translated', 'keyed', 'stricter', 'untranslated'];

export interface ReportedLine {
  /** From 1. */
  readonly line: number;
  /** The attribute or construct, without values: they could name somebody. */
  readonly what: string;
  readonly outcome: LineOutcome;
  /** What happens and why, one sentence each. */
  readonly sentences: readonly string[];
  /** Positions in `rules` of the profile. */
  readonly rules: readonly number[];
}

export interface ImportReport {
  readonly format: string;
  readonly profile: string;
  /** What holds for the whole of it. */
  readonly remarks: readonly string[];
  readonly counts: Readonly<Record<LineOutcome, number>>;
  readonly lines: readonly ReportedLine[];
}

/** The one of several outcomes of a line that a reader must see. */
export function worstOf(outcomes: readonly LineOutcome[]): LineOutcome {
  return ORDER[Math.max(0, ...outcomes.map((outcome) => ORDER.indexOf(outcome)))] ?? 'untranslated';
}

export function countsOf(lines: readonly ReportedLine[]): Record<LineOutcome, number> {
  const counts = Object.fromEntries(ORDER.map((outcome) => [outcome, 0])) as Record<LineOutcome, number>;
  for (const { outcome } of lines) counts[outcome] += 1;
  return counts;
}
