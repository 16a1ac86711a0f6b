/** Spellings that identify whatever the words around them are: dates, numbers to call, addresses on the net, titles. */
import { replaceNationalIdentifiers } from './national-identifiers.ts';
import { replaceSpelledDates } from './spelled-dates.ts';
import { blankTitledNames } from './titled-names.ts';

/** Digits in groups, as in telephone, social security and health numbers. */
const GROUPED_DIGITS = /(?<![\d.])\d+(?:[ ./-]\d+)+(?![\d.])/gu;
const FEWEST_GROUPED_DIGITS = 7;
const HIGHEST_SETTING = 5000;
const SETTING = /^(?:0|50|[1-9]\d{0,2}[05]0)$/;
/** The same with rarer or wider separators, which lists of b-values and echo times have as well. */
const LOOSELY_GROUPED_DIGITS = /(?<![\d.])\d{2,}(?:(?: {2,3}|_| ?[;–—] ?| - )\d{2,})+(?![\d.])/gu;
const FEWEST_LOOSELY_GROUPED_DIGITS = 9;
/** Two or three pairs of digits: a date when day and month are possible, not when a unit follows. */
const PAIRS_OF_DIGITS =
  /(?<![\p{L}\d./_])(?:(?<first>\d{2})(?<by>[_ ])(?<second>\d{2})\k<by>\d{2}|(?<day>\d{2})\/(?<month>\d{2}))(?![\p{L}\d/]|\.\d| ?(?:mm|cm|ms|ml|kv|mas|gy|hz)\b)/giu;
