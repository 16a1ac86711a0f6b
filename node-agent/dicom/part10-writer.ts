/** Writes a DICOM file (PS3.10 §7.1) as a stream; memory does not depend on the size of bulk values. */
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createDeflateRaw } from 'node:zlib';
import type { DataElement, DataSet, Encoding } from './data-set.ts';
import { DataSetEncoder, type Piece, swapWords } from './data-set-encoder.ts';
import { DataSetView } from './data-set-view.ts';
import { numberElement } from './element.ts';
import { FILE_META_GROUP_LENGTH, TRANSFER_SYNTAX_UID } from './tags.ts';
import { transferSyntax } from './uids.ts';

interface Part10Content {
  /** Group 0002; its group length is computed. */
  readonly meta: readonly DataElement[];
  readonly dataSet: DataSet;
  readonly transferSyntaxUid: string;
  /** The file that the bulk values of the data set point into. */
  readonly source: string;
}

const META_ENCODING: Encoding = { explicit: true, littleEndian: true };
const PREAMBLE_AND_PREFIX = Buffer.concat([new Uint8Array(128), Buffer.from('DICM', 'latin1')]);
/** Divisible by every word size, so that swapping never meets half a word. */
const CHUNK = 64 * 1024;

/**
 * Creates `target` with an empty preamble, File Meta Information and the data set, and syncs it to disk.
 * Values are swapped where the byte order of the data set and of the transfer syntax differ; pixel data is
 * never re-encoded. Nothing stays behind when it fails.
 * @returns the size of the file in bytes
 * @throws Error when the target exists, the transfer syntax is unknown or contradicts the meta, or the source ends early
 */
export async function writePart10(target: string, content: Part10Content): Promise<{ bytes: number }> {
  const syntax = transferSyntax(content.transferSyntaxUid);
  if (syntax === undefined) throw new Error('The file cannot be written: its transfer syntax is not known here.');
  const meta = new DataSetView(META_ENCODING, content.meta);
  if (meta.string(TRANSFER_SYNTAX_UID) !== content.transferSyntaxUid) {
    throw new Error('The file cannot be written: its File Meta Information states another transfer syntax.');
  }
  const handle = await open(target, 'wx', 0o600);
  try {
    const output = new Output(handle);
    await output.write(PREAMBLE_AND_PREFIX);
    await output.write(metaBytes(content.meta));
    const pieces = new DataSetEncoder(syntax.encoding).encode(content.dataSet);
    const chunks = chunksOf(pieces, content.source);
    if (syntax.deflated) await writeDeflated(chunks, output);
    else for await (const chunk of chunks) await output.write(chunk);
    await handle.sync();
    await handle.close();
    return { bytes: output.bytes };
  } catch (error) {
    await handle.close();
    await unlink(target);
    throw error;
  }
}

class Output {
  readonly #handle: FileHandle;
  bytes = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let written = 0; written < chunk.length; ) {
      written += (await this.#handle.write(chunk, written, chunk.length - written)).bytesWritten;
    }
    this.bytes += chunk.length;
  }
}

function metaBytes(elements: readonly DataElement[]): Uint8Array {
  const others = elements.filter(({ tag }) => tag !== FILE_META_GROUP_LENGTH);
  const group = encodeSmall(others);
  const length = numberElement(META_ENCODING, FILE_META_GROUP_LENGTH, 'UL', [group.length]);
  return Buffer.concat([encodeSmall([length]), group]);
}

function encodeSmall(elements: readonly DataElement[]): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (const piece of new DataSetEncoder(META_ENCODING).encode(new DataSetView(META_ENCODING, elements))) {
    if (piece.kind !== 'bytes') throw new Error('The file cannot be written: its File Meta Information is too large.');
    chunks.push(piece.bytes);
  }
  return Buffer.concat(chunks);
}

/** Raw deflate, padded to an even number of bytes (PS3.5 §A.5). */
async function writeDeflated(chunks: AsyncIterable<Uint8Array>, output: Output): Promise<void> {
  const start = output.bytes;
  await pipeline(Readable.from(chunks), createDeflateRaw(), async (deflated: AsyncIterable<Uint8Array>) => {
    for await (const chunk of deflated) await output.write(chunk);
  });
  if ((output.bytes - start) % 2 === 1) await output.write(new Uint8Array(1));
}

/** Joins small pieces into chunks and copies bulk values from the source, which is opened only if there are any. */
async function* chunksOf(pieces: Iterable<Piece>, source: string): AsyncGenerator<Uint8Array> {
  let handle: FileHandle | undefined;
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  try {
    for (const piece of pieces) {
      if (piece.kind === 'bytes') {
        pending.push(piece.bytes);
        pendingBytes += piece.bytes.length;
        if (pendingBytes < CHUNK) continue;
      }
      if (pendingBytes > 0) yield Buffer.concat(pending);
      pending = [];
      pendingBytes = 0;
      if (piece.kind === 'copy') {
        handle ??= await open(source, 'r');
        yield* copied(handle, piece);
      }
    }
    if (pendingBytes > 0) yield Buffer.concat(pending);
  } finally {
    await handle?.close();
  }
}

function keepBits(chunk: Uint8Array, pattern: Uint8Array, from: number): void {
  for (let at = 0; at < chunk.length; at += 1)
    chunk[at] = (chunk[at] ?? 0) & (pattern[(from + at) % pattern.length] ?? 0);
}

async function* copied(
  handle: FileHandle,
  { bulk, swapWidth }: Extract<Piece, { kind: 'copy' }>,
): AsyncGenerator<Uint8Array> {
  let position = bulk.offset;
  const end = bulk.offset + bulk.length;
  while (position < end) {
    const wanted = Math.min(CHUNK, end - position);
    // A new buffer each time: a deflating consumer may still hold the one before.
    const chunk = new Uint8Array(wanted);
    let filled = 0;
    while (filled < wanted) {
      const { bytesRead } = await handle.read(chunk, filled, wanted - filled, position + filled);
      if (bytesRead === 0) throw new Error('The file cannot be written: its source is shorter than when it was read.');
      filled += bytesRead;
    }
    if (bulk.keep !== undefined) keepBits(chunk, bulk.keep, position - bulk.offset);
    if (swapWidth > 1) swapWords(chunk, swapWidth);
    yield chunk;
    position += wanted;
  }
}
