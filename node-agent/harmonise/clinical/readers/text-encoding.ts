/**
 * Which character encoding the bytes of a text file are in. UTF-8 and UTF-16 prove themselves; of the sets of one byte a
 * character, that one is taken in which the letters make words, and where two do so equally this is said.
 */
import { ClinicalFileError, type Finding, WHOLE_FILE } from '../finding.ts';

/** Encodings that can be stated, by the names of the WHATWG Encoding Standard. */
export const ENCODINGS = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'iso-8859-15',
  'windows-1250',
  'iso-8859-2',
  'windows-1253',
  'iso-8859-7',
  'windows-1251',
  'windows-1257',
] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Looked at in this order: of those that read equally well the first is taken. */
const ONE_BYTE: readonly Encoding[] = [
  'windows-1252',
  'windows-1250',
  'iso-8859-2',
  'windows-1253',
  'windows-1251',
  'windows-1257',
];
const SCRIPTS = [/\p{Script=Latin}/u, /\p{Script=Greek}/u, /\p{Script=Cyrillic}/u];
/** What no text has: control characters that are no white space, and the mark for bytes that say nothing. */
const CONTROLS = /[^\P{Cc}\s]|\ufffd/u;
const SAMPLE_CHARACTERS = 200_000;

export interface DecodedText {
  readonly text: string;
  readonly encoding: Encoding;
  readonly findings: readonly Finding[];
}

/**
 * @param stated the encoding a person stated; recognised where none was
 * @throws ClinicalFileError with the line of the first byte that is not of the stated encoding
 */
export function decodeText(bytes: Uint8Array, stated?: Encoding): DecodedText {
  if (stated !== undefined) return { text: decodeStrictly(bytes, stated), encoding: stated, findings: [] };
  const marked = markedEncoding(bytes);
  if (marked !== undefined) return { text: decodeStrictly(bytes, marked), encoding: marked, findings: [] };
  if (isUtf8(bytes)) return { text: decodeStrictly(bytes, 'utf-8'), encoding: 'utf-8', findings: [] };
  return guessed(bytes);
}

function guessed(bytes: Uint8Array): DecodedText {
  const readings = ONE_BYTE.map((encoding) => {
    const text = new TextDecoder(encoding).decode(bytes);
    return { encoding, text, score: plausibility(text.slice(0, SAMPLE_CHARACTERS)) };
  });
  const best = Math.max(...readings.map(({ score }) => score));
  const equal = readings.filter(({ score }) => score === best);
  const [first, ...others] = equal as [(typeof readings)[number], ...typeof readings];
  const rivals = others.filter(({ text }) => text !== first.text);
  if (best < 0) {
    throw new ClinicalFileError(
      'wrong-encoding',
      'The letters of this file make no words in any encoding that was tried. State its encoding, or save it as UTF-8.',
    );
  }
  const message = `Read as ${first.encoding}${rivals.length === 0 ? '' : `; ${rivals.map(({ encoding }) => encoding).join(' or ')} would read some letters differently`}. If words of the file look wrong below, state its encoding or save it as UTF-8.`;
  return {
    text: first.text,
    encoding: first.encoding,
    findings: [
      { code: 'encoding-guessed', level: rivals.length === 0 ? 'note' : 'warning', place: WHOLE_FILE, message },
    ],
  };
}

function markedEncoding(bytes: Uint8Array): Encoding | undefined {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  // Without a mark: the zeros of ASCII characters stand at every second place.
  const sample = bytes.subarray(0, 4_096);
  const zeros = [0, 0];
  for (const [index, byte] of sample.entries()) if (byte === 0) zeros[index & 1] = (zeros[index & 1] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (odd > sample.length / 4 && even === 0) return 'utf-16le';
  if (even > sample.length / 4 && odd === 0) return 'utf-16be';
  return undefined;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function decodeStrictly(bytes: Uint8Array, encoding: Encoding): string {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (!CONTROLS.test(text)) return text;
  } catch {
    // Said below, with its line.
  }
  const line = firstBadLine(bytes, encoding);
  throw new ClinicalFileError(
    'wrong-encoding',
    `the bytes here are not ${encoding}. State another encoding, or save the file as UTF-8.`,
    { part: null, line, column: null, text: `line ${line}` },
  );
}

/** Counted in what can be read of it. */
function firstBadLine(bytes: Uint8Array, encoding: Encoding): number {
  const text = new TextDecoder(encoding).decode(bytes);
  const at = text.search(CONTROLS);
  return text.slice(0, at < 0 ? text.length : at).split(/\r\n|\r|\n/u).length;
}

/** How well the letters beyond ASCII stand in words: of one script, small among small, seldom several in a row in Latin. */
function plausibility(text: string): number {
  let score = 0;
  for (const [word] of text.matchAll(/[^\s\d"';,|.:()/<>=+*?!_[\]{}#%&@~^`\\-]+/gu)) {
    if (!/\P{ASCII}/u.test(word)) continue;
    score += plausibilityOfWord(word);
  }
  return score;
}

function plausibilityOfWord(word: string): number {
  if (CONTROLS.test(word)) return -10;
  const scripts = SCRIPTS.filter((script) => script.test(word)).length;
  const symbols = [...word].filter((character) => !/[\p{L}\p{M}]/u.test(character)).length;
  if (scripts > 1 || symbols > 0) return -3;
  let score = 1;
  if (SCRIPTS[0]?.test(word) === true) {
    score -= [...word.matchAll(/\P{ASCII}{2,}/gu)].length;
    score -= [...word.matchAll(/\p{Ll}\p{Lu}/gu)].length;
  }
  return score;
}
