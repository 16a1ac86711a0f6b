/** Male pelvis with prostate and rectum; the lesion is in the peripheral zone or the rectal wall. */
import type { Shape } from '../images/canvas.ts';
import type { RandomSource } from '../random.ts';
import { createLesion, type Lesion } from './lesion.ts';
import type { AnatomyBuilder } from './types.ts';

export const prostatePelvis: AnatomyBuilder = (random, growth) => {
  const side = random.chance(0.5) ? 1 : -1;
  const radius = random.between(0.075, 0.1) * growth;
  const place = { x: side * 0.16, y: random.between(0.12, 0.17), height: 0, radius, raggedness: 0.1 };
  return pelvis(random, createLesion(random, place), true);
};

export const rectumPelvis: AnatomyBuilder = (random, growth) => {
  const side = random.chance(0.5) ? 1 : -1;
  const radius = random.between(0.12, 0.16) * growth;
  return pelvis(random, createLesion(random, { x: side * 0.1, y: 0.42, height: 0, radius, raggedness: 0.16 }), false);
};

function pelvis(random: RandomSource, lesion: Lesion, prostate: boolean): ReturnType<AnatomyBuilder> {
  const nodules = Array.from({ length: 6 }, () => ({
    x: random.between(-0.13, 0.13),
    y: random.between(-0.12, 0.04),
    radius: random.between(0.03, 0.065),
    bright: random.chance(0.5),
  }));
  return (height) => {
    const shapes: Shape[] = [
      { tissue: 'skin', x: 0, y: 0.02, rx: 0.97, ry: 0.7 },
      { tissue: 'fat', x: 0, y: 0.02, rx: 0.955, ry: 0.685 },
      { tissue: 'muscle', x: 0, y: 0.6, rx: 0.62, ry: 0.14 },
      ...sides(height),
      { tissue: 'fat', x: 0, y: 0.14, rx: 0.4, ry: 0.44 },
      ...midline(height, prostate),
    ];
    if (prostate) shapes.push(...gland(height, nodules));
    shapes.push(...rectum(height, prostate));
    const body = lesion.shape('lesion', height);
    if (body === undefined) return { shapes, lesion: undefined };
    const dark = lesion.shape('lesion-dark', height);
    // 'lesion-dark' has no signal in T1: there the lesion is seen as 'lesion' alone.
    shapes.push(body);
    if (prostate && dark !== undefined) shapes.push(dark);
    return { shapes, lesion: body };
  };
}

function sides(height: number): Shape[] {
  return [-1, 1].flatMap((side): Shape[] => [
    { tissue: 'muscle', x: side * 0.5, y: 0.42, rx: 0.34, ry: 0.18, angle: side * -16 },
    { tissue: 'fat', x: side * 0.5, y: 0.42, rx: 0.3, ry: 0.012, angle: side * -26 },
    { tissue: 'muscle', x: side * 0.62, y: -0.34, rx: 0.24, ry: 0.17, angle: side * 24 },
    { tissue: 'vessel', x: side * 0.42, y: -0.36, rx: 0.045, ry: 0.04 },
    { tissue: 'muscle', x: side * 0.38, y: 0.02, rx: 0.09, ry: 0.3, angle: side * 8 },
    { tissue: 'cortex', x: side * 0.62, y: 0.02, rx: 0.2 - 0.02 * height, ry: 0.21 },
    { tissue: 'marrow', x: side * 0.63, y: 0.01, rx: 0.17 - 0.02 * height, ry: 0.18 },
    { tissue: 'cortex', x: side * 0.46, y: 0.12, rx: 0.05, ry: 0.2, angle: side * 20 },
    { tissue: 'marrow', x: side * 0.46, y: 0.12, rx: 0.028, ry: 0.17, angle: side * 20 },
    { tissue: 'muscle', x: side * 0.2, y: -0.5, rx: 0.17, ry: 0.06, angle: side * 6 },
  ]);
}

function midline(height: number, prostate: boolean): Shape[] {
  const bladder = prostate ? 0.12 + 0.07 * height : 0.24;
  return [
    { tissue: 'wall', x: 0, y: -0.22, rx: bladder + 0.1, ry: bladder + 0.02 },
    { tissue: 'fluid', x: 0, y: -0.22, rx: bladder + 0.07, ry: bladder - 0.01 },
    { tissue: 'cortex', x: 0, y: 0.64, rx: 0.13, ry: 0.045 },
    { tissue: 'marrow', x: 0, y: 0.64, rx: 0.11, ry: 0.025 },
  ];
}

function gland(height: number, nodules: readonly { x: number; y: number; radius: number; bright: boolean }[]): Shape[] {
  const size = 1 - 0.35 * Math.abs(height);
  return [
    { tissue: 'cortex', x: 0, y: 0.04, rx: 0.3 * size, ry: 0.235 * size },
    { tissue: 'zone', x: 0, y: 0.05, rx: 0.285 * size, ry: 0.215 * size },
    { tissue: 'gland', x: 0, y: -0.01, rx: 0.2 * size, ry: 0.155 * size },
    ...nodules.map(
      (nodule): Shape => ({
        tissue: nodule.bright ? 'zone' : 'wall',
        x: nodule.x * size,
        y: 0.02 + nodule.y * size,
        rx: nodule.radius * size,
        ry: nodule.radius * 0.8 * size,
        opacity: 0.7,
        soft: 2,
      }),
    ),
    { tissue: 'fluid', x: 0, y: -0.02, rx: 0.016, ry: 0.022 },
  ];
}

function rectum(height: number, prostate: boolean): Shape[] {
  const y = 0.42 + 0.02 * height;
  const size = prostate ? 0.12 : 0.17;
  return [
    { tissue: 'wall', x: 0, y, rx: size + 0.045, ry: size },
    { tissue: 'stool', x: 0, y, rx: size, ry: size - 0.04 },
    { tissue: 'gas', x: 0.01, y: y - 0.03, rx: size * 0.55, ry: size * 0.3 },
  ];
}
