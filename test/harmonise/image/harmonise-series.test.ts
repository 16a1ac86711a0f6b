import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { harmoniseSeries, trainLandmarks } from '../../../node-agent/harmonise/image/harmonise-series.ts';
import { AS_SCANNED, readRecipe } from '../../../node-agent/harmonise/image/recipe.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { readNifti } from './nifti-reader.ts';
import { CT_IMAGE, item, MR_IMAGE, PET_IMAGE, type PhantomSeries, type Values, writeSeries } from './phantom-series.ts';
import { normalOf, POSES, pattern, plane, type Shape, stack, turned } from './phantom-shapes.ts';

const SHAPE: Shape = {
  pose: turned(0.2, 0.1, -0.1, [-20, -30, 40]),
  rows: 10,
  columns: 12,
  slices: 6,
  spacing: [1.5, 1.25, 3],
};
const CT: Values = {
  Modality: 'CT',
  ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
  RescaleSlope: '1',
  RescaleIntercept: '-1000',
  RescaleType: 'HU',
};
/** What no file of a harmonised series may hold. */
const IDENTIFIERS: Values = {
  PatientID: 'PSEUDONYM-4711',
  PatientName: 'Doe^Jane',
  AccessionNumber: 'ACC-99',
  InstitutionName: 'St. Elsewhere',
  DeviceSerialNumber: 'SN-31337',
  PatientComments: 'seen by Dr. House',
};

function seriesOf(sopClassUid: string, attributes: Values, changes: Partial<PhantomSeries> = {}): PhantomSeries {
  return { sopClassUid, rows: SHAPE.rows, columns: SHAPE.columns, attributes, slices: stack(SHAPE), ...changes };
}

function places(): { readonly input: string; readonly output: string } {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'out'));
  return { input: join(folder, 'in'), output: join(folder, 'out') };
}

