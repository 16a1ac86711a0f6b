/** Intensities brought to a common scale. All volumes of a series get one transform: their contrast to one another is kept. */
import { ImageRefusal } from '../image-refusal.ts';
import type { Landmarks, StepOf } from '../recipe.ts';
import { inRealValues, type Volume } from '../volume.ts';
import { foreground, meanAndDeviation, percentilesOf } from './statistics.ts';

export interface Changed {
  readonly volume: Volume;
  readonly found: Readonly<Record<string, unknown>>;
}

const SMALLEST_INT16 = -32_768;
const LARGEST_INT16 = 32_767;

/** Whole Hounsfield units. */
export function hounsfield(volume: Volume, { padding }: StepOf<'hounsfield'>): Changed {
  const { values, slope, intercept, padding: stored } = volume;
  const units = new Int16Array(values.length);
  let padded = 0;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? 0;
    const isPadding = value === stored;
    if (isPadding) padded += 1;
    const unit = isPadding ? padding : Math.round(value * slope + intercept);
    units[at] = Math.max(SMALLEST_INT16, Math.min(unit, LARGEST_INT16));
  }
  const found = { slope, intercept, paddedVoxels: padded };
  return { volume: { ...volume, values: units, slope: 1, intercept: 0, padding: undefined }, found };
}

/** @throws ImageRefusal when all values are the same */
export function zScore(source: Volume, { mask }: StepOf<'z-score'>): Changed {
  const volume = inRealValues(source);
  const { mean, deviation } = meanAndDeviation(mask === 'foreground' ? foreground(volume.values) : volume.values);
  requireContrast(deviation);
  const values = volume.values.map((value) => (value - mean) / deviation);
  return { volume: { ...volume, values, padding: undefined }, found: { mean, deviation } };
}

/** @throws ImageRefusal when both percentiles are the same value */
export function percentileRange(source: Volume, step: StepOf<'percentile'>): Changed {
  const volume = inRealValues(source);
  const sample = step.mask === 'foreground' ? foreground(volume.values) : volume.values.slice();
  const [low = 0, high = 0] = percentilesOf(sample, [step.lower, step.upper]);
  requireContrast(high - low);
  const [start, end] = step.to;
  const share = (value: number): number => {
    const part = (value - low) / (high - low);
    return step.clip ? Math.max(0, Math.min(part, 1)) : part;
  };
  const values = volume.values.map((value) => start + share(value) * (end - start));
  return { volume: { ...volume, values, padding: undefined }, found: { low, high } };
}

/**
 * Brings the volume's own percentiles to the values of a standard scale, straight lines between them and beyond the
 * outermost (Nyúl and Udupa 1999).
 * @throws ImageRefusal when neighbouring percentiles are the same value
 */
export function nyul(source: Volume, { landmarks }: StepOf<'nyul'>): Changed {
  const volume = inRealValues(source);
  const own = percentilesOf(foreground(volume.values), landmarks.percentiles);
  requireContrast(Math.min(...own.slice(1).map((value, at) => value - (own[at] ?? value))));
  const values = volume.values.map(piecewiseLinear(own, landmarks.values));
  return { volume: { ...volume, values, padding: undefined }, found: { landmarks: own } };
}

function piecewiseLinear(from: readonly number[], to: readonly number[]): (value: number) => number {
  const pieces = from.slice(1).map((end, at) => {
    const [x, y] = [from[at] ?? 0, to[at] ?? 0];
    return { end, x, y, slope: ((to[at + 1] ?? y) - y) / (end - x) };
  });
  const last = pieces.at(-1);
  return (value) => {
    const piece = pieces.find(({ end }) => value <= end) ?? last;
    return piece === undefined ? value : piece.y + (value - piece.x) * piece.slope;
  };
}

/** The percentiles that Nyúl and Udupa's later work uses: the ends of the range and the deciles. */
export const STANDARD_PERCENTILES: readonly number[] = [1, 10, 20, 30, 40, 50, 60, 70, 80, 90, 99];

/** Learns a standard scale from volumes, one at a time; nothing of a volume is kept but its percentiles. */
export class LandmarkTraining {
  readonly #percentiles: readonly number[];
  readonly #range: readonly [number, number];
  readonly #learnt: number[][] = [];

  /** @param range the values that the first and the last percentile get on the scale */
  constructor(percentiles: readonly number[] = STANDARD_PERCENTILES, range: readonly [number, number] = [0, 100]) {
    this.#percentiles = percentiles;
    this.#range = range;
  }

  /** @throws ImageRefusal when the volume has no contrast to learn from */
  add(volume: Volume): void {
    const own = percentilesOf(foreground(inRealValues(volume).values), this.#percentiles);
    const [first, last] = [own[0] ?? 0, own.at(-1) ?? 0];
    requireContrast(last - first);
    const [start, end] = this.#range;
    this.#learnt.push(own.map((value) => start + ((value - first) / (last - first)) * (end - start)));
  }

  /** The mean scale of all volumes. @throws ImageRefusal when there was none */
  landmarks(): Landmarks {
    if (this.#learnt.length === 0) {
      throw new ImageRefusal(
        'missing-input',
        'No volume was left to learn landmarks from. See why the series were refused.',
      );
    }
    const values = this.#percentiles.map(
      (_, at) => this.#learnt.reduce((sum, scale) => sum + (scale[at] ?? 0), 0) / this.#learnt.length,
    );
    return { percentiles: [...this.#percentiles], values, volumes: this.#learnt.length };
  }
}

function requireContrast(difference: number): void {
  if (difference > 0) return;
  throw new ImageRefusal(
    'not-applicable',
    'The volume has too little contrast to bring its intensities to a scale: many of its voxels have one value. ' +
      'Leave this step out for this series.',
  );
}
