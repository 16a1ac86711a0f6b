import { describe, expect, it } from 'vitest';
import { factsText, type InstanceFacts } from '../../../node-agent/harmonise/series/facts.ts';
import { checkGeometry } from '../../../node-agent/harmonise/series/geometry-check.ts';
import { readFacts } from '../../../node-agent/harmonise/series/read-facts.ts';
import { readGeometry } from '../../../node-agent/harmonise/series/read-geometry.ts';
import { type Attributes, dataSetOf } from '../../catalogue/fixtures.ts';

const AXIAL = [1, 0, 0, 0, 1, 0];
const slice = (z: number, more: Attributes = {}): Attributes => ({
  Modality: 'CT',
  SliceThickness: 3,
  Rows: 512,
  Columns: 512,
  PixelSpacing: [0.7, 0.7],
  ImageOrientationPatient: AXIAL,
  ImagePositionPatient: [-100, -100, z],
  AcquisitionTime: '101010',
  ...more,
});
const range = (count: number, step = 3) => Array.from({ length: count }, (_, index) => index * step);

function found(objects: readonly Attributes[]) {
  const sets = new Map<number, InstanceFacts>();
  const ids = new Map<string, number>();
  const placed = objects.map((attributes) => {
    const dataSet = dataSetOf(attributes);
    const facts = readFacts(dataSet);
    const text = factsText(facts);
    const factsId = ids.get(text) ?? ids.size + 1;
    ids.set(text, factsId);
    sets.set(factsId, facts);
    return { factsId, ...readGeometry(dataSet) };
  });
  return checkGeometry(placed, sets);
}
const names = (objects: readonly Attributes[]) => found(objects).findings.map(({ name }) => name);

describe('a stack of slices', () => {
  it('without fault has no finding, in whatever order its slices come', () => {
    const objects = range(20).map((z) => slice(z));
    expect(found(objects)).toEqual({ slices: 20, spacing: 3, findings: [] });
    expect(found([...objects].reverse())).toEqual(found(objects));
  });

  it('is measured across the slices, also where they are tilted', () => {
    const [cosine, sine] = [Math.cos(0.3), Math.sin(0.3)];
    const objects = range(10).map((at) =>
      slice(0, {
        ImageOrientationPatient: [1, 0, 0, 0, cosine, sine],
        ImagePositionPatient: [0, -at * sine, at * cosine],
      }),
    );
    expect(found(objects)).toMatchObject({ slices: 10, spacing: 3, findings: [] });
  });

  it.each([
    ['1 slice is missing', [0, 3, 6, 12, 15]],
    ['2 slices are missing', [0, 3, 6, 15, 18, 21]],
  ])('says that %s', (sentence, places) => {
    const { findings } = found(places.map((z) => slice(z)));
    expect(findings).toMatchObject([{ name: 'missing-slices', severity: 'warning' }]);
    expect(findings[0]?.sentence).toContain(sentence);
  });

  it('says that its spacing is irregular', () => {
    expect(names([0, 3, 6, 10, 13, 16].map((z) => slice(z)))).toEqual(['irregular-spacing']);
  });

  it('bears the rounding of scanners', () => {
    expect(names(range(30).map((z, at) => slice(z + (at % 2) * 0.004)))).toEqual([]);
  });

  it.each([
    ['gaps-between-slices', 3.6],
    ['overlapping-slices', 1.5],
  ])('notes %s', (name, step) => {
    expect(found(range(10, step).map((z) => slice(z))).findings).toMatchObject([{ name, severity: 'note' }]);
  });

  it('says that an image is there twice', () => {
    expect(names([...range(6).map((z) => slice(z)), slice(6)])).toEqual(['duplicate-images']);
  });

  it('takes repeats at other times, echoes or b-values for no duplicates', () => {
    const times = ['101010', '101020', '101030'];
    expect(names(times.flatMap((AcquisitionTime) => range(6).map((z) => slice(z, { AcquisitionTime }))))).toEqual([]);
    expect(names([0, 800].flatMap((DiffusionBValue) => range(6).map((z) => slice(z, { DiffusionBValue }))))).toEqual(
      [],
    );
    // Averages of diffusion that nothing in the header tells apart.
    expect(names([1, 2, 3].flatMap(() => range(6).map((z) => slice(z))))).toEqual([]);
  });

  it('says that a repeat is not complete', () => {
    const second = range(4).map((z) => slice(z, { AcquisitionTime: '101020' }));
    expect(names([...range(6).map((z) => slice(z)), ...second])).toEqual(['incomplete-repeats']);
  });

  it('says that its slices lie in several directions', () => {
    const coronal = range(5).map((y) =>
      slice(0, { ImageOrientationPatient: [1, 0, 0, 0, 0, -1], ImagePositionPatient: [0, y, 0] }),
    );
    expect(names([...range(6).map((z) => slice(z)), ...coronal])).toEqual(['several-orientations']);
  });

  it('says that it is mixed of several acquisitions, and in what they differ', () => {
    const { findings } = found([
      ...range(6).map((z) => slice(z)),
      ...[18, 21, 24].map((z) => slice(z, { Rows: 256, SliceThickness: 5 })),
    ]);
    expect(findings).toMatchObject([{ name: 'mixed-acquisitions' }]);
    expect(findings[0]?.sentence).toMatch(/matrix or pixel spacing, slice thickness/u);
  });

  it('says that images do not say where they lie', () => {
    expect(found([{ Modality: 'CT' }])).toMatchObject({
      slices: 0,
      findings: [{ name: 'no-place', severity: 'note' }],
    });
    expect(names([...range(6).map((z) => slice(z)), { Modality: 'CT' }])).toEqual(['no-place']);
  });
});

describe('an enhanced image', () => {
  const frames = (places: readonly number[]): Attributes => ({
    Modality: 'MR',
    SharedFunctionalGroupsSequence: [
      dataSetOf({
        PlaneOrientationSequence: [dataSetOf({ ImageOrientationPatient: AXIAL })],
        PixelMeasuresSequence: [dataSetOf({ SliceThickness: 3 })],
      }),
    ],
    PerFrameFunctionalGroupsSequence: places.map((z) =>
      dataSetOf({ PlanePositionSequence: [dataSetOf({ ImagePositionPatient: [0, 0, z] })] }),
    ),
  });

  it('is a stack of its frames', () => {
    expect(found([frames(range(12))])).toMatchObject({ slices: 12, spacing: 3, findings: [] });
    expect(found([frames([0, 3, 6, 12, 15])])).toMatchObject({ findings: [{ name: 'missing-slices' }] });
  });

  it('may hold every slice several times', () => {
    expect(found([frames([...range(6), ...range(6)])])).toMatchObject({ slices: 6, findings: [] });
  });
});
