/** Finds a concept of one vocabulary by what an attribute says. */
import { keyOf } from './text-key.ts';
import type { Concept, Vocabulary } from './vocabulary.ts';

export interface Match {
  readonly concept: Concept;
  /** `exact`: a defined term of DICOM as the standard writes it; `spelling`: another way to write it. */
  readonly rule: 'exact' | 'spelling';
}

export class ConceptIndex {
  readonly version: string;
  readonly #exact = new Map<string, Concept>();
  readonly #spellings = new Map<string, Concept>();
  readonly #byCode = new Map<string, Concept>();

  /** @throws Error when one spelling stands for two concepts */
  constructor(vocabulary: Vocabulary) {
    this.version = vocabulary.version;
    for (const concept of vocabulary.concepts) {
      this.#byCode.set(concept.code, concept);
      for (const term of concept.terms) this.#exact.set(term, concept);
      for (const text of [...concept.terms, ...concept.spellings]) this.#addSpelling(text, concept);
    }
  }

  /** The concept an attribute value stands for. */
  find(value: string): Match | undefined {
    const exact = this.#exact.get(value);
    if (exact) return { concept: exact, rule: 'exact' };
    const concept = this.findKey(keyOf(value));
    return concept && { concept, rule: 'spelling' };
  }

  /** The concept with this comparable form (see `keyOf`). */
  findKey(key: string): Concept | undefined {
    return this.#spellings.get(key);
  }

  get(code: string): Concept | undefined {
    return this.#byCode.get(code);
  }

  #addSpelling(text: string, concept: Concept): void {
    const key = keyOf(text);
    const other = this.#spellings.get(key);
    if (other && other !== concept) {
      throw new Error(`"${text}" stands for two concepts of a vocabulary, ${other.code} and ${concept.code}.`);
    }
    this.#spellings.set(key, concept);
  }
}