describe('harmonising a series', () => {
  it('writes an image and a sidecar with the recipe, the digests of its inputs, and no identifier', async () => {
    const { input, output } = places();
    const files = writeSeries(
      input,
      seriesOf(CT_IMAGE, { ...CT, ...IDENTIFIERS, KVP: '120', SeriesDescription: 'Thorax' }),
    );
    const recipe = readRecipe({
      name: 'isotropic',
      steps: [{ step: 'hounsfield' }, { step: 'resample', spacing: 2 }, { step: 'reorient', to: 'RAS' }],
    });
    const record = await harmoniseSeries(files, recipe, { folder: output, name: 'thorax' });
    expect(record.refusals).toEqual([]);
    expect(readdirSync(output).sort()).toEqual(['thorax.json', 'thorax.nii.gz']);
    const [volume] = record.volumes;
    expect(volume?.size).toEqual([8, 8, 9, 1]);
    expect(volume?.spacing.map((width) => Number(width.toFixed(6)))).toEqual([2, 2, 2]);
    expect(volume?.steps.map(({ step }) => step)).toEqual(['read', 'hounsfield', 'resample', 'reorient']);
    const sidecarBytes = readFileSync(join(output, 'thorax.json'));
    const sidecar = JSON.parse(sidecarBytes.toString());
    expect(sidecar).toMatchObject({
      Modality: 'CT',
      KVP: 120,
      SeriesDescription: 'Thorax',
      ConversionSoftware: 'Gatehouse',
    });
    expect(sidecar.Harmonisation.steps).toEqual(JSON.parse(JSON.stringify(volume?.steps)));
    expect(sidecar.Harmonisation.steps[2]).toMatchObject({ interpolation: 'linear', antialias: true, spacing: 2 });
    const digests = files.map((file) => createHash('sha256').update(readFileSync(file)).digest('hex'));
    expect(sidecar.Harmonisation.inputs.map(({ sha256 }: { sha256: string }) => sha256)).toEqual(digests);
    const image = readFileSync(join(output, 'thorax.nii.gz'));
    expect(createHash('sha256').update(image).digest('hex')).toBe(volume?.nifti.sha256);
    expect(createHash('sha256').update(sidecarBytes).digest('hex')).toBe(volume?.sidecar.sha256);
    expect(readNifti(join(output, 'thorax.nii.gz')).description).toMatch(/^Gatehouse \d/);
    const everything = sidecarBytes.toString() + JSON.stringify(record) + image.toString('latin1');
    for (const value of Object.values(IDENTIFIERS)) expect(everything).not.toContain(value);
  });

  it('gives the same bytes for the same files and recipe', async () => {
    const { input, output } = places();
    const files = writeSeries(input, seriesOf(MR_IMAGE, { Modality: 'MR' }));
    const one = await harmoniseSeries(files, AS_SCANNED, { folder: output, name: 'x' });
    const other = await harmoniseSeries([...files].reverse(), AS_SCANNED, { folder: output, name: 'x' });
    expect(other.volumes[0]?.nifti).toEqual(one.volumes[0]?.nifti);
    expect(other.volumes[0]?.sidecar).toEqual(one.volumes[0]?.sidecar);
  });

  it('keeps the stored values and their scale where no step changes them', async () => {
    const { input, output } = places();
    await harmoniseSeries(writeSeries(input, seriesOf(CT_IMAGE, CT)), AS_SCANNED, { folder: output, name: 'x' });
    const image = readNifti(join(output, 'x.nii.gz'));
    expect(image.datatype).toBe(512);
    expect([image.qformCode, image.sformCode, image.units, image.magic]).toEqual([1, 1, 10, 'n+1\0']);
    // The first row of the file is the last of the slice.
    const row = pattern(Uint16Array, SHAPE, 0).subarray(9 * 12, 10 * 12);
    expect([...image.values.subarray(0, 12)]).toEqual([...row].map((value) => value - 1000));
  });

  it('makes a grid with perpendicular axes of a tilted gantry, every voxel at its place', async () => {
    const { input, output } = places();
    const shape: Shape = { ...SHAPE, pose: POSES.axial!, rows: 30, columns: 20, slices: 8, spacing: [1, 1, 2] };
    const shear = 2 * Math.tan((20 * Math.PI) / 180);
    // The stored value is the place itself: 3 × anterior + 5 × height, in tenths.
    const slices = Array.from({ length: 8 }, (_, slice) => {
      const position = [-10, -15 + slice * shear, slice * 2];
      const pixels = new Int16Array(600);
      for (let at = 0; at < 600; at += 1) {
        const y = position[1]! + Math.floor(at / 20);
        pixels[at] = Math.round(100 * (3 * -y + 5 * position[2]!));
      }
      return {
        attributes: { ...plane(shape, 0), ImagePositionPatient: position.map((part) => part.toFixed(8)) },
        pixels,
      };
    });
    const attributes = { ...CT, RescaleSlope: '0.01', RescaleIntercept: '0' };
    const series = { sopClassUid: CT_IMAGE, rows: 30, columns: 20, attributes, slices };
    const record = await harmoniseSeries(writeSeries(input, series), AS_SCANNED, { folder: output, name: 'x' });
    expect(record.volumes[0]?.steps.map(({ step }) => step)).toEqual(['read', 'untilt']);
    expect(record.volumes[0]?.steps[1]?.found?.degrees).toBeCloseTo(20, 3);
    const image = readNifti(join(output, 'x.nii.gz'));
    expect(image.qformCode).toBe(1);
    const [width = 0, height = 0] = image.size;
    expect(height).toBeGreaterThan(30);
    let inside = 0;
    for (const [at, value] of image.values.entries()) {
      const [j, k] = [Math.floor(at / width) % height, Math.floor(at / width / height)];
      const [y, z] = [image.sform[1]![1]! * j + image.sform[1]![3]!, image.sform[2]![2]! * k + image.sform[2]![3]!];
      const row = -y - (-15 + k * shear);
      if (row < 0 || row > 29) continue;
      inside += 1;
      expect(Math.abs(value - (3 * y + 5 * z))).toBeLessThan(0.02);
    }
    expect(inside).toBeGreaterThan(8 * 28 * 20);
  });

  it('turns PET into uptake values, slice scales and decay accounted for', async () => {
    const { input, output } = places();
    const tracer = item({
      RadiopharmaceuticalStartTime: '110000',
      RadionuclideTotalDose: '200000000',
      RadionuclideHalfLife: '3600',
    });
    const attributes: Values = {
      ...{
        Modality: 'PT',
        Units: 'BQML',
        CorrectedImage: ['ATTN', 'DECY'],
        DecayCorrection: 'START',
        PatientWeight: '50',
      },
      ...{ SeriesDate: '20200101', SeriesTime: '120000', AcquisitionDate: '20200101', AcquisitionTime: '120500' },
      RadiopharmaceuticalInformationSequence: [tracer],
    };
    const slices = stack(SHAPE, (slice) => ({ RescaleSlope: String(slice + 1), RescaleIntercept: '0' }));
    const files = writeSeries(input, seriesOf(PET_IMAGE, attributes, { slices }));
    await harmoniseSeries(files, readRecipe({ steps: [{ step: 'suv' }] }), { folder: output, name: 'x' });
    const { values } = readNifti(join(output, 'x.nii.gz'));
    // One half-life after the injection of 200 MBq: 50 kg / 100 MBq = 5e-4 g/Bq.
    const stored = pattern(Uint16Array, SHAPE, 3)[9 * 12 + 5]!;
    expect(values[3 * 120 + 5]).toBeCloseTo(stored * 4 * 5e-4, 5);
  });

  it('tells what it refuses and writes nothing of it', async () => {
    const { input, output } = places();
    const files = writeSeries(input, seriesOf(MR_IMAGE, { Modality: 'MR' }));
    const record = await harmoniseSeries(files, readRecipe({ steps: [{ step: 'suv' }] }), {
      folder: output,
      name: 'x',
    });
    expect(record.volumes).toEqual([]);
    expect(record.refusals).toMatchObject([{ reason: 'not-applicable', files: 6 }]);
    expect(readdirSync(output)).toEqual([]);
  });

  it('leaves the files of an earlier run whole when it fails, and nothing half written', async () => {
    const { input, output } = places();
    const files = writeSeries(input, seriesOf(MR_IMAGE, { Modality: 'MR' }));
    await harmoniseSeries(files, AS_SCANNED, { folder: output, name: 'x' });
    const before = readFileSync(join(output, 'x.nii.gz'));
    const cut = readFileSync(files[3]!);
    writeFileSync(files[3]!, cut.subarray(0, cut.length - 40));
    const record = await harmoniseSeries(files, AS_SCANNED, { folder: output, name: 'x' });
    expect(record.volumes).toEqual([]);
    expect(record.refusals.length).toBeGreaterThan(0);
    expect(readFileSync(join(output, 'x.nii.gz')).equals(before)).toBe(true);
    expect(readdirSync(output).sort()).toEqual(['x.json', 'x.nii.gz']);
  });

  it('numbers the volumes of a series with several', async () => {
    const { input, output } = places();
    const echoes = [1, 2].flatMap((echo) =>
      stack(SHAPE, () => ({ EchoNumbers: String(echo), EchoTime: String(echo * 20) })),
    );
    const files = writeSeries(input, seriesOf(MR_IMAGE, { Modality: 'MR' }, { slices: echoes }));
    const record = await harmoniseSeries(files, AS_SCANNED, { folder: output, name: 'x' });
    expect(record.volumes.map(({ nifti }) => nifti.name)).toEqual(['x_1.nii.gz', 'x_2.nii.gz']);
    const times = ['x_1', 'x_2'].map((name) => JSON.parse(readFileSync(join(output, `${name}.json`), 'utf8')).EchoTime);
    expect(times).toEqual([0.02, 0.04]);
  });

  it('learns a standard scale from the series of a dataset, and applies it by its recipe', async () => {
    const { input, output } = places();
    const gains = [1, 3, 10];
    const all = gains.map((gain, index) => {
      const slices = stack(
        SHAPE,
        () => ({}),
        (slice) => pattern(Uint16Array, SHAPE, slice).map((value) => value * gain),
      );
      return writeSeries(join(input, String(index)), seriesOf(MR_IMAGE, { Modality: 'MR' }, { slices }));
    });
    const { landmarks, refusals } = await trainLandmarks(all);
    expect(refusals).toEqual([]);
    expect(landmarks.volumes).toBe(3);
    const recipe = readRecipe({ steps: [{ step: 'nyul', landmarks }] });
    for (const [index, files] of all.entries())
      await harmoniseSeries(files, recipe, { folder: output, name: `${index}` });
    const images = gains.map((_, index) => readNifti(join(output, `${index}.nii.gz`)).values);
    for (const [at, value] of images[0]!.entries()) {
      expect(Math.abs(images[1]![at]! - value)).toBeLessThan(0.01);
      expect(Math.abs(images[2]![at]! - value)).toBeLessThan(0.01);
    }
  });

  it('brings another series onto the grid of a first', async () => {
    const { input, output } = places();
    const [i, j] = [SHAPE.pose.row, SHAPE.pose.column];
    expect(Math.hypot(...normalOf(SHAPE.pose))).toBeCloseTo(1, 9);
    const grid = {
      size: [5, 6, 7],
      affine: {
        columns: [
          [-i[0], -i[1], i[2]],
          [-j[0], -j[1], j[2]],
          [0, 0, 2],
        ],
        origin: [10, 20, 45],
      },
    };
    const files = writeSeries(input, seriesOf(MR_IMAGE, { Modality: 'MR' }));
    const recipe = readRecipe({ steps: [{ step: 'resample', grid, interpolation: 'cubic' }] });
    const { volumes } = await harmoniseSeries(files, recipe, { folder: output, name: 'x' });
    expect(volumes[0]?.size).toEqual([5, 6, 7, 1]);
    expect(volumes[0]?.affine.map((row) => row[3])).toEqual([10, 20, 45]);
    expect(existsSync(join(output, 'x.json'))).toBe(true);
  });
});

describe('a recipe', () => {
  it.each<[unknown, RegExp]>([
    [{ steps: [{ step: 'sharpen' }] }, /steps\.0/],
    [{ steps: [{ step: 'reorient', to: 'RAR' }] }, /steps\.0\.to: .*each axis once/],
    [{ steps: [{ step: 'resample' }] }, /either a spacing or a grid/],
    [{ steps: [{ step: 'percentile', lower: 99, upper: 1 }] }, /lower percentile below/],
    [
      { steps: [{ step: 'nyul', landmarks: { percentiles: [1, 99], values: [5, 5], volumes: 1 } }] },
      /values that rise/,
    ],
    [{ steps: [], author: 'me' }, /its top/],
  ])('that does not hold is refused with the place (%j)', (recipe, sentence) => {
    expect(() => readRecipe(recipe)).toThrow(sentence);
  });
});
