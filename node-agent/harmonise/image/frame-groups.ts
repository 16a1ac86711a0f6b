/** Which frames of a series can be in one volume: those of one kind, with one orientation and one pixel size. */

import type { FrameDescription, FrameGeometry } from './frame-description.ts';
import { dot, length, type Vector } from './geometry.ts';
import { ImageRefusal } from './image-refusal.ts';

/** A frame that is known to lie somewhere. */
export type PlacedFrame = FrameDescription & { readonly geometry: FrameGeometry };

/** Of direction cosines and of spacings in millimetres: what scanners' rounding leaves. */
const SAME_DIRECTION = 1e-3;
const SAME_SPACING = 1e-4;

/** @throws ImageRefusal when the frame's axes are not two perpendicular directions */
export function requirePlace(frame: FrameDescription): PlacedFrame {
  const { geometry } = frame;
  if (geometry === undefined) {
    throw new ImageRefusal(
      'no-geometry',
      'An image does not say where its pixels lie in the patient (position, orientation or pixel spacing is missing). ' +
        'It stays available as DICOM.',
    );
  }
  const { row, column } = geometry;
  const off = [length(row) - 1, length(column) - 1, dot(row, column)];
  if (off.every((error) => Math.abs(error) < 0.01)) return { ...frame, geometry };
  throw new ImageRefusal(
    'no-geometry',
    'The orientation that an image states is not two perpendicular directions. It stays available as DICOM.',
  );
}

/** The groups in the order in which their first frames come. */
export function groupFrames(frames: readonly PlacedFrame[]): PlacedFrame[][] {
  const groups: PlacedFrame[][] = [];
  for (const frame of frames) {
    const group = groups.find(([first]) => first !== undefined && belongTogether(first, frame));
    if (group) group.push(frame);
    else groups.push([frame]);
  }
  return groups;
}

function belongTogether(one: PlacedFrame, other: PlacedFrame): boolean {
  const [a, b] = [one.geometry, other.geometry];
  return (
    one.kind === other.kind &&
    sameDirection(a.row, b.row) &&
    sameDirection(a.column, b.column) &&
    Math.abs(a.rowSpacing - b.rowSpacing) < SAME_SPACING &&
    Math.abs(a.columnSpacing - b.columnSpacing) < SAME_SPACING
  );
}

function sameDirection(one: Vector, other: Vector): boolean {
  return one.every((cosine, axis) => Math.abs(cosine - (other[axis] ?? 0)) < SAME_DIRECTION);
}
