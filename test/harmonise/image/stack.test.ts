import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readStacks } from '../../../node-agent/harmonise/image/series-stacks.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import {
  CT_IMAGE,
  MR_IMAGE,
  type PhantomSeries,
  type PhantomSlice,
  type Values,
  writeSeries,
} from './phantom-series.ts';
import { POSES, pattern, plane, type Shape, stack } from './phantom-shapes.ts';

const SHAPE: Shape = { pose: POSES.axial!, rows: 6, columns: 8, slices: 6, spacing: [1, 1, 2] };
const MR: Values = { Modality: 'MR', ImageType: ['ORIGINAL', 'PRIMARY', 'M'] };

async function stacksOf(
  slices: readonly PhantomSlice[],
  attributes: Values = MR,
  changes: Partial<PhantomSeries> = {},
) {
  const series = { sopClassUid: MR_IMAGE, rows: SHAPE.rows, columns: SHAPE.columns, attributes, slices, ...changes };
  return readStacks(writeSeries(join(temporaryFolder(), 'in'), series));
}

function at(position: readonly number[], slice = 0): PhantomSlice {
  return {
    attributes: { ...plane(SHAPE, 0), ImagePositionPatient: position.map(String) },
    pixels: pattern(Uint16Array, SHAPE, slice),
  };
}

describe('the slices of a series', () => {
  it('are one stack when they are evenly spaced, to what scanners round', async () => {
    const slices = [0, 2.004, 3.997, 6.001, 8.003, 10].map((height, slice) => at([0, 0, height], slice));
    const { stacks, refusals } = await stacksOf(slices);
    expect(refusals).toEqual([]);
    expect(stacks).toHaveLength(1);
    expect(stacks[0]?.affine.columns[2]).toEqual([-0, -0, 2]);
  });

  it('are refused with their number when some are missing', async () => {
    const { stacks, refusals } = await stacksOf(stack(SHAPE).filter((_, index) => index !== 2 && index !== 3));
    expect(stacks).toEqual([]);
    expect(refusals).toMatchObject([{ reason: 'incomplete', files: 4 }]);
    expect(refusals[0]?.sentence).toMatch(/2 of 6 slices seem to be missing/);
  });

  it('are refused when their distances differ, or they lie beside one another', async () => {
    const uneven = await stacksOf([0, 2, 4.7, 7, 9].map((height, slice) => at([0, 0, height], slice)));
    expect(uneven.refusals).toMatchObject([{ reason: 'irregular-spacing', files: 5 }]);
    const shifted = await stacksOf([0, 0, 5, 0].map((beside, slice) => at([beside, 0, slice * 2], slice)));
    expect(shifted.refusals).toMatchObject([{ reason: 'irregular-spacing', files: 4 }]);
  });

  it('are refused when a time lacks one of them', async () => {
    const times = [0, 1].flatMap((time) => stack(SHAPE, () => ({ TemporalPositionIdentifier: String(time + 1) })));
    const { refusals } = await stacksOf(times.slice(0, -1));
    expect(refusals).toMatchObject([{ reason: 'incomplete', files: 11 }]);
    expect(refusals[0]?.sentence).toMatch(/Of 6 slice positions 1 have fewer than the 2 images/);
  });

  it('are sorted by b-value where their numbers do not tell the volumes apart', async () => {
    const mixed = Array.from({ length: 6 }, (_, slice) =>
      (slice % 2 === 0 ? [0, 800] : [800, 0]).map((b) => ({ slice, b })),
    )
      .flat()
      .map(({ slice, b }) => ({
        attributes: { ...plane(SHAPE, slice), DiffusionBValue: [b] },
        pixels: pattern(Uint16Array, SHAPE, slice),
      }));
    const { stacks } = await stacksOf(mixed);
    const values = stacks[0]?.frames.map((frames) => new Set(frames.map(({ moment }) => moment.bValue)));
    expect(values).toEqual([new Set([0]), new Set([800])]);
  });

  it('of the contrast phases of one CT series are volumes of their own', async () => {
    const phases = [1, 2].flatMap((phase) => stack(SHAPE, () => ({ AcquisitionNumber: String(phase) })));
    const { stacks } = await stacksOf(
      phases,
      { Modality: 'CT', ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'] },
      { sopClassUid: CT_IMAGE },
    );
    expect(stacks.map(({ frames, size }) => [frames.length, size[2]])).toEqual([
      [1, 6],
      [1, 6],
    ]);
  });

  it('of three planes, magnitude and phase are volumes of their own', async () => {
    const planes = [POSES.axial!, POSES.coronal!, POSES.sagittal!].flatMap((pose) =>
      stack({ ...SHAPE, pose, slices: 3 }),
    );
    expect((await stacksOf(planes)).stacks.map(({ size }) => size[2])).toEqual([3, 3, 3]);
    const parts = ['M', 'P'].flatMap((part) => stack(SHAPE, () => ({ ImageType: ['ORIGINAL', 'PRIMARY', part] })));
    expect((await stacksOf(parts)).stacks.map(({ frames }) => frames.length)).toEqual([1, 1]);
  });

  it('of a tilted gantry are told by their angle', async () => {
    const slices = [0, 1, 2, 3].map((slice) => at([0, slice * 2 * Math.tan(Math.PI / 12), slice * 2], slice));
    const { stacks } = await stacksOf(slices);
    expect(stacks[0]?.tilt).toBeCloseTo(15, 3);
  });

  it.each<[string, Values, RegExp]>([
    ['without a position', { ImagePositionPatient: [] }, /where its pixels lie/],
    [
      'with a crooked orientation',
      { ImageOrientationPatient: ['1', '0', '0', '0.5', '0.5', '0'] },
      /not two perpendicular directions/,
    ],
    [
      'that are mosaics',
      { ImageType: ['ORIGINAL', 'PRIMARY', 'M', 'MOSAIC'] },
      /mosaics.*single slices or as Enhanced MR/,
    ],
    ['with a palette', { PhotometricInterpretation: 'PALETTE COLOR' }, /in colour/],
    ['of several frames without places', { NumberOfFrames: '2' }, /does not say for each where it lies/],
  ])('are refused with a sentence when they are images %s', async (_, attributes, sentence) => {
    const { stacks, refusals } = await stacksOf(stack(SHAPE, () => attributes));
    expect(stacks).toEqual([]);
    expect(refusals).toHaveLength(1);
    expect(refusals[0]?.sentence).toMatch(sentence);
    expect(refusals[0]?.files).toBe(6);
  });

  it('of two series are not taken for one', async () => {
    const folder = temporaryFolder();
    const series = {
      sopClassUid: MR_IMAGE,
      rows: SHAPE.rows,
      columns: SHAPE.columns,
      attributes: MR,
      slices: stack(SHAPE),
    };
    const files = [...writeSeries(join(folder, 'a'), series), ...writeSeries(join(folder, 'b'), series)];
    await expect(readStacks(files)).rejects.toThrow(/more than one series/);
  });
});
