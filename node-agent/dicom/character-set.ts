/** Specific Character Set (0008,0005): PS3.3 §C.12.1.1.2, PS3.5 §6.1. */
import { decodeWithCodeExtensions, type InitialSets } from './code-extension.ts';
import { type CharacterSetTerm, graphicSet, SYNONYMS, TERMS } from './graphic-set.ts';
import { wholeEncoding } from './whole-encoding.ts';

export interface CharacterSet {
  /** The values of Specific Character Set as they stood; [] for the default repertoire. */
  readonly terms: readonly string[];
  /** Terms that the standard does not define; their text is read as Latin-1. */
  readonly unknownTerms: readonly string[];
  /** Whether every byte from 80 upwards lies outside the declared repertoire. */
  readonly asciiOnly: boolean;
  /** Text of a value; never fails. The VR says which delimiters reset code extensions (default LO). */
  decode(bytes: Uint8Array, vr?: string): string;
  /**
   * Bytes of a text, or undefined when a character is outside what can be written: the whole
   * encoding, or the first term's single-byte set (no escape sequences are ever produced).
   */
  encode(text: string): Uint8Array | undefined;
}

const cache = new Map<string, CharacterSet>();
const CACHE_SIZE = 64;
const ESCAPE = 0x1b;

/** The character set that the values of (0008,0005) describe; common misspellings are understood. */
export function characterSetOf(terms: readonly string[]): CharacterSet {
  const key = terms.join('\\');
  let characterSet = cache.get(key);
  if (characterSet === undefined) {
    characterSet = buildCharacterSet(terms);
    // Terms come from files: without a bound a stream of odd ones would grow the table for ever.
    if (cache.size >= CACHE_SIZE) cache.clear();
    cache.set(key, characterSet);
  }
  return characterSet;
}

/** 'ISO-IR 100', 'ISO 2022 IR 100' and the like all name the registration ISO_IR 100. */
function normalise(term: string): string {
  const text = term.trim().toUpperCase();
  const registration = /^ISO[\s_-]*(?:2022)?[\s_-]*IR[\s_-]*(\d+)$/.exec(text)?.[1];
  if (registration !== undefined) return `ISO_IR ${Number(registration)}`;
  if (text === '') return 'ISO_IR 6';
  return SYNONYMS.get(text) ?? text;
}

function buildCharacterSet(terms: readonly string[]): CharacterSet {
  const known: CharacterSetTerm[] = [];
  const unknownTerms: string[] = [];
  for (const term of terms) {
    const found = TERMS.get(normalise(term));
    if (found === undefined) unknownTerms.push(term);
    else known.push(found);
  }
  const whole = known.find((term) => term.whole !== undefined)?.whole;
  if (whole !== undefined) return { terms, unknownTerms, asciiOnly: false, ...wholeEncoding(whole) };
  const first = known[0];
  const multiByte = known.find((term) => term.multiByteG1 !== undefined)?.multiByteG1;
  const g1 = first?.g1 ?? multiByte;
  const initial: InitialSets = {
    g0: graphicSet(first?.g0 ?? 'IR 6'),
    g1: g1 === undefined ? undefined : graphicSet(g1),
  };
  const reverse = reverseTable(initial);
  const defaultG0 = initial.g0 === graphicSet('IR 6');
  return {
    terms,
    unknownTerms,
    asciiOnly: g1 === undefined,
    decode: (bytes, vr = 'LO') =>
      defaultG0 && isPlain(bytes) ? plainText(bytes) : decodeWithCodeExtensions(bytes, initial, vr),
    encode: (text) => encodeSingleBytes(text, reverse),
  };
}

/** Whether the bytes are characters of the default repertoire alone, as nearly all are. */
function isPlain(bytes: Uint8Array): boolean {
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] as number;
    if (byte >= 0x80 || byte === ESCAPE) return false;
  }
  return true;
}

function plainText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function reverseTable(initial: InitialSets): ReadonlyMap<string, number> {
  const reverse = new Map<string, number>();
  const add = (byte: number, character: string): void => {
    if (character !== '\ufffd') reverse.set(character, byte);
  };
  for (let byte = 0; byte < 0x80; byte += 1) add(byte, initial.g0.decode(Uint8Array.of(byte)));
  if (initial.g1?.bytesPerCharacter === 1) {
    for (let byte = 0xa0; byte <= 0xff; byte += 1) add(byte, initial.g1.decode(Uint8Array.of(byte)));
  }
  return reverse;
}

function encodeSingleBytes(text: string, reverse: ReadonlyMap<string, number>): Uint8Array | undefined {
  const bytes: number[] = [];
  for (const character of text) {
    const byte = reverse.get(character);
    if (byte === undefined) return undefined;
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
