/**
 * The pattern of a series: what series of one protocol of one site have in common, so that a person settles it once.
 * De-identified words without case, accents and plain numbers, the manufacturer, and the kind of image: two series
 * that are called the same and were made differently are two patterns.
 */
import { type InstanceFacts, mergeFacts, numbersOf, type SeriesFacts, termsOf } from './facts.ts';
import { wordsIn } from './words.ts';

export interface SeriesPattern {
  readonly attribute: string;
  readonly key: string;
  /** Name and text of each part, for a person. */
  readonly shown: readonly (readonly [string, string])[];
}

const NAMES: Readonly<Record<string, string>> = {
  description: 'Series description',
  protocol: 'Protocol',
  sequence: 'Sequence',
  bodyPart: 'Body Part Examined',
  study: 'Study description',
  tracer: 'Radiopharmaceutical',
};
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  body_part: ['bodyPart', 'study', 'description', 'protocol'],
  tracer: ['tracer', 'description', 'protocol'],
};
const USUAL_TEXTS = ['description', 'protocol', 'sequence'];
/** Of Image Type; the others say nothing about the kind. */
const NO_KIND: ReadonlySet<string> = new Set([
  'ORIGINAL',
  'DERIVED',
  'PRIMARY',
  'SECONDARY',
  'OTHER',
  'ND',
  'NORM',
  'M',
  'NONE',
]);
const ECHO_CLASSES: readonly (readonly [to: number, name: string])[] = [
  [35, 'short echo time'],
  [65, 'middle echo time'],
  [Number.POSITIVE_INFINITY, 'long echo time'],
];
const REPETITION_CLASSES: readonly (readonly [to: number, name: string])[] = [
  [1000, 'short repetition time'],
  [Number.POSITIVE_INFINITY, 'long repetition time'],
];

export function patternOf(attribute: string, sets: readonly InstanceFacts[]): SeriesPattern {
  const facts = mergeFacts(sets);
  const shown = [
    ...(TEXTS[attribute] ?? USUAL_TEXTS).map(
      (name) => [NAMES[name] ?? name, (facts.texts.get(name) ?? []).join(', ')] as const,
    ),
    ['Modality', terms(facts, 'modality')] as const,
    ['Manufacturer', terms(facts, 'manufacturer')] as const,
    ...(attribute === 'body_part' ? [] : [['Kind', kindOf(facts).join(', ')] as const]),
  ].filter(([, text]) => text !== '');
  const key = shown.map(([name, text]) => `${name}: ${normalised(text)}`).join('; ');
  return { attribute, key, shown };
}

function kindOf(facts: SeriesFacts): string[] {
  return [
    ...[...termsOf(facts, 'scanning').some].sort(),
    ...[...termsOf(facts, 'imageType').some].filter((term) => !NO_KIND.has(term)).sort(),
    classOf(numbersOf(facts, 'echo'), ECHO_CLASSES),
    classOf(numbersOf(facts, 'repetition'), REPETITION_CLASSES),
    numbersOf(facts, 'inversion').length > 0 ? 'inversion' : '',
    numbersOf(facts, 'bValue').some((b) => b > 0) ? 'b-value above 0' : '',
    termsOf(facts, 'agent').some.has('YES') ? 'contrast agent' : '',
  ].filter((part) => part !== '');
}

function classOf(numbers: readonly number[], classes: readonly (readonly [number, string])[]): string {
  const [least] = numbers;
  return least === undefined ? '' : (classes.find(([to]) => least < to)?.[1] ?? '');
}

function terms(facts: SeriesFacts, name: string): string {
  return [...termsOf(facts, name).some].sort().join(', ');
}

function normalised(text: string): string {
  return wordsIn(text)
    .filter((word) => !/^\d+$/u.test(word))
    .join(' ')
    .toLowerCase();
}
