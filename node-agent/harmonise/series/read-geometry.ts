/** Where the slices of an object lie and what tells apart images at one place, of a classic or an enhanced image. */
import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { AttributeReader } from './attribute-reader.ts';
import { asOrientation, type Direction, dot, normalOf, type Orientation } from './orientation.ts';

export interface InstanceGeometry {
  /** mm along the normal of the slice; null where the object states no place or holds several slices. */
  readonly position: number | null;
  /** Differs between images of one place that are no duplicates: time, echo, b-value, direction, kind. */
  readonly moment: string | null;
  /** Positions of the frames in mm and how many frames each has, lowest first; null in a classic image. */
  readonly frames: readonly (readonly [position: number, count: number])[] | null;
}

/** What differs between repeats of one slice (PS3.3 C.7.6.2, C.8.3.1, C.8.13). */
const OF_A_MOMENT = [
  'AcquisitionNumber',
  'TemporalPositionIdentifier',
  'EchoNumbers',
  'EchoTime',
  'InversionTime',
  'FlipAngle',
  'TriggerTime',
  'FrameReferenceTime',
  'AcquisitionTime',
  'AcquisitionDateTime',
  'DiffusionBValue',
  'DiffusionGradientOrientation',
  'ConvolutionKernel',
  'SliceThickness',
] as const;
/** Frames beyond these say nothing more about a volume; a summary of them would only be long. */
const MOST_FRAME_POSITIONS = 4_000;

/** @param bValues of the original's private attributes */
export function readGeometry(dataSet: DataSet, bValues: readonly number[] = []): InstanceGeometry {
  const reader = new AttributeReader(dataSet);
  if (reader.frames.length > 0) return { position: null, moment: null, frames: framesOf(reader) };
  const orientation = asOrientation(dataSet.numbers(tagOf('ImageOrientationPatient')));
  const position = placeOf(dataSet, orientation && normalOf(orientation));
  return { position, moment: position === null ? null : momentOf(dataSet, bValues), frames: null };
}

function momentOf(dataSet: DataSet, bValues: readonly number[]): string {
  const values = OF_A_MOMENT.map(
    (keyword) => dataSet.strings(tagOf(keyword)).join('\\') || dataSet.numbers(tagOf(keyword)).join('\\'),
  );
  return [...values, dataSet.strings(tagOf('ImageType')).slice(2).join('\\'), ...bValues].join('|');
}

function framesOf(reader: AttributeReader): InstanceGeometry['frames'] {
  const counts = new Map<number, number>();
  let normal: Direction | undefined;
  for (const frame of reader.frames) {
    const orientation = orientationOfFrame(reader, frame);
    if (!orientation) continue;
    // Frames of another stack are measured along their own normal; the facts of the object tell that there are several.
    normal = normalOf(orientation);
    const place = reader.macroOfFrame(frame, 'PlanePositionSequence');
    const position = place ? placeOf(place, normal) : null;
    if (position !== null) counts.set(position, (counts.get(position) ?? 0) + 1);
  }
  const positions = [...counts].sort(([a], [b]) => a - b);
  return positions.length > 0 && positions.length <= MOST_FRAME_POSITIONS ? positions : null;
}

function orientationOfFrame(reader: AttributeReader, frame: DataSet): Orientation | undefined {
  const macro = reader.macroOfFrame(frame, 'PlaneOrientationSequence');
  return macro && asOrientation(macro.numbers(tagOf('ImageOrientationPatient')));
}

function placeOf(item: DataSet, normal: Direction | undefined): number | null {
  const place = item.numbers(tagOf('ImagePositionPatient'));
  if (normal === undefined || place.length !== 3 || !place.every(Number.isFinite)) return null;
  return Math.round(dot(place as unknown as Direction, normal) * 1000) / 1000 + 0;
}
