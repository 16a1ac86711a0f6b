/** Words in what people type: `t2_tse_tra`, `AX T2* FLASH`, `T2 pondéré`. */

/** T2* is another weighting than T2, and its star is no punctuation. C+ means with contrast, C- without. */
const MEANINGFUL_SIGNS: readonly (readonly [RegExp, string])[] = [
  [/T2 ?\*/gu, 'T2STAR '],
  [/([^\p{Letter}]|^)(C|KM|CE|GD|MDC|GAD|IV) ?\+/gu, '$1 $2PLUS '],
  [/\+ ?(C|KM|GD|GAD|MDC|CE|IV|GADO|K)(?=[^\p{Letter}]|$)/gu, ' $1PLUS '],
  [/([^\p{Letter}]|^)(C|KM) ?-(?=[^\p{Letter}\p{Number}]|$)/gu, '$1 $2MINUS '],
];
const WORD = /[\p{Letter}\p{Number}]+/gu;

/** The words of a text, upper case and without accents; letters and digits stay together, as in `T2W`. */
export function wordsIn(text: string): string[] {
  const plain = text
    .toUpperCase()
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '');
  const signs = MEANINGFUL_SIGNS.reduce((changed, [sign, word]) => changed.replace(sign, word), plain);
  return signs.match(WORD) ?? [];
}

/** A word, or several in a row; `~` at the beginning or the end of one stands for any letters and digits, `$` for the end. */
export interface WordPattern {
  readonly text: string;
  readonly parts: readonly ((word: string) => boolean)[];
}

export function wordPattern(text: string): WordPattern {
  const plain = text
    .toUpperCase()
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '');
  return { text, parts: plain.split(' ').map(matcherOf) };
}

/** Whether the pattern stands somewhere among the words. */
export function standsIn(pattern: WordPattern, words: readonly string[]): boolean {
  return words.some((_, at) => pattern.parts.every((matches, index) => matches(words[at + index] ?? '')));
}

function matcherOf(part: string): (word: string) => boolean {
  if (part === '$') return (word) => word === '';
  const begins = part.endsWith('~');
  const ends = part.startsWith('~');
  const stem = part.replaceAll('~', '');
  if (begins && ends) return (word) => word.includes(stem);
  if (begins) return (word) => word.startsWith(stem);
  if (ends) return (word) => word.endsWith(stem);
  return (word) => word === stem;
}
