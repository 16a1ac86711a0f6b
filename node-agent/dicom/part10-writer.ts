/** Writes a DICOM file (PS3.10 §7.1) as a stream; memory does not depend on the size of bulk values. */
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
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
  /** Of that file where it is open; stays open. */
  readonly sourceDescriptor?: number | undefined;
}

const META_ENCODING: Encoding = { explicit: true, littleEndian: true };
const PREAMBLE_AND_PREFIX = Buffer.concat([new Uint8Array(128), Buffer.from('DICM', 'latin1')]);
/** Divisible by every word size, so that swapping never meets half a word. */
const CHUNK = 256 * 1024;

/**
 * Creates `target` with an empty preamble, File Meta Information and the data set. Values are swapped where the byte
 * order of the data set and of the transfer syntax differ; pixel data is never re-encoded. Nothing stays behind when it
 * fails. The file is not forced to the disk: whoever gives it its place does that, for many at a time. Files are read and
 * written without giving way to anything else: this is work for a process of its own.
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
  const output = new Output(openSync(target, 'wx', 0o600));
  try {
    output.write(Buffer.concat([PREAMBLE_AND_PREFIX, metaBytes(content.meta)]));
    const pieces = new DataSetEncoder(syntax.encoding).encode(content.dataSet);
    const chunks = chunksOf(pieces, content);
    if (syntax.deflated) await writeDeflated(chunks, output);
    else for (const chunk of chunks) output.write(chunk);
    output.close();
    return { bytes: output.bytes };
  } catch (error) {
    output.close();
    unlinkSync(target);
    throw error;
  }
}

class Output {
  #descriptor: number | undefined;
  bytes = 0;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  write(chunk: Uint8Array): void {
    if (this.#descriptor === undefined) return;
    for (let written = 0; written < chunk.length; ) {
      written += writeSync(this.#descriptor, chunk, written, chunk.length - written);
    }
    this.bytes += chunk.length;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
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
async function writeDeflated(chunks: Iterable<Uint8Array>, output: Output): Promise<void> {
  const start = output.bytes;
  await pipeline(Readable.from(chunks), createDeflateRaw(), async (deflated: AsyncIterable<Uint8Array>) => {
    for await (const chunk of deflated) output.write(chunk);
  });
  if ((output.bytes - start) % 2 === 1) output.write(new Uint8Array(1));
}

/** Joins small pieces into chunks and copies bulk values from the source, which is opened only if there are any. */
function* chunksOf(
  pieces: Iterable<Piece>,
  { source, sourceDescriptor }: Pick<Part10Content, 'source' | 'sourceDescriptor'>,
): Generator<Uint8Array> {
  let descriptor = sourceDescriptor;
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
        descriptor ??= openSync(source, 'r');
        yield* copied(descriptor, piece);
      }
    }
    if (pendingBytes > 0) yield Buffer.concat(pending);
  } finally {
    if (descriptor !== undefined && descriptor !== sourceDescriptor) closeSync(descriptor);
  }
}

function keepBits(chunk: Uint8Array, pattern: Uint8Array, from: number): void {
  for (let at = 0; at < chunk.length; at += 1)
    chunk[at] = (chunk[at] ?? 0) & (pattern[(from + at) % pattern.length] ?? 0);
}

function* copied(descriptor: number, { bulk, swapWidth }: Extract<Piece, { kind: 'copy' }>): Generator<Uint8Array> {
  let position = bulk.offset;
  const end = bulk.offset + bulk.length;
  while (position < end) {
    const wanted = Math.min(CHUNK, end - position);
    // A new buffer each time: a deflating consumer may still hold the one before.
    const chunk = Buffer.allocUnsafeSlow(wanted);
    let filled = 0;
    while (filled < wanted) {
      const read = readSync(descriptor, chunk, filled, wanted - filled, position + filled);
      if (read === 0) throw new Error('The file cannot be written: its source is shorter than when it was read.');
      filled += read;
    }
    if (bulk.keep !== undefined) keepBits(chunk, bulk.keep, position - bulk.offset);
    if (swapWidth > 1) swapWords(chunk, swapWidth);
    yield chunk;
    position += wanted;
  }
}
