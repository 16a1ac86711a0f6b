/** Manufacturer (0008,0070): the same company under many names, matched by words and never by pattern. */
import type { Choice } from './harmonised-value.ts';
import { keyOf, wordsOf } from './text-key.ts';
import type { Concept, Vocabulary } from './vocabulary.ts';

interface Phrase {
  readonly words: readonly string[];
  readonly concept: Concept;
}

export class ManufacturerHarmoniser {
  readonly version: string;
  readonly #beginnings: readonly Phrase[];
  readonly #keywords: readonly Phrase[];
  readonly #labels = new Map<string, Concept>();

  constructor(vocabulary: Vocabulary) {
    this.version = vocabulary.version;
    this.#beginnings = phrases(vocabulary, (concept) => [...concept.terms, ...concept.spellings]);
    this.#keywords = phrases(vocabulary, (concept) => concept.keywords);
    for (const concept of vocabulary.concepts) this.#labels.set(keyOf(concept.label), concept);
  }

  choose(manufacturer: string | null): Choice {
    if (manufacturer === null) return { original: null, concept: undefined, rule: 'missing' };
    const words = wordsOf(manufacturer);
    const named = this.#labels.get(words.join(''));
    if (named) return { original: manufacturer, concept: named, rule: 'exact' };
    const beginning = this.#beginnings.find((phrase) => standsAt(phrase.words, words, 0));
    if (beginning) return { original: manufacturer, concept: beginning.concept, rule: 'spelling' };
    const keyword = this.#keywords.find((phrase) => words.some((_, at) => standsAt(phrase.words, words, at)));
    return { original: manufacturer, concept: keyword?.concept, rule: keyword ? 'keyword' : 'unmapped' };
  }
}

/** Longest first, so that a more telling name wins. */
function phrases(vocabulary: Vocabulary, textsOf: (concept: Concept) => readonly string[]): Phrase[] {
  return vocabulary.concepts
    .flatMap((concept) => textsOf(concept).map((text) => ({ words: wordsOf(text), concept })))
    .sort((a, b) => b.words.length - a.words.length);
}

function standsAt(phrase: readonly string[], words: readonly string[], at: number): boolean {
  return phrase.every((word, index) => words[at + index] === word);
}
