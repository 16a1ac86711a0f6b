/**
 * Text with code extension techniques (PS3.5 §6.1.2.4 and §6.1.2.5, ISO 2022): escape sequences
 * put sets of graphic characters into G0 and G1, delimiters put back the initial ones.
 */
import { designatedBy, type GraphicSet, graphicSet } from './graphic-set.ts';

/** The sets that are active at the start of a value and after each delimiter. */
export interface InitialSets {
  readonly g0: GraphicSet;
  readonly g1: GraphicSet | undefined;
}

const ESCAPE = 0x1b;
const LINE_CONTROLS: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0c, 0x0d]);
const BACKSLASH = 0x5c;
/** '^' and '=' end a component and a component group of a person name (PS3.5 §6.2.1). */
const PERSON_NAME_DELIMITERS: ReadonlySet<number> = new Set([0x5e, 0x3d]);
const WITHOUT_MULTIPLICITY: ReadonlySet<string> = new Set(['LT', 'ST', 'UT']);
const LATIN_1 = graphicSet('IR 100');

/** Decodes one value or several with backslashes between them; never fails, unknown codes become U+FFFD. */
export function decodeWithCodeExtensions(bytes: Uint8Array, initial: InitialSets, vr: string): string {
  let text = '';
  let g0 = initial.g0;
  let g1 = initial.g1;
  let position = 0;
  while (position < bytes.length) {
    const byte = bytes[position] ?? 0;
    if (byte === ESCAPE) {
      const set = designatedBy(bytes, position + 1);
      if (set === undefined) {
        text += '\u001b';
        position += 1;
      } else {
        if (set.element === 'G0') g0 = set;
        else g1 = set;
        position += 1 + set.escape.length;
      }
      continue;
    }
    const set = byte >= 0x80 ? (g1 ?? LATIN_1) : g0;
    const run = runLength(bytes, position, set);
    if (run > 0) {
      text += set.decode(bytes.subarray(position, position + run));
      position += run;
      continue;
    }
    text += byte >= 0x80 ? LATIN_1.decode(bytes.subarray(position, position + 1)) : String.fromCharCode(byte);
    position += 1;
    if (isDelimiter(byte, vr)) {
      g0 = initial.g0;
      // Without an initial G1 the designated one stays: some writers do not repeat the escape sequence.
      g1 = initial.g1 ?? g1;
    }
  }
  return text;
}

/** Bytes from `position` that are whole graphic characters of the set, without delimiters. */
function runLength(bytes: Uint8Array, position: number, set: GraphicSet): number {
  const high = (bytes[position] ?? 0) >= 0x80;
  let end = position;
  if (set.bytesPerCharacter === 2) {
    while (isGraphic94(bytes[end], high) && isGraphic94(bytes[end + 1], high)) end += 2;
    return end - position;
  }
  while (end < bytes.length && (high ? isHigh(bytes[end]) : isPlainLow(bytes[end]))) end += 1;
  return end - position;
}

function isGraphic94(byte: number | undefined, high: boolean): boolean {
  if (byte === undefined) return false;
  return high ? byte >= 0xa1 && byte <= 0xfe : byte >= 0x21 && byte <= 0x7e;
}

function isHigh(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80;
}

/** A graphic character that is no delimiter of any VR, so that runs stop where a reset may be due. */
function isPlainLow(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x20 && byte < 0x80 && byte !== BACKSLASH && !PERSON_NAME_DELIMITERS.has(byte);
}

function isDelimiter(byte: number, vr: string): boolean {
  if (LINE_CONTROLS.has(byte)) return true;
  if (byte === BACKSLASH) return !WITHOUT_MULTIPLICITY.has(vr);
  return vr === 'PN' && PERSON_NAME_DELIMITERS.has(byte);
}
