/** Image Orientation (Patient) (0020,0037), PS3.3 C.7.6.2.1.1: directions of the rows and columns, in the patient. */
import { tagOf } from '../../dicom/dictionary.ts';
import type { AttributeReader } from './attribute-reader.ts';

/** Direction cosines of the first row and the first column. */
export type Orientation = readonly [number, number, number, number, number, number];
export type Direction = readonly [number, number, number];

const LENGTH_TOLERANCE = 0.05;
const DIGITS = 1000;

/** The different orientations of an image, rounded; those that are no two right-angled unit vectors are left out. */
export function orientationsOf(reader: AttributeReader): Orientation[] {
  const tag = tagOf('ImageOrientationPatient');
  const own = reader.dataSet.numbers(tag);
  const found =
    own.length === 6
      ? [own]
      : [...reader.macros('PlaneOrientationSequence'), ...reader.items('DetectorInformationSequence')].map((item) =>
          item.numbers(tag),
        );
  const different = new Map(
    found
      .map(asOrientation)
      .flatMap((orientation) => (orientation ? [[orientation.join(), orientation] as const] : [])),
  );
  return [...different.values()];
}

/** @returns undefined where the six numbers are no orientation */
export function asOrientation(numbers: readonly number[]): Orientation | undefined {
  const [a, b, c, d, e, f] = numbers;
  if (numbers.length !== 6 || !numbers.every(Number.isFinite)) return undefined;
  const row = [a, b, c] as unknown as Direction;
  const column = [d, e, f] as unknown as Direction;
  const isUnit = (vector: Direction) => Math.abs(Math.hypot(...vector) - 1) < LENGTH_TOLERANCE;
  if (!isUnit(row) || !isUnit(column) || Math.abs(dot(row, column)) > LENGTH_TOLERANCE) return undefined;
  // -0 would read differently from 0.
  return numbers.map((number) => Math.round(number * DIGITS) / DIGITS + 0) as unknown as Orientation;
}

/** The direction in which slices follow one another: across the rows and the columns. */
export function normalOf([a, b, c, d, e, f]: Orientation): Direction {
  const normal: Direction = [b * f - c * e, c * d - a * f, a * e - b * d];
  const length = Math.hypot(...normal);
  return [normal[0] / length, normal[1] / length, normal[2] / length];
}

export function dot(a: Direction, b: Direction): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** An orientation from the text of a fact. */
export function orientationOfFact(term: string): Orientation {
  return term.split(',').map(Number) as unknown as Orientation;
}
