/** From value bytes to text and numbers (PS3.5 §6.2). */
import type { CharacterSet } from './character-set.ts';
import type { Encoding } from './data-set.ts';
import { valueRepresentation } from './value-representation.ts';

const SPACE = 0x20;
/** Leading spaces carry meaning in these (PS3.5 Table 6.2-1). */
const KEEPS_LEADING_SPACES: ReadonlySet<string> = new Set(['LT', 'ST', 'UT', 'UC', 'UR', 'DT']);

/** The text of a value with its padding; without a character set every byte is one Latin-1 character. */
export function decodeText(bytes: Uint8Array, vr: string, characterSet: CharacterSet | undefined): string {
  if (characterSet !== undefined) return characterSet.decode(bytes, vr);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/**
 * The values of a text, without padding. Splitting works on text, not on bytes: in some character
 * sets the byte of the backslash is also the second half of an ideograph.
 */
export function splitText(text: string, vr: string): string[] {
  const values = valueRepresentation(vr).multiple && text.includes('\\') ? text.split('\\') : [text];
  const keepsLeading = KEEPS_LEADING_SPACES.has(vr);
  return values.map((value) => {
    let [start, end] = [0, value.length];
    while (end > 0 && isPadding(value.charCodeAt(end - 1))) end -= 1;
    if (!keepsLeading) while (start < end && value.charCodeAt(start) === SPACE) start += 1;
    return value.slice(start, end);
  });
}

function isPadding(code: number): boolean {
  return code === SPACE || code === 0;
}

/** Every whole number of a binary value; 64-bit integers beyond 2^53 lose precision. */
export function decodeNumbers(bytes: Uint8Array, vr: string, encoding: Encoding): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = vr === 'AT' ? 4 : valueRepresentation(vr).wordSize;
  const numbers: number[] = [];
  for (let offset = 0; offset + size <= bytes.length; offset += size) {
    numbers.push(decodeNumber(view, offset, vr, encoding.littleEndian));
  }
  return numbers;
}

function decodeNumber(view: DataView, offset: number, vr: string, littleEndian: boolean): number {
  switch (vr) {
    case 'US':
      return view.getUint16(offset, littleEndian);
    case 'SS':
      return view.getInt16(offset, littleEndian);
    case 'UL':
      return view.getUint32(offset, littleEndian);
    case 'SL':
      return view.getInt32(offset, littleEndian);
    case 'FL':
      return view.getFloat32(offset, littleEndian);
    case 'FD':
      return view.getFloat64(offset, littleEndian);
    case 'UV':
      return Number(view.getBigUint64(offset, littleEndian));
    case 'SV':
      return Number(view.getBigInt64(offset, littleEndian));
    case 'AT':
      // Two 16-bit words, group first in either byte order (PS3.5 Table 6.2-1).
      return view.getUint16(offset, littleEndian) * 0x10000 + view.getUint16(offset + 2, littleEndian);
    default:
      return Number.NaN;
  }
}
