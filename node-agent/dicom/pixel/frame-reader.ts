/** Fetches the bytes of one frame from the file, and no others. */
import { type FileHandle, open } from 'node:fs/promises';
import type { BulkValue, DataElement } from '../data-set.ts';
import type { ImageAttributes } from './image-attributes.ts';

const LARGEST_FRAME_BYTES = 128 * 1024 * 1024;
const ITEM_HEADER_BYTES = 8;

/** Bytes per frame of native pixel data; a fraction where pixels are single bits. */
export function nativeFrameBytes(image: ImageAttributes): number {
  const samples = image.photometricInterpretation === 'YBR_FULL_422' ? 2 : image.samplesPerPixel;
  return (image.rows * image.columns * samples * image.bitsAllocated) / 8;
}

/**
 * The bytes of a native frame, starting at the byte its first bit is in.
 * @returns undefined when the pixel data are shorter than the attributes say, or larger than 128 MiB
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
  return readRanges(path, [{ kind: 'bulk', offset: value.offset + start, length: end - start }]);
}

/**
 * The bytes of an encapsulated frame, its fragments joined (PS3.5 §A.4).
 * @returns undefined when it cannot be told which fragments make the frame, or they are larger than 128 MiB
 */
export async function readEncapsulatedFrame(
  path: string,
  pixelData: DataElement,
  frames: number,
  frame: number,
): Promise<Uint8Array | undefined> {
  if (pixelData.value.kind !== 'encapsulated') return undefined;
  const [offsetTable, ...fragments] = pixelData.value.fragments;
  const mine = await fragmentsOf(path, offsetTable, fragments, frames, frame);
  if (mine.length === 0 || mine.reduce((sum, { length }) => sum + length, 0) > LARGEST_FRAME_BYTES) return undefined;
  return readRanges(path, mine);
}

/** One fragment per frame, all for a single frame, else as the Basic Offset Table says, else by where a code stream begins. */
async function fragmentsOf(
  path: string,
  offsetTable: BulkValue | undefined,
  fragments: readonly BulkValue[],
  frames: number,
  frame: number,
): Promise<readonly BulkValue[]> {
  if (fragments.length === frames) return fragments.slice(frame, frame + 1);
  if (frames === 1) return fragments;
  const base = (fragments[0]?.offset ?? 0) - ITEM_HEADER_BYTES;
  const starts =
    offsetTable?.length === frames * 4
      ? await tableOffsets(path, offsetTable)
      : await codeStreamOffsets(path, fragments, base);
  if (starts?.length !== frames) return [];
  const [start = 0, end = Number.POSITIVE_INFINITY] = starts.slice(frame, frame + 2);
  return fragments.filter(({ offset }) => {
    const at = offset - ITEM_HEADER_BYTES - base;
    return at >= start && at < end;
  });
}

async function tableOffsets(path: string, table: BulkValue): Promise<number[] | undefined> {
  const bytes = await readRanges(path, [table]);
  if (bytes === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 4 }, (_, index) => view.getUint32(index * 4, true));
}

/** Every frame is a whole code stream (PS3.5 §A.4): JPEG and JPEG-LS begin with FFD8, JPEG 2000 with FF4F. */
async function codeStreamOffsets(path: string, fragments: readonly BulkValue[], base: number): Promise<number[]> {
  const starts: number[] = [];
  for (const fragment of fragments) {
    const head = await readRanges(path, [{ ...fragment, length: Math.min(2, fragment.length) }]);
    if (head?.[0] === 0xff && (head[1] === 0xd8 || head[1] === 0x4f)) {
      starts.push(fragment.offset - ITEM_HEADER_BYTES - base);
    }
  }
  return starts;
}

async function readRanges(path: string, ranges: readonly BulkValue[]): Promise<Uint8Array | undefined> {
  const bytes = new Uint8Array(ranges.reduce((sum, { length }) => sum + length, 0));
  const handle = await open(path, 'r');
  try {
    let at = 0;
    for (const { offset, length } of ranges) {
      if (!(await fill(handle, bytes.subarray(at, at + length), offset))) return undefined;
      at += length;
    }
    return bytes;
  } finally {
    await handle.close();
  }
}

async function fill(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<boolean> {
  for (let filled = 0; filled < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, offset + filled);
    if (bytesRead === 0) return false;
    filled += bytesRead;
  }
  return true;
}
