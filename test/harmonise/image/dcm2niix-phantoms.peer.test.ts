import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { harmoniseSeries } from '../../../node-agent/harmonise/image/harmonise-series.ts';
import { AS_SCANNED, type Recipe } from '../../../node-agent/harmonise/image/recipe.ts';
import { peer } from '../../support/peers.ts';
import { random } from '../../support/random.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { convertByPeer, unmatched } from './dcm2niix.ts';
import { readNifti } from './nifti-reader.ts';
import {
  CT_IMAGE,
  ENHANCED_MR,
  MR_IMAGE,
  PET_IMAGE,
  type PhantomSeries,
  type Values,
  writeSeries,
} from './phantom-series.ts';
import { enhanced, POSES, type Pose, pattern, plane, type Shape, stack, turned } from './phantom-shapes.ts';

const dcm2niix = peer('dcm2niix') ?? '';
const SEED = 20_241;
const MR: Values = {
  Modality: 'MR',
  ImageType: ['ORIGINAL', 'PRIMARY', 'M'],
  RepetitionTime: '2000',
  EchoTime: '30',
  MRAcquisitionType: '2D',
};

function shapeOf(pose: Pose, changes: Partial<Shape> = {}): Shape {
  return { pose, rows: 12, columns: 16, slices: 5, spacing: [1.25, 0.75, 3.5], ...changes };
}

function mr(shape: Shape, slices: PhantomSeries['slices'], attributes: Values = {}): PhantomSeries {
  return {
    sopClassUid: MR_IMAGE,
    rows: shape.rows,
    columns: shape.columns,
    attributes: { ...MR, ...attributes },
    slices,
  };
}

async function bothOf(series: PhantomSeries, recipe: Recipe = AS_SCANNED, turn3d = false) {
  const folder = temporaryFolder();
  const files = writeSeries(join(folder, 'in'), series);
  const output = join(folder, 'ours');
  mkdirSync(output);
  const record = await harmoniseSeries(files, recipe, { folder: output, name: 'x' });
  const ours = record.volumes.map(({ nifti, bval, bvec }) => ({
    ...readNifti(join(output, nifti.name)),
    bval: bval ? readFileSync(join(output, bval.name), 'utf8') : '',
    bvec: bvec ? readFileSync(join(output, bvec.name), 'utf8') : '',
  }));
  return { record, ours, theirs: convertByPeer(dcm2niix, join(folder, 'in'), join(folder, 'theirs'), turn3d) };
}

let compared = 0;

async function expectSame(series: PhantomSeries, volumes = 1): Promise<void> {
  const { record, ours, theirs } = await bothOf(series);
  expect(record.refusals).toEqual([]);
  expect(ours).toHaveLength(volumes);
  expect(unmatched(ours, theirs)).toEqual([]);
  compared += ours.length;
}

function times(
  shape: Shape,
  count: number,
  attributes: (time: number, slice: number) => Values,
  sliceFirst: boolean,
): PhantomSeries['slices'] {
  const all = Array.from({ length: count * shape.slices }, (_, index) => {
    const time = sliceFirst ? index % count : Math.floor(index / shape.slices);
    const slice = sliceFirst ? Math.floor(index / count) : index % shape.slices;
    return { time, slice };
  });
  return all.map(({ time, slice }) => ({
    attributes: { ...plane(shape, slice), ...attributes(time, slice) },
    pixels: pattern(Uint16Array, shape, slice, time),
  }));
}

