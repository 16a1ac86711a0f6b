import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';

const PIXEL_DATA = [0x7fe00008, 0x7fe00009, 0x7fe00010];

/**
 * A digest of the pixel data, fragment by fragment; undefined without pixels.
 * @param keep bits of each pixel cell that count
 */
export async function pixelDigest(path: string, keep: readonly number[] = [0xff]): Promise<string | undefined> {
  const object = await readPart10(path, { tolerant: true });
  const handle = await open(object.path, 'r');
  try {
    const hash = createHash('sha256');
    let found = false;
    for (const tag of PIXEL_DATA) {
      const value = object.dataSet.get(tag)?.value;
      if (value === undefined || value.kind === 'sequence') continue;
      found = true;
      if (value.kind === 'bytes') hash.update(kept(value.bytes, keep));
      for (const { offset, length } of value.kind === 'bulk'
        ? [value]
        : value.kind === 'encapsulated'
          ? value.fragments
          : []) {
        const bytes = Buffer.alloc(length);
        await handle.read(bytes, 0, length, offset);
        hash.update(`${value.kind === 'encapsulated' ? length : ''}`).update(kept(bytes, keep));
      }
    }
    return found ? hash.digest('hex') : undefined;
  } finally {
    await handle.close();
    await object.close();
  }
}

function kept(bytes: Uint8Array, keep: readonly number[]): Uint8Array {
  return bytes.map((byte, at) => byte & (keep[at % keep.length] ?? 0));
}
