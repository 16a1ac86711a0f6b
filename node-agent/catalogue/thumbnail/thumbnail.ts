/** A small preview of a stored object: the middle frame as a PNG. */
import type { DataElement } from '../../dicom/data-set.ts';
import { DicomParseError } from '../../dicom/parse-error.ts';
import { type Part10Object, readPart10 } from '../../dicom/part10-reader.ts';
import { nativeFrameBytes, readEncapsulatedFrame, readNativeFrame } from '../../dicom/pixel/frame-reader.ts';
import { type ImageAttributes, imageAttributes } from '../../dicom/pixel/image-attributes.ts';
import { decodeRunLength } from '../../dicom/pixel/run-length.ts';
import { nativeSampler, planeSampler, type Sampler } from '../../dicom/pixel/sampler.ts';
import { PIXEL_DATA } from '../../dicom/tags.ts';
import { transferSyntax } from '../../dicom/uids.ts';
import { displayAsIs, displayColour, displayGrey } from './display.ts';
import { paletteOf } from './palette.ts';
import { encodePng, type Raster } from './png.ts';
import { shrink } from './shrink.ts';

const RLE_LOSSLESS = '1.2.840.10008.1.2.5';
const LARGEST_SIZE = 256;
const COLOUR_SPACES: ReadonlySet<string> = new Set(['RGB', 'YBR_FULL', 'YBR_FULL_422']);

/**
 * Renders the middle frame of uncompressed or RLE pixel data, grey, palette, RGB or YBR.
 * @param size longer side in pixels, at most 256
 * @returns undefined when no preview can be made: no image, another compression, or damaged pixels
 */
export async function renderThumbnail(file: string, size: number): Promise<Buffer | undefined> {
  let object: Part10Object;
  try {
    object = await readPart10(file, { tolerant: true });
  } catch (error) {
    if (error instanceof DicomParseError) return undefined;
    throw error;
  }
  try {
    const raster = await renderMiddleFrame(object, Math.min(size, LARGEST_SIZE));
    return raster && encodePng(raster);
  } finally {
    await object.close();
  }
}

async function renderMiddleFrame(object: Part10Object, size: number): Promise<Raster | undefined> {
  const frames = Math.max(1, imageAttributes(object.dataSet, 0)?.frames ?? 1);
  const frame = Math.floor(frames / 2);
  const image = imageAttributes(object.dataSet, frame);
  const pixelData = object.dataSet.get(PIXEL_DATA);
  if (!image || !pixelData) return undefined;
  const sampler = await samplerOf(object, pixelData, image, frame);
  return sampler && draw(object, image, sampler, size);
}

function draw(object: Part10Object, image: ImageAttributes, sampler: Sampler, size: number): Raster | undefined {
  const { rows, columns, photometricInterpretation, padding } = image;
  if (photometricInterpretation.startsWith('MONOCHROME')) {
    const value = (row: number, column: number) => {
      const stored = sampler(row, column, 0);
      return stored === padding ? Number.NaN : stored;
    };
    return displayGrey(shrink({ rows, columns, channels: 1, value }, size), image);
  }
  if (photometricInterpretation === 'PALETTE COLOR') {
    const palette = paletteOf(object.dataSet);
    if (!palette) return undefined;
    const value = (row: number, column: number, channel: number) => palette(sampler(row, column, 0), channel);
    return displayAsIs(shrink({ rows, columns, channels: 3, value }, size));
  }
  if (!COLOUR_SPACES.has(photometricInterpretation) || image.samplesPerPixel !== 3) return undefined;
  return displayColour(shrink({ rows, columns, channels: 3, value: sampler }, size), image);
}

async function samplerOf(
  object: Part10Object,
  pixelData: DataElement,
  image: ImageAttributes,
  frame: number,
): Promise<Sampler | undefined> {
  if (object.transferSyntaxUid === RLE_LOSSLESS) return runLengthSampler(object, pixelData, image, frame);
  if (transferSyntax(object.transferSyntaxUid)?.encapsulated !== false) return undefined;
  const bytes = await readNativeFrame(object.path, pixelData, image, frame);
  return (
    bytes &&
    nativeSampler(image, {
      bytes,
      littleEndian: object.dataSet.encoding.littleEndian,
      bitOffset: image.bitsAllocated === 1 ? (nativeFrameBytes(image) * frame * 8) % 8 : 0,
      inWords: pixelData.vr === 'OW',
    })
  );
}

async function runLengthSampler(
  object: Part10Object,
  pixelData: DataElement,
  image: ImageAttributes,
  frame: number,
): Promise<Sampler | undefined> {
  if (image.bitsAllocated !== 8 && image.bitsAllocated !== 16) return undefined;
  const fragment = await readEncapsulatedFrame(object.path, pixelData, image.frames, frame);
  const planes = (image.samplesPerPixel * image.bitsAllocated) / 8;
  const decoded = fragment && decodeRunLength(fragment, planes, image.rows * image.columns);
  return decoded && planeSampler(image, decoded);
}
