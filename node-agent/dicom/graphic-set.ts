/** Sets of graphic characters as ISO 2022 designates them (PS3.3 Tables C.12-3 and C.12-4). */
import { readDataFile } from './data-file.ts';

/** How many bytes stand for one character, and how a run of them becomes text. */
export interface GraphicSet {
  readonly registration: string;
  readonly bytesPerCharacter: 1 | 2;
  /** The code element that its escape sequence designates: G0 is bytes 21-7E, G1 is A1-FE. */
  readonly element: 'G0' | 'G1';
  /** The bytes after ESC. */
  readonly escape: readonly number[];
  /** Text of one byte (single-byte sets) or of a run of byte pairs; U+FFFD for undefined codes. */
  decode(bytes: Uint8Array): string;
}

interface GraphicSetRow {
  readonly bytes: 1 | 2;
  readonly escape: string;
  readonly element: 'G0' | 'G1';
  readonly decoder?: string;
  readonly prefix?: string;
  readonly replacements?: Readonly<Record<string, string>>;
}

export interface CharacterSetTerm {
  /** Set in G0 and G1 at the start of a value; ASCII and none when absent. */
  readonly g0?: string;
  readonly g1?: string;
  /** A multi-byte set that lives in G1, used when a value holds no escape sequence. */
  readonly multiByteG1?: string;
  /** Label of the encoding when the term stands for a whole encoding without code extensions. */
  readonly whole?: string;
}

interface Table {
  readonly graphicSets: Readonly<Record<string, GraphicSetRow>>;
  readonly terms: Readonly<Record<string, CharacterSetTerm>>;
  readonly synonyms: Readonly<Record<string, string>>;
}

const table = readDataFile<Table>('character-sets.json');
const SETS = new Map(Object.entries(table.graphicSets).map(([name, row]) => [name, buildSet(name, row)]));

export const TERMS: ReadonlyMap<string, CharacterSetTerm> = new Map(Object.entries(table.terms));
export const SYNONYMS: ReadonlyMap<string, string> = new Map(Object.entries(table.synonyms));

/** The set with an ISO registration number, e.g. 'IR 100'. @throws Error for a name outside the table */
export function graphicSet(registration: string): GraphicSet {
  const set = SETS.get(registration);
  if (set === undefined) throw new Error(`The character set table has no graphic set "${registration}".`);
  return set;
}

/** The set that an escape sequence designates, longest match first; undefined when not one of DICOM's. */
export function designatedBy(bytes: Uint8Array, afterEscape: number): GraphicSet | undefined {
  for (const set of SETS.values()) {
    if (set.escape.every((byte, index) => bytes[afterEscape + index] === byte)) return set;
  }
  return undefined;
}

function buildSet(registration: string, row: GraphicSetRow): GraphicSet {
  return {
    registration,
    bytesPerCharacter: row.bytes,
    element: row.element,
    escape: [...Buffer.from(row.escape, 'hex')],
    decode: row.bytes === 1 ? singleByteDecoder(row) : doubleByteDecoder(row),
  };
}

/**
 * A table of one character per byte. The control range 80-9F stays control characters: the
 * platform's decoders would turn some of those bytes into printable Windows characters.
 */
function singleByteDecoder(row: GraphicSetRow): GraphicSet['decode'] {
  const characters = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
  if (row.decoder !== undefined) {
    const decoder = new TextDecoder(row.decoder);
    for (let byte = 0xa0; byte <= 0xff; byte += 1) characters[byte] = decoder.decode(Uint8Array.of(byte));
  }
  for (const [byte, character] of Object.entries(row.replacements ?? {})) {
    characters[Number.parseInt(byte, 16)] = character;
  }
  return (bytes) => {
    let text = '';
    for (const byte of bytes) text += characters[byte];
    return text;
  };
}

/** Pairs of bytes, moved to the upper half, as the extended UNIX codes hold the same sets. */
function doubleByteDecoder(row: GraphicSetRow): GraphicSet['decode'] {
  const decoder = new TextDecoder(row.decoder);
  const prefix = row.prefix === undefined ? [] : [...Buffer.from(row.prefix, 'hex')];
  return (bytes) => {
    const moved: number[] = [];
    for (let index = 0; index < bytes.length; index += 2) {
      moved.push(...prefix, (bytes[index] ?? 0) | 0x80, (bytes[index + 1] ?? 0) | 0x80);
    }
    return decoder.decode(Uint8Array.from(moved));
  };
}
