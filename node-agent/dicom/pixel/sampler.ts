/** Stored sample values of one frame by place, whatever way the frame is packed (PS3.5 §8). */
import type { ImageAttributes } from './image-attributes.ts';

/** Value of a sample; rows and columns from 0, channel 0 for grey, 0 to 2 for colour. */
export type Sampler = (row: number, column: number, channel: number) => number;

export interface NativeFrame {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  /** Bits before the first pixel in the first byte; only single-bit frames have any. */
  readonly bitOffset: number;
  /** 8-bit samples in 16-bit words (OW): with big endian, each pair is swapped. */
  readonly inWords: boolean;
}

/** @returns undefined for sample sizes a preview does not support */
export function nativeSampler(image: ImageAttributes, frame: NativeFrame): Sampler | undefined {
  const { columns, rows, samplesPerPixel, bitsAllocated } = image;
  const read = wordReader(image, frame);
  if (read === undefined) return undefined;
  if (bitsAllocated === 8 && image.photometricInterpretation === 'YBR_FULL_422') {
    // two pixels in four bytes: Y1 Y2 Cb Cr (PS3.3 C.7.6.3.1.2)
    return (row, column, channel) => {
      const pair = (row * columns + (column & ~1)) * 2;
      return read(channel === 0 ? pair + (column & 1) : pair + 1 + channel);
    };
  }
  if (image.planarConfiguration === 1 && samplesPerPixel > 1) {
    return (row, column, channel) => read(channel * rows * columns + row * columns + column);
  }
  return (row, column, channel) => read((row * columns + column) * samplesPerPixel + channel);
}

/** Over the byte planes of RLE; see `decodeRunLength`. */
export function planeSampler(image: ImageAttributes, planes: readonly Uint8Array[]): Sampler {
  const bytesPerSample = image.bitsAllocated / 8;
  const stored = storedValue(image);
  return (row, column, channel) => {
    const index = row * image.columns + column;
    let word = 0;
    for (let byte = 0; byte < bytesPerSample; byte += 1) {
      word = word * 256 + (planes[channel * bytesPerSample + byte]?.[index] ?? 0);
    }
    return stored(word);
  };
}

function wordReader(image: ImageAttributes, frame: NativeFrame): ((index: number) => number) | undefined {
  const { bytes, littleEndian, bitOffset } = frame;
  const stored = storedValue(image);
  if (image.bitsAllocated === 1) {
    return (index) => ((bytes[(index + bitOffset) >> 3] ?? 0) >> ((index + bitOffset) & 7)) & 1;
  }
  if (image.bitsAllocated === 8) {
    const swap = frame.inWords && !littleEndian ? 1 : 0;
    return (index) => stored(bytes[index ^ swap] ?? 0);
  }
  if (image.bitsAllocated === 16) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return (index) => stored(view.getUint16(index * 2, littleEndian));
  }
  return undefined;
}

/** Takes the stored bits out of the allocated ones and applies the sign (PS3.5 §8.1.1). */
function storedValue({ bitsStored, highBit, signed }: ImageAttributes): (word: number) => number {
  const shift = highBit + 1 - bitsStored;
  const mask = 2 ** bitsStored - 1;
  const sign = 2 ** (bitsStored - 1);
  return (word) => {
    const value = (word >> shift) & mask;
    return signed && value >= sign ? value - mask - 1 : value;
  };
}
