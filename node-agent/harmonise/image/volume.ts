/** A scanned volume, or several at the same place, with the values as stored and what turns them into real ones. */
import type { StoredValues } from '../../dicom/pixel/stored-values.ts';
import type { Affine, Vector } from './geometry.ts';
import { ImageRefusal } from './image-refusal.ts';

export type VoxelArray = StoredValues | Float32Array;

/** Where voxels lie: how many along each index axis, and the map to millimetres. */
export interface Grid {
  readonly size: Vector;
  readonly affine: Affine;
}

export interface Volume extends Grid {
  /** Volumes in time, or by diffusion weighting. */
  readonly times: number;
  /** First index axis fastest, then the second, the third, time. */
  readonly values: VoxelArray;
  /** Real value = value × slope + intercept. */
  readonly slope: number;
  readonly intercept: number;
  /** The value as stored that stands for no measurement (PixelPaddingValue, PS3.3 C.7.5.1.1.2). */
  readonly padding: number | undefined;
}

/** Bytes of the largest array of voxels that is made. */
export const LARGEST_VOLUME_BYTES = 2 * 1024 ** 3;

export function voxelsOf({ size }: Grid): number {
  return size[0] * size[1] * size[2];
}

/** @throws ImageRefusal when a volume would need more memory than is given to one */
export function requireModestSize(grid: Grid, times: number, bytesPerVoxel: number): void {
  const voxels = voxelsOf(grid) * times;
  if (voxels > 0 && voxels * bytesPerVoxel <= LARGEST_VOLUME_BYTES) return;
  throw new ImageRefusal(
    'too-large',
    `The volume would have ${grid.size.join(' × ')} voxels at ${times} times, which needs more than 2 GiB of memory. ` +
      'Ask for a coarser grid, or convert fewer files at a time.',
  );
}

/** The same volume in real values: slope 1 and intercept 0. The array is new unless it was real already. */
export function inRealValues(volume: Volume): Volume & { readonly values: Float32Array } {
  const { values, slope, intercept, padding } = volume;
  if (values instanceof Float32Array && slope === 1 && intercept === 0) return { ...volume, values };
  requireModestSize(volume, volume.times, 4);
  const real = new Float32Array(values.length);
  for (let at = 0; at < values.length; at += 1) real[at] = (values[at] ?? 0) * slope + intercept;
  const realPadding = padding === undefined ? undefined : Math.fround(padding * slope + intercept);
  return { ...volume, values: real, slope: 1, intercept: 0, padding: realPadding };
}
