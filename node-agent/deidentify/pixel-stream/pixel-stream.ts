/**
 * Text that travels inside the pixel data without being part of the image: comments and application
 * segments of compressed frames, and bytes after the last pixel. Pixel data is never changed, so an
 * object that carries such text is set aside. Reads headers only; memory does not grow with the object.
 */
import { closeSync, openSync } from 'node:fs';
import type { BulkValue, DataElement } from '../../dicom/data-set.ts';
import { tagText } from '../../dicom/dictionary.ts';
import type { Part10Object } from '../../dicom/part10-reader.ts';
import { holdsForeignText } from './encoder-signatures.ts';
import { FrameBytes } from './frame-bytes.ts';
import { kindOf, segmentsOf } from './marker-segments.ts';
import { onlyZerosFrom, surplusStart } from './native-surplus.ts';

const PIXEL_DATA: readonly number[] = [0x7fe00010, 0x7fe00008, 0x7fe00009];
const SIGNATURE_BYTES = 8;

/**
 * Where the pixel data carries foreign text, as a sentence without the text; undefined when it carries none.
 * @throws the system's error when the file cannot be read
 */
export function textInPixelStream(object: Pick<Part10Object, 'dataSet' | 'path'>): string | undefined {
  for (const element of object.dataSet.elements) {
    if (!PIXEL_DATA.includes(element.tag)) continue;
    const reason = reasonIn(object, element);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function reasonIn({ dataSet, path }: Pick<Part10Object, 'dataSet' | 'path'>, element: DataElement): string | undefined {
  const { value, tag } = element;
  if (value.kind === 'encapsulated') return withFile(path, (file) => reasonInFrames(file, value.fragments.slice(1)));
  if (value.kind === 'sequence') return undefined;
  const length = value.kind === 'bulk' ? value.length : value.bytes.length;
  const surplus = surplusStart(dataSet, length);
  if (surplus === undefined || withFile(path, (file) => onlyZerosFrom(value, surplus, file))) return undefined;
  return `${tagText(tag)} is longer than its rows, columns and frames: ${length - surplus} bytes belong to no pixel.`;
}

function reasonInFrames(file: number, fragments: readonly BulkValue[]): string | undefined {
  let frame = 0;
  for (const parts of framesOf(file, fragments)) {
    frame += 1;
    for (const segment of segmentsOf(new FrameBytes(file, parts))) {
      if (!holdsForeignText(segment)) continue;
      return `Compressed frame ${frame} holds text beside the image (${segment.name}).`;
    }
  }
  return undefined;
}

/** A frame may be cut into fragments anywhere (PS3.5 §A.4): one begins where a stream begins. */
function* framesOf(file: number, fragments: readonly BulkValue[]): Generator<BulkValue[]> {
  let parts: BulkValue[] = [];
  for (const fragment of fragments) {
    const begins = kindOf(new FrameBytes(file, [fragment]).read(0, SIGNATURE_BYTES)) !== undefined;
    if (begins && parts.length > 0) {
      yield parts;
      parts = [];
    }
    parts.push(fragment);
  }
  if (parts.length > 0) yield parts;
}

function withFile<T>(path: string, work: (file: number) => T): T {
  const file = openSync(path, 'r');
  try {
    return work(file);
  } finally {
    closeSync(file);
  }
}
