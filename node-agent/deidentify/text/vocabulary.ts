/** The words that descriptions of images are made of; everything else in a description goes. */
import { readTable, type Table } from '../read-table.ts';
import { fold } from './folding.ts';

interface File extends Table {
  readonly words: Readonly<Record<string, readonly string[]>>;
  readonly patterns: Readonly<Record<string, string>>;
}

const FILES = [
  'descriptor-vocabulary.json',
  'structure-vocabulary.json',
  'report-vocabulary.json',
  'language-vocabulary.json',
  'sequence-vocabulary.json',
];
const LONGEST_INTEGER = 3;
const EARLIEST_YEAR = 1900;
const LATEST_YEAR = 2099;

export class Vocabulary {
  readonly #words = new Set<string>();
  readonly #manufacturers = new Set<string>();
  readonly #patterns: readonly RegExp[];
  readonly #approved: ReadonlySet<string>;

  /** @param approved words that this site approved for its descriptions, in any spelling of case and accents */
  constructor(approved: readonly string[] = []) {
    this.#approved = new Set(approved.map(fold));
    const files = FILES.map((name) => readTable<File>(name));
    for (const [category, words] of files.flatMap((file) => Object.entries(file.words))) {
      for (const word of words) {
        const folded = fold(word);
        this.#words.add(folded);
        if (category === 'manufacturers') this.#manufacturers.add(folded);
      }
    }
    this.#patterns = files.flatMap((file) => Object.values(file.patterns)).map((pattern) => new RegExp(pattern, 'u'));
  }

  /**
   * Whether this one word, in its folded form, is in the list. The words of the site are not: they stay in
   * descriptions, but what an object says of its patient outweighs them.
   */
  has(folded: string): boolean {
    return this.#words.has(folded);
  }

  /** Whether the folded word is part of a manufacturer's or product's name. */
  isManufacturer(folded: string): boolean {
    return this.#manufacturers.has(folded);
  }

  /**
   * Whether a token of a description may stay: a listed word, a number that is no year and no
   * identifier, a technical pattern, or a compound of listed words ('AxT2', 'KneeLeft').
   */
  allows(token: string): boolean {
    if (token.endsWith('%')) return true;
    const folded = fold(token);
    if (this.#words.has(folded) || this.#approved.has(folded) || isHarmlessNumber(folded)) return true;
    if (this.#patterns.some((pattern) => pattern.test(folded))) return true;
    const measure = /^\d+[.,]\d+(\p{L}{1,3})$/u.exec(folded);
    if (measure !== null && this.#words.has(measure[1] ?? '')) return true;
    return this.#isCompound(token);
  }

  #isCompound(token: string): boolean {
    const parts = token.match(/T[12][wW]?(?!\p{Ll})|[234]D(?!\p{Ll})|\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{N}+/gu) ?? [];
    if (parts.length < 2 || parts.join('') !== token) return false;
    const words = parts.filter((part) => !/^(?:\p{N}+|T[12][wW]?|[234]D)$/u.test(part));
    // Two letters at least per word: single letters would let initials and codes through.
    if (words.length === 0 || words.some((word) => word.length < 2 || !this.#words.has(fold(word)))) return false;
    return parts.every((part) => part.length <= LONGEST_INTEGER || words.includes(part));
  }
}

function isHarmlessNumber(token: string): boolean {
  if (/^\d+[.,]\d+$/.test(token)) return token.length <= 8;
  if (/^\d{1,4}(?:[.,]\d{1,3})?(?:x\d{1,4}(?:[.,]\d{1,3})?){1,2}$/.test(token)) return true;
  if (!/^\d+$/.test(token)) return false;
  if (token.length <= LONGEST_INTEGER) return true;
  // Four digits can be a repetition time or a b-value; a year says when the patient was here.
  const number = Number(token);
  return token.length === 4 && token[0] !== '0' && (number < EARLIEST_YEAR || number > LATEST_YEAR);
}
