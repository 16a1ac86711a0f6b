/** Spellings that identify whatever the words around them are: dates, numbers to call, addresses on the net, titles. */
import { fold } from './folding.ts';

const MONTHS =
  'jan(?:uar[iy]?|vier)?|feb(?:ruar[iy]?)?|f[ée]vr(?:ier)?|mar(?:ch|s|zo|ço)?|m[äa]rz|apr(?:il|ile)?|avr(?:il)?|may|mai|maggio|mayo|jun[ei]?|juin|giugno|junio|jul[iy]?|juillet|luglio|julio|aug(?:ust)?|ao[uû]t|agosto|sep(?:t(?:ember)?)?|septembre|settembre|oct(?:ober)?|okt(?:ober)?|octobre|ottobre|nov(?:ember|embre)?|dec(?:ember)?|dez(?:ember)?|d[ée]cembre|dicembre|ene(?:ro)?|gen(?:naio)?';

/** Digits in groups, as in telephone, social security and health numbers. */
const GROUPED_DIGITS = /(?<![\d.])\d+(?:[ ./-]\d+)+(?![\d.])/gu;
const FEWEST_GROUPED_DIGITS = 7;
/** The same with rarer or wider separators, which lists of b-values and echo times have as well. */
const LOOSELY_GROUPED_DIGITS = /(?<![\d.])\d{2,}(?:(?: {2,3}|_| ?[;–—] ?| - )\d{2,})+(?![\d.])/gu;
const FEWEST_LOOSELY_GROUPED_DIGITS = 9;
/** Two or three pairs of digits: a date when day and month are possible, not when a unit follows. */
const PAIRS_OF_DIGITS =
  /(?<![\p{L}\d./_])(?:(?<first>\d{2})(?<by>[_ ])(?<second>\d{2})\k<by>\d{2}|(?<day>\d{2})\/(?<month>\d{2}))(?![\p{L}\d/]|\.\d| ?(?:mm|cm|ms|ml|kv|mas|gy|hz)\b)/giu;
