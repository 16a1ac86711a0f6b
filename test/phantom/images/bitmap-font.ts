/** Text drawn into pixels, as ultrasound machines and screen captures do. */
import font from '../data/font.json' with { type: 'json' };
import type { Canvas } from './canvas.ts';

const GLYPH_WIDTH = 6;
export const LINE_HEIGHT = 10;

/** Where a text stands in the image, in pixels. */
export interface TextBox {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Draws capitals, digits and simple marks; accents are dropped, other scripts become blanks. */
export function drawText(canvas: Canvas, text: string, x: number, y: number, value: number): TextBox {
  const drawn = text.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase();
  const glyphs = font.glyphs as Record<string, readonly number[]>;
  for (const [index, character] of [...drawn].entries()) {
    const rows = glyphs[character] ?? [];
    for (const [row, bits] of rows.entries()) {
      for (let column = 0; column < 5; column += 1) {
        const [px, py] = [x + index * GLYPH_WIDTH + column, y + row];
        if (((bits >> (4 - column)) & 1) === 1 && px < canvas.width && py < canvas.height) {
          canvas.values[py * canvas.width + px] = value;
        }
      }
    }
  }
  return { text, x, y, width: Math.min(drawn.length * GLYPH_WIDTH, canvas.width - x), height: 7 };
}
