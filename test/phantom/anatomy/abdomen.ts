/** Upper abdomen: liver, spleen, kidneys, stomach, bowel; the lesion sits where the cancer does. */
import type { Shape } from '../images/canvas.ts';
import type { RandomSource } from '../random.ts';
import { createLesion, type LesionPlace } from './lesion.ts';
import { spine } from './thorax.ts';
import type { AnatomyBuilder } from './types.ts';

export const liverAbdomen: AnatomyBuilder = (random, growth) =>
  abdomen(random, 1, { ...liverPlace(random), radius: random.between(0.1, 0.17) * growth }, 'metastasis');

export const colonAbdomen: AnatomyBuilder = (random, growth) => {
  const x = random.chance(0.5) ? -0.6 : 0.6;
  return abdomen(random, 1, { x, y: 0.1, height: 0, radius: 0.13 * growth, raggedness: 0.08 }, 'bowel-wall');
};

export const childAbdomen: AnatomyBuilder = (random, growth) => {
  const place = { x: random.between(0.2, 0.3), y: 0.14, height: 0, radius: random.between(0.22, 0.3) * growth };
  return abdomen(random, 0.84, { ...place, raggedness: 0.1 }, 'calcified');
};

function liverPlace(random: RandomSource): Omit<LesionPlace, 'radius'> {
  return { x: random.between(-0.55, -0.35), y: random.between(-0.12, 0.12), height: 0.1, raggedness: 0.07 };
}

type LesionLook = 'metastasis' | 'bowel-wall' | 'calcified';

function abdomen(
  random: RandomSource,
  build: number,
  place: LesionPlace,
  look: LesionLook,
): ReturnType<AnatomyBuilder> {
  const lesion = createLesion(random, place);
  const loops = Array.from({ length: 9 }, (_, index) => ({
    x: -0.42 + 0.1 * index + random.between(-0.04, 0.04),
    y: random.between(-0.34, -0.02),
    rx: random.between(0.07, 0.11),
    gas: random.chance(0.3),
  }));
  const specks = Array.from({ length: 7 }, () => ({ x: random.between(-0.5, 0.5), y: random.between(-0.5, 0.5) }));
  const veins = Array.from({ length: 6 }, () => ({
    x: random.between(-0.64, -0.25),
    y: random.between(-0.22, 0.16),
    angle: random.between(-60, 40),
    length: random.between(0.05, 0.11),
  }));
  return (height) => {
    const shapes: Shape[] = [
      { tissue: 'table', x: 0, y: 0.97, rx: 0.75, ry: 0.06, soft: 2 },
      { tissue: 'skin', x: 0, y: 0.04, rx: 0.9 * build, ry: 0.7 * build },
      { tissue: 'fat', x: 0, y: 0.04, rx: 0.88 * build, ry: 0.68 * build },
      { tissue: 'muscle', x: 0, y: 0.04, rx: 0.8 * build, ry: 0.6 * build },
      { tissue: 'fat', x: 0, y: 0.0, rx: 0.755 * build, ry: 0.54 * build },
      { tissue: 'muscle', x: -0.22, y: 0.47, rx: 0.19, ry: 0.13 },
      { tissue: 'muscle', x: 0.22, y: 0.47, rx: 0.19, ry: 0.13 },
      { tissue: 'muscle', x: -0.2, y: 0.3, rx: 0.08, ry: 0.09 },
      { tissue: 'muscle', x: 0.2, y: 0.3, rx: 0.08, ry: 0.09 },
    ];
    for (const loop of loops) shapes.push(...bowelLoop(loop, height));
    shapes.push(...solidOrgans(height, build, veins), ...vessels(), ...spine(0.38), ...flankColon(height));
    const lesionShapes = paintLesion(lesion, look, height, specks);
    shapes.push(...lesionShapes);
    return { shapes, lesion: lesionShapes[0] };
  };
}

