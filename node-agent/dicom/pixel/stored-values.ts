/** The stored values of one frame as numbers (PS3.5 §8.1.1, PS3.3 C.7.6.3): one sample per pixel, row by row. */
import type { DataElement } from '../data-set.ts';
import type { Part10Object } from '../part10-reader.ts';
import { transferSyntax } from '../uids.ts';
import { canDecode, decodeFrame, RLE_LOSSLESS } from './codec.ts';
import { nativeFrameBytes, readEncapsulatedFrame, readNativeFrame } from './frame-reader.ts';
import type { ImageAttributes } from './image-attributes.ts';

export type StoredValues = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array;

/** Why a frame has no values: nothing decodes its compression, or its bytes are damaged or too few. */
export type Unreadable = 'compression' | 'damaged';

/**
 * @param frame counted from 0
 * @returns rows × columns values in the smallest array that holds the allocated bits
 */
export async function readStoredValues(
  object: Part10Object,
  pixelData: DataElement,
  image: ImageAttributes,
  frame: number,
): Promise<StoredValues | Unreadable> {
  const { path, transferSyntaxUid, dataSet } = object;
  if (transferSyntax(transferSyntaxUid)?.encapsulated === true) {
    if (!canDecode(transferSyntaxUid)) return 'compression';
    const encoded = await readEncapsulatedFrame(path, pixelData, image.frames, frame);
    const bytes = encoded && (await decodeFrame(transferSyntaxUid, encoded, image));
    if (bytes === undefined) return 'damaged';
    // A codec gives sample values, not words with other bits in them, and what lossy coding adds above the stored bits is no sign.
    const whole = { ...image, bitsStored: image.bitsAllocated, highBit: image.bitsAllocated - 1 };
    return valuesOf(bytes, image.signed || transferSyntaxUid === RLE_LOSSLESS ? image : whole, true);
  }
  const bytes = await readNativeFrame(path, pixelData, image, frame);
  if (bytes === undefined) return 'damaged';
  if (image.bitsAllocated === 1) return bitsOf(bytes, image, (nativeFrameBytes(image) * frame * 8) % 8);
  const swapped = image.bitsAllocated === 8 && pixelData.vr === 'OW' && !dataSet.encoding.littleEndian;
  return valuesOf(swapped ? swapPairs(bytes) : bytes, image, dataSet.encoding.littleEndian);
}

function valuesOf(bytes: Uint8Array, image: ImageAttributes, littleEndian: boolean): StoredValues {
  const pixels = image.rows * image.columns;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = emptyValues(image, pixels);
  const { bitsAllocated, bitsStored, highBit, signed } = image;
  // The stored bits are moved to the top of a 32-bit word and back, which drops the others and carries the sign down.
  const up = 31 - highBit;
  const down = 32 - bitsStored;
  for (let at = 0; at < pixels; at += 1) {
    const word =
      bitsAllocated === 8
        ? view.getUint8(at)
        : bitsAllocated === 16
          ? view.getUint16(at * 2, littleEndian)
          : view.getUint32(at * 4, littleEndian);
    values[at] = signed ? (word << up) >> down : (word << up) >>> down;
  }
  return values;
}

function emptyValues({ bitsAllocated, signed }: ImageAttributes, pixels: number): StoredValues {
  if (bitsAllocated === 8) return signed ? new Int8Array(pixels) : new Uint8Array(pixels);
  if (bitsAllocated === 16) return signed ? new Int16Array(pixels) : new Uint16Array(pixels);
  return signed ? new Int32Array(pixels) : new Uint32Array(pixels);
}

/** Single bits are packed from the least significant bit of each byte on (PS3.5 §D). */
function bitsOf(bytes: Uint8Array, { rows, columns }: ImageAttributes, skip: number): Uint8Array {
  return Uint8Array.from({ length: rows * columns }, (_, at) => {
    return ((bytes[(at + skip) >> 3] ?? 0) >> ((at + skip) & 7)) & 1;
  });
}

function swapPairs(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes, (_, at) => bytes[at ^ 1] ?? 0);
}
