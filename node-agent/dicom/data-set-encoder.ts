/** Encodes a data set as a sequence of byte chunks and references to bulk values (PS3.5 §7). */
import type { BulkValue, DataElement, DataSet, Encoding, SequenceItem, SequenceValue, Tag } from './data-set.ts';
import { lookup } from './dictionary.ts';
import { ITEM, ITEM_DELIMITATION, SEQUENCE_DELIMITATION, UNDEFINED_LENGTH } from './tags.ts';
import { valueRepresentation } from './value-representation.ts';

/** Bytes to write as they are, or a bulk value to copy from the source file, its words swapped when wider than 1. */
export type Piece =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'copy'; readonly bulk: BulkValue; readonly swapWidth: number };

const LONGEST_SHORT_FORM_VALUE = 0xfffe;
const HEADER = 8;
const LONG_HEADER = 12;
const IMPLICIT_LITTLE_ENDIAN: Encoding = { explicit: false, littleEndian: true };

/** Swaps the bytes of every word in place. */
export function swapWords(bytes: Uint8Array, width: number): void {
  for (let start = 0; start + width <= bytes.length; start += width) bytes.subarray(start, start + width).reverse();
}

export class DataSetEncoder {
  readonly #encoding: Encoding;
  /** Content lengths of sequences and items of defined length, computed once: they are nested. */
  readonly #lengths = new Map<SequenceValue | SequenceItem, number>();

  constructor(encoding: Encoding) {
    this.#encoding = encoding;
  }

  /** The elements in their order. Lengths of defined-length sequences and items are computed anew. */
  *encode(dataSet: DataSet): Generator<Piece> {
    yield* this.#elements(dataSet, this.#encoding);
  }

  *#elements(dataSet: DataSet, encoding: Encoding): Generator<Piece> {
    for (const element of dataSet.elements) {
      const { value, tag } = element;
      const vr = writtenVr(element);
      switch (value.kind) {
        case 'bytes': {
          const width = swapWidth(element, dataSet.encoding, encoding);
          yield bytes(header(encoding, tag, vr, value.bytes.length));
          yield bytes(width > 1 ? swapped(value.bytes, width) : value.bytes);
          break;
        }
        case 'bulk':
          yield bytes(header(encoding, tag, vr, value.length));
          yield { kind: 'copy', bulk: value, swapWidth: swapWidth(element, dataSet.encoding, encoding) };
          break;
        case 'encapsulated':
          yield bytes(header(encoding, tag, vr, UNDEFINED_LENGTH));
          for (const fragment of value.fragments) {
            yield bytes(itemHeader(encoding, ITEM, fragment.length));
            yield { kind: 'copy', bulk: fragment, swapWidth: 1 };
          }
          yield bytes(itemHeader(encoding, SEQUENCE_DELIMITATION, 0));
          break;
        case 'sequence': {
          const inner = itemEncoding(vr, encoding);
          const delimited = isDelimited(tag, value, encoding);
          const length = delimited ? UNDEFINED_LENGTH : this.#sequenceLength(value, inner);
          yield bytes(header(encoding, tag, vr, length));
          for (const item of value.items) yield* this.#item(item, inner);
          if (delimited) yield bytes(itemHeader(inner, SEQUENCE_DELIMITATION, 0));
          break;
        }
      }
    }
  }

  *#item(item: SequenceItem, encoding: Encoding): Generator<Piece> {
    yield bytes(itemHeader(encoding, ITEM, item.undefinedLength ? UNDEFINED_LENGTH : this.#itemLength(item, encoding)));
    yield* this.#elements(item.dataSet, encoding);
    if (item.undefinedLength) yield bytes(itemHeader(encoding, ITEM_DELIMITATION, 0));
  }

  #sequenceLength(sequence: SequenceValue, encoding: Encoding): number {
    let length = this.#lengths.get(sequence);
    if (length === undefined) {
      length = 0;
      for (const item of sequence.items) {
        length += HEADER + this.#itemLength(item, encoding) + (item.undefinedLength ? HEADER : 0);
      }
      this.#lengths.set(sequence, length);
    }
    return length;
  }

  #itemLength(item: SequenceItem, encoding: Encoding): number {
    let length = this.#lengths.get(item);
    if (length === undefined) {
      length = 0;
      for (const element of item.dataSet.elements) length += this.#elementLength(element, encoding);
      this.#lengths.set(item, length);
    }
    return length;
  }

  #elementLength(element: DataElement, encoding: Encoding): number {
    const { value } = element;
    const vr = writtenVr(element);
    const start = encoding.explicit && valueRepresentation(vr).longForm ? LONG_HEADER : HEADER;
    switch (value.kind) {
      case 'bytes':
        return start + value.bytes.length;
      case 'bulk':
        return start + value.length;
      case 'encapsulated':
        return start + value.fragments.reduce((sum, fragment) => sum + HEADER + fragment.length, HEADER);
      case 'sequence':
        return (
          start +
          this.#sequenceLength(value, itemEncoding(vr, encoding)) +
          (isDelimited(element.tag, value, encoding) ? HEADER : 0)
        );
    }
  }
}

