/** Grids to resample onto. */
import {
  AXES,
  add,
  cross,
  determinant,
  dot,
  pointAt,
  scaled,
  spacingOf,
  subtract,
  unit,
  type Vector,
} from '../geometry.ts';
import type { Grid } from '../volume.ts';

/** The same field of view about the same centre and along the same axes, with other distances between voxels (mm). */
export function gridWithSpacing({ size, affine }: Grid, spacing: Vector): Grid {
  const old = spacingOf(affine);
  const extent = (axis: 0 | 1 | 2): number => Math.max(1, Math.round((size[axis] * old[axis]) / spacing[axis]));
  const made: Vector = [extent(0), extent(1), extent(2)];
  const column = (axis: 0 | 1 | 2): Vector => scaled(unit(affine.columns[axis]), spacing[axis]);
  const columns = [column(0), column(1), column(2)] as const;
  const centre = pointAt(affine, [(size[0] - 1) / 2, (size[1] - 1) / 2, (size[2] - 1) / 2]);
  const origin = AXES.reduce((corner, axis) => subtract(corner, scaled(columns[axis], (made[axis] - 1) / 2)), centre);
  return { size: made, affine: { columns, origin } };
}

/** The smallest grid with perpendicular axes, the first two those given, that holds every voxel of a sheared one. */
export function uprightGrid({ size, affine }: Grid): Grid {
  const [i, j, k] = affine.columns;
  const normal = scaled(unit(cross(i, j)), Math.sign(determinant(affine)));
  const step = scaled(normal, dot(k, normal));
  // How far the last slice lies beside the first, in voxels of each in-plane axis.
  const drift = ([i, j] as const).map((axis) => (dot(k, axis) / dot(axis, axis)) * (size[2] - 1)) as [number, number];
  const before = drift.map((voxels) => Math.floor(Math.min(0, voxels) + 1e-6)) as [number, number];
  const after = drift.map((voxels) => Math.ceil(Math.max(0, voxels) - 1e-6)) as [number, number];
  const origin = add(affine.origin, add(scaled(i, before[0]), scaled(j, before[1])));
  return {
    size: [size[0] + after[0] - before[0], size[1] + after[1] - before[1], size[2]],
    affine: { columns: [i, j, step], origin },
  };
}
