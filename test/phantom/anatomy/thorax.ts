/** Chest at the level of the heart and great vessels, with a nodule in one lung. */
import type { Shape } from '../images/canvas.ts';
import { createLesion } from './lesion.ts';
import type { AnatomyBuilder } from './types.ts';

export const thorax: AnatomyBuilder = (random, growth) => {
  const build = random.between(0.94, 1.04);
  const right = random.chance(0.5);
  const lesion = createLesion(random, {
    x: (right ? -1 : 1) * random.between(0.38, 0.55),
    y: random.between(-0.2, 0.22),
    height: random.between(-0.15, 0.25),
    radius: random.between(0.08, 0.14) * growth,
    raggedness: 0.2,
  });
  const branches = Array.from({ length: 46 }, () => ({
    side: random.chance(0.5) ? 1 : -1,
    along: random.between(0.12, 0.95),
    fan: random.between(-1.25, 1.25),
    drift: random.between(-0.25, 0.25),
    size: random.between(0.008, 0.02),
  }));
  return (height) => {
    const widen = 1 - 0.08 * height;
    const shapes: Shape[] = [
      { tissue: 'table', x: 0, y: 0.97, rx: 0.75, ry: 0.06, soft: 2 },
      { tissue: 'skin', x: 0, y: 0.03, rx: 0.92 * build, ry: 0.68 * build },
      { tissue: 'fat', x: 0, y: 0.03, rx: 0.9 * build, ry: 0.66 * build },
      { tissue: 'muscle', x: 0, y: 0.05, rx: 0.82 * build, ry: 0.58 * build },
      { tissue: 'muscle', x: -0.42, y: -0.44, rx: 0.3, ry: 0.1, angle: -14 },
      { tissue: 'muscle', x: 0.42, y: -0.44, rx: 0.3, ry: 0.1, angle: 14 },
      { tissue: 'fat', x: 0, y: 0.0, rx: 0.36, ry: 0.46 },
    ];
    for (const side of [-1, 1]) shapes.push(...lung(side, build * widen));
    for (const branch of branches) shapes.push(lungVessel(branch, height));
    shapes.push(...mediastinum(height), ...ribs(height, build), ...spine());
    const nodule = lesion.shape('lesion', height);
    if (nodule !== undefined) shapes.push(nodule);
    return { shapes, lesion: nodule };
  };
};

function lung(side: number, scale: number): Shape[] {
  const waves = [{ count: 2, depth: 0.04, phase: side }];
  return [
    { tissue: 'lung', x: side * 0.43, y: 0.02, rx: 0.32 * scale, ry: 0.47 * scale, angle: side * 6, waves },
    { tissue: 'lung', x: side * 0.36, y: 0.28, rx: 0.26 * scale, ry: 0.24 * scale },
  ];
}

interface Branch {
  readonly side: number;
  readonly along: number;
  readonly fan: number;
  readonly drift: number;
  readonly size: number;
}

/** Vessels fan out from the hilum and get thinner on their way. */
function lungVessel(branch: Branch, height: number): Shape {
  const angle = branch.fan + branch.drift * height;
  const reach = 0.42 * branch.along;
  const size = branch.size * (1.5 - branch.along);
  return {
    tissue: 'vessel',
    x: branch.side * (0.22 + reach * Math.cos(angle)),
    y: 0.05 + reach * Math.sin(angle),
    rx: size * (1 + 2 * (1 - branch.along)),
    ry: size,
    angle: (branch.side * angle * 180) / Math.PI,
    soft: 1,
  };
}

function mediastinum(height: number): Shape[] {
  const heart = Math.max(0, 0.75 - 0.6 * height);
  const shapes: Shape[] = [
    { tissue: 'contrast-vessel', x: 0.13, y: 0.26, rx: 0.085, ry: 0.085 },
    { tissue: 'gas', x: -0.02, y: 0.1 - 0.02 * height, rx: 0.055, ry: 0.05, opacity: height > 0 ? 1 : 0 },
    { tissue: 'muscle', x: 0.02, y: 0.24, rx: 0.04, ry: 0.035 },
  ];
  if (heart > 0.35) {
    shapes.push(
      { tissue: 'muscle', x: 0.12, y: -0.12, rx: 0.34 * heart, ry: 0.3 * heart, angle: -32 },
      { tissue: 'heart', x: 0.19, y: -0.1, rx: 0.17 * heart, ry: 0.2 * heart, angle: -38 },
      { tissue: 'heart', x: -0.05, y: -0.16, rx: 0.15 * heart, ry: 0.2 * heart, angle: -20 },
    );
  } else {
    shapes.push(
      { tissue: 'contrast-vessel', x: -0.03, y: -0.14, rx: 0.1, ry: 0.09 },
      { tissue: 'contrast-vessel', x: 0.1, y: -0.1, rx: 0.15, ry: 0.06, angle: 28 },
      { tissue: 'contrast-vessel', x: -0.16, y: -0.08, rx: 0.05, ry: 0.055 },
    );
  }
  return shapes;
}

function ribs(height: number, build: number): Shape[] {
  const shapes: Shape[] = [{ tissue: 'marrow', x: 0, y: -0.52, rx: 0.12, ry: 0.035 }];
  for (let index = 0; index < 7; index += 1) {
    const angle = -1.15 + index * 0.42 + 0.13 * height;
    for (const side of [-1, 1]) {
      const x = side * 0.775 * build * Math.cos(angle);
      const y = 0.04 + 0.545 * build * Math.sin(angle);
      const tilt = side * (90 + (angle * 180) / Math.PI) * 0.85;
      shapes.push(
        { tissue: 'cortex', x, y, rx: 0.085, ry: 0.028, angle: tilt },
        { tissue: 'marrow', x, y, rx: 0.06, ry: 0.012, angle: tilt },
      );
    }
  }
  return shapes;
}

/** A vertebra with its canal; shared by chest and abdomen. */
export function spine(y = 0.4): Shape[] {
  return [
    { tissue: 'cortex', x: 0, y, rx: 0.13, ry: 0.105 },
    { tissue: 'marrow', x: 0, y, rx: 0.11, ry: 0.085 },
    { tissue: 'cortex', x: 0, y: y + 0.14, rx: 0.12, ry: 0.07 },
    { tissue: 'cortex', x: -0.15, y: y + 0.13, rx: 0.09, ry: 0.025, angle: 12 },
    { tissue: 'cortex', x: 0.15, y: y + 0.13, rx: 0.09, ry: 0.025, angle: -12 },
    { tissue: 'fluid', x: 0, y: y + 0.125, rx: 0.055, ry: 0.045 },
    { tissue: 'bone', x: 0, y: y + 0.22, rx: 0.022, ry: 0.06 },
  ];
}
