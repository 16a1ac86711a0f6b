/** Renders anatomy in a contrast: every tissue has its Hounsfield units or its MR signal in the table. */
import tissues from '../data/tissues.json' with { type: 'json' };
import type { RandomSource } from '../random.ts';
import { Canvas, NoiseField, type Shape } from './canvas.ts';

export type Contrast = keyof typeof tissues.background;

/** One slice: shapes from back to front, and the lesion among them when this slice cuts it. */
export interface Slice {
  readonly shapes: readonly Shape[];
  readonly lesion: Shape | undefined;
}

/** The noise fields that all images of one run share. */
export interface Grain {
  readonly fine: NoiseField;
  readonly medium: NoiseField;
  readonly coarse: NoiseField;
}

export function createGrain(random: RandomSource): Grain {
  return {
    fine: NoiseField.create(random.fork('fine'), 0),
    medium: NoiseField.create(random.fork('medium'), 1),
    coarse: NoiseField.create(random.fork('coarse'), 5),
  };
}

const SCANNER_NOISE: Record<Contrast, number> = {
  CT: 11,
  CTA: 13,
  T1: 16,
  T1C: 16,
  T2: 18,
  FLAIR: 18,
  DWI: 26,
  DWI50: 24,
  ADC: 60,
};

/** An image of the slice, in Hounsfield units or MR signal; `variant` moves the noise. */
export function render(slice: Slice, contrast: Contrast, size: number, grain: Grain, variant: number): Canvas {
  const canvas = new Canvas(size, size, tissues.background[contrast]);
  const table = tissues.contrasts[contrast] as Record<string, readonly number[]>;
  const medium = grain.medium.moved(variant);
  for (const shape of slice.shapes) {
    const [value, texture] = table[shape.tissue] ?? [];
    if (value !== undefined) canvas.paint(shape, value, texture ?? 0, medium);
  }
  const isCt = contrast.startsWith('CT');
  if (contrast.startsWith('DWI')) canvas.smooth();
  if (!isCt) applyCoilSensitivity(canvas, grain.coarse.moved(variant % 3));
  canvas.smooth();
  canvas.addNoise(SCANNER_NOISE[contrast], grain.fine.moved(variant));
  return canvas;
}

/** The slow shading of a surface coil. */
function applyCoilSensitivity(canvas: Canvas, coarse: NoiseField): void {
  for (let index = 0; index < canvas.values.length; index += 1) {
    const column = index % canvas.width;
    const row = (index - column) / canvas.width;
    const [x, y] = [column / canvas.width - 0.5, row / canvas.height - 0.5];
    const distance = Math.sqrt(x * x + y * y);
    const gain = 0.9 + 0.28 * distance + 0.02 * coarse.at(column >> 1, row >> 1);
    canvas.values[index] = (canvas.values[index] ?? 0) * gain;
  }
}

/** The pixels inside a lesion, one byte each: 1 inside, 0 outside. */
export function maskOf(lesion: Shape, size: number): Uint8Array {
  const canvas = new Canvas(size, size, 0);
  canvas.paint({ ...lesion, soft: 0.6, opacity: 1 }, 1);
  return Uint8Array.from(canvas.values, (value) => (value >= 0.5 ? 1 : 0));
}
