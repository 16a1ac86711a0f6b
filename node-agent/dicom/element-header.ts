/** The start of a data element: tag, VR and length (PS3.5 §7.1.2, §7.1.3, §7.5). */

import type { ByteWindow } from './byte-window.ts';
import type { Encoding, Tag } from './data-set.ts';
import { tagText } from './dictionary.ts';
import { DicomParseError } from './parse-error.ts';
import { UNDEFINED_LENGTH } from './tags.ts';
import { isStandardVr, valueRepresentation } from './value-representation.ts';

export interface ElementHeader {
  readonly tag: Tag;
  /** undefined for implicit VR and for items and delimitation items. */
  readonly vr: string | undefined;
  readonly length: number;
  readonly valueOffset: number;
}

export const SHORT_HEADER = 8;
export const LONG_HEADER = 12;
const ITEM_GROUP = 0xfffe;

/** The tag at a position that is inside the window. */
export function tagAt(file: ByteWindow, offset: number, littleEndian: boolean): Tag {
  return file.uint16(offset, littleEndian) * 0x10000 + file.uint16(offset + 2, littleEndian);
}

/** Whether the tag belongs to items and delimitation items, which have no VR in any encoding. */
export function isItemTag(tag: Tag): boolean {
  return tag >>> 16 === ITEM_GROUP;
}

/** The two characters where an explicit VR stands. */
export function vrAt(file: ByteWindow, offset: number): string {
  return String.fromCharCode(file.uint8(offset + 4), file.uint8(offset + 5));
}

/**
 * Reads the header at `offset`; the window already holds it as far as `end`.
 * @returns undefined when the explicit VR is not one of the standard's
 * @throws DicomParseError 'truncated'
 */
export function readHeader(
  file: ByteWindow,
  offset: number,
  end: number,
  encoding: Encoding,
): ElementHeader | undefined {
  const { littleEndian } = encoding;
  const tag = tagAt(file, offset, littleEndian);
  if (!encoding.explicit || isItemTag(tag)) {
    const length = file.uint32(offset + 4, littleEndian);
    return { tag, vr: undefined, length, valueOffset: offset + SHORT_HEADER };
  }
  const vr = vrAt(file, offset);
  if (!isStandardVr(vr)) return undefined;
  if (!valueRepresentation(vr).longForm) {
    return { tag, vr, length: file.uint16(offset + 6, littleEndian), valueOffset: offset + SHORT_HEADER };
  }
  if (end - offset < LONG_HEADER) {
    throw new DicomParseError('truncated', `The file ends inside the header of ${tagText(tag)}.`, offset);
  }
  return { tag, vr, length: file.uint32(offset + 8, littleEndian), valueOffset: offset + LONG_HEADER };
}

/**
 * The header of an element whose VR is not one of the standard's: tries the layouts that occur and
 * takes the first after which another element follows. The VR comes out as undefined.
 * @throws DicomParseError 'malformed' when no layout fits
 */
export async function readOddHeader(
  file: ByteWindow,
  offset: number,
  end: number,
  encoding: Encoding,
): Promise<ElementHeader> {
  const { littleEndian } = encoding;
  const tag = tagAt(file, offset, littleEndian);
  const vr = vrAt(file, offset);
  const short = {
    tag,
    vr: undefined,
    length: file.uint16(offset + 6, littleEndian),
    valueOffset: offset + SHORT_HEADER,
  };
  const implicit = { ...short, length: file.uint32(offset + 4, littleEndian) };
  const long =
    end - offset >= LONG_HEADER && file.uint16(offset + 6, littleEndian) === 0
      ? [{ ...short, length: file.uint32(offset + 8, littleEndian), valueOffset: offset + LONG_HEADER }]
      : [];
  // VRs of later editions have the long form (PS3.5 §6.2); anything else is a mistake of the writer.
  const candidates = /^[A-Z]{2}$/.test(vr) ? [...long, short] : [short, ...long, implicit];
  for (const header of candidates) {
    if (await isFollowed(file, header, end, encoding)) return header;
  }
  throw new DicomParseError('malformed', `The value representation of ${tagText(tag)} is not readable.`, offset);
}

/** Whether the value fits and an element with a higher tag, a delimitation item or the end comes after it. */
export async function isFollowed(
  file: ByteWindow,
  header: ElementHeader,
  end: number,
  encoding: Encoding,
): Promise<boolean> {
  if (header.length === UNDEFINED_LENGTH) return true;
  const next = header.valueOffset + header.length;
  if (next === end) return true;
  if (next + SHORT_HEADER > end) return false;
  if (!file.holds(next, SHORT_HEADER)) await file.load(next, SHORT_HEADER);
  const tag = tagAt(file, next, encoding.littleEndian);
  if (isItemTag(tag)) return true;
  return tag >= header.tag && (!encoding.explicit || isStandardVr(vrAt(file, next)));
}
