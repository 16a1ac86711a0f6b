/** Deflated data sets (PS3.5 §A.5): inflated into a private temporary file, so that values can be read at random. */
import { createReadStream } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { DicomParseError } from './parse-error.ts';
import type { ReadLimits } from './read-limits.ts';

/**
 * Inflates the bytes of `path` from `offset` on. Bytes after the end of the deflate stream (padding) are ignored.
 * @param copy where the copy goes; must not exist, and the caller removes it
 * @throws DicomParseError 'inflate' when the bytes are no deflate stream, 'limit' when there would be too many
 */
export async function inflateToFile(
  path: string,
  offset: number,
  deflatedBytes: number,
  copy: string,
  limits: ReadLimits,
): Promise<void> {
  const handle = await open(copy, 'wx', 0o600);
  try {
    await pipeline(
      createReadStream(path, { start: offset }),
      createInflateRaw(),
      async (chunks: AsyncIterable<Uint8Array>) => {
        let total = 0;
        for await (const chunk of chunks) {
          total += chunk.length;
          requireModest(total, deflatedBytes, offset, limits);
          await handle.appendFile(chunk);
        }
      },
    );
    await handle.close();
  } catch (error) {
    await handle.close();
    await unlink(copy);
    if (error instanceof DicomParseError || !isZlibError(error)) throw error;
    throw new DicomParseError('inflate', 'The data set is said to be deflated, but it does not inflate.', offset);
  }
}

function requireModest(inflated: number, deflated: number, offset: number, limits: ReadLimits): void {
  const tooMany = inflated > limits.maximumInflatedBytes;
  const tooDense = inflated > limits.inflationRatioFrom && inflated > deflated * limits.maximumInflationRatio;
  if (tooMany || tooDense) {
    throw new DicomParseError('limit', 'The deflated data set grows beyond the limit when inflated.', offset);
  }
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}
