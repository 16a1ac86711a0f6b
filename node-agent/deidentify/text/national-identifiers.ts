/**
 * National identification numbers in a text, told from other numbers by their check characters and birth dates: NHS, NIR,
 * codice fiscale, DNI, BSN, PESEL and their like. The table says form, weights and modulus of each.
 */
import { readTable, type Table } from '../read-table.ts';

type Check =
  /** Every row of weights over all digits gives a multiple of the modulus. */
  | { readonly kind: 'sum'; readonly weights: readonly (readonly number[])[]; readonly modulus: number }
  /** The last digit is the weighted sum's remainder, or what is missing to the modulus; `ten` stands for a remainder of ten. */
  | {
      readonly kind: 'digit';
      readonly weights: readonly number[];
      readonly modulus: number;
      readonly ten: number;
      readonly start?: number;
      readonly complement?: boolean;
    }
  /** As `digit`, with other weights where the first ones give ten. */
  | { readonly kind: 'rounds'; readonly weights: readonly (readonly number[])[]; readonly modulus: number }
  /** The last two digits are what is missing to the modulus; a prefix for those born in this century. */
  | {
      readonly kind: 'complement';
      readonly modulus: number;
      readonly prefixes: readonly string[];
      readonly substitutes?: Readonly<Record<string, string>>;
    }
  /** The number without its last digit leaves that digit; ten counts as nought. */
  | { readonly kind: 'whole'; readonly modulus: number }
  /** The last character stands for the remainder of the number; `letters` count by their place, `without` drops a sign. */
  | {
      readonly kind: 'remainder';
      readonly modulus: number;
      readonly alphabet: string;
      readonly letters?: string;
      readonly without?: number;
    }
  /** Weighted digits and perhaps a second letter choose the first letter. */
  | {
      readonly kind: 'weightedLetter';
      readonly weights: readonly number[];
      readonly second: number;
      readonly alphabet: string;
    }
  /** Characters in odd places count by a table of their own (codice fiscale). */
  | { readonly kind: 'letters'; readonly alphabet: string }
  /** Sums of the digits of the weighted digits; letters count as two digits. */
  | { readonly kind: 'crossSum'; readonly weights: readonly number[] }
  /** ISO/IEC 7812 over the last `last` digits. */
  | { readonly kind: 'luhn'; readonly last: number }
  /** ISO/IEC 7812 over all but the last digit, which is Verhoeff's over all but the last two. */
  | { readonly kind: 'luhnAndVerhoeff' }
  /** ISO/IEC 7064 MOD 11,10. */
  | { readonly kind: 'hybrid' }
  | { readonly kind: 'none' };

