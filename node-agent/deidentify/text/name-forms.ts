/** The forms in which systems and people write the same name: transliterated, run together, with initials. */
import { readTable, type Table } from '../read-table.ts';
import { fold, isAscii, wordsOf } from './folding.ts';

interface File extends Table {
  readonly expansions: Readonly<Record<string, string>>;
  readonly letters: Readonly<Record<string, string>>;
  /** Letters that Bulgarian documents write otherwise. */
  readonly bulgarian: Readonly<Record<string, string>>;
  /** Two letters that stand for one sound. */
  readonly digraphs: Readonly<Record<string, string>>;
}

const table = readTable<File>('transliteration.json');
const EXPANDED = new RegExp(`[${Object.keys(table.expansions).join('')}]`, 'gu');
const OTHER_SCRIPT = new RegExp(`[${Object.keys(table.letters).join('')}]`, 'gu');
const BULGARIAN = new RegExp(`[${Object.keys(table.bulgarian).join('')}]`, 'gu');
const DIGRAPHS = new RegExp(Object.keys(table.digraphs).join('|'), 'gu');
const LATIN = /^[a-z0-9]+$/;
const JOINTS = /['’‘`´-]/gu;
/** Fewer letters run together are a syllable of anything. */
const SHORTEST_LATIN = 4;
const SHORTEST_OTHER = 2;
/** What a contraction leaves of a shorter word is no longer a name. */
const SHORTEST_CONTRACTION = 4;

/** Folded spellings of one word besides `fold(word)`: Müller as mueller, Mueller as muller, Иванов as ivanov. */
export function transliterations(word: string): string[] {
  const plain = fold(word);
  const contracted = plain.replace(/([aou])e/g, '$1').replace(/aa/g, 'a');
  const forms = new Set<string>();
  if (!isAscii(word)) {
    const lower = word.toLowerCase().normalize('NFC');
    forms.add(fold(lower.replace(EXPANDED, (letter) => table.expansions[letter] ?? letter)));
    const latin = (text: string): string => text.replace(OTHER_SCRIPT, (letter) => table.letters[letter] ?? letter);
    forms.add(latin(plain));
    forms.add(latin(fold(lower.replace(BULGARIAN, (letter) => table.bulgarian[letter] ?? letter))));
    forms.add(latin(plain.replace(DIGRAPHS, (letters) => table.digraphs[letters] ?? letters)));
  }
  if (contracted.length >= SHORTEST_CONTRACTION) forms.add(contracted);
  forms.delete(plain);
  return [...forms];
}

/**
 * Folded words that a PN value (PS3.5 §6.2.1) makes only as a whole, of all three component groups:
 * family and given name run together, one with the initials of the other, parts without their hyphens.
 */
export function joinedForms(value: string): string[] {
  const forms = new Set<string>();
  for (const group of value.split('=')) {
    const [family = '', given = '', middle = ''] = group.split('^').map((component) => component.replace(JOINTS, ''));
    const families = spellingsOf(family);
    const givens = spellingsOf(given);
    for (const word of [...families, ...givens]) forms.add(word);
    const initials = initialsOf(`${given} ${middle}`);
    for (const left of families) {
      for (const right of [...givens, ...initials]) {
        forms.add(left + right);
        forms.add(right + left);
      }
    }
  }
  return [...forms].filter((form) => form.length >= (LATIN.test(form) ? SHORTEST_LATIN : SHORTEST_OTHER));
}

/** A component's words, alone and run together, transliterated as well. */
function spellingsOf(component: string): string[] {
  const words = wordsOf(component);
  const whole = words.length > 1 ? [...words, words.join('')] : words;
  return [...new Set(whole.flatMap((word) => [fold(word), ...transliterations(word)]))];
}

function initialsOf(names: string): string[] {
  const letters = wordsOf(names).map((word) => fold(word)[0] ?? '');
  if (!letters.every((letter) => LATIN.test(letter)) || letters[0] === undefined) return [];
  return [...new Set([letters[0], letters.join('')])];
}

/** The digits of an identifier without the letters around them; runs of fewer than five say nothing. */
export function digitCores(identifier: string): string[] {
  return (identifier.match(/\d{5,}/g) ?? []).filter((digits) => !/^(\d)\1*$/.test(digits));
}

/** A DA or DT value as six digits: day, month, year; year, month, day; month, day, year. */
export function sixDigitDates(value: string): string[] {
  const match = /^(?:18|19|20)(\d{2})[.-]?(0[1-9]|1[0-2])[.-]?(0[1-9]|[12]\d|3[01])/.exec(value.trim());
  if (match === null || /^(?:19000101|18000101)/.test(value.trim())) return [];
  const [, year = '', month = '', day = ''] = match;
  return [...new Set([day + month + year, year + month + day, month + day + year])];
}
