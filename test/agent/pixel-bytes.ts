/** The bytes of Pixel Data as they lie in a file, whatever their form. */
import { readFileSync } from 'node:fs';
import type { Part10Object } from '../../node-agent/dicom/part10-reader.ts';

/** Pixel Data, Float Pixel Data, Double Float Pixel Data (PS3.3 §C.7.6.3, C.7.6.24, C.7.6.25). */
const PIXELS = new Set([0x7fe00010, 0x7fe00008, 0x7fe00009]);

/** Values of the pixel elements, fragment by fragment with the length of each; empty when there are none. */
export function pixelBytes(object: Part10Object): Buffer {
  const content = readFileSync(object.path);
  const parts: Buffer[] = [];
  for (const { tag, value } of object.dataSet.elements) {
    if (!PIXELS.has(tag)) continue;
    if (value.kind === 'bytes') parts.push(Buffer.from(value.bytes));
    if (value.kind === 'bulk') parts.push(content.subarray(value.offset, value.offset + value.length));
    if (value.kind !== 'encapsulated') continue;
    for (const { offset, length } of value.fragments) {
      parts.push(Buffer.from(`${length}:`), content.subarray(offset, offset + length));
    }
  }
  return Buffer.concat(parts);
}

/** Everything a file holds: as it lies on the disk, and inflated as well when its data set is deflated. */
export function wholeBytes(path: string, object: Part10Object): Buffer {
  const content = readFileSync(path);
  return object.path === path ? content : Buffer.concat([content, readFileSync(object.path)]);
}

/** The same without pixel data, in which short texts turn up by chance. */
export function bytesBesidePixels(path: string, object: Part10Object): Buffer {
  const content = readFileSync(object.path);
  const parts: Buffer[] = object.path === path ? [] : [readFileSync(path).subarray(0, object.dataSetOffset)];
  let from = 0;
  for (const { tag, value } of object.dataSet.elements) {
    if (!PIXELS.has(tag) || value.kind === 'bytes' || value.kind === 'sequence') continue;
    for (const { offset, length } of value.kind === 'bulk' ? [value] : value.fragments) {
      parts.push(content.subarray(from, offset));
      from = offset + length;
    }
  }
  return Buffer.concat([...parts, content.subarray(from)]);
}
