/** Makes the value of a rule from the original of an object. */
import type { Tag } from '../../dicom/data-set.ts';
import { capAge, firstOfMonth, shiftDate } from '../temporal.ts';
import { type DerivedPart, readBy } from './derived-part.ts';
import { type Readable, tagsOf, textOf } from './operand.ts';
import { LONGEST_MATCHED } from './safe-pattern.ts';
import { SetAside } from './set-aside.ts';

/** The part of the vault that makes values which nobody without the secret of the site can make. */
export interface KeyedSource {
  /** Letters of base64url, the same for the same value of a domain. */
  fingerprint(domain: string, value: string): string;
}

/** What became of a derivation: a text, or one of the markers that stand for the whole element. */
export type Derived =
  | { readonly kind: 'text'; readonly text: string; readonly showsOriginal: boolean }
  | { readonly kind: 'keep' | 'remove' | 'empty' };

/** What may be shown of a value that is read: as the attribute it stands in would be cleaned. */
export type Cleaning = (tag: Tag, text: string) => string;

const REMOVE: Derived = { kind: 'remove' };
const MOST_DIGITS = 38;

type TextPart = Extract<
  DerivedPart,
  { as: 'value' | 'replaced' | 'truncated' | 'lower-case' | 'upper-case' | 'path-element' }
>;

/**
 * The parts one after the other; a part that says 'remove' or 'empty' decides for all of them.
 * @throws SetAside where a table says nothing about a value
 */
export function derive(
  parts: readonly DerivedPart[],
  readable: Readable,
  keyed: KeyedSource | undefined,
  clean: Cleaning,
): Derived {
  let text = '';
  for (const part of parts) {
    const result = made(part, readable, keyed, clean);
    if (typeof result !== 'string') return result;
    text += result;
  }
  text = text.trim();
  if (text === '') return { kind: 'empty' };
  return { kind: 'text', text, showsOriginal: parts.some((part) => readBy(part).length > 0) };
}

function made(
  part: DerivedPart,
  readable: Readable,
  keyed: KeyedSource | undefined,
  clean: Cleaning,
): string | Derived {
  if (part.as === 'constant') return part.text;
  if (part.as === 'looked-up') return lookedUp(part, readable, clean);
  const found = textOf(part.from, readable);
  switch (part.as) {
    case 'rounded-age':
      return roundedAge(found ?? '', part.size) ?? REMOVE;
    case 'date-parts':
      return found === undefined ? REMOVE : withDateParts(found, part);
    case 'keyed-digits':
      return found === undefined || keyed === undefined ? REMOVE : keyedDigits(found, part, keyed);
    default:
      return changedText(part, clean(tagsOf(part.from).at(-1) ?? 0, found ?? ''));
  }
}

/** Cleaned before it is changed: half a name is not known as one. */
function changedText(part: TextPart, text: string): string | Derived {
  switch (part.as) {
    case 'value':
      return text === '' ? (part.otherwise ?? '') : text;
    case 'replaced':
      if (text.length > LONGEST_MATCHED) return REMOVE;
      return text.replace(new RegExp(part.pattern, 'gu'), part.replacement.replace(/\$(?![1-9])/g, '$$$$'));
    case 'truncated':
      return part.length >= 0 ? text.slice(0, part.length) : text.trim().slice(part.length);
    case 'lower-case':
      return text.toLowerCase();
    case 'upper-case':
      return text.toUpperCase();
    case 'path-element':
      return text.replace(/\/+$/, '').split('/').at(part.index) ?? text;
  }
}

function lookedUp(
  { from, table, otherwise }: DerivedPart & { as: 'looked-up' },
  readable: Readable,
  clean: Cleaning,
): string | Derived {
  const key = from
    .map((operand) => textOf(operand, readable) ?? '')
    .join('|')
    .replaceAll('\\', '')
    .trim();
  if (Object.hasOwn(table, key)) return table[key] ?? '';
  if (otherwise === undefined) throw new SetAside('A table of the profile says nothing about a value of the object.');
  if (typeof otherwise === 'string') return { kind: otherwise };
  if ('constant' in otherwise) return otherwise.constant;
  if (key.length <= LONGEST_MATCHED && new RegExp(`^(?:${otherwise.ignore})$`, 'u').test(key))
    return from.map((operand) => clean(tagsOf(operand).at(-1) ?? 0, textOf(operand, readable) ?? '')).join('|');
  throw new SetAside('A table of the profile says nothing about a value of the object.');
}

/** '027Y' in groups of 5 is '025Y'; undefined where the text holds no number. */
function roundedAge(text: string, size: number): string | undefined {
  const match = /^\s*(\d{1,3})\s*([DWMYdwmy]?)\s*$/.exec(text);
  if (match === null) return text.trim() === '' ? '' : undefined;
  const rounded = Math.floor(Number(match[1]) / size + 0.5) * size;
  const age = `${String(rounded).padStart(3, '0')}${(match[2] ?? '').toUpperCase()}`;
  // In whatever attribute it is written, the oldest are one group.
  return capAge(age) ?? age;
}

/** A date before its modification may be no date; then nothing of it stays. A day that the month lacks runs over. */
function withDateParts(text: string, part: DerivedPart & { as: 'date-parts' }): Derived | string {
  const dates = text.split('\\').map((date) => {
    const day = date.trim().slice(0, 8);
    const [whole, first] = [shiftDate(day, 0), firstOfMonth(day)];
    if (whole === undefined || first === undefined) return undefined;
    const year = String(part.year ?? whole.slice(0, 4)).padStart(4, '0');
    const month = String(part.month ?? whole.slice(4, 6)).padStart(2, '0');
    // A time after the date would say when in the day it was, which nobody asked to keep.
    return shiftDate(`${year}${month}01`, (part.day ?? Number(whole.slice(6, 8))) - 1);
  });
  return dates.every((date) => date !== undefined) && text.trim() !== '' ? dates.join('\\') : { kind: 'empty' };
}

function keyedDigits(text: string, part: DerivedPart & { as: 'keyed-digits' }, keyed: KeyedSource): string {
  const { components, domain = '', length = MOST_DIGITS } = part;
  let value = text.trim();
  if (components !== undefined) {
    const words = value.split('^');
    value = (components === 0 ? words : words.slice(0, components))
      .join('')
      .replace(/[\s,'^.]/g, '')
      .toUpperCase();
  }
  const bytes = Buffer.from(keyed.fingerprint(`derived:${domain}`, value), 'base64url');
  return BigInt(`0x${bytes.toString('hex')}`)
    .toString()
    .padStart(MOST_DIGITS, '0')
    .slice(-MOST_DIGITS)
    .slice(0, length);
}
