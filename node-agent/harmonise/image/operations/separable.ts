/** Interpolation onto a grid along the same axes: line by line, axis by axis, which gives what `samplerOf` gives, sooner. */
import { type Affine, AXES, type Axis, type Vector } from '../geometry.ts';
import { cubicTaps, type Interpolation, isInside, linearTaps, type Taps } from './interpolation.ts';

/** Beside a step along its own axis, what is left of a step along another one counts as rounding below this. */
const ALIGNED = 1e-9;

/** Whether each index of the new grid moves along one axis of the source only. */
export function isAligned({ columns }: Affine): boolean {
  return AXES.every((axis) =>
    AXES.every((other) => other === axis || Math.abs(columns[axis][other]) <= ALIGNED * Math.abs(columns[axis][axis])),
  );
}

/**
 * @param values one volume; for 'cubic' its B-spline coefficients
 * @param toSource from indices of the new grid to those of the volume; aligned
 * @param outside the value beyond half a voxel around the volume
 */
export function interpolateAligned(
  interpolation: Exclude<Interpolation, 'nearest'>,
  values: Float32Array,
  from: Vector,
  to: Vector,
  toSource: Affine,
  outside: number,
): Float32Array {
  const tapsAt = interpolation === 'cubic' ? cubicTaps : linearTaps;
  const placesOf = (axis: Axis): number[] =>
    Array.from({ length: to[axis] }, (_, index) => toSource.origin[axis] + index * toSource.columns[axis][axis]);
  let made = values;
  let size: Vector = from;
  // The axis that loses most voxels first: the others then have less to do.
  for (const axis of [...AXES].sort((one, other) => to[one] / from[one] - to[other] / from[other])) {
    const taps = placesOf(axis).map((place) => tapsAt(place, from[axis]));
    made = alongAxis(made, size, axis, taps);
    size = AXES.map((other) => (other === axis ? to[axis] : size[other])) as unknown as Vector;
  }
  fillOutside(
    made,
    to,
    AXES.map((axis) => placesOf(axis).map((place) => isInside(place, from[axis]))),
    outside,
  );
  return made;
}

function alongAxis(values: Float32Array, size: Vector, axis: Axis, taps: readonly Taps[]): Float32Array {
  const stride = [1, size[0], size[0] * size[1]][axis] ?? 1;
  const blocks = values.length / (stride * size[axis]);
  const made = new Float32Array(blocks * stride * taps.length);
  for (let block = 0; block < blocks; block += 1) {
    const start = block * stride * size[axis];
    for (const [index, { knots, weights }] of taps.entries()) {
      const at = (block * taps.length + index) * stride;
      for (let inner = 0; inner < stride; inner += 1) {
        let sum = 0;
        for (let tap = 0; tap < knots.length; tap += 1) {
          sum += (weights[tap] ?? 0) * (values[start + (knots[tap] ?? 0) * stride + inner] ?? 0);
        }
        made[at + inner] = sum;
      }
    }
  }
  return made;
}

function fillOutside(
  values: Float32Array,
  size: Vector,
  inside: readonly (readonly boolean[])[],
  outside: number,
): void {
  if (inside.every((axis) => axis.every(Boolean))) return;
  for (let z = 0; z < size[2]; z += 1) {
    for (let y = 0; y < size[1]; y += 1) {
      const row = (z * size[1] + y) * size[0];
      const isRowInside = inside[2]?.[z] === true && inside[1]?.[y] === true;
      for (let x = 0; x < size[0]; x += 1) if (!isRowInside || inside[0]?.[x] !== true) values[row + x] = outside;
    }
  }
}
