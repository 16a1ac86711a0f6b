/** Diffusion weighting beside a NIfTI file: `bval` in s/mm², `bvec` in the axes of the voxels as FSL reads them. */

import type { FrameMoment } from '../frame-description.ts';
import { determinant, dot, lpsToRas, unit, type Vector } from '../geometry.ts';
import type { Grid } from '../volume.ts';

export interface GradientTexts {
  readonly bval: string;
  readonly bvec: string;
}

/**
 * @param moments of each volume
 * @returns undefined unless every volume states its b-value and one is weighted
 */
export function gradientTexts({ affine }: Grid, moments: readonly FrameMoment[]): GradientTexts | undefined {
  if (!moments.every(({ bValue }) => bValue !== undefined) || !moments.some(({ bValue = 0 }) => bValue > 0)) {
    return undefined;
  }
  const [i, j, k] = affine.columns.map(unit) as [Vector, Vector, Vector];
  // FSL takes the first axis to run the other way where the axes are right-handed.
  const first = determinant(affine) > 0 ? -1 : 1;
  const vectors = moments.map(({ gradient, bValue = 0 }): Vector => {
    if (gradient === undefined || bValue === 0) return [0, 0, 0];
    const direction = unit(lpsToRas(gradient));
    return [first * dot(direction, i), dot(direction, j), dot(direction, k)];
  });
  const line = (numbers: readonly number[]): string =>
    `${numbers.map((number) => String(Number(number.toFixed(6)) + 0)).join(' ')}\n`;
  return {
    bval: line(moments.map(({ bValue = 0 }) => bValue)),
    bvec: [0, 1, 2].map((axis) => line(vectors.map((vector) => vector[axis] ?? 0))).join(''),
  };
}
