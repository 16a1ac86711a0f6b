/** Series of known shapes for the comparison with dcm2niix: any orientation, modality, order and kind. */
import { item, type PhantomSeries, type PhantomSlice, type Values } from './phantom-series.ts';

export type Triple = readonly [number, number, number];

export interface Pose {
  readonly row: Triple;
  readonly column: Triple;
  /** Of the first pixel of the first slice, LPS millimetres. */
  readonly corner: Triple;
}

export const POSES: Readonly<Record<string, Pose>> = {
  axial: { row: [1, 0, 0], column: [0, 1, 0], corner: [-112.5, -98.25, 31.5] },
  sagittal: { row: [0, 1, 0], column: [0, 0, -1], corner: [-40, -110, 95] },
  coronal: { row: [1, 0, 0], column: [0, 0, -1], corner: [-120, -60, 101] },
  feetFirst: { row: [-1, 0, 0], column: [0, 1, 0], corner: [88, -77, -20] },
};

/** A pose turned by Euler angles in radians. */
export function turned(a: number, b: number, c: number, corner: Triple): Pose {
  const [ca, sa, cb, sb, cc, sc] = [Math.cos(a), Math.sin(a), Math.cos(b), Math.sin(b), Math.cos(c), Math.sin(c)];
  const row: Triple = [ca * cb, sa * cb, -sb];
  const column: Triple = [ca * sb * sc - sa * cc, sa * sb * sc + ca * cc, cb * sc];
  return { row, column, corner };
}

export function normalOf({ row, column }: Pose): Triple {
  return [
    row[1] * column[2] - row[2] * column[1],
    row[2] * column[0] - row[0] * column[2],
    row[0] * column[1] - row[1] * column[0],
  ];
}

export interface Shape {
  readonly pose: Pose;
  readonly rows: number;
  readonly columns: number;
  readonly slices: number;
  /** Millimetres: between rows, between columns, between slices. */
  readonly spacing: Triple;
}

export function slicePosition({ pose, spacing }: Shape, slice: number): string[] {
  const normal = normalOf(pose);
  return pose.corner.map((start, axis) => (start + normal[axis]! * spacing[2] * slice).toFixed(6));
}

/** Attributes of the image plane. */
export function plane(shape: Shape, slice: number): Values {
  return {
    ImagePositionPatient: slicePosition(shape, slice),
    ImageOrientationPatient: [...shape.pose.row, ...shape.pose.column].map((cosine) => cosine.toFixed(8)),
    PixelSpacing: [shape.spacing[0], shape.spacing[1]].map(String),
    SliceThickness: String(shape.spacing[2]),
  };
}

/** A value that differs from voxel to voxel, slice to slice and time to time. */
export function pattern<Kind extends Int16Array | Uint16Array | Uint8Array>(
  Kind: new (length: number) => Kind,
  { rows, columns }: Shape,
  slice: number,
  time = 0,
  range = 1000,
): Kind {
  const pixels = new Kind(rows * columns);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = (at * 7 + slice * 131 + time * 397) % range;
  return pixels;
}

/** One volume of slices along the normal. */
export function stack(
  shape: Shape,
  attributes: (slice: number) => Values = () => ({}),
  pixels: (slice: number) => PhantomSlice['pixels'] = (slice) => pattern(Uint16Array, shape, slice),
): PhantomSlice[] {
  return Array.from({ length: shape.slices }, (_, slice) => ({
    attributes: { ...plane(shape, slice), ...attributes(slice) },
    pixels: pixels(slice),
  }));
}

/** Several volumes in one multi-frame object, frames in the order of `order`. */
export function enhanced(shape: Shape, times: number, sopClassUid: string): PhantomSeries {
  const frames = Array.from({ length: times }, (_, time) =>
    Array.from({ length: shape.slices }, (_, slice) => ({ time, slice })),
  ).flat();
  const { rows, columns } = shape;
  const pixels = new Uint16Array(frames.length * rows * columns);
  for (const [index, { time, slice }] of frames.entries()) {
    pixels.set(pattern(Uint16Array, shape, slice, time), index * rows * columns);
  }
  const { ImageOrientationPatient = [], PixelSpacing = [], SliceThickness = '' } = plane(shape, 0);
  const attributes: Values = {
    NumberOfFrames: String(frames.length),
    Modality: 'MR',
    ImageType: ['ORIGINAL', 'PRIMARY', 'T1', 'NONE'],
    SharedFunctionalGroupsSequence: [
      item({
        PlaneOrientationSequence: [item({ ImageOrientationPatient })],
        PixelMeasuresSequence: [item({ PixelSpacing, SliceThickness })],
        PixelValueTransformationSequence: [item({ RescaleIntercept: '0', RescaleSlope: '1', RescaleType: 'US' })],
      }),
    ],
    PerFrameFunctionalGroupsSequence: frames.map(({ time, slice }) =>
      item({
        FrameContentSequence: [
          item({
            StackID: '1',
            InStackPositionNumber: [slice + 1],
            TemporalPositionIndex: [time + 1],
            DimensionIndexValues: [slice + 1, time + 1],
          }),
        ],
        PlanePositionSequence: [item({ ImagePositionPatient: slicePosition(shape, slice) })],
      }),
    ),
  };
  return { sopClassUid, rows, columns, attributes, slices: [{ attributes: {}, pixels }], frames: frames.length };
}
