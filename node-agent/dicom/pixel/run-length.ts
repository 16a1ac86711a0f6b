/** RLE Lossless of one frame (PS3.5 Annex G). */

const HEADER_BYTES = 64;
const MOST_SEGMENTS = 15;

/**
 * Decodes the byte planes of a frame: one segment per byte of each sample, most significant first.
 * @param pixels bytes per plane, rows times columns
 * @returns undefined when the data are damaged or have another number of segments
 */
export function decodeRunLength(frame: Uint8Array, planes: number, pixels: number): Uint8Array[] | undefined {
  if (frame.length < HEADER_BYTES || planes > MOST_SEGMENTS) return undefined;
  const header = new DataView(frame.buffer, frame.byteOffset, HEADER_BYTES);
  if (header.getUint32(0, true) !== planes) return undefined;
  const decoded: Uint8Array[] = [];
  for (let plane = 0; plane < planes; plane += 1) {
    const start = header.getUint32(4 + plane * 4, true);
    const end = plane + 1 < planes ? header.getUint32(8 + plane * 4, true) : frame.length;
    if (start < HEADER_BYTES || end < start || end > frame.length) return undefined;
    const bytes = decodeSegment(frame.subarray(start, end), pixels);
    if (bytes === undefined) return undefined;
    decoded.push(bytes);
  }
  return decoded;
}

/** PackBits (PS3.5 §G.3.2); bytes after the last pixel are padding. */
function decodeSegment(segment: Uint8Array, length: number): Uint8Array | undefined {
  const output = new Uint8Array(length);
  let read = 0;
  let written = 0;
  while (written < length && read < segment.length) {
    const control = segment[read] ?? 128;
    read += 1;
    if (control === 128) continue;
    const count = Math.min(control < 128 ? control + 1 : 257 - control, length - written);
    if (control < 128) {
      if (read + count > segment.length) return undefined;
      output.set(segment.subarray(read, read + count), written);
      read += control + 1;
    } else {
      const value = segment[read];
      if (value === undefined) return undefined;
      output.fill(value, written, written + count);
      read += 1;
    }
    written += count;
  }
  return written === length ? output : undefined;
}