/** A value too long for the 16-bit length of its VR is written as UN (PS3.5 §6.2.2, note 1). */
function writtenVr({ vr, value }: DataElement): string {
  if (value.kind === 'sequence') return vr === 'UN' ? 'UN' : 'SQ';
  const length = value.kind === 'bytes' ? value.bytes.length : value.kind === 'bulk' ? value.length : 0;
  return length > LONGEST_SHORT_FORM_VALUE && !valueRepresentation(vr).longForm ? 'UN' : vr;
}

/**
 * Without a VR in the stream a reader takes an unknown element of defined length for plain bytes; an
 * undefined length tells it that this is a sequence.
 */
function isDelimited(tag: Tag, sequence: SequenceValue, encoding: Encoding): boolean {
  return sequence.undefinedLength || (!encoding.explicit && lookup(tag)?.vr !== 'SQ');
}

/** The items of a UN sequence are in implicit VR little endian, whatever is around them (PS3.5 §6.2.2, note 2). */
function itemEncoding(vr: string, encoding: Encoding): Encoding {
  return vr === 'UN' ? IMPLICIT_LITTLE_ENDIAN : encoding;
}

/** Bytes per word to swap between the two encodings; 1 for none. Values written as UN are little endian. */
function swapWidth(element: DataElement, from: Encoding, to: Encoding): number {
  const toLittleEndian = to.littleEndian || (writtenVr(element) === 'UN' && element.vr !== 'UN');
  return from.littleEndian === toLittleEndian ? 1 : valueRepresentation(element.vr).wordSize;
}

function swapped(value: Uint8Array, width: number): Uint8Array {
  const copy = Uint8Array.from(value);
  swapWords(copy, width);
  return copy;
}

function bytes(value: Uint8Array): Piece {
  return { kind: 'bytes', bytes: value };
}

function header(encoding: Encoding, tag: number, vr: string, length: number): Uint8Array {
  if (!encoding.explicit) return itemHeader(encoding, tag, length);
  const { longForm } = valueRepresentation(vr);
  const result = new Uint8Array(longForm ? LONG_HEADER : HEADER);
  const view = tagged(result, tag, encoding);
  result[4] = vr.charCodeAt(0);
  result[5] = vr.charCodeAt(1);
  if (longForm) view.setUint32(8, length, encoding.littleEndian);
  else view.setUint16(6, length, encoding.littleEndian);
  return result;
}

/** Tag and 32-bit length: items, delimitation items and implicit VR elements. */
function itemHeader(encoding: Encoding, tag: number, length: number): Uint8Array {
  const result = new Uint8Array(HEADER);
  tagged(result, tag, encoding).setUint32(4, length, encoding.littleEndian);
  return result;
}

function tagged(target: Uint8Array, tag: number, encoding: Encoding): DataView {
  const view = new DataView(target.buffer);
  view.setUint16(0, tag >>> 16, encoding.littleEndian);
  view.setUint16(2, tag & 0xffff, encoding.littleEndian);
  return view;
}
