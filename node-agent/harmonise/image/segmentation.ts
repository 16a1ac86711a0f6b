/** Segmentation objects (PS3.3 A.51, A.90): frames of labels, read onto the grid of the images that they belong to. */
import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import type { Part10Object } from '../../dicom/part10-reader.ts';
import { imageAttributes } from '../../dicom/pixel/image-attributes.ts';
import { readStoredValues, type StoredValues } from '../../dicom/pixel/stored-values.ts';
import { PIXEL_DATA } from '../../dicom/tags.ts';
import { FrameAttributes } from './frame-attributes.ts';
import { describeFrame, type FrameGeometry } from './frame-description.ts';
import { add, inverse, lpsToRas, pointAt, scaled, type Vector } from './geometry.ts';
import { ImageRefusal } from './image-refusal.ts';
import { type Grid, requireModestSize, voxelsOf } from './volume.ts';

const LABEL_MAP = '1.2.840.10008.5.1.4.1.1.66.7';
const SEGMENTATION_STORAGE = new Set(['1.2.840.10008.5.1.4.1.1.66.4', LABEL_MAP]);
/** How far a pixel of a label may lie from the voxel it is given to: a share of the voxel. */
const OFF_GRID = 0.1;

export interface Segment {
  /** The label's value. */
  readonly number: number;
  /** Free text, cleaned by de-identification. */
  readonly label: string | null;
  readonly type: { readonly code: string; readonly scheme: string; readonly meaning: string } | null;
}

export function isSegmentation(dataSet: DataSet): boolean {
  return SEGMENTATION_STORAGE.has(dataSet.string(tagOf('SOPClassUID')) ?? '');
}

export function segmentsOf(dataSet: DataSet): Segment[] {
  return dataSet.items(tagOf('SegmentSequence')).map((segment) => {
    const code = segment.items(tagOf('SegmentedPropertyTypeCodeSequence'))[0];
    const text = (keyword: string): string => code?.string(tagOf(keyword)) ?? '';
    const type = { code: text('CodeValue'), scheme: text('CodingSchemeDesignator'), meaning: text('CodeMeaning') };
    return {
      number: segment.number(tagOf('SegmentNumber')) ?? 0,
      label: segment.string(tagOf('SegmentLabel')) ?? null,
      type: code === undefined ? null : type,
    };
  });
}

/**
 * The number of the segment at each voxel of the grid, 0 where there is none.
 * @throws ImageRefusal when segments overlap, are fractions, or lie on another grid
 */
export async function readLabels(object: Part10Object, grid: Grid): Promise<Uint16Array> {
  const { dataSet } = object;
  const first = imageAttributes(dataSet, 0);
  const pixelData = dataSet.get(PIXEL_DATA);
  if (first === undefined || pixelData === undefined || !isSegmentation(dataSet)) {
    throw new ImageRefusal('not-an-image', 'The object is no segmentation with pixels.');
  }
  if (dataSet.string(tagOf('SegmentationType')) === 'FRACTIONAL') {
    throw new ImageRefusal(
      'not-applicable',
      'The segmentation states probabilities or occupancies, from which labels follow only by a threshold that nobody ' +
        'gave. It stays available as DICOM.',
    );
  }
  requireModestSize(grid, 1, 2);
  const labels = new Uint16Array(voxelsOf(grid));
  const isLabelMap = dataSet.string(tagOf('SOPClassUID')) === LABEL_MAP;
  for (let frame = 0; frame < first.frames; frame += 1) {
    const image = imageAttributes(dataSet, frame) ?? first;
    const { geometry } = describeFrame(dataSet, image, 0, frame);
    if (geometry === undefined) throw offGrid();
    const values = await readStoredValues(object, pixelData, image, frame);
    if (typeof values === 'string') {
      throw new ImageRefusal('damaged', 'The pixels of the segmentation cannot be decoded. Fetch it again.');
    }
    const segment = new FrameAttributes(dataSet, frame).number(
      'SegmentIdentificationSequence',
      'ReferencedSegmentNumber',
    );
    label(labels, grid, geometry, image, values, isLabelMap ? undefined : (segment ?? 1));
  }
  return labels;
}

/** @param segment what a pixel that is set stands for; undefined when the pixels are the numbers themselves */
function label(
  labels: Uint16Array,
  { size, affine }: Grid,
  geometry: FrameGeometry,
  { rows, columns }: { readonly rows: number; readonly columns: number },
  values: StoredValues,
  segment: number | undefined,
): void {
  const toVoxel = inverse(affine);
  const voxelOf = (row: number, column: number): Vector => {
    const along = add(
      scaled(geometry.row, column * geometry.columnSpacing),
      scaled(geometry.column, row * geometry.rowSpacing),
    );
    return pointAt(toVoxel, lpsToRas(add(geometry.position, along)));
  };
  for (let at = 0; at < rows * columns; at += 1) {
    const value = values[at] ?? 0;
    if (value === 0) continue;
    const place = voxelOf(Math.floor(at / columns), at % columns);
    const [i, j, k] = place.map(Math.round) as [number, number, number];
    const isOn = Math.max(Math.abs(place[0] - i), Math.abs(place[1] - j), Math.abs(place[2] - k)) <= OFF_GRID;
    const isInside = i >= 0 && j >= 0 && k >= 0 && i < size[0] && j < size[1] && k < size[2];
    if (!isOn || !isInside) throw offGrid();
    const index = i + size[0] * (j + size[1] * k);
    const number = segment ?? value;
    if (labels[index] !== 0 && labels[index] !== number) {
      throw new ImageRefusal(
        'not-applicable',
        'Segments overlap, and an image of labels holds one for each voxel. The segmentation stays available as DICOM.',
      );
    }
    labels[index] = number;
  }
}

function offGrid(): ImageRefusal {
  return new ImageRefusal(
    'no-geometry',
    'The segmentation does not lie on the grid of the images given with it. Give the series that it refers to; a segmentation ' +
      'of another resolution stays available as DICOM.',
  );
}
