/** The values of a volume at the voxels of another grid. */
import { AXES, compose, inverse, pointAt, type Vector } from '../geometry.ts';
import { type Grid, inRealValues, requireModestSize, type Volume, voxelsOf } from '../volume.ts';
import { type Interpolation, samplerOf } from './interpolation.ts';
import { smooth, splineCoefficients } from './line-filters.ts';

export interface Resampled {
  readonly volume: Volume;
  /** Real value of voxels outside the field of view. */
  readonly outside: number;
  /** Standard deviations of the smoothing before, in voxels of each axis; 0 for none. */
  readonly smoothing: Vector;
}

/**
 * Nearest neighbour keeps the stored values; the others give real ones. Where the new grid is coarser, the volume is
 * smoothed first (unless told not to, and never for nearest neighbour), so that detail finer than it can hold does not
 * come back as patterns. Half a voxel around the outermost voxel centres is still inside.
 * @throws ImageRefusal when the new grid is too large
 */
export function resample(source: Volume, grid: Grid, interpolation: Interpolation, antialias: boolean): Resampled {
  const isNearest = interpolation === 'nearest';
  requireModestSize(grid, source.times, isNearest ? source.values.BYTES_PER_ELEMENT : 4);
  const volume = isNearest ? source : inRealValues(source);
  const toSource = compose(inverse(volume.affine), grid.affine);
  const smoothing = antialias && !isNearest ? smoothingFor(toSource) : ([0, 0, 0] as const);
  const outside = outsideValue(volume);
  const voxels = voxelsOf(volume);
  const values = isNearest ? emptyOf(volume, grid) : new Float32Array(voxelsOf(grid) * volume.times);
  for (let time = 0; time < volume.times; time += 1) {
    let one = volume.values.subarray(time * voxels, (time + 1) * voxels);
    if (one instanceof Float32Array && smoothing.some((sigma) => sigma > 0)) one = smooth(one, volume.size, smoothing);
    if (one instanceof Float32Array && interpolation === 'cubic') one = splineCoefficients(one, volume.size);
    const sample = samplerOf(interpolation, one, volume.size, outside);
    fill(values.subarray(time * voxelsOf(grid), (time + 1) * voxelsOf(grid)), grid, toSource, sample);
  }
  const real = outside * volume.slope + volume.intercept;
  return { volume: { ...volume, ...grid, values }, outside: real, smoothing };
}

function fill(
  values: Volume['values'],
  { size }: Grid,
  toSource: Grid['affine'],
  sample: (i: number, j: number, k: number) => number,
): void {
  const [di, dj, dk] = toSource.columns[0];
  let at = 0;
  for (let z = 0; z < size[2]; z += 1) {
    for (let y = 0; y < size[1]; y += 1) {
      const [i, j, k] = pointAt(toSource, [0, y, z]);
      for (let x = 0; x < size[0]; x += 1) {
        values[at] = sample(i + x * di, j + x * dj, k + x * dk);
        at += 1;
      }
    }
  }
}

/** A Gaussian that, with the width a source voxel has already, is as wide as a voxel of the new grid. */
function smoothingFor(toSource: Grid['affine']): Vector {
  const sigma = AXES.map((axis) => {
    const ratio = Math.hypot(toSource.columns[0][axis], toSource.columns[1][axis], toSource.columns[2][axis]);
    // 1 / (2 √(2 ln 2)) turns a full width at half maximum into a standard deviation.
    return ratio > 1.01 ? 0.4247 * Math.sqrt(ratio * ratio - 1) : 0;
  });
  return sigma as unknown as Vector;
}

/** What stands for no measurement, else the least value: air in CT, nothing in MR and PET. In values as stored. */
function outsideValue({ padding, values }: Volume): number {
  if (padding !== undefined) return padding;
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at < values.length; at += 1) least = Math.min(least, values[at] ?? least);
  return least;
}

function emptyOf({ values, times }: Volume, grid: Grid): Volume['values'] {
  const Kind = values.constructor as new (length: number) => Volume['values'];
  return new Kind(voxelsOf(grid) * times);
}
