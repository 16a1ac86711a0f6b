/** Case, accents and ligatures taken off, so that 'Schädel', 'SCHADEL' and 'schädel' compare equal. */

const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
  ħ: 'h',
  ŧ: 't',
  ŋ: 'n',
  ς: 'σ',
};
const ASCII_ONLY = /^[ -~\s]*$/;

/** Whether the text holds nothing beyond ASCII, so that it has no accents and is the same in every encoding. */
export function isAscii(text: string): boolean {
  return ASCII_ONLY.test(text);
}

/** The comparison form of a text. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  if (ASCII_ONLY.test(lower)) return lower;
  return lower
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[ßøłđðþæœıħŧŋς]/g, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFC');
}

/** The words of a text: runs of letters, marks and digits, in the order they stand. */
export function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}
