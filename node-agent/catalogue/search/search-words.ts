/** Words of texts as they are kept and looked for, and what a person types as a question to them. */

/** Letters, digits and what is written over or under them. */
const WORD = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;
/** UIDs (PS3.5 §9.1) and pseudonyms; see `objectPath`. */
const IDENTIFIER = /^[0-9A-Za-z][0-9A-Za-z._-]*$/u;
const MOST_WORDS = 16;

/** Letters that Unicode does not take apart into a letter and a mark, as people type them who lack the key. */
const PLAIN_LETTERS: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i', ς: 'σ' },
};
const SPECIAL_LETTER = new RegExp(`[${Object.keys(PLAIN_LETTERS).join('')}]`, 'gu');
/** Scripts without blanks between words: every sign is a word, and words of a text are signs in a row. */
const SIGN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;

/** Without case and diacritics in every script, signs of Chinese and Japanese apart. */
export function foldedWords(text: string): string {
  return folded(text).replaceAll(SIGN, ' $& ');
}

/**
 * An FTS5 question for texts that have every word, or a word that begins so. Each word stands in quotes: nothing that is
 * typed is an operator. Undefined where there is no word in it.
 */
export function wordsQuestion(text: string): string | undefined {
  const words = folded(text).match(WORD)?.slice(0, MOST_WORDS) ?? [];
  if (words.length === 0) return undefined;
  return words.map((word) => `"${foldedWords(word).trim()}" *`).join(' ');
}

/** The range of identifiers that begin with the text, the end not included; undefined where none can. */
export function identifierRange(text: string): { readonly from: string; readonly to: string } | undefined {
  const from = text.trim();
  if (!IDENTIFIER.test(from)) return undefined;
  return { from, to: `${from}\u{10FFFF}` };
}

function folded(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(SPECIAL_LETTER, (letter) => PLAIN_LETTERS[letter] ?? letter);
}
