/**
 * Overlays in the unused bits of Pixel Data (PS3.3 §C.9.2, retired usage). They are handwriting and drawing like any
 * overlay and go the same way: the bits that the image does not use are written as 0, those of the image stay as they are.
 */
import type { DataElement, DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';

const TAGS = {
  bitsAllocated: tagOf('BitsAllocated'),
  bitsStored: tagOf('BitsStored'),
  highBit: tagOf('HighBit'),
  pixelData: tagOf('PixelData'),
  overlayBitsAllocated: 0x60000100,
  overlayBitPosition: 0x60000102,
  overlayData: 0x60003000,
} as const;
const MOST_OVERLAYS = 16;
const BYTE = 8;
const WORDS: ReadonlySet<number> = new Set([8, 16, 32]);

/** What is to be done about overlays inside Pixel Data: nothing, write this instead, or leave the object alone because of this. */
export type OverlayBits =
  | { readonly kind: 'none' }
  | { readonly kind: 'cleared'; readonly pixelData: DataElement }
  | { readonly kind: 'out-of-reach'; readonly detail: string };

export function overlayBits(dataSet: DataSet): OverlayBits {
  const positions = embeddedPositions(dataSet);
  if (positions.length === 0) return { kind: 'none' };
  const pixelData = dataSet.get(TAGS.pixelData);
  const keep = bitsOfTheImage(dataSet);
  if (pixelData === undefined || keep === undefined || positions.some((bit) => isKept(keep, bit, dataSet)))
    return {
      kind: 'out-of-reach',
      detail: 'An overlay group (60xx) has no data of its own, nor bits apart from the image.',
    };
  const { value } = pixelData;
  if (value.kind === 'bulk') return { kind: 'cleared', pixelData: { ...pixelData, value: { ...value, keep } } };
  if (value.kind !== 'bytes')
    return { kind: 'out-of-reach', detail: 'The overlay (60xx) lies in compressed pixel data.' };
  const bytes = value.bytes.map((byte, at) => byte & (keep[at % keep.length] ?? 0));
  return { kind: 'cleared', pixelData: { ...pixelData, value: { kind: 'bytes', bytes } } };
}

/** The bit positions of planes without data of their own whose bits are those of the pixel cells. */
function embeddedPositions(dataSet: DataSet): number[] {
  const positions: number[] = [];
  for (let plane = 0; plane < MOST_OVERLAYS; plane += 1) {
    const group = plane * 2 * 0x10000;
    const bits = dataSet.number(TAGS.overlayBitsAllocated + group);
    const position = dataSet.number(TAGS.overlayBitPosition + group);
    if (dataSet.has(TAGS.overlayData + group) || (bits === undefined && position === undefined)) continue;
    if ((bits ?? 1) > 1 || (position ?? 0) > 0) positions.push(position ?? 0);
  }
  return positions;
}

/** One pixel cell with ones where the image has its bits, as the bytes stand in the stream; undefined when the object does not say. */
function bitsOfTheImage(dataSet: DataSet): Uint8Array | undefined {
  const allocated = dataSet.number(TAGS.bitsAllocated);
  const stored = dataSet.number(TAGS.bitsStored);
  if (allocated === undefined || stored === undefined || !WORDS.has(allocated)) return undefined;
  const high = dataSet.number(TAGS.highBit) ?? stored - 1;
  const low = high - stored + 1;
  if (low < 0 || high >= allocated) return undefined;
  const cell = new Uint8Array(allocated / BYTE);
  for (let bit = low; bit <= high; bit += 1) {
    const at = byteOf(bit, cell.length, dataSet);
    cell[at] = (cell[at] ?? 0) | (1 << (bit % BYTE));
  }
  return cell;
}

function isKept(cell: Uint8Array, bit: number, dataSet: DataSet): boolean {
  return bit >= cell.length * BYTE || ((cell[byteOf(bit, cell.length, dataSet)] ?? 0) & (1 << (bit % BYTE))) !== 0;
}

function byteOf(bit: number, length: number, { encoding }: DataSet): number {
  const fromLow = Math.floor(bit / BYTE);
  return encoding.littleEndian ? fromLow : length - 1 - fromLow;
}
