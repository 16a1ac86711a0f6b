/** Volumes in memory for the tests of operations. */
import type { Affine, Vector } from '../../../node-agent/harmonise/image/geometry.ts';
import type { Volume, VoxelArray } from '../../../node-agent/harmonise/image/volume.ts';

export const UNIT_AFFINE: Affine = {
  columns: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  origin: [0, 0, 0],
};

export function volumeOf(size: Vector, values: VoxelArray, changes: Partial<Volume> = {}): Volume {
  return { size, affine: UNIT_AFFINE, times: 1, values, slope: 1, intercept: 0, padding: undefined, ...changes };
}

/** A rotation by random Euler angles, with random spacings and origin; left-handed every other time. */
export function randomAffine(next: () => number): Affine {
  const [a, b, c] = [0, 0, 0].map(() => (next() - 0.5) * 2 * Math.PI) as [number, number, number];
  const [ca, sa, cb, sb, cc, sc] = [Math.cos(a), Math.sin(a), Math.cos(b), Math.sin(b), Math.cos(c), Math.sin(c)];
  const axes: Vector[] = [
    [ca * cb, sa * cb, -sb],
    [ca * sb * sc - sa * cc, sa * sb * sc + ca * cc, cb * sc],
    [ca * sb * cc + sa * sc, sa * sb * cc - ca * sc, cb * cc],
  ];
  const widths = [0.3 + next() * 3, 0.3 + next() * 3, (0.3 + next() * 6) * (next() < 0.5 ? -1 : 1)];
  const columns = axes.map((axis, at) => axis.map((part) => part * widths[at]!)) as unknown as Affine['columns'];
  return { columns, origin: [next() * 400 - 200, next() * 400 - 200, next() * 400 - 200] };
}

/** Values of a function of place (RAS millimetres). */
export function fieldOn(size: Vector, affine: Affine, field: (place: Vector) => number): Float32Array {
  const values = new Float32Array(size[0] * size[1] * size[2]);
  for (let at = 0; at < values.length; at += 1) {
    const [i, j, k] = [at % size[0], Math.floor(at / size[0]) % size[1], Math.floor(at / size[0] / size[1])];
    values[at] = field(placeOf(affine, [i, j, k]));
  }
  return values;
}

/** The map written out, so that it shares nothing with the product's. */
export function placeOf({ columns, origin }: Affine, [i, j, k]: Vector): Vector {
  return [0, 1, 2].map(
    (w) => origin[w]! + columns[0][w]! * i + columns[1][w]! * j + columns[2][w]! * k,
  ) as unknown as Vector;
}
