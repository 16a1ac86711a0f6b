import { describe, expect, it } from 'vitest';
import type { Affine, Vector } from '../../../node-agent/harmonise/image/geometry.ts';
import { gridWithSpacing } from '../../../node-agent/harmonise/image/operations/grids.ts';
import { resample } from '../../../node-agent/harmonise/image/operations/resample.ts';
import type { Grid, Volume } from '../../../node-agent/harmonise/image/volume.ts';
import { random } from '../../support/random.ts';
import { fieldOn, randomAffine, UNIT_AFFINE, volumeOf } from './volumes.ts';

const SEED = 41_021;
const SIZE: Vector = [24, 20, 18];

/** A grid that lies wholly inside another, turned against it. */
function turnedInside(affine: Affine, next: () => number, margin: number): Grid {
  const turned = randomAffine(next);
  const widths = affine.columns.map((column) => Math.hypot(...column));
  const reach = Math.min(...SIZE.map((extent, axis) => (extent / 2 - margin) * widths[axis]!)) / 8;
  const columns = turned.columns.map((column) => {
    const width = Math.hypot(...column);
    return column.map((part) => (part / width) * reach * 0.7) as unknown as Vector;
  }) as unknown as Affine['columns'];
  const centre = [0, 1, 2].map(
    (w) =>
      affine.origin[w]! + affine.columns.reduce((sum, column, axis) => sum + (column[w]! * (SIZE[axis]! - 1)) / 2, 0),
  );
  const origin = centre.map(
    (part, w) => part - columns.reduce((sum, column) => sum + column[w]! * 4, 0),
  ) as unknown as Vector;
  return { size: [9, 9, 9], affine: { columns, origin } };
}

function worstError(volume: Volume, field: (place: Vector) => number): number {
  const expected = fieldOn(volume.size, volume.affine, field);
  return Math.max(...expected.map((value, at) => Math.abs(value - volume.values[at]!)));
}

