/** Decodes the frames of an object as far as there are codecs here, and makes 256 bits of the middle one. */
import { samplerOf } from '../../catalogue/thumbnail/thumbnail.ts';
import type { DataElement } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import type { Part10Object } from '../../dicom/part10-reader.ts';
import { canDecode, RLE_LOSSLESS } from '../../dicom/pixel/codec.ts';
import { nativeFrameBytes, readEncapsulatedFrame } from '../../dicom/pixel/frame-reader.ts';
import { type ImageAttributes, imageAttributes } from '../../dicom/pixel/image-attributes.ts';
import { decodeRunLength } from '../../dicom/pixel/run-length.ts';
import type { Sampler } from '../../dicom/pixel/sampler.ts';
import { readStoredValues } from '../../dicom/pixel/stored-values.ts';
import { FLOAT_PIXEL_DATA, PIXEL_DATA } from '../../dicom/tags.ts';
import { transferSyntax } from '../../dicom/uids.ts';

/** `not-here`: a compression of which only the number of frames could be checked. */
export type FrameState = 'none' | 'decoded' | 'not-here' | 'broken';

export interface FramesSeen {
  readonly frames: FrameState;
  /** 256 bits, hex; null where the middle frame could not be decoded or is flat. */
  readonly imageHash: string | null;
  /** Whether the middle frame is the same everywhere. */
  readonly flat: boolean;
}

const ROWS = 16;
const PLACES = 17;
/** Pixels looked at in one place, along each side. */
const LOOKED_AT = 8;

/** @param pixelData of whatever kind; undefined where the object has none */
export async function lookAtFrames(object: Part10Object, pixelData: DataElement | undefined): Promise<FramesSeen> {
  const stated = object.dataSet.number(tagOf('Rows'));
  if (!pixelData) return { frames: stated ? 'broken' : 'none', imageHash: null, flat: false };
  const image = imageAttributes(object.dataSet, 0);
  if (!image) return { frames: 'broken', imageHash: null, flat: false };
  const frames = await stateOf(object, pixelData, image);
  if (frames !== 'decoded' || pixelData.tag !== PIXEL_DATA) return { frames, imageHash: null, flat: false };
  const sampler = await middleFrame(object, pixelData, image);
  const places = sampler && brightness(sampler, image);
  if (!places) return { frames, imageHash: null, flat: false };
  const flat = places.every((value) => value === places[0]);
  return { frames, flat, imageHash: flat ? null : bitsOf(places) };
}

async function stateOf(object: Part10Object, pixelData: DataElement, image: ImageAttributes): Promise<FrameState> {
  const { value } = pixelData;
  if (value.kind === 'bytes' || value.kind === 'bulk') {
    const length = value.kind === 'bytes' ? value.bytes.length : value.length;
    return length >= Math.ceil(lengthOf(pixelData, image)) ? 'decoded' : 'broken';
  }
  if (value.kind !== 'encapsulated' || transferSyntax(object.transferSyntaxUid)?.encapsulated !== true) return 'broken';
  if (decodesGrey(object, image)) return greyState(object, pixelData, image);
  if (object.transferSyntaxUid === RLE_LOSSLESS) return runLengthState(object, pixelData, image);
  // A frame may have several fragments, never less than one (PS3.5 §A.4).
  const fragments = value.fragments.slice(1).filter(({ length }) => length > 0);
  return fragments.length >= image.frames ? 'not-here' : 'broken';
}

/** The codecs here give images of one sample per pixel. */
function decodesGrey({ transferSyntaxUid }: Part10Object, { samplesPerPixel }: ImageAttributes): boolean {
  return samplesPerPixel === 1 && canDecode(transferSyntaxUid);
}

async function greyState(object: Part10Object, pixelData: DataElement, image: ImageAttributes): Promise<FrameState> {
  for (let frame = 0; frame < image.frames; frame += 1) {
    if (typeof (await readStoredValues(object, pixelData, image, frame)) === 'string') return 'broken';
  }
  return 'decoded';
}

async function middleFrame(
  object: Part10Object,
  pixelData: DataElement,
  image: ImageAttributes,
): Promise<Sampler | undefined> {
  const frame = Math.floor(image.frames / 2);
  if (image.samplesPerPixel !== 1) return samplerOf(object, pixelData, image, frame);
  const values = await readStoredValues(object, pixelData, image, frame);
  return typeof values === 'string' ? undefined : (row, column) => values[row * image.columns + column] ?? 0;
}

function lengthOf({ tag }: DataElement, image: ImageAttributes): number {
  if (tag === PIXEL_DATA) return nativeFrameBytes(image) * image.frames;
  return image.rows * image.columns * image.frames * (tag === FLOAT_PIXEL_DATA ? 4 : 8);
}

async function runLengthState(
  object: Part10Object,
  pixelData: DataElement,
  image: ImageAttributes,
): Promise<FrameState> {
  const planes = (image.samplesPerPixel * image.bitsAllocated) / 8;
  for (let frame = 0; frame < image.frames; frame += 1) {
    const fragment = await readEncapsulatedFrame(object.path, pixelData, image.frames, frame);
    if (!fragment || !decodeRunLength(fragment, planes, image.rows * image.columns)) return 'broken';
  }
  return 'decoded';
}

/** Mean of the first channel at 16 by 17 places, row by row. */
function brightness(sampler: Sampler, { rows, columns }: ImageAttributes): number[] {
  const means: number[] = [];
  for (let y = 0; y < ROWS; y += 1) {
    for (let x = 0; x < PLACES; x += 1) {
      means.push(meanOf(sampler, spanOf(y, ROWS, rows), spanOf(x, PLACES, columns)));
    }
  }
  return means;
}

interface Span {
  readonly from: number;
  readonly until: number;
  readonly step: number;
}

function spanOf(place: number, places: number, pixels: number): Span {
  const from = Math.floor((place * pixels) / places);
  const until = Math.max(from + 1, Math.floor(((place + 1) * pixels) / places));
  return { from, until, step: Math.max(1, Math.floor((until - from) / LOOKED_AT)) };
}

function meanOf(sampler: Sampler, rows: Span, columns: Span): number {
  let sum = 0;
  let count = 0;
  for (let row = rows.from; row < rows.until; row += rows.step) {
    for (let column = columns.from; column < columns.until; column += columns.step) {
      sum += sampler(row, column, 0);
      count += 1;
    }
  }
  return sum / count;
}

/** A bit for each two neighbours in a row: whether the right one is brighter. */
function bitsOf(places: readonly number[]): string {
  let hex = '';
  for (let y = 0; y < ROWS; y += 1) {
    for (let x = 0; x < PLACES - 1; x += 4) {
      let digit = 0;
      for (let bit = 0; bit < 4; bit += 1) {
        const at = y * PLACES + x + bit;
        digit = digit * 2 + ((places[at + 1] ?? 0) > (places[at] ?? 0) ? 1 : 0);
      }
      hex += digit.toString(16);
    }
  }
  return hex;
}
