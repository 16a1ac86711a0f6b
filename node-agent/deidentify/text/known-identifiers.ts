/** What the object itself says about who and where: these words go from every text of the object. */
import type { DataElement, DataSet, Tag } from '../../dicom/data-set.ts';
import { effectiveVr, textValues } from '../element-values.ts';
import { readTable, type Table } from '../read-table.ts';
import { identifyingText } from '../structured/content-concepts.ts';
import { fold, wordsOf } from './folding.ts';
import { digitCores, joinedForms, sixDigitDates, transliterations } from './name-forms.ts';
import type { Vocabulary } from './vocabulary.ts';

interface File extends Table {
  readonly kinds: Readonly<Record<string, readonly string[]>>;
}

const attributes = readTable<File>('identifying-attributes.json');
export const IDENTIFYING: ReadonlySet<Tag> = new Set(
  Object.values(attributes.kinds)
    .flat()
    .map((digits) => Number.parseInt(digits, 16)),
);
/** Kinds whose digits alone still point to the patient. */
const NUMBERED: ReadonlySet<Tag> = new Set(
  ['id', 'accession'].flatMap((kind) => attributes.kinds[kind] ?? []).map((digits) => Number.parseInt(digits, 16)),
);
const SHORTEST_LATIN_NAME = 3;
const SHORTEST_PHRASE = 3;
/** Groups of a telephone number and house numbers: alone they are settings as often as not. */
const SHORT_NUMBER = /^\d{1,3}$/;
/** Three numbers that may be a date, in any order; only the dates of the object are taken for one. */
const DATE_LIKE = /(?<![\p{L}\d])(\d{1,4})( ?[./_:-] ?| )(\d{1,2})\2(\d{1,4})(?!\d)/gu;
/** A word that begins with a name of so many letters is a form of it: Nowakowa. */
const SHORTEST_STEM = 5;
/** The same for names run together, of which a shorter one may be two syllables of anything. */
const SHORTEST_JOINED_STEM = 8;
/** A word that holds a name of so many letters anywhere is made of it. */
const SHORTEST_PART = 6;

export class KnownIdentifiers {
  readonly #names = new Set<string>();
  readonly #nameForms = new Set<string>();
  readonly #others = new Set<string>();
  readonly #stems = new Set<string>();
  readonly #numbers = new Set<string>();
  readonly #dates = new Set<string>();
  readonly #phrases = new Set<string>();
  readonly #vocabulary: Vocabulary;

  constructor(dataSet: DataSet, vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
    this.#collect(dataSet);
  }

