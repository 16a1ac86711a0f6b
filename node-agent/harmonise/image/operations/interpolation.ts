/** The value between voxels: nearest neighbour, trilinear, cubic B-spline. */
import type { Vector } from '../geometry.ts';
import type { VoxelArray } from '../volume.ts';

export type Interpolation = 'nearest' | 'linear' | 'cubic';
/** At voxel indices, fractions included. */
type Sampler = (i: number, j: number, k: number) => number;

/**
 * @param values one volume; for 'cubic' its B-spline coefficients
 * @param outside the value beyond half a voxel around it
 */
export function samplerOf(interpolation: Interpolation, values: VoxelArray, size: Vector, outside: number): Sampler {
  const inside = { nearest, linear, cubic }[interpolation](values, size);
  const [width, height, depth] = size;
  // A hair more than half a voxel, for grids that end exactly there.
  const margin = 0.5 + 1e-6;
  return (i, j, k) => {
    if (i < -margin || j < -margin || k < -margin) return outside;
    if (i > width - 1 + margin || j > height - 1 + margin || k > depth - 1 + margin) return outside;
    return inside(clamp(i, width), clamp(j, height), clamp(k, depth));
  };
}

function clamp(index: number, extent: number): number {
  return Math.max(0, Math.min(index, extent - 1));
}

function nearest(values: VoxelArray, [width, height]: Vector): Sampler {
  return (i, j, k) => values[Math.round(i) + width * (Math.round(j) + height * Math.round(k))] ?? 0;
}

function linear(values: VoxelArray, [width, height, depth]: Vector): Sampler {
  const plane = width * height;
  return (i, j, k) => {
    const [x, y, z] = [Math.floor(i), Math.floor(j), Math.floor(k)];
    const [fx, fy, fz] = [i - x, j - y, k - z];
    const at = x + width * y + plane * z;
    // At the last voxel the weight of the next one is 0: it must only exist.
    const right = x < width - 1 ? 1 : 0;
    const down = y < height - 1 ? width : 0;
    const deep = z < depth - 1 ? plane : 0;
    const row = (from: number): number => (values[from] ?? 0) * (1 - fx) + (values[from + right] ?? 0) * fx;
    const slice = (from: number): number => row(from) * (1 - fy) + row(from + down) * fy;
    return slice(at) * (1 - fz) + slice(at + deep) * fz;
  };
}

function cubic(values: VoxelArray, [width, height, depth]: Vector): Sampler {
  const plane = width * height;
  return (i, j, k) => {
    const [x, y, z] = [Math.floor(i), Math.floor(j), Math.floor(k)];
    const [wx, wy, wz] = [weights(i - x), weights(j - y), weights(k - z)];
    let sum = 0;
    for (let dz = 0; dz < 4; dz += 1) {
      const deep = plane * mirrored(z + dz - 1, depth);
      for (let dy = 0; dy < 4; dy += 1) {
        const row = deep + width * mirrored(y + dy - 1, height);
        let line = 0;
        for (let dx = 0; dx < 4; dx += 1) line += (wx[dx] ?? 0) * (values[row + mirrored(x + dx - 1, width)] ?? 0);
        sum += line * (wy[dy] ?? 0) * (wz[dz] ?? 0);
      }
    }
    return sum;
  };
}

/** The cubic B-spline at the four knots around a fraction. */
function weights(fraction: number): readonly [number, number, number, number] {
  const rest = 1 - fraction;
  const square = fraction * fraction;
  return [
    (rest * rest * rest) / 6,
    2 / 3 - square + (square * fraction) / 2,
    2 / 3 - rest * rest + (rest * rest * rest) / 2,
    (square * fraction) / 6,
  ];
}

/** Beyond its ends a line goes on as its mirror image about the outermost voxels. */
function mirrored(index: number, extent: number): number {
  if (index >= 0 && index < extent) return index;
  if (extent === 1) return 0;
  const period = 2 * extent - 2;
  const within = ((index % period) + period) % period;
  return within < extent ? within : period - within;
}
