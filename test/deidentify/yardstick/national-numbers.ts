/**
 * Valid national identification numbers of invented people, made from the published rules of each country and not from
 * the product's table: birth date, serial number, check character.
 */
import type { RandomSource } from '../../phantom/random.ts';

export type NumberMaker = (random: RandomSource) => string;

const sum = (digits: string, weights: readonly number[]): number =>
  weights.reduce((total, weight, index) => total + weight * Number(digits[index]), 0);
const two = (number: number): string => String(number).padStart(2, '0');
const serial = (random: RandomSource, length: number): string =>
  Array.from({ length }, () => random.integer(0, 9)).join('');

/** Day, month and two-digit year of somebody born in the last century. */
function born(random: RandomSource): { day: string; month: string; year: string } {
  return {
    day: two(random.integer(1, 28)),
    month: two(random.integer(1, 12)),
    year: two(random.integer(25, 98)),
  };
}

/** Draws until the check digit exists. */
function until(draw: () => string | undefined): string {
  for (;;) {
    const made = draw();
    if (made !== undefined) return made;
  }
}

function luhnDigit(body: string): string {
  let total = 0;
  for (const [index, digit] of [...body].reverse().entries()) {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    total += value > 9 ? value - 9 : value;
  }
  return String((10 - (total % 10)) % 10);
}

/** ISO/IEC 7064 MOD 11,10. */
function hybridDigit(body: string): string {
  let product = 10;
  for (const digit of body) {
    const step = (Number(digit) + product) % 10 || 10;
    product = (step * 2) % 11;
  }
  return String((11 - product) % 10);
}

const crossSum = (number: number): number => Math.floor(number / 10) + (number % 10);
const letterNumber = (letter: string): string => two(letter.charCodeAt(0) - 64);
const anyLetter = (random: RandomSource): string => String.fromCharCode(65 + random.integer(0, 25));

