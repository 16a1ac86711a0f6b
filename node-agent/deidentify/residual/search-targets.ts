/** What an object is searched for, in the forms that the searches want: bytes, whole words, dates. */
import type { CharacterSet } from '../../dicom/character-set.ts';
import { fold, isAscii } from '../text/folding.ts';
import { byteFormsOf } from './byte-forms.ts';
import { ByteScanner, type ScannerMark } from './byte-scanner.ts';
import type { Needle } from './needles.ts';

const SHORT_WORD = 4;
const SHORT_NUMBER = /^\d{1,4}$/;

/** A state to which the targets can go back. */
export interface TargetsMark {
  readonly needles: number;
  readonly words: number;
  readonly scanner: ScannerMark;
}

interface Replaced {
  readonly words: Map<string, number>;
  readonly word: string;
  readonly before: number | undefined;
}

export class SearchTargets {
  /** By their numbers. */
  readonly needles: Needle[] = [];
  readonly scanner = new ByteScanner();
  readonly #shortWords = new Map<string, number>();
  readonly #words = new Map<string, number>();
  readonly #replaced: Replaced[] = [];

  /** @param characterSet of the original */
  add(needle: Needle, characterSet: CharacterSet): void {
    const number = this.needles.push(needle) - 1;
    const { kind, text } = needle;
    if (needle.word === true) {
      this.#setWord(this.#words, text, number);
      return;
    }
    if (needle.bytes !== undefined) {
      this.scanner.add(number, needle.bytes);
      return;
    }
    const folded = fold(text);
    if (text.length < SHORT_WORD || SHORT_NUMBER.test(text)) {
      this.#setWord(this.#shortWords, folded, number);
      if (/^[\x20-\x7e]*$/.test(text)) return;
    }
    // The scanner knows capitals of ASCII and Latin-1 by itself.
    const spellings = isAscii(text) ? [text] : new Set([text, folded, text.toUpperCase()]);
    for (const spelling of spellings)
      for (const bytes of byteFormsOf(spelling, characterSet, kind !== 'uid')) this.scanner.add(number, bytes);
  }

  /** The needle that is this folded word and too short to be looked for inside others. */
  shortWord(word: string): number | undefined {
    return this.#shortWords.get(word);
  }

  /** The needle that counts only as a whole word and is this folded one. */
  word(word: string): number | undefined {
    return this.#words.get(word);
  }

  mark(): TargetsMark {
    return { needles: this.needles.length, words: this.#replaced.length, scanner: this.scanner.mark() };
  }

  /** Forgets every needle that was added since the mark. */
  forget(mark: TargetsMark): void {
    this.needles.length = mark.needles;
    this.scanner.forget(mark.scanner);
    while (this.#replaced.length > mark.words) {
      const { words, word, before } = this.#replaced.pop() as Replaced;
      if (before === undefined) words.delete(word);
      else words.set(word, before);
    }
  }

  #setWord(words: Map<string, number>, word: string, number: number): void {
    this.#replaced.push({ words, word, before: words.get(word) });
    words.set(word, number);
  }
}
