/** Fetches the bytes of one frame from the file, and no others. */
import { open } from 'node:fs/promises';
import type { BulkValue, DataElement } from '../../dicom/data-set.ts';
import type { ImageAttributes } from './image-attributes.ts';

const LARGEST_FRAME_BYTES = 128 * 1024 * 1024;

/** Bytes per frame of native pixel data; a fraction where pixels are single bits. */
export function nativeFrameBytes(image: ImageAttributes): number {
  const samples = image.photometricInterpretation === 'YBR_FULL_422' ? 2 : image.samplesPerPixel;
  return (image.rows * image.columns * samples * image.bitsAllocated) / 8;
}

/**
 * The bytes of a native frame, starting at the byte its first bit is in.
 * @returns undefined when the pixel data are shorter than the attributes say, or too large for a preview
 */
export async function readNativeFrame(
  path: string,
  pixelData: DataElement,
  image: ImageAttributes,
  frame: number,
): Promise<Uint8Array | undefined> {
  const length = nativeFrameBytes(image);
  const start = Math.floor(length * frame);
  const end = Math.ceil(length * (frame + 1));
  if (end - start > LARGEST_FRAME_BYTES) return undefined;
  const { value } = pixelData;
  if (value.kind === 'bytes') return end <= value.bytes.length ? value.bytes.subarray(start, end) : undefined;
  if (value.kind !== 'bulk' || end > value.length) return undefined;
  return readRange(path, { kind: 'bulk', offset: value.offset + start, length: end - start });
}

/** The fragment that holds a frame of encapsulated RLE (PS3.5 §A.4.2: one fragment per frame). */
export async function readFrameFragment(
  path: string,
  pixelData: DataElement,
  frames: number,
  frame: number,
): Promise<Uint8Array | undefined> {
  if (pixelData.value.kind !== 'encapsulated') return undefined;
  const [, ...fragments] = pixelData.value.fragments;
  const fragment = fragments[frame];
  if (fragments.length !== frames || !fragment || fragment.length > LARGEST_FRAME_BYTES) return undefined;
  return readRange(path, fragment);
}

async function readRange(path: string, { offset, length }: BulkValue): Promise<Uint8Array | undefined> {
  const handle = await open(path, 'r');
  try {
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
      if (bytesRead === 0) return undefined;
      filled += bytesRead;
    }
    return bytes;
  } finally {
    await handle.close();
  }
}
