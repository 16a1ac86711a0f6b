/**
 * What classification looks at, of one object and of all objects of a series. Facts are named bags of terms and numbers, so
 * that a new fact is a line in the reader and a line in a table. They are rounded where scanners waver, because the
 * objects of a series share one set of facts in the index and only a new set makes the series be decided again.
 */

/** Facts of one de-identified object. Terms are upper case. */
export interface InstanceFacts {
  readonly terms: Readonly<Record<string, readonly string[]>>;
  readonly numbers: Readonly<Record<string, readonly number[]>>;
  /** Free text by attribute, as the object says it. */
  readonly texts: Readonly<Record<string, string>>;
}

interface TermFacts {
  /** Said by at least one object. */
  readonly some: ReadonlySet<string>;
  /** Said by every object that is known. */
  readonly every: ReadonlySet<string>;
}

/** The facts of all objects of a series together; the order in which they came does not show. */
export interface SeriesFacts {
  readonly terms: ReadonlyMap<string, TermFacts>;
  readonly numbers: ReadonlyMap<string, readonly number[]>;
  /** All texts of an attribute, sorted. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
}

const NONE: ReadonlySet<string> = new Set();
const NO_TERMS: TermFacts = { some: NONE, every: NONE };

/** One text for one set of facts: the same facts always read the same. */
export function factsText(facts: InstanceFacts): string {
  const sorted = <V>(bag: Readonly<Record<string, V>>) =>
    Object.fromEntries(Object.entries(bag).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify({
    terms: sorted(facts.terms),
    numbers: sorted(facts.numbers),
    texts: sorted(facts.texts),
  });
}

/** @throws SyntaxError when the text is none that `factsText` made */
export function readFactsText(text: string): InstanceFacts {
  return JSON.parse(text) as InstanceFacts;
}

/** @param sets the different facts of a series' objects, in any order */
export function mergeFacts(sets: readonly InstanceFacts[]): SeriesFacts {
  return {
    terms: mergeTerms(sets),
    numbers: merged(
      sets,
      ({ numbers }) => numbers,
      (a, b) => a - b,
    ),
    texts: merged(
      sets,
      ({ texts }) => mapValues(texts, (text) => [text]),
      (a, b) => (a < b ? -1 : 1),
    ),
  };
}

export function termsOf(facts: SeriesFacts, name: string): TermFacts {
  return facts.terms.get(name) ?? NO_TERMS;
}

export function numbersOf(facts: SeriesFacts, name: string): readonly number[] {
  return facts.numbers.get(name) ?? [];
}

function mergeTerms(sets: readonly InstanceFacts[]): Map<string, TermFacts> {
  const names = new Set(sets.flatMap(({ terms }) => Object.keys(terms)));
  return new Map(
    [...names].map((name) => {
      const bags = sets.map(({ terms }) => new Set(terms[name] ?? []));
      const some = new Set(bags.flatMap((bag) => [...bag]));
      return [name, { some, every: new Set([...some].filter((term) => bags.every((bag) => bag.has(term)))) }];
    }),
  );
}

function merged<V>(
  sets: readonly InstanceFacts[],
  bagOf: (facts: InstanceFacts) => Readonly<Record<string, readonly V[]>>,
  order: (a: V, b: V) => number,
): Map<string, readonly V[]> {
  const values = new Map<string, Set<V>>();
  for (const facts of sets) {
    for (const [name, list] of Object.entries(bagOf(facts))) {
      const known = values.get(name) ?? new Set<V>();
      for (const value of list) known.add(value);
      values.set(name, known);
    }
  }
  return new Map([...values].map(([name, known]) => [name, [...known].sort(order)]));
}

function mapValues<V, W>(bag: Readonly<Record<string, V>>, change: (value: V) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(bag).map(([name, value]) => [name, change(value)]));
}
