/** What classification makes of one attribute of a series. */
import type { Candidate, HarmonisedAttribute } from '../harmonised-value.ts';

/** A harmonised value of a series, before a person's choice is looked up. */
export interface SeriesValue {
  readonly attribute: HarmonisedAttribute;
  readonly original: string | null;
  /** Null where the evidence is not enough for any. */
  readonly code: string | null;
  readonly label: string | null;
  /** The rules that spoke for it, strongest first. */
  readonly rule: string;
  readonly tableVersion: string;
  readonly confidence: number;
  readonly candidates: readonly Candidate[];
  /** What spoke for it, then what spoke for others, in words. */
  readonly sentences: readonly string[];
  /** Whether a person is to be asked where the confidence is too low for the site. */
  readonly asked: boolean;
}
