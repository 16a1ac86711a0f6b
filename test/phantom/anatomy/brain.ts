/** Head with folded cortex, ventricles and a tumour: a glioma, or a glioblastoma with ring and necrosis. */
import type { Shape } from '../images/canvas.ts';
import type { RandomSource } from '../random.ts';
import { createLesion } from './lesion.ts';
import type { AnatomyBuilder } from './types.ts';

export const gliomaBrain: AnatomyBuilder = (random, growth) => brain(random, growth, false);
export const glioblastomaBrain: AnatomyBuilder = (random, growth) => brain(random, growth, true);

function brain(random: RandomSource, growth: number, highGrade: boolean): ReturnType<AnatomyBuilder> {
  const side = random.chance(0.5) ? 1 : -1;
  const place = { x: side * random.between(0.26, 0.32), y: random.between(-0.3, 0.26), height: 0.1 };
  const radius = (highGrade ? random.between(0.16, 0.21) : random.between(0.14, 0.2)) * growth;
  const tumour = createLesion(random, { ...place, radius, raggedness: highGrade ? 0.14 : 0.1 });
  const oedema = createLesion(random, { ...place, radius: radius * (highGrade ? 1.5 : 1.2), raggedness: 0.14 });
  const folds = Array.from({ length: 3 }, () => random.between(0, 6));
  const sulci = Array.from({ length: 44 }, (_, index) => ({
    angle: (index / 44) * Math.PI * 2 + random.between(-0.05, 0.05),
    depth: random.between(0.05, 0.14),
    bend: random.between(-28, 28),
  }));
  return (height) => {
    const size = Math.sqrt(1 - 0.5 * height * height) * 0.98;
    const shapes: Shape[] = [...head(size, folds, height)];
    for (const sulcus of sulci) shapes.push(groove(sulcus, size, height));
    shapes.push({ tissue: 'csf', x: 0, y: -0.02, rx: 0.012, ry: 0.72 * size, soft: 1.4, opacity: 0.8 });
    shapes.push(...deepStructures(height, size));
    const swelling = oedema.shape('oedema', height);
    if (swelling !== undefined) shapes.push({ ...swelling, soft: 5, opacity: 0.85 });
    const lesion = tumour.shape(highGrade ? 'lesion-rim' : 'lesion', height);
    if (lesion !== undefined) {
      shapes.push(lesion);
      const core = highGrade ? tumour.shape('lesion-core', height, 0.62) : undefined;
      if (core !== undefined) shapes.push({ ...core, soft: 3 });
    }
    return { shapes, lesion };
  };
}

function head(size: number, folds: readonly number[], height: number): Shape[] {
  const [first = 0, second = 0, third = 0] = folds;
  const gyri = [
    { count: 13, depth: 0.035, phase: first + height },
    { count: 21, depth: 0.02, phase: second - height },
  ];
  const white = [
    { count: 11, depth: 0.07, phase: second + height * 1.5 },
    { count: 17, depth: 0.06, phase: third },
    { count: 25, depth: 0.04, phase: first },
  ];
  return [
    { tissue: 'skin', x: 0, y: 0, rx: 0.77 * size, ry: 0.95 * size },
    { tissue: 'fat', x: 0, y: 0, rx: 0.755 * size, ry: 0.93 * size },
    { tissue: 'cortex', x: 0, y: 0, rx: 0.715 * size, ry: 0.885 * size },
    { tissue: 'csf', x: 0, y: 0, rx: 0.665 * size, ry: 0.83 * size },
    { tissue: 'grey', x: 0, y: 0, rx: 0.635 * size, ry: 0.795 * size, waves: gyri },
    { tissue: 'white', x: -0.29 * size, y: 0, rx: 0.25 * size, ry: 0.62 * size, waves: white, soft: 2 },
    { tissue: 'white', x: 0.29 * size, y: 0, rx: 0.25 * size, ry: 0.62 * size, waves: white, soft: 2 },
  ];
}

/** A fold that runs from the surface inwards and is filled with fluid. */
function groove(sulcus: { angle: number; depth: number; bend: number }, size: number, height: number): Shape {
  const angle = sulcus.angle + 0.08 * height;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  return {
    tissue: 'csf',
    x: cosine * (0.64 * size - sulcus.depth * 0.6),
    y: sine * (0.8 * size - sulcus.depth * 0.6),
    rx: sulcus.depth,
    ry: 0.009,
    angle: (angle * 180) / Math.PI + sulcus.bend,
    soft: 1.4,
    opacity: 0.75,
  };
}

function deepStructures(height: number, size: number): Shape[] {
  const open = Math.max(0.35, 1 - Math.abs(height - 0.15));
  return [-1, 1].flatMap((side): Shape[] => [
    { tissue: 'white', x: side * 0.1, y: 0, rx: 0.14 * size, ry: 0.3 * size, soft: 3 },
    { tissue: 'nucleus', x: side * 0.2, y: -0.1, rx: 0.055 * open, ry: 0.15 * open, angle: side * 12, soft: 2 },
    { tissue: 'nucleus', x: side * 0.11, y: 0.1, rx: 0.075 * open, ry: 0.11 * open, angle: side * -14, soft: 2 },
    { tissue: 'csf', x: side * 0.085, y: -0.19, rx: 0.04 * open, ry: 0.15 * open, angle: side * -16 },
    { tissue: 'csf', x: side * 0.17, y: 0.26, rx: 0.05 * open, ry: 0.17 * open, angle: side * -20 },
  ]);
}
