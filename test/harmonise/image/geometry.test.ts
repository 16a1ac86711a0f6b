import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  compose,
  determinant,
  inverse,
  pointAt,
  spacingOf,
  type Vector,
} from '../../../node-agent/harmonise/image/geometry.ts';
import { writeNifti } from '../../../node-agent/harmonise/image/nifti/nifti-writer.ts';
import { gridWithSpacing } from '../../../node-agent/harmonise/image/operations/grids.ts';
import { orientationOf, reorient } from '../../../node-agent/harmonise/image/operations/reorient.ts';
import { random } from '../../support/random.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { readNifti } from './nifti-reader.ts';
import { fieldOn, placeOf, randomAffine, volumeOf } from './volumes.ts';

const SEED = 99_173;
const ROUNDS = 200;

function near(one: Vector, other: Vector, tolerance = 1e-6): void {
  expect(Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2])).toBeLessThan(tolerance);
}

describe(`the geometry of volumes (seed ${SEED})`, () => {
  it('takes a voxel to its place and back, for grids in any position', () => {
    const next = random(SEED);
    for (let round = 0; round < ROUNDS; round += 1) {
      const affine = randomAffine(next);
      const index: Vector = [next() * 100, next() * 100, next() * 100];
      near(pointAt(affine, index), placeOf(affine, index));
      near(pointAt(inverse(affine), pointAt(affine, index)), index);
      const other = randomAffine(next);
      near(pointAt(compose(affine, other), index), placeOf(affine, placeOf(other, index)), 1e-3);
    }
  });

  it('refuses a grid whose axes lie in one plane', () => {
    expect(() =>
      inverse({
        columns: [
          [1, 0, 0],
          [0, 1, 0],
          [1, 1, 0],
        ],
        origin: [0, 0, 0],
      }),
    ).toThrow(/one plane/);
  });

  it('is the same by quaternion and by matrix in a NIfTI header, right- and left-handed', async () => {
    const next = random(SEED + 1);
    const folder = temporaryFolder();
    for (let round = 0; round < 40; round += 1) {
      const affine = randomAffine(next);
      const path = join(folder, `${round}.nii.gz`);
      await writeNifti(path, volumeOf([2, 3, 4], new Int16Array(24), { affine }), {
        repetition: 0,
        description: 'test',
      });
      const read = readNifti(path);
      expect(Math.sign(read.pixdim[0]!)).toBe(Math.sign(determinant(affine)));
      for (const row of [0, 1, 2]) {
        const expected = [...affine.columns.map((column) => column[row]!), affine.origin[row]!];
        for (const [at, part] of expected.entries()) {
          expect(read.sform[row]![at]).toBeCloseTo(part, 4);
          expect(Math.abs(read.qform[row]![at]! - part)).toBeLessThan(5e-3);
        }
      }
    }
  });

  it('keeps each voxel at its place when a volume is turned to any of the 48 orientations', () => {
    const next = random(SEED + 2);
    const field = ([x, y, z]: Vector): number => x + 1.7 * y - 0.3 * z;
    const letters = [
      ['L', 'R'],
      ['A', 'P'],
      ['S', 'I'],
    ] as const;
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ];
    const size: Vector = [3, 4, 5];
    const affine = randomAffine(next);
    const volume = volumeOf(size, fieldOn(size, affine, field), { affine });
    for (const order of orders) {
      for (let signs = 0; signs < 8; signs += 1) {
        const to = order.map((axis, at) => letters[axis]![(signs >> at) & 1]).join('');
        const made = reorient(volume, to);
        expect(orientationOf(made.affine.columns)).toBe(to);
        const expected = fieldOn(made.size, made.affine, field);
        for (const [at, value] of made.values.entries()) expect(Math.abs(value - expected[at]!)).toBeLessThan(1e-3);
      }
    }
  });

  it('keeps the field of view about its centre when the spacing changes', () => {
    const next = random(SEED + 3);
    for (let round = 0; round < ROUNDS; round += 1) {
      const affine = randomAffine(next);
      const grid = gridWithSpacing({ size: [40, 30, 20], affine }, [1, 1.5, 2]);
      near(spacingOf(grid.affine), [1, 1.5, 2]);
      const middle = (size: Vector): Vector => [(size[0] - 1) / 2, (size[1] - 1) / 2, (size[2] - 1) / 2];
      near(pointAt(grid.affine, middle(grid.size)), pointAt(affine, middle([40, 30, 20])));
      for (const axis of [0, 1, 2] as const) {
        const [was, is] = [[40, 30, 20][axis]! * spacingOf(affine)[axis], grid.size[axis] * [1, 1.5, 2][axis]!];
        expect(Math.abs(is - was)).toBeLessThanOrEqual([1, 1.5, 2][axis]! / 2 + 1e-6 + (grid.size[axis] === 1 ? 2 : 0));
      }
    }
  });
});
