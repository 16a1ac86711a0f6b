/** Whether the condition of a rule holds for a series. */
import type { EvidenceCondition, NumberCondition, Range, TermCondition } from './evidence-table.ts';
import { numbersOf, type SeriesFacts, termsOf } from './facts.ts';
import { standsIn, type WordPattern, wordsIn } from './words.ts';

/** The facts of a series with what is worked out of them once for all rules. */
export interface SeriesView {
  readonly facts: SeriesFacts;
  /** Principal planes that slices lie in. */
  readonly planes: number;
  /** The words of each text of an attribute. */
  readonly words: ReadonlyMap<string, readonly (readonly string[])[]>;
}

export function viewOf(facts: SeriesFacts, planes: number): SeriesView {
  const words = new Map([...facts.texts].map(([name, texts]) => [name, texts.map(wordsIn)] as const));
  return { facts, planes, words };
}

/** @param first concepts that the first weighing came to, the broader ones included; undefined in the first */
export function holds(
  condition: EvidenceCondition,
  view: SeriesView,
  lists: ReadonlyMap<string, readonly WordPattern[]>,
  first: readonly string[] | undefined,
): boolean {
  if (condition.first && !condition.first.some((key) => first?.includes(key))) return false;
  if (condition.planes && !within(condition.planes, view.planes)) return false;
  return (
    Object.entries(condition.terms).every(([name, wanted]) => termsHold(wanted, view.facts, name)) &&
    Object.entries(condition.numbers).every(([name, wanted]) => numbersHold(wanted, numbersOf(view.facts, name))) &&
    Object.entries(condition.words).every(([name, wanted]) =>
      (view.words.get(name) ?? []).some((words) =>
        wanted.some((list) => (lists.get(list) ?? []).some((pattern) => standsIn(pattern, words))),
      ),
    )
  );
}

function termsHold(wanted: TermCondition, facts: SeriesFacts, name: string): boolean {
  const { some, every } = termsOf(facts, name);
  if (Array.isArray(wanted)) return wanted.some((term) => some.has(term));
  if (wanted.stated !== undefined && wanted.stated !== some.size > 0) return false;
  if (wanted.some && !wanted.some.some((term) => some.has(term))) return false;
  if (wanted.every && !wanted.every.some((term) => every.has(term))) return false;
  if (wanted.none?.some((term) => some.has(term))) return false;
  if (wanted.like === undefined) return true;
  const pattern = new RegExp(wanted.like, 'u');
  return [...some].some((term) => pattern.test(term));
}

function numbersHold(wanted: NumberCondition, numbers: readonly number[]): boolean {
  if (Array.isArray(wanted)) return numbers.length > 0 && numbers.every((number) => within(wanted, number));
  const { some, count, stated } = wanted as Exclude<NumberCondition, Range>;
  if (stated !== undefined && stated !== numbers.length > 0) return false;
  if (some && !numbers.some((number) => within(some, number))) return false;
  return count === undefined || within(count, numbers.length);
}

function within([least, greatest]: Range, number: number): boolean {
  return (least === null || number >= least) && (greatest === null || number <= greatest);
}
