/** Vectors and affine maps in millimetres. World axes are those of NIfTI (right, anterior, superior) unless a name says LPS. */

export type Vector = readonly [number, number, number];

/** From voxel indices to millimetres: the images of the three index axes, and of voxel (0, 0, 0). */
export interface Affine {
  readonly columns: readonly [Vector, Vector, Vector];
  readonly origin: Vector;
}

export const AXES = [0, 1, 2] as const;
export type Axis = (typeof AXES)[number];

export function add(one: Vector, other: Vector): Vector {
  return [one[0] + other[0], one[1] + other[1], one[2] + other[2]];
}

export function subtract(one: Vector, other: Vector): Vector {
  return [one[0] - other[0], one[1] - other[1], one[2] - other[2]];
}

export function scaled(vector: Vector, factor: number): Vector {
  return [vector[0] * factor, vector[1] * factor, vector[2] * factor];
}

export function dot(one: Vector, other: Vector): number {
  return one[0] * other[0] + one[1] * other[1] + one[2] * other[2];
}

export function cross(one: Vector, other: Vector): Vector {
  return [
    one[1] * other[2] - one[2] * other[1],
    one[2] * other[0] - one[0] * other[2],
    one[0] * other[1] - one[1] * other[0],
  ];
}

export function length(vector: Vector): number {
  return Math.hypot(...vector);
}

/** @returns the vector at length 1; (0, 0, 0) stays */
export function unit(vector: Vector): Vector {
  const size = length(vector);
  return size === 0 ? vector : scaled(vector, 1 / size);
}

/** Between the patient axes of DICOM (left, posterior, superior; PS3.3 C.7.6.2.1.1) and those of NIfTI, either way. */
export function lpsToRas(vector: Vector): Vector {
  return [-vector[0], -vector[1], vector[2]];
}

export function pointAt({ columns, origin }: Affine, index: Vector): Vector {
  return AXES.reduce((sum, axis) => add(sum, scaled(columns[axis], index[axis])), origin);
}

/** Distance between neighbouring voxels along each index axis, in millimetres. */
export function spacingOf({ columns }: Affine): Vector {
  return [length(columns[0]), length(columns[1]), length(columns[2])];
}

/** Signed volume of a voxel in mm³; negative where the index axes are left-handed. */
export function determinant({ columns }: Affine): number {
  return dot(columns[0], cross(columns[1], columns[2]));
}

/** @throws RangeError when the axes are not independent */
export function inverse(affine: Affine): Affine {
  const volume = determinant(affine);
  if (Math.abs(volume) < 1e-12) throw new RangeError('The axes of the grid lie in one plane.');
  const [i, j, k] = affine.columns;
  // The rows of the inverse are the reciprocal vectors of the columns.
  const rows = [cross(j, k), cross(k, i), cross(i, j)].map((row) => scaled(row, 1 / volume)) as [
    Vector,
    Vector,
    Vector,
  ];
  const column = (axis: Axis): Vector => [rows[0][axis], rows[1][axis], rows[2][axis]];
  const origin: Vector = [-dot(rows[0], affine.origin), -dot(rows[1], affine.origin), -dot(rows[2], affine.origin)];
  return { columns: [column(0), column(1), column(2)], origin };
}

/** The map that applies `inner` first. */
export function compose(outer: Affine, inner: Affine): Affine {
  const turned = (vector: Vector): Vector => subtract(pointAt(outer, vector), outer.origin);
  const [i, j, k] = inner.columns;
  return { columns: [turned(i), turned(j), turned(k)], origin: pointAt(outer, inner.origin) };
}

/** Whether the index axes are perpendicular, to a thousandth. */
export function isRectangular({ columns }: Affine): boolean {
  const [i, j, k] = columns.map(unit) as [Vector, Vector, Vector];
  return Math.max(Math.abs(dot(i, j)), Math.abs(dot(j, k)), Math.abs(dot(i, k))) < 1e-3;
}
