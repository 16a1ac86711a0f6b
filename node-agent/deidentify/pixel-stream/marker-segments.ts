/** Walks the segments of compressed frames that may hold something else than the image; reads no image data. */
import { BOXES, type Segment } from './encoder-signatures.ts';
import type { FrameBytes } from './frame-bytes.ts';

const LARGEST_PAYLOAD = 0xffff;
const TAIL = 4096;
/** Encoders that fill frames up to whole words leave what was in their buffer. */
const LONGEST_ALIGNMENT = 8;
const END_OF_IMAGE = Buffer.from([0xff, 0xd9]);
const SIGNATURES = {
  jpeg: Buffer.from([0xff, 0xd8]),
  jpeg2000: Buffer.from([0xff, 0x4f, 0xff, 0x51]),
  /** JP2 (ISO/IEC 15444-1 Annex I) and JPEG XL (ISO/IEC 18181-2) begin with a box of twelve bytes. */
  boxes: [Buffer.from('\0\0\0\x0cjP  ', 'latin1'), Buffer.from('\0\0\0\x0cJXL ', 'latin1')],
} as const;

type Kind = 'jpeg' | 'jpeg2000' | 'boxes';

/** How a frame that begins with these bytes is compressed; undefined when no walker knows it. */
export function kindOf(start: Uint8Array): Kind | undefined {
  const begins = (signature: Buffer): boolean => signature.equals(start.subarray(0, signature.length));
  if (begins(SIGNATURES.jpeg) && (start[2] ?? 0xff) === 0xff) return 'jpeg';
  if (begins(SIGNATURES.jpeg2000)) return 'jpeg2000';
  return SIGNATURES.boxes.some(begins) ? 'boxes' : undefined;
}

/** Every segment of the frame beside the image: before the image data, and after its end. */
export function* segmentsOf(frame: FrameBytes): Generator<Segment> {
  switch (kindOf(frame.read(0, 8))) {
    case 'jpeg':
      yield* jpegSegments(frame);
      yield* afterEnd(frame);
      break;
    case 'jpeg2000':
      yield* codestreamSegments(frame, 0);
      yield* afterEnd(frame);
      break;
    case 'boxes':
      yield* boxesIn(frame, 0, frame.length);
      break;
  }
}

/** JPEG and JPEG-LS up to the first scan (ISO/IEC 10918-1 Annex B, ISO/IEC 14495-1 Annex C). */
function* jpegSegments(frame: FrameBytes): Generator<Segment> {
  let position = 2;
  for (;;) {
    if (frame.number(position, 1) !== 0xff) {
      // Decoders skip what stands between two segments.
      const filler = frame.read(position, LARGEST_PAYLOAD);
      const length = filler.indexOf(0xff);
      yield { name: 'filler', payload: length < 0 ? filler : filler.subarray(0, length) };
      if (length < 0) return;
      position += length;
    }
    const marker = frame.number(position + 1, 1);
    if (marker === undefined || marker === 0xda || marker === 0xd9) return;
    if (marker === 0xff) {
      position += 1;
    } else if (marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      position += 2;
    } else {
      const length = frame.number(position + 2, 2);
      if (length === undefined || length < 2) return;
      const name = jpegName(marker);
      if (name !== undefined) yield { name, payload: frame.read(position + 4, length - 2) };
      position += 2 + length;
    }
  }
}

/** The segments that hold no table of the decoder. */
function jpegName(marker: number): string | undefined {
  if (marker === 0xfe) return 'COM';
  if (marker >= 0xe0 && marker <= 0xef) return `APP${marker - 0xe0}`;
  const reserved = marker < 0xc0 || (marker >= 0xf0 && marker !== 0xf7 && marker !== 0xf8);
  return reserved ? 'reserved' : undefined;
}

const [START_OF_TILE_PART, START_OF_DATA, COMMENT] = [0xff90, 0xff93, 0xff64];

/** The comments of the main header and of every tile-part header (ISO/IEC 15444-1 Annex A). */
function* codestreamSegments(frame: FrameBytes, start: number): Generator<Segment> {
  let position = start + 2;
  let tilePart = 0;
  for (;;) {
    const marker = frame.number(position, 2);
    if (marker === undefined || marker === 0xffd9 || marker < 0xff00) return;
    if (marker === START_OF_DATA) {
      const length = frame.number(tilePart + 6, 4) ?? 0;
      if (tilePart + length <= position) return;
      position = tilePart + length;
      continue;
    }
    if (marker === START_OF_TILE_PART) tilePart = position;
    const length = frame.number(position + 2, 2);
    if (length === undefined || length < 2) return;
    // A comment begins with two bytes that say whether it is meant as text.
    if (marker === COMMENT && length > 4) yield { name: 'COM', payload: frame.read(position + 6, length - 4) };
    position += 2 + length;
  }
}

const BOX_HEADER = 8;
const LONG_BOX_HEADER = 16;
/** What begins a box of type uuid and says of what kind it is. */
const UUID_BYTES = 16;

function* boxesIn(frame: FrameBytes, start: number, end: number): Generator<Segment> {
  let position = start;
  while (position + BOX_HEADER <= end) {
    const stated = frame.number(position, 4) ?? 0;
    const type = frame.read(position + 4, 4).toString('latin1');
    const long = stated === 1;
    const length = long ? largeLength(frame, position) : stated === 0 ? end - position : stated;
    const content = position + (long ? LONG_BOX_HEADER : BOX_HEADER);
    const next = position + length;
    if (next < content || next > end) break;
    if (BOXES.codestreams.has(type)) yield* codestreamSegments(frame, content);
    else if (BOXES.parents.has(type)) yield* boxesIn(frame, content, next);
    else if (!BOXES.plain.has(type)) {
      const start = Math.min(next, content + (type === 'uuid' ? UUID_BYTES : 0));
      yield { name: 'box', payload: frame.read(start, Math.min(next - start, LARGEST_PAYLOAD)) };
    }
    position = next;
  }
  if (position < end) yield { name: 'trailer', payload: frame.read(position, Math.min(end - position, TAIL)) };
}

function largeLength(frame: FrameBytes, position: number): number {
  return (frame.number(position + 8, 4) ?? 0) * 2 ** 32 + (frame.number(position + 12, 4) ?? 0);
}

/** What follows the end of the image, as far as it is near the end of the frame. */
function* afterEnd(frame: FrameBytes): Generator<Segment> {
  const tail = frame.read(Math.max(0, frame.length - TAIL), TAIL);
  const end = tail.lastIndexOf(END_OF_IMAGE);
  const trailer = tail.subarray(end + END_OF_IMAGE.length);
  if (end >= 0 && trailer.length > LONGEST_ALIGNMENT) yield { name: 'trailer', payload: trailer };
}
