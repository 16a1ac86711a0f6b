/** An ultrasound fan with speckle, a lesion with shadow, and the patient's name and ID in the picture. */
import type { RandomSource } from '../random.ts';
import { drawText, LINE_HEIGHT, type TextBox } from './bitmap-font.ts';
import { Canvas } from './canvas.ts';
import type { Grain } from './render.ts';

export const ULTRASOUND_COLUMNS = 256;
export const ULTRASOUND_ROWS = 192;

/** 8-bit grey image and the boxes of the text in it. */
export function ultrasound(
  random: RandomSource,
  lines: readonly string[],
  grain: Grain,
): { canvas: Canvas; boxes: TextBox[] } {
  const canvas = new Canvas(ULTRASOUND_COLUMNS, ULTRASOUND_ROWS, 0);
  const apex = { x: ULTRASOUND_COLUMNS / 2, y: 2 };
  const [nearest, farthest, opening] = [34, 178, 0.62];
  const lesion = { angle: random.between(-0.3, 0.3), depth: random.between(80, 115), radius: random.between(13, 20) };
  for (let row = 0; row < canvas.height; row += 1) {
    for (let column = 0; column < canvas.width; column += 1) {
      const depth = Math.hypot(column - apex.x, row - apex.y);
      const angle = Math.atan2(column - apex.x, row - apex.y);
      if (depth < nearest || depth > farthest || Math.abs(angle) > opening) continue;
      canvas.values[row * canvas.width + column] = echo(depth, angle, lesion, grain);
    }
  }
  canvas.smooth();
  const boxes = lines.map((line, index) => drawText(canvas, line, 4, 3 + index * LINE_HEIGHT, 235));
  for (let tick = 0; tick < 8; tick += 1) {
    canvas.values.fill(200, (40 + tick * 18) * canvas.width + 250, (40 + tick * 18) * canvas.width + 254);
  }
  return { canvas, boxes };
}

/** Rayleigh-like speckle whose strength follows tissue layers, depth and the lesion with its shadow. */
function echo(
  depth: number,
  angle: number,
  lesion: { angle: number; depth: number; radius: number },
  grain: Grain,
): number {
  const along = Math.round(angle * 150) + 512;
  const radial = Math.round(depth);
  const speckle = Math.hypot(grain.medium.at(along, radial), grain.medium.at(along + 97, radial + 31));
  const wave = grain.coarse.at(along >> 1, radial >> 1);
  let brightness = 62 + 16 * wave + 26 * Math.exp(-((depth - 46) ** 2) / 60) + 20 * Math.sin(depth / 9 + wave * 2);
  const across = (angle - lesion.angle) * depth;
  const deep = depth - lesion.depth;
  const ragged = lesion.radius * (1 + 0.05 * Math.sin(5 * Math.atan2(deep, across)) + 0.05 * wave);
  const distance = Math.hypot(across * 0.8, deep);
  if (distance < ragged) brightness = 18;
  else if (distance < ragged + 3) brightness += 22;
  else if (deep > 0 && Math.abs(across) < lesion.radius * 0.9) brightness *= 0.45;
  return brightness * (0.35 + 0.75 * speckle) * (1.15 - depth / 260);
}
