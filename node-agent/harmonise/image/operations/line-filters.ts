/** Filters that work along the lines of a volume, axis by axis. The volume given is never changed. */
import { AXES, type Vector } from '../geometry.ts';

type LineFilter = (line: Float64Array) => void;

/** Smooths by a Gaussian; beyond its ends a line is taken to go on straight, so that even slopes stay even slopes. */
export function smooth(values: Float32Array, size: Vector, sigma: Vector): Float32Array {
  return alongAxes(values, size, (axis) => (sigma[axis] > 0 ? gaussian(sigma[axis]) : undefined));
}

/** Coefficients whose cubic B-spline goes through the values (Unser, Aldroubi and Eden 1993). */
export function splineCoefficients(values: Float32Array, size: Vector): Float32Array {
  return alongAxes(values, size, () => spline);
}

function alongAxes(
  values: Float32Array,
  size: Vector,
  filterOf: (axis: 0 | 1 | 2) => LineFilter | undefined,
): Float32Array {
  const made = values.slice();
  const strides: Vector = [1, size[0], size[0] * size[1]];
  for (const axis of AXES) {
    const filter = size[axis] > 1 ? filterOf(axis) : undefined;
    if (filter === undefined) continue;
    const line = new Float64Array(size[axis]);
    const stride = strides[axis];
    for (let block = 0; block < made.length; block += stride * line.length) {
      for (let start = block; start < block + stride; start += 1) {
        for (let at = 0; at < line.length; at += 1) line[at] = made[start + at * stride] ?? 0;
        filter(line);
        for (let at = 0; at < line.length; at += 1) made[start + at * stride] = line[at] ?? 0;
      }
    }
  }
  return made;
}

function gaussian(sigma: number): LineFilter {
  const radius = Math.ceil(3 * sigma);
  const raw = Array.from({ length: 2 * radius + 1 }, (_, at) => Math.exp(-((at - radius) ** 2) / (2 * sigma * sigma)));
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  const kernel = Float64Array.from(raw, (weight) => weight / total);
  return (line) => {
    const source = line.slice();
    const last = source.length - 1;
    // Point reflection about the outermost voxel.
    const read = (at: number): number => {
      if (at < 0) return 2 * (source[0] ?? 0) - (source[Math.min(-at, last)] ?? 0);
      if (at > last) return 2 * (source[last] ?? 0) - (source[Math.max(2 * last - at, 0)] ?? 0);
      return source[at] ?? 0;
    };
    for (let at = 0; at <= last; at += 1) {
      let sum = 0;
      for (let tap = 0; tap < kernel.length; tap += 1) sum += (kernel[tap] ?? 0) * read(at + tap - radius);
      line[at] = sum;
    }
  };
}

/** The pole of the cubic B-spline. */
const POLE = Math.sqrt(3) - 2;
/** POLE to this power is below what a double holds beside 1. */
const HORIZON = 28;

/** Causal and anticausal recursion; beyond its ends a line goes on as its mirror image. */
const spline: LineFilter = (line) => {
  const last = line.length - 1;
  for (let at = 0; at <= last; at += 1) line[at] = (line[at] ?? 0) * 6;
  let start = 0;
  const period = 2 * last;
  for (let at = 0; at < HORIZON + period; at += 1) {
    const within = at % period;
    start += (line[within <= last ? within : period - within] ?? 0) * POLE ** at;
  }
  line[0] = start;
  for (let at = 1; at <= last; at += 1) line[at] = (line[at] ?? 0) + POLE * (line[at - 1] ?? 0);
  line[last] = (POLE / (POLE * POLE - 1)) * ((line[last] ?? 0) + POLE * (line[last - 1] ?? 0));
  for (let at = last - 1; at >= 0; at -= 1) line[at] = POLE * ((line[at + 1] ?? 0) - (line[at] ?? 0));
};