/** Estonia and Lithuania: two rounds of weights. */
function baltic(random: RandomSource): string {
  const { day, month, year } = born(random);
  const body = `${random.pick(['3', '4'])}${year}${month}${day}${serial(random, 3)}`;
  const first = sum(body, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
  const second = sum(body, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11;
  return body + String(first < 10 ? first : second % 10);
}

function birthNumber(random: RandomSource): string {
  const { day, month, year } = born(random);
  const woman = random.chance(0.5) ? 50 : 0;
  return until(() => {
    const body = `${two(Math.max(Number(year), 54))}${two(Number(month) + woman)}${day}${serial(random, 3)}`;
    const check = Number(body) % 11;
    return check === 10 ? undefined : `${body.slice(0, 6)}/${body.slice(6)}${check}`;
  });
}

const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
const fiscalValue = (character: string): number =>
  /\d/.test(character) ? Number(character) : character.charCodeAt(0) - 65;

function fiscalCode(random: RandomSource): string {
  const { day, month, year } = born(random);
  const consonants = Array.from({ length: 6 }, () => random.pick([...'BCDFGLMNPRSTVZ'])).join('');
  const body = `${consonants}${year}${'ABCDEHLMPRST'[Number(month) - 1]}${day}${random.pick([...'ABCDEFGHL'])}${serial(random, 3)}`;
  const total = [...body].reduce(
    (sofar, character, index) =>
      sofar + (index % 2 === 0 ? (ODD[fiscalValue(character)] ?? 0) : fiscalValue(character)),
    0,
  );
  return body + String.fromCharCode(65 + (total % 26));
}

const VERHOEFF_PERMUTATION = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
/** Multiplication in the dihedral group of ten elements. */
const dihedral = (left: number, right: number): number => {
  if (left < 5) return right < 5 ? (left + right) % 5 : 5 + ((left + right) % 5);
  return right < 5 ? 5 + ((left - right + 5) % 5) : (left - right + 10) % 5;
};

function verhoeffDigit(body: string): string {
  const permuted = (digit: number, times: number): number =>
    times === 0 ? digit : permuted(VERHOEFF_PERMUTATION[digit] ?? 0, times - 1);
  const check = [...body]
    .reverse()
    .reduce((sofar, digit, at) => dihedral(sofar, permuted(Number(digit), (at + 1) % 8)), 0);
  const inverse = Array.from({ length: 10 }, (_, candidate) => candidate).find((value) => dihedral(check, value) === 0);
  return String(inverse);
}

export const NATIONAL_NUMBERS: Readonly<Record<string, NumberMaker>> = {
  'AT Sozialversicherungsnummer': (random) => {
    const { day, month, year } = born(random);
    return until(() => {
      const number = String(random.integer(100, 999));
      const check = sum(`${number}${day}${month}${year}`, [3, 7, 9, 5, 8, 4, 2, 1, 6]) % 11;
      return check === 10 ? undefined : `${number}${check} ${day}${month}${year}`;
    });
  },
  'BE rijksregisternummer': (random) => {
    const { day, month, year } = born(random);
    const body = `${year}${month}${day}${String(random.integer(1, 997)).padStart(3, '0')}`;
    const check = two(97 - (Number(body) % 97));
    return `${year}.${month}.${day}-${body.slice(6)}.${check}`;
  },
  'BG EGN': (random) => {
    const { day, month, year } = born(random);
    const body = `${year}${month}${day}${serial(random, 3)}`;
    return body + String((sum(body, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10);
  },
  'CH AHV': (random) => {
    const body = `756${serial(random, 9)}`;
    const check = (10 - (sum(body, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10)) % 10;
    return `${body.slice(0, 3)}.${body.slice(3, 7)}.${body.slice(7, 11)}.${body.slice(11)}${check}`;
  },
  'CY TIC': (random) => {
    const body = `0${serial(random, 7)}`;
    const total = [...body].reduce(
      (sofar, digit, at) => sofar + (at % 2 === 0 ? (ODD[Number(digit)] ?? 0) : Number(digit)),
      0,
    );
    return body + String.fromCharCode(65 + (total % 26));
  },
  'CZ rodné číslo': birthNumber,
  'DE KVNR': (random) => {
    const letter = anyLetter(random);
    const body = serial(random, 8);
    const total = [...`${letterNumber(letter)}${body}`].reduce(
      (sofar, digit, at) => sofar + crossSum(Number(digit) * (at % 2 === 0 ? 1 : 2)),
      0,
    );
    return `${letter}${body}${total % 10}`;
  },
  'DE Rentenversicherungsnummer': (random) => {
    const { day, month, year } = born(random);
    const letter = anyLetter(random);
    const area = random.pick(['12', '15', '65', '53']);
    const number = serial(random, 2);
    const digits = `${area}${day}${month}${year}${letterNumber(letter)}${number}`;
    const total = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1].reduce(
      (sofar, weight, at) => sofar + crossSum(weight * Number(digits[at])),
      0,
    );
    return `${area}${day}${month}${year}${letter}${number}${total % 10}`;
  },
  'DE Steuer-ID': (random) => {
    const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'];
    // One digit stands twice, another not at all.
    const [missing, twice] = [random.integer(1, 9), random.integer(0, 8)];
    const used = digits.filter((_, at) => at !== missing);
    const doubled = used[twice] ?? '1';
    const body = [...used, doubled].sort(() => random.next() - 0.5).join('');
    const led = body.startsWith('0') ? `${body.slice(1)}0` : body;
    return led + hybridDigit(led);
  },
  'DK CPR': (random) => {
    const { day, month, year } = born(random);
    return until(() => {
      const body = `${day}${month}${year}${random.integer(0, 3)}${serial(random, 2)}`;
      const check = (11 - (sum(body, [4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
      return check === 10 ? undefined : `${body.slice(0, 6)}-${body.slice(6)}${check}`;
    });
  },
  'EE isikukood': baltic,
  'ES DNI': (random) => {
    const number = serial(random, 8);
    return number + (`TRWAGMYFPDXBNJZSQVHLCKE`[Number(number) % 23] ?? '');
  },
  'ES NIE': (random) => {
    const first = random.integer(0, 2);
    const number = serial(random, 7);
    return `${'XYZ'[first]}${number}${'TRWAGMYFPDXBNJZSQVHLCKE'[Number(`${first}${number}`) % 23]}`;
  },
  'FI HETU': (random) => {
    const { day, month, year } = born(random);
    const number = String(random.integer(2, 899)).padStart(3, '0');
    const check = '0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(`${day}${month}${year}${number}`) % 31];
    return `${day}${month}${year}-${number}${check}`;
  },
  'FR NIR': (random) => {
    const { month, year } = born(random);
    const body = `${random.pick(['1', '2'])}${year}${month}${two(random.integer(1, 95))}${serial(random, 6)}`;
    const key = two(97 - (Number(body) % 97));
    return random.chance(0.5)
      ? `${body}${key}`
      : [body[0], body.slice(1, 3), body.slice(3, 5), body.slice(5, 7), body.slice(7, 10), body.slice(10), key].join(
          ' ',
        );
  },
  'GB NHS': (random) =>
    until(() => {
      const body = `${random.integer(4, 7)}${serial(random, 8)}`;
      const check = (11 - (sum(body, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
      return check === 10 ? undefined : `${body.slice(0, 3)} ${body.slice(3, 6)} ${body.slice(6)}${check}`;
    }),
  'GB CHI': (random) => {
    const { day, month, year } = born(random);
    return until(() => {
      const body = `${day}${month}${year}${serial(random, 3)}`;
      const check = (11 - (sum(body, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
      return check === 10 ? undefined : `${body}${check}`;
    });
  },
  'GR AMKA': (random) => {
    const { day, month, year } = born(random);
    const body = `${day}${month}${year}${serial(random, 4)}`;
    return body + luhnDigit(body);
  },
  'HR OIB': (random) => {
    const body = `${random.integer(1, 9)}${serial(random, 9)}`;
    return body + hybridDigit(body);
  },
  'HU TAJ': (random) => {
    const body = `${random.integer(1, 9)}${serial(random, 7)}`;
    const check = sum(body, [3, 7, 3, 7, 3, 7, 3, 7]) % 10;
    return `${body.slice(0, 3)} ${body.slice(3, 6)} ${body.slice(6)}${check}`;
  },
  'IE PPS': (random) => {
    const number = serial(random, 7);
    const second = random.chance(0.5) ? random.pick(['A', 'B', 'H']) : '';
    const total = sum(number, [8, 7, 6, 5, 4, 3, 2]) + (second === '' ? 0 : 9 * (second.charCodeAt(0) - 64));
    return `${number}${'WABCDEFGHIJKLMNOPQRSTUV'[total % 23]}${second}`;
  },
  'IT codice fiscale': fiscalCode,
  'LT asmens kodas': baltic,
  'LU matricule': (random) => {
    const { day, month, year } = born(random);
    const body = `19${year}${month}${day}${serial(random, 3)}`;
    return body + luhnDigit(body) + verhoeffDigit(body);
  },
  'LV personas kods': (random) => {
    const { day, month, year } = born(random);
    const body = `${day}${month}${year}1${serial(random, 3)}`;
    const check = ((1 + sum(body, [10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11) % 10;
    return `${body.slice(0, 6)}-${body.slice(6)}${check}`;
  },
  'MT identity card': (random) => `0${serial(random, 6)}${random.pick([...'MGAPL'])}`,
  'NL BSN': (random) =>
    until(() => {
      const body = `${random.integer(1, 9)}${serial(random, 7)}`;
      const check = sum(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
      return check === 10 ? undefined : `${body}${check}`;
    }),
  'NO fødselsnummer': (random) => {
    const { day, month, year } = born(random);
    return until(() => {
      const body = `${day}${month}${year}${serial(random, 3)}`;
      const first = (11 - (sum(body, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11)) % 11;
      const second = (11 - (sum(`${body}${first}`, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
      return first === 10 || second === 10 ? undefined : `${body}${first}${second}`;
    });
  },
  'PL PESEL': (random) => {
    const { day, month, year } = born(random);
    const body = `${year}${month}${day}${serial(random, 4)}`;
    return body + String((10 - (sum(body, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10);
  },
  'PT NIF': (random) => {
    const body = `${random.integer(1, 2)}${serial(random, 7)}`;
    const rest = sum(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    return body + String(rest < 2 ? 0 : 11 - rest);
  },
  'RO CNP': (random) => {
    const { day, month, year } = born(random);
    const body = `${random.pick(['1', '2'])}${year}${month}${day}${two(random.integer(1, 46))}${String(random.integer(1, 999)).padStart(3, '0')}`;
    const rest = sum(body, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    return body + String(rest === 10 ? 1 : rest);
  },
  'SE personnummer': (random) => {
    const { day, month, year } = born(random);
    const body = `${year}${month}${day}${serial(random, 3)}`;
    return `${random.chance(0.5) ? '19' : ''}${body.slice(0, 6)}-${body.slice(6)}${luhnDigit(body)}`;
  },
  'SI EMŠO': (random) => {
    const { day, month, year } = born(random);
    return until(() => {
      const body = `${day}${month}9${year}50${serial(random, 3)}`;
      const check = (11 - (sum(body, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
      return check === 10 ? undefined : `${body}${check}`;
    });
  },
  'SK rodné číslo': birthNumber,
};
