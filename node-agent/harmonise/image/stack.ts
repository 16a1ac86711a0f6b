/**
 * Frames sorted into slices and volumes (PS3.3 C.7.6.2.1.1). A stack is laid out as dcm2niix lays it out: columns to the
 * first axis, rows from the last to the first to the second, slices along row × column to the third.
 */

import type { PlacedFrame } from './frame-groups.ts';
import { add, cross, dot, length, lpsToRas, scaled, subtract, unit, type Vector } from './geometry.ts';
import { ImageRefusal } from './image-refusal.ts';
import { momentsOf } from './stack-moments.ts';
import type { Grid } from './volume.ts';

export interface Stack extends Grid {
  /** Frames of one volume in the order of the slices, for each volume. */
  readonly frames: readonly (readonly PlacedFrame[])[];
  /** Degrees between the normal of the slices and the line through their corners; 0 unless the gantry was tilted. */
  readonly tilt: number;
}

/** Two positions closer than this along the normal are one slice. Millimetres. */
const SAME_SLICE = 0.01;
/** How far a slice may lie from its place in an even stack: a share of the distance, and millimetres. */
const UNEVEN_SHARE = 0.01;
const UNEVEN_LEAST = 0.02;
/** Below this the corners are taken to lie on the normal. Degrees. */
const NO_TILT = 0.05;

/** @throws ImageRefusal when the slices do not make whole, evenly spaced volumes */
export function stackOf(group: readonly PlacedFrame[]): Stack {
  const [any] = group;
  if (any === undefined) throw new RangeError('A stack has at least one frame.');
  const { row, column, columnSpacing, rowSpacing, depth = 1 } = any.geometry;
  const normal = unit(cross(row, column));
  const places = slicePlaces(group, normal);
  const frames = momentsOf(places);
  const slices = frames[0] ?? [];
  const step = sliceStep(slices, normal) ?? scaled(normal, depth);
  const first = slices[0]?.geometry.position ?? any.geometry.position;
  // The second axis runs against the rows, so voxel (0, 0, 0) is the first pixel of the last row.
  const corner = add(first, scaled(unit(column), rowSpacing * (any.image.rows - 1)));
  const axes = [scaled(unit(row), columnSpacing), scaled(unit(column), -rowSpacing), step] as const;
  return {
    size: [any.image.columns, any.image.rows, slices.length],
    affine: { columns: [lpsToRas(axes[0]), lpsToRas(axes[1]), lpsToRas(axes[2])], origin: lpsToRas(corner) },
    frames,
    tilt: tiltOf(step, normal),
  };
}

/** The frames at each place along the normal, places in rising order. */
function slicePlaces(group: readonly PlacedFrame[], normal: Vector): PlacedFrame[][] {
  const along = (frame: PlacedFrame): number => dot(frame.geometry.position, normal);
  const places: PlacedFrame[][] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const frame of [...group].sort((one, other) => along(one) - along(other))) {
    if (along(frame) - last > SAME_SLICE) {
      places.push([]);
      last = along(frame);
    }
    places.at(-1)?.push(frame);
  }
  return places;
}

/** From one slice to the next; undefined for a single slice. @throws ImageRefusal where the distances differ */
function sliceStep(slices: readonly PlacedFrame[], normal: Vector): Vector | undefined {
  const positions = slices.map(({ geometry }) => geometry.position);
  const [first, last] = [positions[0], positions.at(-1)];
  if (first === undefined || last === undefined || positions.length < 2) return undefined;
  const step = scaled(subtract(last, first), 1 / (positions.length - 1));
  const tolerance = Math.max(UNEVEN_LEAST, dot(step, normal) * UNEVEN_SHARE);
  const isEven = positions.every((position, index) => {
    return length(subtract(position, add(first, scaled(step, index)))) <= tolerance;
  });
  if (!isEven) throw unevenRefusal(positions, normal);
  return tiltOf(step, normal) === 0 ? scaled(normal, dot(step, normal)) : step;
}

function unevenRefusal(positions: readonly Vector[], normal: Vector): ImageRefusal {
  const gaps = positions
    .slice(1)
    .map((position, index) => dot(subtract(position, positions[index] ?? position), normal));
  const least = Math.min(...gaps);
  const missing = gaps.reduce((sum, gap) => sum + Math.round(gap / least) - 1, 0);
  const isWhole = gaps.every((gap) => Math.abs(gap / least - Math.round(gap / least)) < 0.05);
  if (isWhole && missing > 0) {
    return new ImageRefusal(
      'incomplete',
      `The distances between slices are multiples of ${least.toFixed(3)} mm: ${missing} of ` +
        `${positions.length + missing} slices seem to be missing. Fetch the whole series again.`,
    );
  }
  return new ImageRefusal(
    'irregular-spacing',
    `The slices lie between ${least.toFixed(3)} and ${Math.max(...gaps).toFixed(3)} mm apart or beside one another, ` +
      'which no regular grid describes. Nothing is interpolated unasked: the series stays available as DICOM.',
  );
}

function tiltOf(step: Vector, normal: Vector): number {
  const cosine = Math.min(1, dot(unit(step), normal));
  const degrees = (Math.acos(cosine) * 180) / Math.PI;
  return degrees < NO_TILT ? 0 : degrees;
}
