/** What a person types into the search field, as a question to the full text and as the beginning of an identifier. */

/** Letters, digits and what is written over or under them, as the tokenizer of the index divides texts. */
const WORD = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;
/** UIDs (PS3.5 §9.1) and pseudonyms; see `objectPath`. */
const IDENTIFIER = /^[0-9A-Za-z][0-9A-Za-z._-]*$/u;
const MOST_WORDS = 16;

/**
 * An FTS5 question for texts that have every word, or a word that begins so. Each word stands in quotes: nothing that is
 * typed is an operator. Undefined where there is no word in it.
 */
export function wordsQuestion(text: string): string | undefined {
  const words = text.normalize('NFC').match(WORD)?.slice(0, MOST_WORDS) ?? [];
  return words.length === 0 ? undefined : words.map((word) => `"${word}" *`).join(' ');
}

/** The range of identifiers that begin with the text, the end not included; undefined where none can. */
export function identifierRange(text: string): { readonly from: string; readonly to: string } | undefined {
  const from = text.trim();
  if (!IDENTIFIER.test(from)) return undefined;
  return { from, to: `${from}\u{10FFFF}` };
}