describe(`resampling (seed ${SEED})`, () => {
  it('gives a linear field exactly, whatever the grids, by linear and by cubic interpolation', () => {
    const next = random(SEED);
    for (let round = 0; round < 12; round += 1) {
      const affine = randomAffine(next);
      const [a, b, c, d] = [next() * 4 - 2, next() * 4 - 2, next() * 4 - 2, next() * 100];
      const field = ([x, y, z]: Vector): number => a * x + b * y + c * z + d;
      const volume = volumeOf(SIZE, fieldOn(SIZE, affine, field), { affine });
      const grid = turnedInside(affine, next, 5);
      const scale = Math.max(1, ...volume.values.map(Math.abs));
      expect(worstError(resample(volume, grid, 'linear', false).volume, field) / scale).toBeLessThan(1e-6);
      // The mirror images beyond the border reach a few voxels in, weaker by a quarter with each.
      expect(worstError(resample(volume, grid, 'cubic', false).volume, field) / scale).toBeLessThan(2e-3);
    }
  });

  it('keeps a linear field when it smooths before a coarser grid, up to the border', () => {
    const field = ([x, y, z]: Vector): number => 3 * x - 2 * y + z;
    const volume = volumeOf(SIZE, fieldOn(SIZE, UNIT_AFFINE, field));
    const { volume: made, smoothing } = resample(volume, gridWithSpacing(volume, [3, 2, 3]), 'linear', true);
    expect(smoothing.every((sigma) => sigma > 0.5)).toBe(true);
    expect(worstError(made, field)).toBeLessThan(1e-4);
  });

  it('of a smooth field errs by no more than the second derivative allows, and less by cubic splines', () => {
    const frequency = 0.35;
    const field = ([x, y, z]: Vector): number =>
      Math.sin(frequency * x) + Math.cos(frequency * y) + Math.sin(frequency * z);
    const volume = volumeOf([40, 40, 40], fieldOn([40, 40, 40], UNIT_AFFINE, field));
    const inner: Grid = {
      size: [33, 31, 30],
      affine: {
        columns: [
          [0.71, 0, 0],
          [0, 0.73, 0],
          [0, 0, 0.77],
        ],
        origin: [8.13, 8.21, 8.37],
      },
    };
    const linear = worstError(resample(volume, inner, 'linear', false).volume, field);
    const cubic = worstError(resample(volume, inner, 'cubic', false).volume, field);
    // h²/8 of the largest second derivative, for each of three axes.
    expect(linear).toBeLessThan((3 * frequency ** 2) / 8 + 1e-6);
    expect(linear).toBeGreaterThan(0.01);
    expect(cubic).toBeLessThan(0.002);
  });

  it('goes through every voxel of the source, cubic splines included', () => {
    const next = random(SEED + 1);
    const values = Float32Array.from({ length: 7 * 6 * 5 }, () => next() * 1000);
    const volume = volumeOf([7, 6, 5], values);
    for (const interpolation of ['nearest', 'linear', 'cubic'] as const) {
      const { volume: same } = resample(volume, volume, interpolation, true);
      for (const [at, value] of same.values.entries()) expect(Math.abs(value - values[at]!)).toBeLessThan(2e-3);
    }
  });

  it('makes no new labels by nearest neighbour, and keeps their type', () => {
    const next = random(SEED + 2);
    const labels = Uint8Array.from({ length: 8 * 8 * 8 }, () => [0, 3, 7][Math.floor(next() * 3)]!);
    const volume = volumeOf([8, 8, 8], labels);
    const { volume: made } = resample(volume, gridWithSpacing(volume, [0.6, 1.7, 0.9]), 'nearest', true);
    expect(made.values).toBeInstanceOf(Uint8Array);
    expect(new Set(made.values)).toEqual(new Set([0, 3, 7]));
  });

  it('does not turn detail finer than the new grid into patterns', () => {
    const stripes = ([x]: Vector): number => (Math.round(x) % 2 === 0 ? 1 : -1);
    const volume = volumeOf([64, 4, 4], fieldOn([64, 4, 4], UNIT_AFFINE, stripes));
    const grid = gridWithSpacing(volume, [3.2, 1, 1]);
    const range = (antialias: boolean): number => {
      const { values } = resample(volume, grid, 'linear', antialias).volume;
      return Math.max(...values.subarray(2, 18)) - Math.min(...values.subarray(2, 18));
    };
    expect(range(false)).toBeGreaterThan(0.5);
    expect(range(true)).toBeLessThan(0.05);
  });

  it('fills what lies outside with the padding value, else the least value, in real values', () => {
    const grid: Grid = { size: [6, 1, 1], affine: { ...UNIT_AFFINE, origin: [-2, 0, 0] } };
    const scaled = { slope: 2, intercept: -10 };
    const padded = volumeOf([4, 1, 1], Int16Array.of(5, 6, 7, 8), { ...scaled, padding: -2000 });
    expect([...resample(padded, grid, 'linear', false).volume.values]).toEqual([-4010, -4010, 0, 2, 4, 6]);
    const plain = volumeOf([4, 1, 1], Int16Array.of(5, 6, 7, 8), scaled);
    const { volume, outside } = resample(plain, grid, 'nearest', false);
    expect([...volume.values]).toEqual([5, 5, 5, 6, 7, 8]);
    expect(outside).toBe(0);
  });

  it('refuses a grid that would not fit into memory', () => {
    const volume = volumeOf([4, 4, 4], new Int16Array(64));
    expect(() => resample(volume, gridWithSpacing(volume, [0.001, 0.001, 0.1]), 'linear', false)).toThrow(
      /coarser grid/,
    );
  });

  it('treats every time of a series alike', () => {
    const values = Float32Array.of(0, 1, 2, 3, 10, 11, 12, 13);
    const grid: Grid = { size: [3, 1, 1], affine: { ...UNIT_AFFINE, origin: [0.5, 0, 0] } };
    const { volume } = resample(volumeOf([4, 1, 1], values, { times: 2 }), grid, 'linear', false);
    expect([...volume.values]).toEqual([0.5, 1.5, 2.5, 10.5, 11.5, 12.5]);
  });
});
