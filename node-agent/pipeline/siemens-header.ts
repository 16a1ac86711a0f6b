/**
 * The header that Siemens MR scanners before XA put into one private attribute (0029,xx10), "CSA". Its form SV10 is a
 * list of named tags with text values, little endian, each value padded to four bytes.
 */
const SIGNATURE = 'SV10';
const TAG_NAME_BYTES = 64;
/** Name, multiplicity, VR, syngo data type, number of items, a check. */
const TAG_HEAD_BYTES = 84;
const ITEM_HEAD_BYTES = 16;
const MOST_TAGS = 1_000;
const MOST_ITEMS = 1_000;

/** The first value of a tag of the header as text; undefined where there is none or the bytes are no such header. */
export function siemensHeaderValue(bytes: Uint8Array, wanted: string): string | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < 16 || buffer.toString('latin1', 0, 4) !== SIGNATURE) return undefined;
  const tags = buffer.readUInt32LE(8);
  if (tags > MOST_TAGS) return undefined;
  let at = 16;
  for (let tag = 0; tag < tags && at + TAG_HEAD_BYTES <= buffer.length; tag += 1) {
    const name = buffer.toString('latin1', at, at + TAG_NAME_BYTES).split('\0')[0];
    const items = buffer.readUInt32LE(at + 76);
    if (items > MOST_ITEMS) return undefined;
    at += TAG_HEAD_BYTES;
    for (let item = 0; item < items; item += 1) {
      if (at + ITEM_HEAD_BYTES > buffer.length) return undefined;
      const length = buffer.readUInt32LE(at + 4);
      at += ITEM_HEAD_BYTES;
      if (length > buffer.length - at) return undefined;
      if (name === wanted && length > 0)
        return buffer
          .toString('latin1', at, at + length)
          .split('\0')[0]
          ?.trim();
      at += length + ((4 - (length % 4)) % 4);
    }
  }
  return undefined;
}
