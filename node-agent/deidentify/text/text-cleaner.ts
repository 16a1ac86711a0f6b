/**
 * Clean Descriptors (PS3.15 §E.3.6): a text keeps the words that describe images and loses the rest.
 * Neighbours of a removed word stay where they are.
 */

import { type DatesInText, isStandIn } from './dates-in-text.ts';
import { fold } from './folding.ts';
import type { KnownIdentifiers } from './known-identifiers.ts';
import { blankIdentifyingPatterns } from './patterns.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * `allow-list`: only vocabulary, numbers and technical patterns stay (free descriptions).
 * `guarded`: everything stays but what identifies (names of devices, kernels, sequences).
 */
export type TextMode = 'allow-list' | 'guarded';

interface Token {
  readonly start: number;
  readonly end: number;
  readonly kept: boolean;
}

/** Stand-ins for moved dates; the one standard that bears a year, percentages, numbers with their parts, and runs of letters and digits. */
const TOKEN =
  /[\ue000-\uf8ff]|jpeg[ -]2000(?!\d)|(?<![\p{L}\p{N}.,])\d{1,3}(?:[.,]\d{1,2})? ?%|\d+(?:[.,]\d+)?(?:x\d+(?:[.,]\d+)?)+|\d+[.,]\d+(?![.,]?\d)\p{L}{0,3}|[\p{L}\p{M}\p{N}]+/giu;

export class TextCleaner {
  readonly #vocabulary: Vocabulary;

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  /** One value, cleaned; the same text when nothing had to go, '' when nothing may stay. */
  clean(text: string, mode: TextMode, known: KnownIdentifiers): string {
    return this.#cleaned(text, mode, known, () => false);
  }

  #cleaned(text: string, mode: TextMode, known: KnownIdentifiers, stays: (token: string) => boolean): string {
    const isWord = (folded: string): boolean => this.#vocabulary.has(folded);
    const blanked = blankIdentifyingPatterns(known.blankPhrases(text), mode, isWord);
    const tokens: Token[] = [];
    let removed = blanked !== text;
    for (const match of blanked.matchAll(TOKEN)) {
      const kept = stays(match[0]) || this.#keeps(match[0], mode, known);
      if (!kept) removed = true;
      tokens.push({ start: match.index, end: match.index + match[0].length, kept });
    }
    if (!removed) return text;
    return joinKept(blanked, tokens);
  }

  /** A description, cleaned like any; dates that can be moved are moved instead of removed. */
  cleanDescription(text: string, known: KnownIdentifiers, dates: DatesInText): string {
    const moved = dates.move(text);
    return moved === undefined
      ? this.clean(text, 'allow-list', known)
      : moved.restore(this.#cleaned(moved.text, 'allow-list', known, isStandIn));
  }

  /** What `clean` takes out of a description for no other reason than that it is in no list, as it stands there. */
  unknownWords(text: string, known: KnownIdentifiers): string[] {
    const isWord = (folded: string): boolean => this.#vocabulary.has(folded);
    const blanked = blankIdentifyingPatterns(known.blankPhrases(text), 'allow-list', isWord);
    const tokens = [...blanked.matchAll(TOKEN)].map(([token]) => token);
    return tokens.filter((token) => !known.includes(token) && !this.#vocabulary.allows(token));
  }

  #keeps(token: string, mode: TextMode, known: KnownIdentifiers): boolean {
    if (mode === 'guarded') return !known.includes(token) || this.#vocabulary.isManufacturer(fold(token));
    return !known.includes(token) && this.#vocabulary.allows(token);
  }
}

/** Kept tokens with the characters between neighbours; one space where something went. */
function joinKept(text: string, tokens: readonly Token[]): string {
  let result = '';
  let last: Token | undefined;
  for (const token of tokens) {
    if (token.kept) {
      if (result !== '') result += last?.kept === true ? separator(text.slice(last.end, token.start)) : ' ';
      result += text.slice(token.start, token.end);
    }
    last = token;
  }
  return result;
}

/** A run of blanks inside a separator is where a pattern was taken out. */
function separator(between: string): string {
  const tidy = between.replace(/ {2,}/g, ' ');
  return tidy === '' ? ' ' : tidy;
}
