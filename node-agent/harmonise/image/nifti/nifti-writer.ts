/** Writes a volume as a compressed NIfTI-1 file. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { endianness } from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Volume } from '../volume.ts';
import { type HeaderText, niftiHeader } from './nifti-header.ts';

const CHUNK_BYTES = 1024 * 1024;

export interface Written {
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * @param path must not exist
 * @returns digest and length of the compressed file, which is the same for the same volume
 * @throws the operating system's error
 */
export async function writeNifti(path: string, volume: Volume, text: HeaderText): Promise<Written> {
  if (endianness() !== 'LE') throw new Error('NIfTI files are written on little endian machines only.');
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(
    Readable.from(chunksOf(volume, text)),
    createGzip({ level: 6 }),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(path, { flags: 'wx', flush: true }),
  );
  return { sha256: hash.digest('hex'), bytes };
}

function* chunksOf({ values, ...volume }: Volume, text: HeaderText): Generator<Uint8Array> {
  yield niftiHeader({ ...volume, values }, text);
  for (let at = 0; at < values.byteLength; at += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, values.byteLength - at);
    yield new Uint8Array(values.buffer, values.byteOffset + at, length);
  }
}
