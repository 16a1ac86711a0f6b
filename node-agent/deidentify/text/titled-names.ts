/** Names that a title gives away: 'Dr. Kern', 'Sig.ra Costa', 'г-н Стоянов', 'κ. Παππάς'. */
import { readTable, type Table } from '../read-table.ts';
import { fold } from './folding.ts';

interface File extends Table {
  readonly titles: Readonly<Record<string, readonly string[]>>;
  readonly ambiguous: { readonly titles: readonly string[] };
  readonly weak: { readonly titles: readonly string[] };
  /** Titles that stand behind the name, in Hungarian and Latvian. */
  readonly behind: readonly string[];
  readonly degrees: readonly string[];
  readonly particles: readonly string[];
}

const table = readTable<File>('titles.json');
const NAME_PARTICLES: ReadonlySet<string> = new Set(table.particles);
const AMBIGUOUS: ReadonlySet<string> = new Set(table.ambiguous.titles);
const WEAK: ReadonlySet<string> = new Set(table.weak.titles);
const MOST_NAME_WORDS = 3;
/** A word after more than this many other characters belongs to something else. */
const WIDEST_GAP = 2;

const TITLE = new RegExp(
  `(?<![\\p{L}\\p{N}])(?<title>${alternatives(Object.values(table.titles).flat())})(?![\\p{L}\\p{N}])(?<dot>\\.?)` +
    `(?:\\s*(?:${alternatives(table.degrees)})(?!\\p{L})\\.?)*[\\s.:,_]*(?=\\p{L})`,
  'giu',
);
const NAME_AND_TITLE = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:\\p{Lu}[\\p{L}\\p{M}'’-]+[ _]+){1,${MOST_NAME_WORDS}}(?:${alternatives(table.behind)})(?![\\p{L}\\p{N}])`,
  'gu',
);

/**
 * Blanks titles together with the names behind them; positions stay.
 * @param isWord whether a folded word is in the vocabulary: it ends a name, and tells 'DR CHEST' from 'DR MILLER'
 */
export function blankTitledNames(text: string, isWord: (folded: string) => boolean): string {
  const begun = text.replace(NAME_AND_TITLE, (match) => ' '.repeat(match.length));
  let result = begun;
  for (const match of begun.matchAll(TITLE)) {
    const { title = '', dot } = match.groups ?? {};
    // '80 ms TR 3000': a unit, not a lady.
    if (/^ms$/i.test(title) && /\d ?$/.test(begun.slice(0, match.index))) continue;
    const rest = begun.slice(match.index + match[0].length);
    if (isNoTitle(title, dot === '.', rest)) continue;
    const length = nameLength(rest, isCertain(title, dot === '.'), isWord);
    if (length === 0) continue;
    const end = match.index + match[0].length + length;
    result = result.slice(0, match.index) + ' '.repeat(end - match.index) + result.slice(end);
  }
  return result;
}

/** 'PR Viewer', 'Discovery D Frontier': names of products hold these as well. */
function isNoTitle(title: string, dotted: boolean, rest: string): boolean {
  if (dotted || !WEAK.has(title.toLowerCase())) return false;
  if (/^\p{Lu}\p{Ll}+$/u.test(title)) return false;
  return title.length === 1 || title === title.toUpperCase() || !/^\p{Lu}\p{Ll}/u.test(rest);
}

/** Whether the word behind it is a name even where it is a word of imaging. */
function isCertain(title: string, dotted: boolean): boolean {
  const lower = title.toLowerCase();
  if (WEAK.has(lower)) return false;
  // DR is a modality, Dr a doctor.
  return !AMBIGUOUS.has(lower) || dotted || title === 'Dr';
}

function nameLength(rest: string, certain: boolean, isWord: (folded: string) => boolean): number {
  let length = 0;
  let names = 0;
  for (const match of rest.matchAll(/[\p{L}\p{M}'’-]+(?![\p{L}\p{M}\p{N}])/gu)) {
    const word = match[0];
    if (match.index - length > WIDEST_GAP || names === MOST_NAME_WORDS) break;
    const particle = NAME_PARTICLES.has(word.toLowerCase());
    const known = isWord(fold(word));
    if (names === 0 && !particle && known && !certain) return 0;
    // The word after a title is a name whatever it is; later ones only while they are not imaging words.
    if (names > 0 && !particle && known) break;
    if (!particle) names += 1;
    length = match.index + word.length;
  }
  return names === 0 ? 0 : length;
}

/** The longest first, so that 'sig.ra' is not read as 'sig'. */
function alternatives(words: readonly string[]): string {
  return [...new Set(words)]
    .sort((one, other) => other.length - one.length)
    .map((word) => word.replaceAll('.', '\\.'))
    .join('|');
}
