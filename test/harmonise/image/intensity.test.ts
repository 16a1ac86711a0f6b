import { describe, expect, it } from 'vitest';
import {
  hounsfield,
  LandmarkTraining,
  nyul,
  percentileRange,
  zScore,
} from '../../../node-agent/harmonise/image/operations/intensity.ts';
import { percentilesOf } from '../../../node-agent/harmonise/image/operations/statistics.ts';
import type { Volume } from '../../../node-agent/harmonise/image/volume.ts';
import { random } from '../../support/random.ts';
import { volumeOf } from './volumes.ts';

const SEED = 5_150;

/** Half dark background, half tissue of three kinds, as a scanner with this gain and offset shows it. */
function head(gain: number, offset: number, seed: number): Volume {
  const next = random(seed);
  const values = Float32Array.from({ length: 20_000 }, (_, at) => {
    const tissue = at % 2 === 0 ? next() * 5 : [200, 400, 700][at % 3]! + next() * 60;
    return offset + gain * tissue;
  });
  return volumeOf([100, 20, 10], values);
}

describe('CT in Hounsfield units', () => {
  it('is rescaled, rounded, and has air where nothing was measured', () => {
    const volume = volumeOf([5, 1, 1], Int16Array.of(-2000, 0, 1024, 2024, 32767), {
      slope: 1.5,
      intercept: -1024.2,
      padding: -2000,
    });
    const { volume: made, found } = hounsfield(volume, { step: 'hounsfield', padding: -1024 });
    expect([...made.values]).toEqual([-1024, -1024, 512, 2012, 32767]);
    expect([made.slope, made.intercept]).toEqual([1, 0]);
    expect(found).toMatchObject({ paddedVoxels: 1 });
  });
});

describe('z-scores', () => {
  it('have mean 0 and deviation 1 over everything', () => {
    const { volume, found } = zScore(volumeOf([4, 1, 1], Uint16Array.of(2, 4, 4, 6)), {
      step: 'z-score',
      mask: 'none',
    });
    expect(found).toEqual({ mean: 4, deviation: Math.SQRT2 });
    expect([...volume.values].map((value) => value.toFixed(4))).toEqual(['-1.4142', '0.0000', '0.0000', '1.4142']);
  });

  it('leave the background out of mean and deviation', () => {
    const values = Float32Array.of(0, 0, 0, 0, 0, 0, 90, 110);
    const { found } = zScore(volumeOf([8, 1, 1], values), { step: 'z-score', mask: 'foreground' });
    expect(found).toEqual({ mean: 100, deviation: 10 });
  });

  it('are refused for a volume of one value', () => {
    const flat = volumeOf([4, 1, 1], new Float32Array(4).fill(7));
    expect(() => zScore(flat, { step: 'z-score', mask: 'none' })).toThrow(/too little contrast/);
  });
});

describe('a percentile range', () => {
  it('is brought to the range asked for, and cut off or not', () => {
    const values = Float32Array.from({ length: 101 }, (_, at) => at);
    const step = { step: 'percentile', lower: 10, upper: 90, to: [0, 1], mask: 'none' } as const;
    const cut = percentileRange(volumeOf([101, 1, 1], values), { ...step, to: [0, 1], clip: true }).volume.values;
    expect([cut[0], cut[10], cut[50], cut[90], cut[100]]).toEqual([0, 0, 0.5, 1, 1]);
    const whole = percentileRange(volumeOf([101, 1, 1], values), { ...step, to: [0, 1], clip: false }).volume.values;
    expect([whole[0], whole[100]]).toEqual([-0.125, 1.125]);
  });

  it('takes percentiles linearly between values', () => {
    expect(percentilesOf(Float32Array.of(40, 10, 20, 30), [0, 50, 90, 100])).toEqual([10, 25, 37, 40]);
  });
});

describe(`Nyúl's standard scale (seed ${SEED})`, () => {
  it('brings what scanners of different gain and offset made to one scale', () => {
    const training = new LandmarkTraining();
    const scanners = [
      [1, 0],
      [2.5, 30],
      [0.4, 100],
      [7, 5],
    ] as const;
    for (const [index, [gain, offset]] of scanners.entries()) training.add(head(gain, offset, SEED + index));
    const landmarks = training.landmarks();
    expect(landmarks.volumes).toBe(4);
    expect(landmarks.values[0]).toBeCloseTo(0, 6);
    expect(landmarks.values.at(-1)).toBeCloseTo(100, 6);
    const medians = scanners.map(([gain, offset], index) => {
      const { volume } = nyul(head(gain, offset, SEED + 10 + index), { step: 'nyul', landmarks });
      return percentilesOf(
        Float32Array.from(volume.values).filter((value) => value > 0),
        [20, 50, 80],
      );
    });
    for (const own of medians)
      for (const [at, value] of own.entries()) expect(Math.abs(value - medians[0]![at]!)).toBeLessThan(1);
  });

  it('maps landmarks onto landmarks and goes on straight beyond them', () => {
    const values = Float32Array.of(
      ...new Array<number>(200).fill(0),
      ...Array.from({ length: 101 }, (_, at) => 1000 + at),
    );
    const landmarks = { percentiles: [0, 50, 100], values: [0, 80, 100], volumes: 1 };
    const { volume, found } = nyul(volumeOf([301, 1, 1], values), { step: 'nyul', landmarks });
    expect(found).toEqual({ landmarks: [1000, 1050, 1100] });
    expect([volume.values[200], volume.values[250], volume.values[275], volume.values[300]]).toEqual([0, 80, 90, 100]);
    expect(volume.values[0]).toBeCloseTo(-1600, 3);
  });

  it('is refused where there was nothing to learn from', () => {
    expect(() => new LandmarkTraining().landmarks()).toThrow(/No volume was left/);
  });
});