function paintLesion(
  lesion: ReturnType<typeof createLesion>,
  look: LesionLook,
  height: number,
  specks: readonly { readonly x: number; readonly y: number }[],
): Shape[] {
  const body = lesion.shape(look === 'bowel-wall' ? 'lesion-rim' : 'lesion', height);
  if (body === undefined) return [];
  const shapes = [body];
  if (look === 'metastasis') {
    const core = lesion.shape('lesion-core', height, 0.6);
    if (core !== undefined) shapes.push(core);
  } else if (look === 'bowel-wall') {
    shapes.push({
      tissue: 'gas',
      x: body.x + body.rx * 0.25,
      y: body.y - 0.02,
      rx: body.rx * 0.38,
      ry: body.ry * 0.28,
    });
  } else {
    for (const speck of specks) {
      const [x, y] = [body.x + speck.x * body.rx * 1.2, body.y + speck.y * body.ry * 1.2];
      shapes.push({ tissue: 'calcification', x, y, rx: 0.022, ry: 0.018 });
    }
  }
  return shapes;
}

function bowelLoop(loop: { x: number; y: number; rx: number; gas: boolean }, height: number): Shape[] {
  const x = loop.x + 0.05 * Math.sin(height * 4 + loop.y * 20);
  const y = loop.y - 0.04 * height;
  return [
    { tissue: 'bowel', x, y, rx: loop.rx, ry: loop.rx * 0.75 },
    { tissue: loop.gas ? 'gas' : 'stool', x, y: y - 0.01, rx: loop.rx * 0.6, ry: loop.rx * 0.42 },
  ];
}

function solidOrgans(
  height: number,
  build: number,
  veins: readonly { x: number; y: number; angle: number; length: number }[],
): Shape[] {
  const liver = 0.8 + 0.3 * height;
  const waves = [{ count: 3, depth: 0.06, phase: 1 }];
  const kidneys = [-1, 1].flatMap((side): Shape[] => [
    { tissue: 'kidney', x: side * 0.4, y: 0.32, rx: 0.11, ry: 0.16, angle: side * 22 },
    { tissue: 'pelvis-renal', x: side * 0.36, y: 0.31, rx: 0.05, ry: 0.07, angle: side * 22 },
  ]);
  return [
    ...kidneys,
    {
      tissue: 'liver',
      x: -0.42 * build,
      y: -0.02,
      rx: 0.34 * liver * build,
      ry: 0.42 * liver * build,
      angle: 14,
      waves,
    },
    { tissue: 'liver', x: -0.12, y: -0.3, rx: 0.3 * liver, ry: 0.13 * liver, angle: -8 },
    ...veins.map(
      (vein): Shape => ({ tissue: 'vessel', x: vein.x, y: vein.y, rx: vein.length, ry: 0.014, angle: vein.angle }),
    ),
    { tissue: 'spleen', x: 0.58 * build, y: 0.08, rx: 0.1 * liver, ry: 0.22 * liver, angle: -24 },
    { tissue: 'stomach', x: 0.34, y: -0.2, rx: 0.2 * liver, ry: 0.17 * liver, angle: 24 },
    { tissue: 'gas', x: 0.35, y: -0.28, rx: 0.12 * liver, ry: 0.055 * liver },
  ];
}

function vessels(): Shape[] {
  return [
    { tissue: 'contrast-vessel', x: 0.05, y: 0.22, rx: 0.06, ry: 0.06 },
    { tissue: 'vessel', x: -0.12, y: 0.2, rx: 0.075, ry: 0.055 },
    { tissue: 'bowel', x: 0.06, y: 0.04, rx: 0.2, ry: 0.05, angle: -14 },
  ];
}

function flankColon(height: number): Shape[] {
  return [-1, 1].flatMap((side): Shape[] => {
    const x = side * (0.6 + 0.02 * height);
    return height > 0.4
      ? []
      : [
          { tissue: 'bowel', x, y: 0.12, rx: 0.1, ry: 0.11 },
          { tissue: 'stool', x, y: 0.13, rx: 0.08, ry: 0.085 },
          { tissue: 'gas', x, y: 0.08, rx: 0.06, ry: 0.03 },
        ];
  });
}
