/**
 * What the texts of one object say about the words of the site: those that its descriptions lost only because they are in
 * no list, and those that belong to a person, place, order or device, which are never proposed to anybody.
 */
import type { Tag } from '../../dicom/data-set.ts';
import { isPrivate, lookup } from '../../dicom/dictionary.ts';
import { fold, wordsOf } from './folding.ts';
import { IDENTIFYING, type KnownIdentifiers } from './known-identifiers.ts';
import type { TextCleaner } from './text-cleaner.ts';
import type { Vocabulary } from './vocabulary.ts';

interface UnknownWord {
  /** As it stands in the object. */
  readonly word: string;
  readonly folded: string;
  /** Keyword of the attribute. */
  readonly attribute: string;
}

/** Both lists hold a word once. */
export interface WordFindings {
  readonly unknown: readonly UnknownWord[];
  /** Folded words that identify in this object. */
  readonly identifying: readonly string[];
}

/** Labels and comments; the prose of reports (UC, UT) holds few words of a site and many of a patient. */
const DESCRIPTIVE_VRS: ReadonlySet<string> = new Set(['LO', 'SH', 'ST', 'LT']);
const SHORTEST = 3;
const LONGEST = 32;
const FEWEST_LETTERS = 2;
/** A word with more is a number of something or somebody. */
const MOST_DIGITS = 4;
/** Of one object; a text in a foreign language must not fill the list. */
const MOST_UNKNOWN = 40;
const MOST_IDENTIFYING = 400;

export class UnknownWords {
  readonly #cleaner: TextCleaner;
  readonly #known: KnownIdentifiers;
  readonly #vocabulary: Vocabulary;
  readonly #unknown = new Map<string, UnknownWord>();
  readonly #identifying = new Set<string>();

  constructor(cleaner: TextCleaner, known: KnownIdentifiers, vocabulary: Vocabulary) {
    this.#cleaner = cleaner;
    this.#known = known;
    this.#vocabulary = vocabulary;
  }

  /** Takes note of a description that lost something to the allow-list. */
  note(tag: Tag, vr: string, text: string): void {
    for (const word of wordsOf(text)) {
      const folded = fold(word);
      if (this.#known.includes(word) && !this.#vocabulary.has(folded)) this.#identifying.add(folded);
    }
    if (isPrivate(tag) || IDENTIFYING.has(tag) || !DESCRIPTIVE_VRS.has(vr)) return;
    for (const word of this.#cleaner.unknownWords(text, this.#known)) {
      const folded = fold(word);
      if (this.#unknown.size >= MOST_UNKNOWN || this.#unknown.has(folded) || !mayBeTerm(word)) continue;
      this.#unknown.set(folded, { word, folded, attribute: lookup(tag)?.keyword ?? 'unknown' });
    }
  }

  /** Undefined where there is nothing to say. */
  get findings(): WordFindings | undefined {
    const identifying = [...new Set([...this.#identifying, ...this.#known.nameForms])]
      .filter(mayBeTerm)
      .slice(0, MOST_IDENTIFYING);
    const unknown = [...this.#unknown.values()];
    return unknown.length + identifying.length === 0 ? undefined : { unknown, identifying };
  }
}

/** Whether a word has the form of those that are proposed; what has not need not be kept from it either. */
function mayBeTerm(word: string): boolean {
  const letters = word.match(/\p{L}/gu)?.length ?? 0;
  const digits = word.match(/\p{N}/gu)?.length ?? 0;
  return word.length >= SHORTEST && word.length <= LONGEST && letters >= FEWEST_LETTERS && digits <= MOST_DIGITS;
}
