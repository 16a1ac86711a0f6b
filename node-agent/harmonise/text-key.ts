/** Comparing what people type: without case, accents, punctuation and spaces. */

/** Digits stand apart from letters, so that `1HEAD` is read as `HEAD`. */
const WORD = /\p{Letter}+|\p{Number}+/gu;

/** The words of a text in comparable form: upper case, no accents, no punctuation. */
export function wordsOf(text: string): string[] {
  const plain = text
    .toUpperCase()
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '');
  return plain.match(WORD) ?? [];
}

/** The words joined, so that `WHOLE BODY` and `Wholebody` are the same. */
export function keyOf(text: string): string {
  return wordsOf(text).join('');
}
