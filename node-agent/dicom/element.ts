/** Builders for data elements and data sets; every value comes out with an even length (PS3.5 §7.1.1). */
import { type CharacterSet, characterSetOf } from './character-set.ts';
import type { DataElement, DataSet, Encoding, Tag } from './data-set.ts';
import { DataSetView } from './data-set-view.ts';
import { tagText } from './dictionary.ts';
import { valueRepresentation } from './value-representation.ts';

const DEFAULT_REPERTOIRE = characterSetOf([]);

/** An element with these value bytes, padded as its VR asks. */
export function bytesElement(tag: Tag, vr: string, bytes: Uint8Array): DataElement {
  return { tag, vr, value: { kind: 'bytes', bytes: padded(bytes, vr) } };
}

/**
 * An element with a text value; backslashes separate values.
 * @throws Error when the character set cannot write the text
 */
export function textElement(
  _encoding: Encoding,
  tag: Tag,
  vr: string,
  text: string,
  characterSet: CharacterSet = DEFAULT_REPERTOIRE,
): DataElement {
  const repertoire = valueRepresentation(vr).characterSet ? characterSet : DEFAULT_REPERTOIRE;
  const bytes = repertoire.encode(text);
  if (bytes === undefined) {
    const name = repertoire.terms.join('\\') || 'the default repertoire';
    throw new Error(`The new text of ${tagText(tag)} has characters that ${name} cannot write.`);
  }
  return bytesElement(tag, vr, bytes);
}

/**
 * An element with numeric values: binary for the binary VRs, decimal text for DS and IS.
 * @throws Error when the VR holds no numbers or a number does not fit into it
 */
export function numberElement(encoding: Encoding, tag: Tag, vr: string, numbers: readonly number[]): DataElement {
  const { kind, wordSize } = valueRepresentation(vr);
  if (kind === 'decimal') return textElement(encoding, tag, vr, numbers.map(decimalText).join('\\'));
  if (kind !== 'number') throw new Error(`The VR ${vr} of ${tagText(tag)} does not hold numbers.`);
  const size = vr === 'AT' ? 4 : wordSize;
  const bytes = new Uint8Array(numbers.length * size);
  const view = new DataView(bytes.buffer);
  for (const [index, number] of numbers.entries()) {
    requireFit(tag, vr, number);
    encodeNumber(view, index * size, vr, number, encoding.littleEndian);
  }
  return bytesElement(tag, vr, bytes);
}

/** A sequence of defined length; the writer computes the lengths. */
export function sequenceElement(tag: Tag, items: readonly DataSet[]): DataElement {
  return {
    tag,
    vr: 'SQ',
    value: {
      kind: 'sequence',
      undefinedLength: false,
      items: items.map((dataSet) => ({ dataSet, undefinedLength: false })),
    },
  };
}

/** A data set of these elements, in this order. */
export function makeDataSet(
  encoding: Encoding,
  elements: readonly DataElement[],
  parentCharacterSet?: CharacterSet,
): DataSet {
  return new DataSetView(encoding, elements, parentCharacterSet && (() => parentCharacterSet));
}

function padded(bytes: Uint8Array, vr: string): Uint8Array {
  if (bytes.length % 2 === 0) return bytes;
  const even = new Uint8Array(bytes.length + 1);
  even.set(bytes);
  even[bytes.length] = valueRepresentation(vr).padding;
  return even;
}

const LONGEST_DECIMAL_STRING = 16;

/** The shortest text that reads back as the number, cut to what DS allows (PS3.5 Table 6.2-1). */
function decimalText(number: number): string {
  let text = String(number);
  for (let digits = 15; text.length > LONGEST_DECIMAL_STRING; digits -= 1)
    text = String(Number(number.toPrecision(digits)));
  return text;
}

const INTEGER_RANGES: Readonly<Record<string, readonly [least: number, greatest: number]>> = {
  US: [0, 0xffff],
  SS: [-0x8000, 0x7fff],
  UL: [0, 0xffffffff],
  SL: [-0x80000000, 0x7fffffff],
  AT: [0, 0xffffffff],
  UV: [0, Number.MAX_SAFE_INTEGER],
  SV: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

function requireFit(tag: Tag, vr: string, number: number): void {
  const range = INTEGER_RANGES[vr];
  if (range === undefined) return;
  if (!Number.isInteger(number) || number < range[0] || number > range[1]) {
    throw new Error(`A number for ${tagText(tag)} does not fit into its VR ${vr}.`);
  }
}

function encodeNumber(view: DataView, offset: number, vr: string, number: number, littleEndian: boolean): void {
  switch (vr) {
    case 'US':
      view.setUint16(offset, number, littleEndian);
      break;
    case 'SS':
      view.setInt16(offset, number, littleEndian);
      break;
    case 'UL':
      view.setUint32(offset, number, littleEndian);
      break;
    case 'SL':
      view.setInt32(offset, number, littleEndian);
      break;
    case 'FL':
      view.setFloat32(offset, number, littleEndian);
      break;
    case 'FD':
      view.setFloat64(offset, number, littleEndian);
      break;
    case 'UV':
      view.setBigUint64(offset, BigInt(number), littleEndian);
      break;
    case 'SV':
      view.setBigInt64(offset, BigInt(number), littleEndian);
      break;
    default:
      view.setUint16(offset, Math.floor(number / 0x10000), littleEndian);
      view.setUint16(offset + 2, number % 0x10000, littleEndian);
  }
}