/** Before everything else: their parts look like paths and numbers. */
const ADDRESSES: readonly RegExp[] = [
  /[\w.+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu,
  /(?<![\p{L}\p{N}])(?:https?|ftp|file|ldap):\/\/\S+/giu,
  /(?<![\p{L}\p{N}])www\.\S+/giu,
];
/** A file's place: from a root, a drive, a server or a home folder, or ending in a file name. */
const PATHS: readonly RegExp[] = [
  /(?<![\p{L}\p{N}])(?:[A-Za-z]:|~|\.{1,2})[\\/][^\s"',;]*/gu,
  /(?<![^\s"'=,;(:])[\\/]{1,2}[^\s\\/"',;]+[\\/][^\s"',;]*/gu,
  /(?<![^\s"'=,;(:])[^\s\\/"',;]+(?:[\\/][^\s\\/"',;]+)+\.[a-z]{2,5}(?![\p{L}\p{N}])/giu,
];

/** What shows that a number is a measure, or the beginning of another one, and no part of a number to call. */
const MEASURE = '[\\p{L}\\d]|[.,]\\d|\\s?(?:%|x\\s?\\d|(?:mm|cm|ms|ml|kv|kev|mas|gy|hz|min|sec|bpm|mg|mbq)(?!\\p{L}))';

/** Digits with at most two separators between them; the longest that does not run into a measure. */
function numberToCall(start: string, separator: string, fewest: number, most: number): RegExp {
  return new RegExp(`${start}(?:${separator}{0,2}\\d){${fewest},${most}}(?!${MEASURE})`, 'giu');
}

/** Certain in any text: these never stand in the name of a device or a kernel. */
const CERTAIN: readonly RegExp[] = [
  /(?<![\p{L}\d])[A-Z]{2}\d{2}[ -]?(?:[A-Z]{4})?(?:[ -]?\d{4}){2,7}(?:[ -]?\d{1,4})?(?!\d)/gu,
  /(?<![\d.])[0-2](?:\.\d+){5,}/gu,
  /(?<!\d)\d{1,2}( ?[./-] ?|[_ ])\d{1,2}\1(?:19|20)\d{2}(?!\d)/gu,
  /(?<!\d)(?:19|20)\d{2}([_ ]|[.] )(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])(?!\d)/gu,
  /(?<!\d)(?:19|20)\d{2}([./:-])\d{1,2}\1\d{1,2}(?!\d)/gu,
  /(?<!\d)(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4,6})?(?!\d)/gu,
  /(?<!\d)(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d{2}(?!\d)/gu,
  /(?<!\d)(?:19|20)\d{2}\s*[年년]\s*\d{1,2}\s*[月월]\s*\d{1,2}\s*[日일]?/gu,
  numberToCall('(?:\\+|(?<![\\p{L}\\p{N}])00)\\d', '[\\s()/.-]', 6, 13),
  /(?<![\p{L}\d.])0\d([./ -])\d{2}(?:\1\d{2}){3}(?![\d.])/gu,
  /(?<![\p{L}\d.])0\d{2,5}\/\d{5,9}(?!\d)/gu,
  /\(0\d{1,5}\)[\s/-]*\d[\d\s/-]{3,}\d/gu,
  numberToCall(
    '(?<![\\p{L}\\p{N}])(?:tel|telefon|phone|fax|mobile|handy|t[ée]l[ée]phone|tfno)(?!\\p{L})\\W{0,3}[\\d+]',
    '[\\s()/.-]',
    3,
    14,
  ),
  /(?<![\p{L}\p{N}])(?:mrn|pid|patient\s*id|pat[.\s]*id|acc(?:ession)?\s*(?:no|nr|number)?|nhs|ssn|svnr|dob|case\s*(?:no|nr|number))\b[\s.:#-]*[\p{L}\p{N}]*\d[\p{L}\p{N}-]*/giu,
];

/** Only where the text is a description: in a version or a model name these would be parts of it. */
const DESCRIPTIVE: readonly RegExp[] = [
  /\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b(?=\D|$)/gu,
  /(?<![\d.])\d{1,2}([./-])\d{1,2}\1\d{2}(?![\d.])/gu,
  numberToCall('(?<!\\d)0\\d{2,5}[\\s/-]\\d', '[\\s-]', 5, 10),
  /\d+(?:\.\d+){3,}/gu,
  /\d{5,}/gu,
  /(?<![\d.])(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.(?!\d)/gu,
  /(?<![\p{L}\d])0?(?:9\d|1[0-3]\d)[\s.-]{0,2}(?:y|yo|y\/o|yrs?|years?|jahre?|j[aä]hrige?[rns]?|ans|años|anni|anos|lat|let|jaar|år)(?!\p{L})(?:[\s-]*(?:old|alt|of\s+age))?/giu,
  /(?<!\p{L})(?:age|aged|alter|[âa]ge|edad|et[àa]|leeftijd|idade)[\s:=.]{0,3}0?(?:9\d|1[0-3]\d)(?!\d)/giu,
  /(?<!\p{L})(?:zi|zimmer|zimmernr|room|bett|station|ward|chambre|lit|letto|habitaci[oó]n|cama|kamer|pok[oó]j|bed(?!\s*\d+\s*(?:min|pos|gy)))(?!\p{L})[\s.:#-]*(?:(?:nr|no)[\s.:]*)?\p{L}?\d[\p{L}\d./-]*/giu,
];
/** Three, three or four, and four digits: a number to call in any text. */
const NORTH_AMERICAN_NUMBER = /(?<![\p{L}\p{N}])\d{3}[-.\s]\d{3,4}[-.\s]\d{4}(?![\p{L}\p{N}])/gu;
const LONG_DIGIT_RUN = /(?<![\d.])\d{8,}(?![\d.])/gu;

/**
 * Blanks what identifies by its spelling. Blanked stretches become spaces, so positions stay.
 * @param isWord whether a folded word is in the vocabulary: it ends a name, and tells 'DR CHEST' from 'DR MILLER'
 */
export function blankIdentifyingPatterns(
  text: string,
  mode: 'allow-list' | 'guarded',
  isWord: (folded: string) => boolean,
): string {
  let result = text;
  if (/@|:\/\/|www/iu.test(result)) for (const pattern of ADDRESSES) result = result.replace(pattern, blanks);
  if (mode === 'guarded' && /[\\/]/.test(result)) for (const pattern of PATHS) result = result.replace(pattern, blanks);
  // Most values hold neither a digit nor a word that could be a title; the patterns are then not worth running.
  if (/\d/u.test(result)) {
    result = replaceSpelledDates(replaceNationalIdentifiers(result, blanks), blanks);
    for (const pattern of CERTAIN) result = result.replace(pattern, blanks);
    if (mode === 'allow-list') {
      for (const pattern of DESCRIPTIVE) result = result.replace(pattern, blanks);
      result = result.replace(GROUPED_DIGITS, (match) => (isNumberToCall(match) ? blanks(match) : match));
      result = result.replace(LOOSELY_GROUPED_DIGITS, (match) => (isSpacedNumber(match) ? blanks(match) : match));
      result = result.replace(PAIRS_OF_DIGITS, blankPossibleDate);
    } else result = result.replace(LONG_DIGIT_RUN, blanks);
    // Behind the longer groups, of which it would leave the rest.
    result = result.replace(NORTH_AMERICAN_NUMBER, (match) => (isSettings(match) ? match : blanks(match)));
  }
  return blankTitledNames(result, isWord);
}

/** Measurements also stand side by side, but with fewer digits. */
function isNumberToCall(match: string): boolean {
  return match.replace(/\D/g, '').length >= FEWEST_GROUPED_DIGITS && !isSettings(match);
}

/** b-values in a row: multiples of fifty that grow. */
function isSettings(match: string): boolean {
  const numbers = match.split(/[ /]/).map((group) => (SETTING.test(group) ? Number(group) : Number.NaN));
  return numbers.every((number, at) => number <= HIGHEST_SETTING && (at === 0 || number > (numbers[at - 1] ?? 0)));
}

/** Settings in a row are round numbers; a number to call is not. */
function isSpacedNumber(match: string): boolean {
  const groups = match.match(/\d+/g) ?? [];
  return groups.join('').length >= FEWEST_LOOSELY_GROUPED_DIGITS && groups.some((group) => !group.endsWith('0'));
}

function blankPossibleDate(match: string, ...details: unknown[]): string {
  const groups = details.at(-1) as Readonly<Record<string, string | undefined>>;
  const [one, other] = [Number(groups.first ?? groups.day), Number(groups.second ?? groups.month)];
  const possible = Math.min(one, other) >= 1 && Math.min(one, other) <= 12 && Math.max(one, other) <= 31;
  return possible ? blanks(match) : match;
}

function blanks(match: string): string {
  return ' '.repeat(match.length);
}
