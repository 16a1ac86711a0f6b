/**
 * A data set encoder of its own (PS3.5 §7, Annex A), so that the reader and writer of the product
 * are tested against something they do not share a line with.
 */
import { encodeText } from './character-sets.ts';
import { type Item, isItems, type PhantomElement } from './elements.ts';

export interface DataSetEncoding {
  readonly explicit: boolean;
  readonly littleEndian: boolean;
  /** Sequences and items end with delimiters instead of stating their length (PS3.5 §7.5). */
  readonly undefinedLengths: boolean;
  /** Values of (0008,0005). */
  readonly characterSet: readonly string[];
}

const UNDEFINED_LENGTH = 0xffffffff;
const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;
const PIXEL_DATA = 0x7fe00010;
/** VRs with a reserved field and a 32-bit length in explicit encoding (PS3.5 Table 7.1-1). */
const LONG_FORM = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
/** VRs whose text is in the specific character set; all others are ISO 646. */
const CHARACTER_SET_VRS = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);

const NUMBER_WRITERS: Record<
  string,
  { size: number; write: (v: DataView, o: number, n: number, le: boolean) => void }
> = {
  US: { size: 2, write: (v, o, n, le) => v.setUint16(o, n, le) },
  SS: { size: 2, write: (v, o, n, le) => v.setInt16(o, n, le) },
  UL: { size: 4, write: (v, o, n, le) => v.setUint32(o, n, le) },
  SL: { size: 4, write: (v, o, n, le) => v.setInt32(o, n, le) },
  FL: { size: 4, write: (v, o, n, le) => v.setFloat32(o, n, le) },
  FD: { size: 8, write: (v, o, n, le) => v.setFloat64(o, n, le) },
  AT: {
    size: 4,
    write: (v, o, n, le) => {
      v.setUint16(o, n >>> 16, le);
      v.setUint16(o + 2, n & 0xffff, le);
    },
  },
};

/** Encodes elements in ascending order of their tags. */
export function encodeDataSet(elements: Item, encoding: DataSetEncoding): Buffer {
  const ordered = [...elements].sort((one, other) => one.tag - other.tag);
  return Buffer.concat(ordered.map((entry) => encodeElement(entry, encoding)));
}

/** Encapsulated pixel data: an offset table and one fragment for each frame (PS3.5 §A.4). */
export function encodeEncapsulated(frames: readonly Uint8Array[], encoding: DataSetEncoding): Buffer {
  const offsets: number[] = [];
  let offset = 0;
  for (const frame of frames) {
    offsets.push(offset);
    offset += 8 + frame.length;
  }
  const parts = [header(PIXEL_DATA, 'OB', UNDEFINED_LENGTH, encoding)];
  const offsetTable = numberBytes('UL', offsets, encoding.littleEndian);
  for (const fragment of [offsetTable, ...frames]) {
    parts.push(tagAndLength(ITEM, fragment.length, encoding), Buffer.from(fragment));
  }
  parts.push(tagAndLength(SEQUENCE_END, 0, encoding));
  return Buffer.concat(parts);
}

function encodeElement(entry: PhantomElement, encoding: DataSetEncoding): Buffer {
  if (isItems(entry.content) && (entry.vr === 'SQ' || entry.vr === 'UN')) {
    return encodeSequence(entry.tag, entry.vr, entry.content, encoding);
  }
  const value = padded(valueBytes(entry, encoding), entry.vr);
  if (value.length > 0xffff && !LONG_FORM.has(entry.vr)) throw new Error('The value is too long for its VR.');
  return Buffer.concat([header(entry.tag, entry.vr, value.length, encoding), value]);
}

/** A sequence as UN is always implicit little endian inside (PS3.5 §6.2.2, note on UN). */
function encodeSequence(tag: number, vr: string, items: readonly Item[], outer: DataSetEncoding): Buffer {
  const inner = vr === 'UN' ? { ...outer, explicit: false, littleEndian: true } : outer;
  const undefinedLength = outer.undefinedLengths;
  const parts: Buffer[] = [];
  for (const item of items) {
    const bytes = encodeDataSet(item, inner);
    parts.push(tagAndLength(ITEM, undefinedLength ? UNDEFINED_LENGTH : bytes.length, inner), bytes);
    if (undefinedLength) parts.push(tagAndLength(ITEM_END, 0, inner));
  }
  if (undefinedLength) parts.push(tagAndLength(SEQUENCE_END, 0, inner));
  const body = Buffer.concat(parts);
  return Buffer.concat([header(tag, vr, undefinedLength ? UNDEFINED_LENGTH : body.length, outer), body]);
}

function valueBytes(entry: PhantomElement, encoding: DataSetEncoding): Buffer {
  const { content, vr } = entry;
  if (content instanceof Uint8Array) {
    const bytes = Buffer.from(content);
    return vr === 'OW' && !encoding.littleEndian ? bytes.swap16() : bytes;
  }
  if (vr in NUMBER_WRITERS) return numberBytes(vr, content as readonly number[], encoding.littleEndian);
  const text = (content as readonly string[]).join('\\');
  return Buffer.from(encodeText(CHARACTER_SET_VRS.has(vr) ? encoding.characterSet : [], text));
}

function numberBytes(vr: string, numbers: readonly number[], littleEndian: boolean): Buffer {
  const writer = NUMBER_WRITERS[vr];
  if (writer === undefined) throw new Error(`${vr} is not a number.`);
  const bytes = Buffer.alloc(numbers.length * writer.size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const [index, value] of numbers.entries()) writer.write(view, index * writer.size, value, littleEndian);
  return bytes;
}

function padded(bytes: Buffer, vr: string): Buffer {
  if (bytes.length % 2 === 0) return bytes;
  return Buffer.concat([bytes, Buffer.from(['OB', 'UI', 'UN'].includes(vr) ? [0] : [0x20])]);
}

function header(tag: number, vr: string, length: number, encoding: DataSetEncoding): Buffer {
  if (!encoding.explicit) return tagAndLength(tag, length, encoding);
  const long = LONG_FORM.has(vr);
  const bytes = Buffer.alloc(long ? 12 : 8);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setUint16(0, tag >>> 16, encoding.littleEndian);
  view.setUint16(2, tag & 0xffff, encoding.littleEndian);
  bytes.write(vr, 4, 'ascii');
  if (long) view.setUint32(8, length, encoding.littleEndian);
  else view.setUint16(6, length, encoding.littleEndian);
  return bytes;
}

function tagAndLength(tag: number, length: number, encoding: DataSetEncoding): Buffer {
  const bytes = Buffer.alloc(8);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setUint16(0, tag >>> 16, encoding.littleEndian);
  view.setUint16(2, tag & 0xffff, encoding.littleEndian);
  view.setUint32(4, length, encoding.littleEndian);
  return bytes;
}
