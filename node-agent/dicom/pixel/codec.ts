/**
 * Decoding of compressed frames (PS3.5 §8.2, Annex A.4). The codecs are libjpeg, CharLS and OpenJPEG as WebAssembly
 * in the package `dcmjs-codecs`; they are loaded when the first compressed frame is met.
 */

import { createRequire } from 'node:module';
import type { ImageAttributes } from './image-attributes.ts';
import { decodeRunLength } from './run-length.ts';

type Codecs = typeof import('dcmjs-codecs');
type Decoder = 'decodeJpeg' | 'decodeJpegLs' | 'decodeJpeg2000' | 'decodeHtJpeg2000';

export const RLE_LOSSLESS = '1.2.840.10008.1.2.5';

/** The transfer syntaxes of PS3.5 §A.4 that are decoded, by the decoder of the package. */
const DECODERS: ReadonlyMap<string, Decoder> = new Map([
  ['1.2.840.10008.1.2.4.50', 'decodeJpeg'],
  ['1.2.840.10008.1.2.4.51', 'decodeJpeg'],
  ['1.2.840.10008.1.2.4.53', 'decodeJpeg'],
  ['1.2.840.10008.1.2.4.55', 'decodeJpeg'],
  ['1.2.840.10008.1.2.4.57', 'decodeJpeg'],
  ['1.2.840.10008.1.2.4.70', 'decodeJpeg'],
  ['1.2.840.10008.1.2.4.80', 'decodeJpegLs'],
  ['1.2.840.10008.1.2.4.81', 'decodeJpegLs'],
  ['1.2.840.10008.1.2.4.90', 'decodeJpeg2000'],
  ['1.2.840.10008.1.2.4.91', 'decodeJpeg2000'],
  ['1.2.840.10008.1.2.4.201', 'decodeHtJpeg2000'],
  ['1.2.840.10008.1.2.4.202', 'decodeHtJpeg2000'],
  ['1.2.840.10008.1.2.4.203', 'decodeHtJpeg2000'],
]);

/** Whether frames of this encapsulated transfer syntax can be decoded. */
export function canDecode(transferSyntaxUid: string): boolean {
  return transferSyntaxUid === RLE_LOSSLESS || DECODERS.has(transferSyntaxUid);
}

/**
 * The samples of a frame with one sample per pixel as native little endian bytes of `bitsAllocated` bits.
 * @returns undefined when the code stream is damaged or is not of the size that the attributes say
 */
export async function decodeFrame(
  transferSyntaxUid: string,
  encoded: Uint8Array,
  image: ImageAttributes,
): Promise<Uint8Array | undefined> {
  const bytes = image.bitsAllocated / 8;
  const pixels = image.rows * image.columns;
  if (transferSyntaxUid === RLE_LOSSLESS) {
    const planes = decodeRunLength(encoded, bytes, pixels);
    return planes && interleaved(planes, pixels);
  }
  const decoder = DECODERS.get(transferSyntaxUid);
  if (decoder === undefined) return undefined;
  const { Context, NativeCodecs } = await loaded();
  try {
    const context = new Context({
      width: image.columns,
      height: image.rows,
      bitsAllocated: image.bitsAllocated,
      bitsStored: image.bitsStored,
      samplesPerPixel: image.samplesPerPixel,
      pixelRepresentation: image.signed ? 1 : 0,
      planarConfiguration: image.planarConfiguration,
      photometricInterpretation: image.photometricInterpretation,
      encodedBuffer: encoded,
    });
    const decoded = NativeCodecs[decoder](context, {}).getDecodedBuffer();
    return decoded?.length === pixels * bytes ? decoded : undefined;
  } catch {
    // the codecs throw for every kind of damage, with words that are not the user's
    return undefined;
  }
}

let codecs: Promise<Codecs> | undefined;

async function loaded(): Promise<Codecs> {
  codecs ??= (async () => {
    // CommonJS whose names an import of it does not see.
    const library = createRequire(import.meta.url)('dcmjs-codecs') as Codecs;
    await library.NativeCodecs.initializeAsync();
    return library;
  })();
  return codecs;
}

/** The byte planes of RLE come most significant first (PS3.5 §G.2). */
function interleaved(planes: readonly Uint8Array[], pixels: number): Uint8Array {
  const count = planes.length;
  const bytes = new Uint8Array(pixels * count);
  for (const [index, plane] of planes.entries()) {
    for (let pixel = 0; pixel < pixels; pixel += 1) bytes[pixel * count + count - 1 - index] = plane[pixel] ?? 0;
  }
  return bytes;
}
