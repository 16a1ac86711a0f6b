/** Dates whose month is a word, in the languages of the European Union: 3. Mai 2019, 12 de mayo de 2019, 2019. május 12. */
import { readTable, type Table } from '../read-table.ts';
import { fold } from './folding.ts';

interface File extends Table {
  /** Of every language the names of each of the twelve months, with spaces between them. */
  readonly months: Readonly<Record<string, readonly string[]>>;
}

const LANGUAGES = Object.values(readTable<File>('month-names.json').months);
const NAMES = LANGUAGES.flat().flatMap((names) => names.split(' '));
const WORDS: ReadonlySet<string> = new Set(NAMES.map(fold));
/** As they are written, and as systems without accents write them. */
const MONTH = [...new Set(NAMES.flatMap((name) => [name, fold(name)]))]
  .sort((one, other) => other.length - one.length)
  .join('|');
/** Of months that stand alone with a year: 'mrt' is March in Dutch and a modality in German. */
const MONTH_WITHOUT_DAY = MONTH.replace(/\bmrt\|/, '');
const YEAR = '(?:19|20)\\d{2}';
const GAP = '[\\s.,_/-]*';

/** Whole dates before parts of one; a year of two digits only where day and month stand as well. */
const PATTERNS: readonly RegExp[] = [
  `(?<![\\p{L}\\d]|\\d\\.)\\d{1,2}(?:st|nd|rd|th|er|º|ª|ú)?${GAP}(?:(?:de|do|of|ta['’])\\s*)?(?:${MONTH})(?!\\p{L})${GAP}(?:del?\\s+)?(?:\\d{4}|\\d{2})(?!\\d|, ?${YEAR})`,
  `(?<!\\d)${YEAR}${GAP}(?:(?:m\\.|gada)\\s*)?(?:\\d{1,2}\\.?\\s*)?(?:${MONTH_WITHOUT_DAY})(?!\\p{L})(?:${GAP}\\d{1,2}(?!\\d)(?:\\.|\\s*d\\.)?)?`,
  `(?<!\\p{L})(?:${MONTH})(?!\\p{L})${GAP}\\d{1,2}(?:st|nd|rd|th)?[,\\s._-]+(?:\\d{4}|\\d{2})(?!\\d)`,
  `(?<!\\p{L})(?:${MONTH_WITHOUT_DAY})(?!\\p{L})${GAP}(?:del?\\s+)?${YEAR}(?!\\d)`,
].map((pattern) => new RegExp(pattern, 'giu'));

/** The text with every such date changed by `replace`. */
export function replaceSpelledDates(text: string, replace: (match: string) => string): string {
  // The patterns hold hundreds of words; most texts name no month.
  if (!/\d/.test(text) || !lettersOf(text).some((word) => WORDS.has(fold(word)))) return text;
  return PATTERNS.reduce((sofar, pattern) => sofar.replace(pattern, replace), text);
}

/** The folded names of a month, 1 to 12, in all languages. */
export function namesOfMonth(month: number): ReadonlySet<string> {
  return new Set(LANGUAGES.flatMap((months) => (months[month - 1] ?? '').split(' ')).map(fold));
}

function lettersOf(text: string): string[] {
  return text.match(/[\p{L}\p{M}]{3,}/gu) ?? [];
}
