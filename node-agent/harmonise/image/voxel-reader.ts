/** Fills a volume with the stored values of its frames, file by file. */
import { readStoredValues, type StoredValues } from '../../dicom/pixel/stored-values.ts';
import { PIXEL_DATA } from '../../dicom/tags.ts';
import type { PlacedFrame } from './frame-groups.ts';
import { ImageRefusal } from './image-refusal.ts';
import { type SeriesInput, withObject } from './series-input.ts';
import type { Stack } from './stack.ts';
import { requireModestSize, type Volume, type VoxelArray } from './volume.ts';

interface Slot {
  readonly frame: PlacedFrame;
  /** Index of the first voxel of the slice. */
  readonly start: number;
}

/**
 * The voxels of a stack. Where all frames have one rescale slope and intercept (PS3.3 C.11.1) the values stay as stored
 * and the scale is the volume's; where they differ, as in PET, the values are real ones.
 * @throws ImageRefusal when a frame cannot be decoded or the volume is too large
 */
export async function readVoxels(stack: Stack, inputs: readonly SeriesInput[]): Promise<Volume> {
  const { size, affine, frames } = stack;
  const slots = frames.flat().map((frame, index): Slot => ({ frame, start: index * size[0] * size[1] }));
  const [first] = slots;
  if (first === undefined) throw new RangeError('A stack has at least one frame.');
  const { slope, intercept, padding } = first.frame.image;
  const isEven = slots.every(({ frame: { image } }) => image.slope === slope && image.intercept === intercept);
  requireModestSize(stack, frames.length, isEven ? first.frame.image.bitsAllocated / 8 : 4);
  const values = isEven ? emptyLike(first.frame, slots.length) : new Float32Array(slots.length * size[0] * size[1]);
  for (const [file, group] of Map.groupBy(slots, ({ frame }) => frame.file)) {
    const input = inputs[file];
    if (input !== undefined) await readFile(input, group, values, isEven);
  }
  const scale = isEven ? { slope, intercept, padding } : { slope: 1, intercept: 0, padding: undefined };
  return { size, affine, times: frames.length, values, ...scale };
}

async function readFile(
  input: SeriesInput,
  slots: readonly Slot[],
  values: VoxelArray,
  asStored: boolean,
): Promise<void> {
  await withObject(input.path, async (object) => {
    const pixelData = object.dataSet.get(PIXEL_DATA);
    for (const { frame, start } of slots) {
      const stored = pixelData && (await readStoredValues(object, pixelData, frame.image, frame.frame));
      if (stored === undefined || typeof stored === 'string') throw unreadable(stored ?? 'damaged');
      place(stored, frame, values, start, asStored);
    }
  });
}

/** The last row comes first: the second axis runs against the rows. */
function place(stored: StoredValues, frame: PlacedFrame, values: VoxelArray, start: number, asStored: boolean): void {
  const { rows, columns, slope, intercept } = frame.image;
  for (let row = 0; row < rows; row += 1) {
    const line = stored.subarray(row * columns, (row + 1) * columns);
    const at = start + (rows - 1 - row) * columns;
    if (asStored) values.set(line, at);
    else
      for (let column = 0; column < columns; column += 1) values[at + column] = (line[column] ?? 0) * slope + intercept;
  }
}

function emptyLike({ image }: PlacedFrame, frames: number): VoxelArray {
  const voxels = image.rows * image.columns * frames;
  const { bitsAllocated, signed } = image;
  if (bitsAllocated === 8) return signed ? new Int8Array(voxels) : new Uint8Array(voxels);
  if (bitsAllocated === 16) return signed ? new Int16Array(voxels) : new Uint16Array(voxels);
  if (bitsAllocated === 32) return signed ? new Int32Array(voxels) : new Uint32Array(voxels);
  throw new ImageRefusal(
    'not-applicable',
    `Pixels of ${bitsAllocated} bits are no intensities. The series stays available as DICOM.`,
  );
}

function unreadable(why: 'compression' | 'damaged'): ImageRefusal {
  return why === 'compression'
    ? new ImageRefusal(
        'compression',
        'The pixels are compressed in a way that is not decoded here. The series stays available as DICOM.',
      )
    : new ImageRefusal(
        'damaged',
        'The pixel data of an image are damaged or shorter than stated. Fetch the series again.',
      );
}
