import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { harmoniseSegmentation } from '../../../node-agent/harmonise/image/harmonise-segmentation.ts';
import { AS_SCANNED, type Recipe, readRecipe } from '../../../node-agent/harmonise/image/recipe.ts';
import { code } from '../../phantom/elements.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { readNifti } from './nifti-reader.ts';
import { CT_IMAGE, item, type Values, writeSeries } from './phantom-series.ts';
import { plane, type Shape, slicePosition, stack, turned } from './phantom-shapes.ts';

const SEGMENTATION = '1.2.840.10008.5.1.4.1.1.66.4';
const SHAPE: Shape = {
  pose: turned(0.2, 0.1, -0.1, [-20, -30, 40]),
  rows: 8,
  columns: 16,
  slices: 6,
  spacing: [1.5, 1.25, 3],
};

interface Drawn {
  readonly segment: number;
  readonly slice: number;
  /** Row and column of the pixels that are set. */
  readonly pixels: readonly (readonly [number, number])[];
}

const TWO: readonly Drawn[] = [
  {
    segment: 1,
    slice: 1,
    pixels: [
      [0, 0],
      [2, 5],
    ],
  },
  { segment: 2, slice: 1, pixels: [[7, 15]] },
  { segment: 2, slice: 4, pixels: [[3, 9]] },
];

function places() {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'out'));
  const attributes = { Modality: 'CT', ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'] };
  const series = writeSeries(join(folder, 'ct'), {
    sopClassUid: CT_IMAGE,
    rows: 8,
    columns: 16,
    attributes,
    slices: stack(SHAPE),
  });
  return { folder, series, target: { folder: join(folder, 'out'), name: 'labels' } };
}

function drawn(folder: string, frames: readonly Drawn[], changes: Values = {}, shape = SHAPE): string {
  const pixels = new Uint8Array(frames.length * 128);
  for (const [index, frame] of frames.entries())
    for (const [row, column] of frame.pixels) pixels[index * 128 + row * 16 + column] = 1;
  const { ImageOrientationPatient = [], PixelSpacing = [], SliceThickness = '' } = plane(shape, 0);
  const segment = (number: number, label: string, meaning: string): Values => ({
    SegmentNumber: [number],
    SegmentLabel: label,
    SegmentedPropertyTypeCodeSequence: [code(`9${number}`, 'SCT', meaning)],
  });
  const attributes: Values = {
    Modality: 'SEG',
    SegmentationType: 'BINARY',
    NumberOfFrames: String(frames.length),
    SegmentSequence: [item(segment(1, 'Tumour', 'Neoplasm')), item(segment(2, 'Liver', 'Liver'))],
    SharedFunctionalGroupsSequence: [
      item({
        PlaneOrientationSequence: [item({ ImageOrientationPatient })],
        PixelMeasuresSequence: [item({ PixelSpacing, SliceThickness })],
      }),
    ],
    PerFrameFunctionalGroupsSequence: frames.map(({ segment: number, slice }) =>
      item({
        PlanePositionSequence: [item({ ImagePositionPatient: slicePosition(shape, slice) })],
        SegmentIdentificationSequence: [item({ ReferencedSegmentNumber: [number] })],
      }),
    ),
    ...changes,
  };
  const series = {
    sopClassUid: SEGMENTATION,
    rows: 8,
    columns: 16,
    attributes,
    slices: [{ attributes: {}, pixels }],
    frames: frames.length,
  };
  return writeSeries(join(folder, 'seg'), series)[0] ?? '';
}

async function labelled(frames: readonly Drawn[], recipe: Recipe = AS_SCANNED) {
  const { folder, series, target } = places();
  const record = await harmoniseSegmentation(drawn(folder, frames), series, recipe, target);
  const image = readNifti(join(target.folder, record.nifti.name));
  return { record, image, sidecar: JSON.parse(readFileSync(join(target.folder, record.sidecar.name), 'utf8')) };
}

describe('a segmentation', () => {
  it('becomes labels on the grid of its series, frames only where something was drawn', async () => {
    const { image, sidecar } = await labelled(TWO);
    expect(image.size).toEqual([16, 8, 6, 1]);
    const set = [...image.values.entries()].filter(([, value]) => value > 0);
    // Rows run against the second axis: row 0 is index 7.
    const index = (row: number, column: number, slice: number): number => column + 16 * (7 - row + 8 * slice);
    expect(set).toEqual(
      [
        [index(7, 15, 1), 2],
        [index(2, 5, 1), 1],
        [index(0, 0, 1), 1],
        [index(3, 9, 4), 2],
      ].sort(([one = 0], [other = 0]) => one - other),
    );
    expect(sidecar.Labels).toEqual([
      { number: 1, label: 'Tumour', type: { code: '91', scheme: 'SCT', meaning: 'Neoplasm' } },
      { number: 2, label: 'Liver', type: { code: '92', scheme: 'SCT', meaning: 'Liver' } },
    ]);
  });

  it('follows the recipe of its series in space, by nearest neighbour, and leaves intensities alone', async () => {
    const steps = [
      { step: 'hounsfield' },
      { step: 'resample', spacing: [1.25, 0.75, 1.5], interpolation: 'cubic' },
      { step: 'reorient', to: 'RAS' },
    ];
    const { record, image } = await labelled(TWO, readRecipe({ steps }));
    expect(record.steps.map(({ step }) => step)).toEqual(['read', 'resample', 'reorient']);
    expect(record.size).toEqual([16, 16, 12, 1]);
    expect(new Set(image.values)).toEqual(new Set([0, 1, 2]));
    expect(image.values.filter((value) => value > 0)).toHaveLength(4 * 4);
  });

  it('is refused where segments overlap, where it states fractions, and where it lies on another grid', async () => {
    const { folder, series, target } = places();
    const twice: Drawn[] = [...TWO, { segment: 2, slice: 1, pixels: [[2, 5]] }];
    const done = (file: string) => harmoniseSegmentation(file, series, AS_SCANNED, target);
    await expect(done(drawn(folder, twice))).rejects.toThrow(/overlap/);
    await expect(done(drawn(folder, TWO, { SegmentationType: 'FRACTIONAL' }))).rejects.toThrow(/threshold/);
    await expect(done(drawn(folder, TWO, {}, { ...SHAPE, spacing: [1.5, 1.25, 3.9] }))).rejects.toThrow(
      /does not lie on the grid/,
    );
    await expect(done(drawn(folder, TWO, {}, { ...SHAPE, spacing: [0.75, 0.625, 3] }))).rejects.toThrow(
      /does not lie on the grid/,
    );
  });
});
