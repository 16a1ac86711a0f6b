/** Reads one stored object: whether its file is what the index says, its pixels, and what it refers to. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { BulkValue, DataElement, DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { DicomParseError } from '../../dicom/parse-error.ts';
import { type Part10Object, readPart10 } from '../../dicom/part10-reader.ts';
import { DOUBLE_FLOAT_PIXEL_DATA, FLOAT_PIXEL_DATA, PIXEL_DATA } from '../../dicom/tags.ts';
import { type FrameState, lookAtFrames } from './frame-examination.ts';
import { isListed, type ObjectKinds } from './object-kinds.ts';

/** Number of what is looked at; what an earlier edition found is looked at again. */
export const EXAMINATION_EDITION = 1;

export interface Examination {
  readonly file: 'sound' | 'missing' | 'changed' | 'unreadable';
  readonly instanceUid: string | null;
  /** SHA-256 of the value of Pixel Data, hex; null where there is none or the picture is flat. */
  readonly pixelHash: string | null;
  readonly imageHash: string | null;
  readonly frames: FrameState;
  /** SOP Instance UIDs it is not understood without. */
  readonly references: readonly string[];
}

const NOTHING_SEEN = { instanceUid: null, pixelHash: null, imageHash: null, frames: 'none', references: [] } as const;

/** @param contentHash SHA-256 as the index states it, hex */
export async function examine(file: string, contentHash: string, kinds: ObjectKinds): Promise<Examination> {
  try {
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash);
    if (hash.digest('hex') !== contentHash) return { file: 'changed', ...NOTHING_SEEN };
    return await look(file, kinds);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { file: 'missing', ...NOTHING_SEEN };
    if (error instanceof DicomParseError || (error as NodeJS.ErrnoException).code !== undefined) {
      return { file: 'unreadable', ...NOTHING_SEEN };
    }
    throw error;
  }
}

async function look(file: string, kinds: ObjectKinds): Promise<Examination> {
  const object = await readPart10(file);
  try {
    const { dataSet } = object;
    const pixelData = dataSet.get(PIXEL_DATA);
    const { frames, imageHash, flat } = await lookAtFrames(object, pixelData ?? floatPixelData(dataSet));
    return {
      file: 'sound',
      instanceUid: dataSet.string(tagOf('SOPInstanceUID')) ?? null,
      pixelHash: pixelData && !flat ? await hashOf(object, pixelData) : null,
      imageHash,
      frames,
      references: isListed(dataSet.string(tagOf('SOPClassUID')) ?? '', kinds.referring)
        ? references(dataSet, kinds)
        : [],
    };
  } finally {
    await object.close();
  }
}

function floatPixelData(dataSet: DataSet): DataElement | undefined {
  return dataSet.get(FLOAT_PIXEL_DATA) ?? dataSet.get(DOUBLE_FLOAT_PIXEL_DATA);
}

/** Compressed pixels by their fragments without the offset table, which says nothing of the picture. */
async function hashOf({ path }: Part10Object, { value }: DataElement): Promise<string | null> {
  const hash = createHash('sha256');
  if (value.kind === 'bytes') hash.update(value.bytes);
  if (value.kind === 'bulk') await addRange(hash, path, value);
  if (value.kind === 'encapsulated')
    for (const fragment of value.fragments.slice(1)) await addRange(hash, path, fragment);
  return value.kind === 'sequence' ? null : hash.digest('hex');
}

async function addRange(hash: Hash, path: string, { offset, length }: BulkValue): Promise<void> {
  if (length === 0) return;
  for await (const chunk of createReadStream(path, { start: offset, end: offset + length - 1 })) {
    hash.update(chunk as Buffer);
  }
}

const REFERENCED_CLASS = tagOf('ReferencedSOPClassUID');
const REFERENCED_INSTANCE = tagOf('ReferencedSOPInstanceUID');

/** Every Referenced SOP Instance UID (0008,1155) at any depth that names an object (PS3.3 Table 10-11). */
function references(dataSet: DataSet, kinds: ObjectKinds): string[] {
  const notNeeded = new Set(kinds.notNeeded.map((keyword) => tagOf(keyword)));
  const found = new Set<string>();
  const visit = (item: DataSet) => {
    const uid = item.string(REFERENCED_INSTANCE);
    if (uid && !isListed(item.string(REFERENCED_CLASS) ?? '', kinds.noObjects)) found.add(uid);
    for (const { tag, value } of item.elements) {
      if (value.kind !== 'sequence' || notNeeded.has(tag)) continue;
      for (const inner of value.items) visit(inner.dataSet);
    }
  };
  visit(dataSet);
  return [...found].sort();
}