describe.skipIf(dcm2niix === '')('NIfTI files of phantoms are those of dcm2niix, in affine and voxels', () => {
  const poses = Object.entries(POSES);

  it.each(poses)('of MR in %s position, slices in rising and in falling order', async (_, pose) => {
    const shape = shapeOf(pose);
    await expectSame(mr(shape, stack(shape)));
    await expectSame(mr(shape, stack(shape).reverse()));
  });

  it(`of MR in ten positions at random, seed ${SEED}`, async () => {
    const next = random(SEED);
    const between = (low: number, high: number): number => low + next() * (high - low);
    for (let round = 0; round < 10; round += 1) {
      const pose = turned(between(-3, 3), between(-1.4, 1.4), between(-3, 3), [
        between(-200, 200),
        between(-200, 200),
        between(-200, 200),
      ]);
      const shape = shapeOf(pose, { spacing: [between(0.4, 2), between(0.4, 2), between(0.8, 6)] });
      await expectSame(mr(shape, round % 2 === 0 ? stack(shape) : stack(shape).reverse()));
    }
  }, 120_000);

  it('of CT with signed and unsigned values and a rescale intercept, in every pixel encoding that both read', async () => {
    const shape = shapeOf(turned(0.1, 0.05, 0, [-90, -80, 12]));
    const attributes = {
      Modality: 'CT',
      ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
      RescaleSlope: '1',
      RescaleIntercept: '-1024',
      RescaleType: 'HU',
    };
    const base = { sopClassUid: CT_IMAGE, rows: shape.rows, columns: shape.columns, attributes };
    const signed = stack(
      shape,
      () => ({}),
      (slice) => pattern(Int16Array, shape, slice).map((value) => value - 500),
    );
    await expectSame({ ...base, slices: signed });
    for (const transferSyntax of ['implicitLittle', 'explicitLittle', 'explicitBig', 'runLength'] as const) {
      await expectSame({ ...base, slices: stack(shape), transferSyntax });
    }
    const tenth = { ...attributes, RescaleSlope: '0.25', RescaleIntercept: '-100.5' };
    await expectSame({
      ...base,
      attributes: tenth,
      slices: stack(
        shape,
        () => ({}),
        (slice) => pattern(Uint8Array, shape, slice, 0, 250),
      ),
    });
  });

  it('of a single slice', async () => {
    const shape = shapeOf(turned(0.3, 0.2, 0.1, [-10, 20, 30]), { slices: 1 });
    await expectSame(mr(shape, stack(shape)));
  });

  it('of a dynamic series, whichever way its images are numbered', async () => {
    const shape = shapeOf(turned(0.2, -0.1, 0.15, [-70, -60, 5]));
    const moment = (time: number): Values => ({
      TemporalPositionIdentifier: String(time + 1),
      NumberOfTemporalPositions: '4',
      AcquisitionTime: `1200${String(time * 10).padStart(2, '0')}`,
    });
    await expectSame(mr(shape, times(shape, 4, moment, false)));
    await expectSame(mr(shape, times(shape, 4, moment, true)));
  });

  it('of each echo of a series with several', async () => {
    const shape = shapeOf(POSES.axial!);
    const echo = (time: number): Values => ({ EchoNumbers: String(time + 1), EchoTime: String(10 + time * 20) });
    await expectSame(mr(shape, times(shape, 3, echo, false)), 3);
  });

  it('of diffusion weighted images, with their b-values and directions', async () => {
    const half = Math.SQRT1_2;
    const directions = [
      [0, 0, 0],
      [1, 0, 0],
      [0, half, half],
      [half, -half, 0],
    ];
    const shape = shapeOf(turned(0.25, 0.1, -0.2, [-70, -60, 5]));
    const weighting = (time: number): Values => ({
      DiffusionBValue: [time === 0 ? 0 : 800],
      ...(time === 0 ? {} : { DiffusionGradientOrientation: directions[time]! }),
      AcquisitionTime: `1200${String(time * 10).padStart(2, '0')}`,
    });
    const series = mr(shape, times(shape, 4, weighting, false), { Manufacturer: 'Philips Medical Systems' });
    const { ours, theirs } = await bothOf(series);
    expect(unmatched(ours, theirs)).toEqual([]);
    const numbers = (text: string): number[] => text.trim().split(/\s+/).map(Number);
    expect(numbers(ours[0]!.bval)).toEqual(numbers(theirs[0]!.bval));
    const [mine, others] = [numbers(ours[0]!.bvec), numbers(theirs[0]!.bvec)];
    expect(mine).toHaveLength(12);
    for (const [at, part] of mine.entries()) expect(part).toBeCloseTo(others[at]!, 4);
    compared += 1;
  });

  it('of PET whose every slice has a scale of its own', async () => {
    const shape = shapeOf(POSES.axial!);
    const slices = stack(shape, (slice) => ({ RescaleSlope: String(0.5 + slice * 0.125), RescaleIntercept: '0' }));
    const attributes = { Modality: 'PT', ImageType: ['ORIGINAL', 'PRIMARY'], Units: 'BQML' };
    await expectSame({ sopClassUid: PET_IMAGE, rows: shape.rows, columns: shape.columns, attributes, slices });
  });

  it('of enhanced MR with one volume and with several', async () => {
    const shape = shapeOf(turned(0.1, 0.2, 0.3, [-20, -30, -40]));
    await expectSame(enhanced(shape, 1, ENHANCED_MR));
    await expectSame(enhanced(shape, 3, ENHANCED_MR));
  });

  it('turned to RAS as dcm2niix turns three-dimensional acquisitions', async () => {
    for (const pose of [POSES.sagittal!, POSES.coronal!, POSES.axial!]) {
      const shape = shapeOf(pose);
      const series = mr(shape, stack(shape), { MRAcquisitionType: '3D' });
      const { ours, theirs } = await bothOf(series, { steps: [{ step: 'reorient', to: 'RAS' }] }, true);
      expect(unmatched(ours, theirs)).toEqual([]);
      compared += 1;
    }
  });

  it('and the count is told', () => {
    console.log(`Compared with dcm2niix: ${compared} volumes of phantoms, all the same.`);
    expect(compared).toBeGreaterThan(30);
  });
});
