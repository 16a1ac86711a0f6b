/** What the object itself says about who and where: these words go from every text of the object. */
import type { DataElement, DataSet, Tag } from '../../dicom/data-set.ts';
import { readTable, type Table } from '../read-table.ts';
import { fold, wordsOf } from './folding.ts';
import type { Vocabulary } from './vocabulary.ts';

interface File extends Table {
  readonly kinds: Readonly<Record<string, readonly string[]>>;
}

const attributes = readTable<File>('identifying-attributes.json');
const IDENTIFYING: ReadonlySet<Tag> = new Set(
  Object.values(attributes.kinds)
    .flat()
    .map((digits) => Number.parseInt(digits, 16)),
);
const TEXT_VRS = new Set(['LO', 'SH', 'ST', 'LT', 'UT', 'UC', 'AE', 'CS', 'UN', 'PN']);
const SHORTEST_LATIN_NAME = 3;
const SHORTEST_PHRASE = 3;

export class KnownIdentifiers {
  readonly #names = new Set<string>();
  readonly #others = new Set<string>();
  readonly #phrases = new Set<string>();
  readonly #vocabulary: Vocabulary;

  constructor(dataSet: DataSet, vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
    this.#collect(dataSet);
  }

  /**
   * Whether a word belongs to a person, place, order or device of this object. Name parts count even
   * when they are imaging words ('Head'); words of institutions and devices do not ('Radiology').
   */
  includes(word: string): boolean {
    const folded = fold(word);
    if (this.#names.has(folded)) return true;
    return this.#others.has(folded) && !this.#vocabulary.has(folded);
  }

  /** As `includes`, but no imaging word counts: a patient called Head does not make the code HEAD a name. */
  identifies(word: string): boolean {
    return this.includes(word) && !this.#vocabulary.has(fold(word));
  }

  /** The text with every whole identifier blanked by spaces of the same length. */
  blankPhrases(text: string): string {
    if (this.#phrases.size === 0) return text;
    let lower = text.toLowerCase();
    // A letter whose lower case is longer would shift the positions.
    if (lower.length !== text.length) lower = text;
    let result = text;
    for (const phrase of this.#phrases) {
      for (let at = lower.indexOf(phrase); at >= 0; at = lower.indexOf(phrase, at + phrase.length)) {
        const end = at + phrase.length;
        if (isWordCharacter(lower[at - 1]) || isWordCharacter(lower[end])) continue;
        result = result.slice(0, at) + ' '.repeat(phrase.length) + result.slice(end);
      }
    }
    return result;
  }

  #collect(dataSet: DataSet): void {
    for (const element of dataSet.elements) {
      if (element.value.kind === 'sequence') {
        for (const item of element.value.items) this.#collect(item.dataSet);
      } else if (element.vr === 'PN') {
        for (const name of dataSet.strings(element.tag)) this.#addName(name);
      } else if (IDENTIFYING.has(element.tag) && TEXT_VRS.has(element.vr)) {
        this.#addOthers(dataSet, element);
      }
    }
  }

  #addName(name: string): void {
    for (const word of wordsOf(name)) {
      const folded = fold(word);
      const latin = /^[a-z0-9]+$/.test(folded);
      if (!latin || folded.length >= SHORTEST_LATIN_NAME || !this.#vocabulary.has(folded)) this.#names.add(folded);
    }
  }

  #addOthers(dataSet: DataSet, element: DataElement): void {
    for (const value of dataSet.strings(element.tag)) {
      const phrase = value.trim().toLowerCase();
      if (phrase.length >= SHORTEST_PHRASE && !this.#vocabulary.has(fold(phrase))) this.#phrases.add(phrase);
      for (const word of wordsOf(value)) if (word.length >= SHORTEST_PHRASE) this.#others.add(fold(word));
    }
  }
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character);
}
