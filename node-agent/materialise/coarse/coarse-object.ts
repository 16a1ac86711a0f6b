/** Copies of objects with coarser headers: pixel data is moved unchanged, everything else is written anew. */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readPart10 } from '../../dicom/part10-reader.ts';
import { writePart10 } from '../../dicom/part10-writer.ts';
import { hashOfFile } from '../placing/content-hash.ts';
import type { CoarseHeader } from './coarse-header.ts';

export interface CoarseTask {
  readonly source: string;
  /** A name that does not exist yet. */
  readonly target: string;
  /** SHA-256 of the source as the dataset's check saw it, hexadecimal. */
  readonly contentHash: string;
}

export type CoarseAnswer =
  | { readonly kind: 'written'; readonly bytes: number; readonly sha256: string }
  /** The source is not what the check saw. */
  | { readonly kind: 'changed' }
  /** The object holds what nobody can look into. */
  | { readonly kind: 'opaque' }
  /** It cannot be read or written; the system's code, or the name of the error. */
  | { readonly kind: 'failed'; readonly code: string };

/** Writes the copy, durable and read-only; nothing stays where it fails. Never throws. */
export async function writeCoarse(
  { source, target, contentHash }: CoarseTask,
  header: CoarseHeader,
): Promise<CoarseAnswer> {
  try {
    if ((await hashOfFile(source)).sha256 !== contentHash) return { kind: 'changed' };
    const inflated = { temporaryFolder: dirname(target), temporaryName: '.inflated' };
    const object = await readPart10(source, { tolerant: true, blocking: true, ...inflated });
    try {
      if (header.isOpaque(object.dataSet)) return { kind: 'opaque' };
      const { transferSyntaxUid, path, descriptor, meta } = object;
      const dataSet = header.of(object.dataSet);
      const content = { meta: meta?.elements ?? [], dataSet, transferSyntaxUid, source: path };
      await writePart10(target, { ...content, sourceDescriptor: descriptor });
    } finally {
      await object.close();
    }
    makeDurable(target);
    await chmod(target, 0o400);
    return { kind: 'written', ...(await hashOfFile(target)) };
  } catch (error) {
    await rm(target, { force: true });
    const code = (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.name : 'unknown');
    return { kind: 'failed', code };
  }
}

function makeDurable(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
