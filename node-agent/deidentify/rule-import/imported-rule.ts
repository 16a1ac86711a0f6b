/** What a line of another tool asks for, before it is known what the profile lets it do. */
import type { DerivedPart } from '../derived/derived-part.ts';
import type { ElementTest } from '../derived/element-test.ts';
import type { RuleConditions } from '../profile/profile-file.ts';

export type Wish =
  | { readonly does: 'keep' | 'remove' | 'empty' | 'dummy' | 'hash-uid' | 'shift-date' | 'set-aside' | 'by-table' }
  | { readonly does: 'constant'; readonly text: string }
  | { readonly does: 'derive'; readonly parts: readonly DerivedPart[] }
  /** `reason` is a sentence: why, and what would be needed. */
  | { readonly does: 'nothing-like-it'; readonly reason: string };

/** One way a line can go. Of several the first whose conditions hold decides. */
export interface Decision {
  readonly tests: readonly ElementTest[];
  readonly depth?: 'top' | 'items' | undefined;
  readonly wish: Wish;
  /** Write the attribute where it is missing. */
  readonly create?: boolean | undefined;
  /** What differs from the other tool, as sentences. */
  readonly notes: readonly string[];
}

/** A line that is about attributes. */
export interface ImportedRule {
  readonly line: number;
  /** For the report, without values. */
  readonly what: string;
  /** '(gggg,eeee)', X for any digit; or 'gggg' and 'gggg-gggg'. */
  readonly selector:
    | { readonly tag: string }
    | { readonly groups: string }
    | { readonly private: { readonly group: string; readonly creator: string; readonly element: string } };
  readonly decisions: readonly Decision[];
}

/** The conditions as a profile writes them; undefined where there are none. */
export function whenOf({ tests, depth }: Pick<Decision, 'tests' | 'depth'>): RuleConditions | undefined {
  if (tests.length === 0 && depth === undefined) return undefined;
  return {
    ...(depth === undefined ? {} : { depth }),
    ...(tests.length === 0 ? {} : { tests: [...tests] }),
  };
}
