/** The files of a series as input: each is described once and left on the disk. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { tagOf } from '../../dicom/dictionary.ts';
import { DicomParseError } from '../../dicom/parse-error.ts';
import { type Part10Object, readPart10 } from '../../dicom/part10-reader.ts';
import { imageAttributes } from '../../dicom/pixel/image-attributes.ts';
import { PIXEL_DATA } from '../../dicom/tags.ts';
import { describeFrame } from './frame-description.ts';
import { type PlacedFrame, requirePlace } from './frame-groups.ts';
import { ImageRefusal } from './image-refusal.ts';
import { isSegmentation } from './segmentation.ts';

export interface SeriesInput {
  readonly path: string;
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  /** Of the whole file, hexadecimal. */
  readonly sha256: string;
}

export interface ReadInput {
  readonly input: SeriesInput;
  readonly frames: readonly PlacedFrame[];
}

const RT_DOSE = '1.2.840.10008.5.1.4.1.1.481.2';

/** Opens a file, and closes it (and its inflated copy) when the work is done. */
export async function withObject<Result>(
  path: string,
  work: (object: Part10Object) => Promise<Result>,
): Promise<Result> {
  const object = await openObject(path);
  try {
    return await work(object);
  } finally {
    await object.close();
  }
}

async function openObject(path: string): Promise<Part10Object> {
  try {
    return await readPart10(path, { tolerant: true });
  } catch (error) {
    if (!(error instanceof DicomParseError)) throw error;
    throw new ImageRefusal('not-an-image', 'A file is not a readable DICOM object. It is left where it is.');
  }
}

/**
 * Where the frames of a file lie and what they are; no pixel is read.
 * @param file the number by which the frames refer to it
 * @throws ImageRefusal when the object has no frames that can be in a volume
 */
export async function readInput(path: string, file: number): Promise<ReadInput> {
  const sha256 = await digestOf(path);
  return withObject(path, async (object) => {
    const { dataSet } = object;
    const input = {
      path,
      sha256,
      sopInstanceUid: dataSet.string(tagOf('SOPInstanceUID')) ?? '',
      seriesInstanceUid: dataSet.string(tagOf('SeriesInstanceUID')) ?? '',
    };
    requireVolumeObject(object);
    const count = imageAttributes(dataSet, 0)?.frames ?? 0;
    const frames = Array.from({ length: count }, (_, frame) => {
      const image = imageAttributes(dataSet, frame);
      if (image === undefined) throw new ImageRefusal('not-an-image', 'An object has no readable image attributes.');
      return requirePlace(describeFrame(dataSet, image, file, frame));
    });
    return { input, frames };
  });
}

function requireVolumeObject({ dataSet }: Part10Object): void {
  const image = imageAttributes(dataSet, 0);
  if (image === undefined || !dataSet.has(PIXEL_DATA)) {
    throw new ImageRefusal('not-an-image', 'An object of the series has no pixels. It stays available as DICOM.');
  }
  if (isSegmentation(dataSet)) {
    throw new ImageRefusal(
      'not-applicable',
      'A segmentation has no intensities. It becomes labels on the grid of an image.',
    );
  }
  if (dataSet.strings(tagOf('ImageType')).includes('MOSAIC')) {
    throw new ImageRefusal(
      'mosaic',
      'The images are mosaics: many slices tiled into one picture, placed by private attributes that de-identification ' +
        'removes. Have the scanner or the archive send them as single slices or as Enhanced MR.',
    );
  }
  if (image.samplesPerPixel !== 1 || !image.photometricInterpretation.startsWith('MONOCHROME')) {
    throw new ImageRefusal(
      'colour',
      'The images are in colour, which is a picture and no measurement. They stay available as DICOM.',
    );
  }
  const hasFrames = dataSet.items(tagOf('PerFrameFunctionalGroupsSequence')).length >= image.frames;
  if ((image.frames > 1 && !hasFrames) || dataSet.string(tagOf('SOPClassUID')) === RT_DOSE) {
    throw new ImageRefusal(
      'no-geometry',
      'The object has many frames and does not say for each where it lies. It stays available as DICOM.',
    );
  }
  if (dataSet.has(tagOf('ModalityLUTSequence'))) {
    throw new ImageRefusal(
      'not-applicable',
      'The values of the image mean something through a table (Modality LUT), which no scale can express. It stays available as DICOM.',
    );
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
