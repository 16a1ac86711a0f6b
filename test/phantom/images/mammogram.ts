/** A mammogram: the breast from the left or right edge, glandular tissue, a spiculated mass, specks of calcium. */
import type { RandomSource } from '../random.ts';
import { Canvas, type Shape } from './canvas.ts';
import type { Grain } from './render.ts';

export const MAMMOGRAM_COLUMNS = 192;
export const MAMMOGRAM_ROWS = 256;

export interface MammogramView {
  readonly laterality: 'L' | 'R';
  readonly view: 'CC' | 'MLO';
  readonly withMass: boolean;
}

/** 12-bit values; the breast grows from the right edge of the image for R, from the left for L. */
export function mammogram(random: RandomSource, view: MammogramView, grain: Grain): Canvas {
  const canvas = new Canvas(MAMMOGRAM_COLUMNS, MAMMOGRAM_ROWS, 0);
  const edge = -1;
  const oblique = view.view === 'MLO';
  const size = random.between(0.92, 1.08);
  const centre = oblique ? 0.12 : 0;
  const breast: Shape = { tissue: '', x: edge, y: centre, rx: 1.42 * size, ry: (oblique ? 1.2 : 0.98) * size };
  canvas.paint({ ...breast, soft: 5 }, 1150);
  canvas.paint({ ...breast, rx: breast.rx - 0.05, ry: breast.ry - 0.05, soft: 16 }, 1500, 60, grain.coarse);
  paintGland(canvas, random, grain, centre, size);
  paintDucts(canvas, random, grain, centre, size);
  if (oblique)
    canvas.paint({ tissue: '', x: -1.15, y: -0.95, rx: 0.5, ry: 1.1, angle: -20, soft: 8 }, 2750, 60, grain.medium);
  if (view.withMass) paintMass(canvas, random, grain, centre);
  keepInside(canvas, breast);
  canvas.smooth();
  canvas.addNoise(22, grain.fine);
  if (view.laterality === 'R') mirror(canvas);
  return canvas;
}

function paintGland(canvas: Canvas, random: RandomSource, grain: Grain, centre: number, size: number): void {
  const body = { tissue: '', x: -0.5, y: centre, rx: 0.62 * size, ry: 0.55 * size, soft: 34, opacity: 0.7 };
  canvas.paint(body, 2150, 150, grain.coarse);
  for (let index = 0; index < 34; index += 1) {
    const along = random.next();
    const spread = (1 - along) * 0.6;
    const shape = {
      tissue: '',
      x: -0.85 + along * 1.05 * size,
      y: centre + random.between(-spread, spread) * size,
      rx: random.between(0.06, 0.2),
      ry: random.between(0.03, 0.11),
      angle: random.between(-40, 40),
      waves: [{ count: 4, depth: 0.25, phase: random.between(0, 6) }],
      soft: 9,
      opacity: random.between(0.25, 0.6),
    };
    canvas.paint(shape, random.between(2300, 2950), 110, grain.medium);
  }
}

function paintDucts(canvas: Canvas, random: RandomSource, grain: Grain, centre: number, size: number): void {
  for (let index = 0; index < 40; index += 1) {
    const along = random.next();
    const rise = random.between(-0.75, 0.75) * (1 - along * 0.75);
    const shape = {
      tissue: '',
      x: -0.95 + along * 1.2 * size,
      y: centre + rise,
      rx: random.between(0.1, 0.34),
      ry: 0.008,
      angle: -rise * 45 + random.between(-14, 14),
      soft: 1.6,
      opacity: random.between(0.15, 0.4),
    };
    canvas.paint(shape, 2600, 60, grain.medium);
  }
}

function paintMass(canvas: Canvas, random: RandomSource, grain: Grain, centre: number): void {
  const [x, y] = [random.between(-0.5, -0.1), centre + random.between(-0.3, 0.3)];
  const radius = random.between(0.08, 0.13);
  for (let index = 0; index < 18; index += 1) {
    const angle = (index / 18) * 360 + random.between(-8, 8);
    const spike = {
      tissue: '',
      x,
      y,
      rx: radius * random.between(1.5, 2.3),
      ry: 0.009,
      angle,
      soft: 1.4,
      opacity: 0.55,
    };
    canvas.paint(spike, 3000);
  }
  const waves = [{ count: 7, depth: 0.14, phase: random.between(0, 6) }];
  canvas.paint({ tissue: '', x, y, rx: radius, ry: radius * 0.9, waves, soft: 4 }, 3350, 80, grain.medium);
  for (let index = 0; index < 12; index += 1) {
    const speck = { x: x + random.between(-0.16, 0.16), y: y + random.between(-0.16, 0.16), rx: 0.011, ry: 0.011 };
    canvas.paint({ tissue: '', ...speck, soft: 1 }, 4000);
  }
}

/** Air stays black: nothing is drawn past the skin. */
function keepInside(canvas: Canvas, breast: Shape): void {
  const inside = new Canvas(canvas.width, canvas.height, 0);
  inside.paint({ ...breast, soft: 5 }, 1);
  for (const [index, share] of inside.values.entries()) canvas.values[index] = (canvas.values[index] ?? 0) * share;
}

function mirror(canvas: Canvas): void {
  for (let row = 0; row < canvas.height; row += 1) {
    canvas.values.subarray(row * canvas.width, (row + 1) * canvas.width).reverse();
  }
}