interface File extends Table {
  readonly numbers: readonly {
    readonly country: string;
    readonly name: string;
    readonly form: string;
    readonly day?: number;
    readonly month?: number;
    readonly check: Check;
  }[];
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Recogniser {
  readonly pattern: RegExp;
  isValid(match: string): boolean;
}

/** The shortest have seven: PPS, codice fiscale. */
const FEWEST_DIGITS = 7;
/** Values of the digits and letters in the odd places of a codice fiscale; a digit counts as the letter of its place. */
const ODD_PLACES = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
/** Verhoeff's permutation of the ten digits. */
const VERHOEFF = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
/** b-values in a row, multiples of fifty, which pass some checks by chance. */
const ROUND_NUMBERS = /^(?:0|50|[1-9]\d?[05]0)(?:[ -](?:0|50|[1-9]\d?[05]0))+$/;
/** Added to months and days for women, other centuries and provisional numbers. */
const MONTH_OFFSETS = [0, 20, 40, 50, 60, 70, 80];
const DAY_OFFSETS = [0, 40, 60];

const RECOGNISERS: readonly Recogniser[] = readTable<File>('national-identifiers.json').numbers.map(
  ({ form, day, month, check }) => ({
    // Nothing is consumed, so that numbers which overlap are all seen.
    pattern: new RegExp(`(?<![\\p{L}\\p{N}])(?=((?:${form})(?![\\p{L}\\p{N}])))`, 'giu'),
    isValid: (match) => {
      if (ROUND_NUMBERS.test(match)) return false;
      const characters = match.toUpperCase().replace(/[^0-9A-Z]/g, '');
      if (/^(.)\1*$/.test(characters)) return false;
      if (day !== undefined && month !== undefined && !isBirthDate(characters, day, month)) return false;
      return passes(characters, check);
    },
  }),
);

/** The text with every national identification number, and what two of them share, changed by `replace`. */
export function replaceNationalIdentifiers(text: string, replace: (match: string) => string): string {
  let result = '';
  let done = 0;
  let open: Span | undefined;
  for (const span of [...spansIn(text), { start: text.length, end: text.length }]) {
    if (open !== undefined && span.start < open.end) {
      open = { start: open.start, end: Math.max(open.end, span.end) };
      continue;
    }
    if (open !== undefined) {
      result += text.slice(done, open.start) + replace(text.slice(open.start, open.end));
      done = open.end;
    }
    open = span;
  }
  return result + text.slice(done);
}

/** Every national identification number in a text, as it is written there. */
export function nationalIdentifiersIn(text: string): string[] {
  return [...new Set(spansIn(text).map(({ start, end }) => text.slice(start, end)))];
}

/** In the order in which they begin; they may overlap. */
function spansIn(text: string): Span[] {
  if ((text.match(/\d/g)?.length ?? 0) < FEWEST_DIGITS) return [];
  const spans = RECOGNISERS.flatMap(({ pattern, isValid }) =>
    [...text.matchAll(pattern)]
      .filter((match) => isValid(match[1] ?? ''))
      .map((match) => ({ start: match.index, end: match.index + (match[1] ?? '').length })),
  );
  return spans.sort((one, other) => one.start - other.start);
}

function isBirthDate(characters: string, day: number, month: number): boolean {
  const at = (position: number): number => {
    const start = position < 0 ? characters.length + position : position;
    return Number(characters.slice(start, start + 2));
  };
  const [days, months] = [at(day), at(month)];
  return (
    MONTH_OFFSETS.some((offset) => months - offset >= 1 && months - offset <= 12) &&
    DAY_OFFSETS.some((offset) => days - offset >= 1 && days - offset <= 31)
  );
}

function passes(characters: string, check: Check): boolean {
  switch (check.kind) {
    case 'sum':
      return check.weights.every((weights) => weighted(characters, weights) % check.modulus === 0);
    case 'digit':
      return lastDigit(characters) === checkDigit(characters, check);
    case 'rounds':
      return lastDigit(characters) === roundsDigit(characters, check.weights, check.modulus);
    case 'complement':
      return passesComplement(characters, check);
    case 'whole':
      return (Number(characters.slice(0, -1)) % check.modulus) % 10 === lastDigit(characters);
    case 'remainder':
      return passesRemainder(characters, check);
    case 'weightedLetter': {
      const { weights, alphabet, second } = check;
      const letters = characters.slice(weights.length);
      const extra = letters.length > 1 ? second * (letters.charCodeAt(1) - 64) : 0;
      return alphabet[(weighted(characters, weights) + extra) % alphabet.length] === letters[0];
    }
    case 'letters': {
      const sum = [...characters.slice(0, -1)].reduce((total, character, index) => {
        const value = placeOf(character);
        return total + (index % 2 === 0 ? (ODD_PLACES[value] ?? 0) : value);
      }, 0);
      return check.alphabet[sum % check.alphabet.length] === characters.at(-1);
    }
    case 'crossSum': {
      const digits = characters
        .slice(0, -1)
        .replace(/[A-Z]/g, (letter) => String(placeOf(letter) + 1).padStart(2, '0'));
      const sum = check.weights.reduce((total, weight, index) => total + crossSum(weight * Number(digits[index])), 0);
      return sum % 10 === lastDigit(characters);
    }
    case 'luhn':
      return passesLuhn(characters.slice(-check.last));
    case 'luhnAndVerhoeff':
      return passesLuhn(characters.slice(0, -1)) && passesVerhoeff(characters.slice(0, -2) + characters.slice(-1));
    case 'hybrid':
      return passesHybrid(characters);
    case 'none':
      return true;
  }
}

function weighted(characters: string, weights: readonly number[]): number {
  return weights.reduce((total, weight, index) => total + weight * Number(characters[index]), 0);
}

function checkDigit(characters: string, check: Extract<Check, { kind: 'digit' }>): number {
  const remainder = (weighted(characters, check.weights) + (check.start ?? 0)) % check.modulus;
  const digit = check.complement === true ? (check.modulus - remainder) % check.modulus : remainder;
  return digit === 10 ? check.ten : digit;
}

function roundsDigit(characters: string, rounds: readonly (readonly number[])[], modulus: number): number {
  const remainders = rounds.map((weights) => weighted(characters, weights) % modulus);
  return remainders.find((remainder) => remainder < 10) ?? 0;
}

function passesComplement(characters: string, check: Extract<Check, { kind: 'complement' }>): boolean {
  let body = characters.slice(0, -2);
  for (const [letters, digits] of Object.entries(check.substitutes ?? {})) body = body.replace(letters, digits);
  const expected = Number(characters.slice(-2));
  return check.prefixes.some((prefix) => check.modulus - (Number(prefix + body) % check.modulus) === expected);
}

function passesRemainder(characters: string, check: Extract<Check, { kind: 'remainder' }>): boolean {
  const { letters = '', without, alphabet, modulus } = check;
  let body = characters.slice(0, -1);
  // The sign of the century is a letter as often as a hyphen, which is gone by now.
  if (without !== undefined && body.length > 9) body = body.slice(0, without) + body.slice(without + 1);
  const first = letters.indexOf(body[0] ?? '');
  if (letters !== '' && first >= 0) body = String(first) + body.slice(1);
  return alphabet[Number(body) % modulus] === characters.at(-1);
}

function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

function passesVerhoeff(digits: string): boolean {
  const check = [...digits].reverse().reduce((sofar, digit, index) => {
    let permuted = Number(digit);
    for (let times = index % 8; times > 0; times -= 1) permuted = VERHOEFF[permuted] ?? 0;
    return dihedralProduct(sofar, permuted);
  }, 0);
  return check === 0;
}

/** In the symmetry group of the pentagon: 0 to 4 are rotations, 5 to 9 reflections. */
function dihedralProduct(left: number, right: number): number {
  if (left < 5) return right < 5 ? (left + right) % 5 : ((left + right) % 5) + 5;
  return right < 5 ? ((left - right + 5) % 5) + 5 : (left - right + 10) % 5;
}

function passesHybrid(digits: string): boolean {
  let product = 10;
  for (const digit of digits.slice(0, -1)) {
    const sum = (Number(digit) + product) % 10;
    product = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return (11 - product) % 10 === lastDigit(digits);
}

function lastDigit(characters: string): number {
  return Number(characters.at(-1));
}

function placeOf(character: string): number {
  return /\d/.test(character) ? Number(character) : character.charCodeAt(0) - 65;
}

function crossSum(number: number): number {
  return Math.floor(number / 10) + (number % 10);
}
