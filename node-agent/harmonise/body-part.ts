/**
 * The body part of a series. A code of Anatomic Region Sequence beats Body Part Examined, which
 * beats the words of the descriptions, which beat what the modality implies (PS3.3 §10.5, PS3.16 Annex L).
 */
import { ConceptIndex } from './concept-index.ts';
import type { Choice, HarmoniseSource } from './harmonised-value.ts';
import { keyOf, wordsOf } from './text-key.ts';
import type { Concept, Vocabulary } from './vocabulary.ts';

const SHORTEST_WORD_IN_TEXT = 4;
const LONGEST_PHRASE = 4;
const SNOMED_RT_SCHEMES: ReadonlySet<string> = new Set(['SRT', 'SNM3', '99SDM']);

type TextFinding = Concept | 'ambiguous' | undefined;

export class BodyPartHarmoniser {
  readonly version: string;
  readonly #index: ConceptIndex;
  readonly #concepts: readonly Concept[];
  readonly #impliedByModality: Readonly<Record<string, string>>;
  readonly #regions = new Map<string, Concept>();
  readonly #notInText: ReadonlySet<string>;

  constructor(vocabulary: Vocabulary) {
    this.version = vocabulary.version;
    this.#index = new ConceptIndex(vocabulary);
    this.#concepts = vocabulary.concepts;
    this.#impliedByModality = vocabulary.impliedByModality;
    this.#notInText = new Set(vocabulary.notInText.map(keyOf));
    for (const concept of vocabulary.concepts) {
      for (const code of concept.snomed) this.#regions.set(`SCT ${code}`, concept);
      for (const code of concept.srt) this.#regions.set(`SRT ${code}`, concept);
    }
  }

  choose(source: HarmoniseSource): Choice {
    return (
      this.#byRegionCode(source) ??
      this.#byBodyPartExamined(source) ??
      this.#byText(source) ??
      this.#byFurtherText(source) ??
      this.#byModality(source) ?? {
        original: source.bodyPart,
        concept: undefined,
        rule: source.bodyPart === null ? 'missing' : 'unmapped',
      }
    );
  }

  /** Whether one of two parts lies within the other, or they are the same. */
  agree(a: string, b: string): boolean {
    return a === b || this.#lies(a, b) || this.#lies(b, a);
  }

  #lies(inner: string, outer: string): boolean {
    const concept = this.#index.get(inner);
    return (
      concept !== undefined &&
      (concept.within.includes(outer) || this.#index.get(outer)?.parts.includes(inner) === true)
    );
  }

  #byRegionCode({ anatomicRegions }: HarmoniseSource): Choice | undefined {
    for (const { code, scheme } of anatomicRegions) {
      const concept = this.#regions.get(`${SNOMED_RT_SCHEMES.has(scheme) ? 'SRT' : scheme} ${code}`);
      if (concept) return { original: `${scheme} ${code}`, concept, rule: 'anatomic-region-code' };
    }
    return undefined;
  }

  #byBodyPartExamined({ bodyPart }: HarmoniseSource): Choice | undefined {
    if (bodyPart === null) return undefined;
    const match = this.#index.find(bodyPart);
    if (match) return { original: bodyPart, ...match };
    const found = this.#findInText(bodyPart);
    return found && found !== 'ambiguous' ? { original: bodyPart, concept: found, rule: 'keyword' } : undefined;
  }

  #byText({ seriesDescription, protocol, studyDescription }: HarmoniseSource): Choice | undefined {
    let ambiguous: string | undefined;
    for (const text of [seriesDescription, protocol, studyDescription]) {
      const found = text === null ? undefined : this.#findInText(text);
      if (found === 'ambiguous') ambiguous ??= text ?? undefined;
      else if (found) return { original: text, concept: found, rule: 'description' };
    }
    return ambiguous === undefined ? undefined : { original: ambiguous, concept: undefined, rule: 'ambiguous' };
  }

  #byFurtherText({ furtherTexts = [] }: HarmoniseSource): Choice | undefined {
    for (const text of furtherTexts) {
      const found = this.#findInText(text);
      if (found !== undefined && found !== 'ambiguous') {
        return { original: text, concept: found, rule: 'procedure-or-equipment' };
      }
    }
    return undefined;
  }

  #byModality({ modality, bodyPart }: HarmoniseSource): Choice | undefined {
    const concept = this.#index.get(this.#impliedByModality[modality ?? ''] ?? '');
    return concept && { original: bodyPart, concept, rule: 'implied-by-modality' };
  }

  #findInText(text: string): TextFinding {
    const found = this.#partsNamed(wordsOf(text));
    const narrowest = [...found].filter((concept) => ![...found].some((other) => other.within.includes(concept.code)));
    if (narrowest.length <= 1) return narrowest[0];
    return this.#combinationOf(narrowest) ?? 'ambiguous';
  }

  /** Longer phrases first, so that `cervical spine` is not also read as `spine`. */
  #partsNamed(words: readonly string[]): Set<Concept> {
    const found = new Set<Concept>();
    for (let start = 0; start < words.length; ) {
      const phrase = this.#longestPhraseAt(words, start);
      if (phrase) found.add(phrase.concept);
      start += phrase?.length ?? 1;
    }
    return found;
  }

  #longestPhraseAt(words: readonly string[], start: number): { concept: Concept; length: number } | undefined {
    for (let length = Math.min(LONGEST_PHRASE, words.length - start); length > 0; length -= 1) {
      const key = words.slice(start, start + length).join('');
      if (key.length < SHORTEST_WORD_IN_TEXT || this.#notInText.has(key)) continue;
      const concept = this.#index.findKey(key);
      if (concept) return { concept, length };
    }
    return undefined;
  }

  #combinationOf(parts: readonly Concept[]): Concept | undefined {
    const codes = new Set(parts.flatMap((part) => (part.parts.length > 0 ? part.parts : [part.code])));
    return this.#concepts.find(
      (concept) => concept.parts.length === codes.size && concept.parts.every((part) => codes.has(part)),
    );
  }
}
