/** Bytes of uncompressed Pixel Data that belong to no pixel (PS3.5 §8.1.1). */
import { readSync } from 'node:fs';
import type { DataSet, ElementValue } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';

const TAGS = {
  rows: tagOf('Rows'),
  columns: tagOf('Columns'),
  samples: tagOf('SamplesPerPixel'),
  bits: tagOf('BitsAllocated'),
  frames: tagOf('NumberOfFrames'),
  photometric: tagOf('PhotometricInterpretation'),
} as const;
const BLOCK = 64 * 1024;
/** Samples per pixel where the colour is subsampled (PS3.3 §C.7.6.3.1.2). */
const SUBSAMPLED: Readonly<Record<string, number>> = { YBR_FULL_422: 2, YBR_PARTIAL_422: 2, YBR_PARTIAL_420: 1.5 };

/** Where in the value the bytes after the last pixel begin; undefined when there are none or it cannot be told. */
export function surplusStart(dataSet: DataSet, length: number): number | undefined {
  const [rows, columns, bits] = [TAGS.rows, TAGS.columns, TAGS.bits].map((tag) => dataSet.number(tag));
  if (!rows || !columns || !bits) return undefined;
  const cells = rows * columns * Math.max(1, dataSet.number(TAGS.frames) ?? 1);
  const bytesOf = (samples: number): number => even(Math.ceil((cells * samples * bits) / 8));
  const full = bytesOf(dataSet.number(TAGS.samples) ?? 1);
  if (length <= full) {
    // Many writers state a subsampled colour model over pixels that are not: those fill the value exactly.
    const samples = SUBSAMPLED[dataSet.string(TAGS.photometric) ?? ''];
    if (samples === undefined || length === full) return undefined;
    return length > bytesOf(samples) ? bytesOf(samples) : undefined;
  }
  return full;
}

/** Whether only zeros follow in the value. @param file an open descriptor of the file that bulk values point into */
export function onlyZerosFrom(value: ElementValue, start: number, file: number): boolean {
  if (value.kind === 'bytes') return value.bytes.subarray(start).every((byte) => byte === 0);
  if (value.kind !== 'bulk') return true;
  const block = Buffer.alloc(BLOCK);
  for (let position = start; position < value.length; position += BLOCK) {
    const length = Math.min(BLOCK, value.length - position);
    const found = block.subarray(0, readSync(file, block, 0, length, value.offset + position));
    if (found.some((byte) => byte !== 0)) return false;
  }
  return true;
}

function even(length: number): number {
  return length + (length % 2);
}
