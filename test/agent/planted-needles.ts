/** Planted values as byte strings to search for, made without any of the node's own code. */
import { encodeText } from '../phantom/character-sets.ts';
import type { PlantedKind } from '../phantom/elements.ts';

const NAMES: ReadonlySet<PlantedKind> = new Set(['name', 'physician']);
const SHORTEST_LATIN = 4;
const SHORTEST_OTHER = 2;
const ASCII = /^[\x20-\x7e]*$/u;

/** The value, and of a name each part that is long enough to mean somebody. */
export function needlesOf(kind: PlantedKind, value: string): string[] {
  if (!NAMES.has(kind)) return [value];
  const parts = value.split(/[\^= ]/u).filter((part) => {
    return [...part].length >= (ASCII.test(part) ? SHORTEST_LATIN : SHORTEST_OTHER);
  });
  return [...new Set([value, ...parts])];
}

/** A text in every encoding it may have in a file: the object's own character set, UTF-8 and UTF-16. */
export function spellings(text: string, characterSet: readonly string[]): Buffer[] {
  const all = [Buffer.from(text, 'utf8'), Buffer.from(text, 'utf16le')];
  for (const set of [characterSet, ['ISO_IR 100'], ['ISO_IR 192']]) {
    try {
      all.push(Buffer.from(encodeText(set, text)));
    } catch {
      // this character set has no such character
    }
  }
  return [...new Map(all.map((bytes) => [bytes.toString('hex'), lowered(bytes)])).values()];
}

/** How often the bytes occur, without regard to the case of Latin letters. @param needle as `spellings` gives it */
export function occurrences(content: Buffer, needle: Buffer): number {
  const haystack = loweredOnce(content);
  let count = 0;
  for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, at + 1)) count += 1;
  return count;
}

const loweredContents = new WeakMap<Buffer, Buffer>();

function loweredOnce(content: Buffer): Buffer {
  const known = loweredContents.get(content);
  if (known !== undefined) return known;
  const made = lowered(content);
  loweredContents.set(content, made);
  return made;
}

function lowered(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte)));
}