  /** Every word of a person's name in this object, folded, with its other spellings; imaging words left out. */
  get nameForms(): string[] {
    return [...this.#nameForms].filter((form) => !this.#vocabulary.has(form));
  }

  /**
   * Whether a word belongs to a person, place, order or device of this object. Name parts count even
   * when they are imaging words ('Head'); words of institutions and devices do not ('Radiology').
   */
  includes(word: string): boolean {
    const folded = fold(word);
    if (this.#names.has(folded)) return true;
    return this.#isDate(folded) || this.#isOther(folded);
  }

  /**
   * As `includes`, but no imaging word counts, and no date of six digits: a patient called Head does not make
   * the code HEAD a name, and DCM 121109 is no day in November.
   */
  identifies(word: string): boolean {
    const folded = fold(word);
    return !this.#vocabulary.has(folded) && (this.#names.has(folded) || this.#isOther(folded));
  }

  /**
   * The text with every whole identifier, and every date of the object in figures, blanked by spaces of the
   * same length.
   */
  blankPhrases(text: string): string {
    let result = this.#dates.size === 0 ? text : text.replace(DATE_LIKE, (match) => this.#withoutDate(match));
    if (this.#phrases.size === 0) return result;
    const lower = lowerOfSameLength(result);
    for (const phrase of this.#phrases) {
      for (let at = lower.indexOf(phrase); at >= 0; at = lower.indexOf(phrase, at + phrase.length)) {
        const end = at + phrase.length;
        if (isWordCharacter(lower[at - 1]) || isWordCharacter(lower[end])) continue;
        result = result.slice(0, at) + ' '.repeat(phrase.length) + result.slice(end);
      }
    }
    return result;
  }

  #isMadeOfName(folded: string): boolean {
    if (folded.length <= SHORTEST_STEM) return false;
    for (const stem of this.#stems) {
      // Cut off where the value representation ends: 16 characters in SH and CS.
      if (folded.length >= SHORTEST_PART && stem.startsWith(folded)) return true;
      if (folded.startsWith(stem) || (stem.length >= SHORTEST_PART && folded.includes(stem))) return true;
    }
    return false;
  }

  #isOther(folded: string): boolean {
    if (this.#vocabulary.has(folded)) return false;
    if (this.#others.has(folded) || this.#isMadeOfName(folded)) return true;
    return digitCores(folded).some((digits) => this.#numbers.has(digits));
  }

  /** With years of two digits; single digits of day and month are filled up. */
  #withoutDate(match: string): string {
    const digits = (match.match(/\d+/g) ?? []).map((group) => group.padStart(2, '0').slice(-2)).join('');
    return this.#dates.has(digits) ? ' '.repeat(match.length) : match;
  }

  #isDate(folded: string): boolean {
    return digitCores(folded).some((digits) => this.#dates.has(digits));
  }

  #collect(dataSet: DataSet): void {
    for (const element of dataSet.elements) {
      if (element.value.kind === 'sequence') {
        for (const item of element.value.items) this.#collect(item.dataSet);
      } else if (element.value.kind === 'bytes' && element.value.bytes.length > 0) {
        this.#collectElement(dataSet, element);
      }
    }
  }

  /** By the VR of PS3.6 and by that of the stream: neither may hide what the other shows. */
  #collectElement(dataSet: DataSet, element: DataElement): void {
    const vr = effectiveVr(element);
    const either = (wanted: string): boolean => vr === wanted || element.vr === wanted;
    if (either('PN')) for (const name of textValues(dataSet, element, 'PN')) this.#addName(name);
    if (either('DA') || either('DT')) {
      for (const date of textValues(dataSet, element, 'DA')) {
        for (const spelling of sixDigitDates(date)) this.#dates.add(spelling);
      }
    }
    if (IDENTIFYING.has(element.tag)) this.#addOthers(textValues(dataSet, element, vr), NUMBERED.has(element.tag));
    const kind = identifyingText(dataSet, element.tag);
    if (kind === 'name') for (const name of textValues(dataSet, element, vr)) this.#addName(name);
    else if (kind !== undefined)
      this.#addOthers(textValues(dataSet, element, vr), kind === 'id' || kind === 'accession');
  }

  #addName(name: string): void {
    for (const word of wordsOf(name)) {
      const folded = fold(word);
      const latin = /^[a-z0-9]+$/.test(folded);
      if (!latin || folded.length >= SHORTEST_LATIN_NAME || !this.#vocabulary.has(folded)) this.#names.add(folded);
      for (const form of [folded, ...transliterations(word)]) {
        if (form.length >= SHORTEST_LATIN_NAME) this.#others.add(form);
        this.#nameForms.add(form);
        if (form.length >= SHORTEST_STEM && !this.#vocabulary.has(form)) this.#stems.add(form);
      }
    }
    for (const form of joinedForms(name)) {
      this.#others.add(form);
      if (form.length >= SHORTEST_JOINED_STEM && !this.#vocabulary.has(form)) this.#stems.add(form);
    }
  }

  #addOthers(values: readonly string[], numbered: boolean): void {
    for (const value of values) {
      const phrase = value.trim().toLowerCase();
      if (phrase.length >= SHORTEST_PHRASE && !this.#vocabulary.has(fold(phrase))) this.#phrases.add(phrase);
      for (const word of wordsOf(value))
        if (word.length >= SHORTEST_PHRASE && !SHORT_NUMBER.test(word)) this.#others.add(fold(word));
      if (numbered) for (const digits of digitCores(value)) this.#numbers.add(digits);
    }
  }
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character);
}

/** In small letters; a letter whose small form is longer stays, because it would shift the positions. */
function lowerOfSameLength(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return [...text]
    .map((letter) => (letter.toLowerCase().length === letter.length ? letter.toLowerCase() : letter))
    .join('');
}