/** A file's place: from a root, a drive, a server or a home folder, or ending in a file name. */
const PATHS: readonly RegExp[] = [
  /(?<![\p{L}\p{N}])(?:[A-Za-z]:|~|\.{1,2})[\\/][^\s"',;]*/gu,
  /(?<![^\s"'=,;(:])[\\/]{1,2}[^\s\\/"',;]+[\\/][^\s"',;]*/gu,
  /(?<![^\s"'=,;(:])[^\s\\/"',;]+(?:[\\/][^\s\\/"',;]+)+\.[a-z]{2,5}(?![\p{L}\p{N}])/giu,
];

/** Certain in any text: these never stand in the name of a device or a kernel. */
const CERTAIN: readonly RegExp[] = [
  /(?<![\p{L}\d])[A-Z]{2}\d{2}[ -]?(?:[A-Z]{4})?(?:[ -]?\d{4}){2,7}(?:[ -]?\d{1,4})?(?!\d)/gu,
  /(?<![\d.])[0-2](?:\.\d+){5,}/gu,
  /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gu,
  /\b(?:https?|ftp|file|ldap):\/\/\S+/giu,
  /\bwww\.\S+/giu,
  /(?<!\d)\d{1,2}([./-])\d{1,2}\1(?:19|20)\d{2}(?!\d)/gu,
  /(?<!\d)(?:19|20)\d{2}([./-])\d{1,2}\1\d{1,2}(?!\d)/gu,
  /(?<!\d)(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4,6})?(?!\d)/gu,
  /(?<!\d)(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d{2}(?!\d)/gu,
  new RegExp(`(?<![\\p{L}\\d])\\d{1,2}[.\\s-]*(?:${MONTHS})[.\\s-]*(?:\\d{4}|\\d{2})(?!\\d)`, 'giu'),
  new RegExp(`(?<!\\p{L})(?:${MONTHS})[.\\s-]*\\d{1,2}(?:st|nd|rd|th)?[,\\s-]+(?:\\d{4}|\\d{2})(?!\\d)`, 'giu'),
  /(?<!\d)(?:19|20)\d{2}\s*[年년]\s*\d{1,2}\s*[月월]\s*\d{1,2}\s*[日일]?/gu,
  /(?:\+|\b00)\d[\d\s()/.-]{6,}\d/gu,
  /\b(?:tel|telefon|phone|fax|mobile|handy|t[ée]l[ée]phone|tfno)\b\W{0,3}[\d+][\d\s()/.-]{3,}/giu,
  /\b\d{3}[-.\s]\d{3,4}[-.\s]\d{4}\b/gu,
  /\b(?:mrn|pid|patient\s*id|pat[.\s]*id|acc(?:ession)?\s*(?:no|nr|number)?|nhs|ssn|svnr|dob|case\s*(?:no|nr|number))\b[\s.:#-]*[\p{L}\p{N}]*\d[\p{L}\p{N}-]*/giu,
];

/** Only where the text is a description: in a version or a model name these would be parts of it. */
const DESCRIPTIVE: readonly RegExp[] = [
  /\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b(?=\D|$)/gu,
  /(?<![\d.])\d{1,2}([./-])\d{1,2}\1\d{2}(?![\d.])/gu,
  /(?<!\d)0\d{2,5}[\s/-]\d[\d\s-]{4,}\d/gu,
  /\d+(?:\.\d+){3,}/gu,
  /\d{5,}/gu,
  /(?<!\d)\d{1,2}([_ ])\d{1,2}\1(?:19|20)\d{2}(?!\d)/gu,
  /(?<!\d)(?:19|20)\d{2}([_ ])(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?!\d)/gu,
  /(?<![\d.])(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.(?!\d)/gu,
  /(?<![\p{L}\d])0?(?:9\d|1[0-3]\d)[\s.-]{0,2}(?:y|yo|y\/o|yrs?|years?|jahre?|j[aä]hrige?[rns]?|ans|años|anni|anos|lat|let|jaar|år)(?!\p{L})(?:[\s-]*(?:old|alt|of\s+age))?/giu,
  /(?<!\p{L})(?:age|aged|alter|[âa]ge|edad|et[àa]|leeftijd|idade)[\s:=.]{0,3}0?(?:9\d|1[0-3]\d)(?!\d)/giu,
  /(?<!\p{L})(?:zi|zimmer|zimmernr|room|bett|station|ward|chambre|lit|letto|habitaci[oó]n|cama|kamer|pok[oó]j|bed(?!\s*\d+\s*(?:min|pos|gy)))(?!\p{L})[\s.:#-]*(?:(?:nr|no)[\s.:]*)?\p{L}?\d[\p{L}\d./-]*/giu,
];
const LONG_DIGIT_RUN = /(?<![\d.])\d{8,}(?![\d.])/gu;

const TITLE =
  /(?<![\p{L}\p{N}])(?<title>dr|drs|doctor|doktor|docteur|docteure|doc|prof|professor|professeur|professore|dott|dottor|dottore|dottoressa|dottssa|dra|mme|mlle|mrs|miss|mister|monsieur|madame|herr|herrn|frau|hr|fr|sig|sigra|signor|signora|sr|sra|señor|señora|dna|pan|pani|lek|mgr|physician|radiologist|radiologue|operator|technician|surgeon|referring|referrer|refby|überweiser|geb|geboren|née|né|nee|born|mr|ms|δρ|καθ|др|проф)(?![\p{L}\p{N}])(?<dot>\.?)(?:\s*(?:med|univ|habil|dent|ssa|ra|by|physician|doctor)(?![\p{L}])\.?)*[\s.:,]*(?=\p{L})/giu;
const NAME_PARTICLE = /^(?:van|von|vom|zu|de|der|den|del|della|di|da|dos|la|le|el|al|bin|ibn|mc|mac|ter|ten|af|av)$/iu;
const MOST_NAME_WORDS = 3;
/** Titles that are also words of imaging: they need a full stop, or 'Mr' in just this spelling, to count. */
const AMBIGUOUS_TITLES = new Set(['dr', 'mr', 'ms', 'sr', 'fr', 'hr', 'pan', 'doc', 'nee', 'operator']);

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
  if (mode === 'guarded' && /[\\/]/.test(result)) for (const pattern of PATHS) result = result.replace(pattern, blanks);
  // Most values hold neither a digit nor a word that could be a title; the patterns are then not worth running.
  if (/[\d@:]|www/u.test(result)) {
    for (const pattern of CERTAIN) result = result.replace(pattern, blanks);
    if (mode === 'allow-list') {
      for (const pattern of DESCRIPTIVE) result = result.replace(pattern, blanks);
      result = result.replace(GROUPED_DIGITS, (match) => (isNumberToCall(match) ? blanks(match) : match));
      result = result.replace(LOOSELY_GROUPED_DIGITS, (match) => (isSpacedNumber(match) ? blanks(match) : match));
      result = result.replace(PAIRS_OF_DIGITS, blankPossibleDate);
    } else result = result.replace(LONG_DIGIT_RUN, blanks);
  }
  return blankTitledNames(result, isWord);
}

function blankTitledNames(text: string, isWord: (folded: string) => boolean): string {
  let result = text;
  for (const match of text.matchAll(TITLE)) {
    const rest = text.slice(match.index + match[0].length);
    const length = nameLength(rest, match.groups?.title ?? '', match.groups?.dot === '.', isWord);
    if (length === 0) continue;
    const end = match.index + match[0].length + length;
    result = result.slice(0, match.index) + ' '.repeat(end - match.index) + result.slice(end);
  }
  return result;
}

function nameLength(rest: string, title: string, dotted: boolean, isWord: (folded: string) => boolean): number {
  let length = 0;
  let names = 0;
  for (const match of rest.matchAll(/[\p{L}\p{M}'’-]+/gu)) {
    const word = match[0];
    if (match.index - length > 2 || names === MOST_NAME_WORDS) break;
    const particle = NAME_PARTICLE.test(word);
    const known = isWord(fold(word));
    if (names === 0 && !particle && known && !dotted && AMBIGUOUS_TITLES.has(title.toLowerCase())) return 0;
    // The word after a title is a name whatever it is; later ones only while they are not imaging words.
    if (names > 0 && !particle && known) break;
    if (!particle) names += 1;
    length = match.index + word.length;
  }
  return names === 0 ? 0 : length;
}

/** Measurements also stand side by side, but with fewer digits. */
function isNumberToCall(match: string): boolean {
  return match.replace(/\D/g, '').length >= FEWEST_GROUPED_DIGITS;
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
