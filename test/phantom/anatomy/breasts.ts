/** Both breasts hanging in the coil, chest wall and heart behind; one of them with a lesion. */
import type { Shape } from '../images/canvas.ts';
import { createLesion } from './lesion.ts';
import type { AnatomyBuilder } from './types.ts';

export const breasts: AnatomyBuilder = (random, growth) => {
  const side = random.chance(0.5) ? 1 : -1;
  const radius = random.between(0.06, 0.1) * growth;
  const place = { x: side * random.between(0.4, 0.55), y: random.between(-0.4, -0.2), height: 0, radius };
  const lesion = createLesion(random, { ...place, raggedness: 0.22 });
  const lobes = Array.from({ length: 26 }, () => ({
    side: random.chance(0.5) ? 1 : -1,
    x: random.between(-0.2, 0.2),
    y: random.between(-0.3, 0.16),
    size: random.between(0.03, 0.09),
    angle: random.between(-60, 60),
  }));
  return (height) => {
    const size = 1 - 0.22 * height * height;
    const shapes: Shape[] = [
      { tissue: 'skin', x: 0, y: 0.62, rx: 0.98, ry: 0.5 },
      { tissue: 'fat', x: 0, y: 0.62, rx: 0.965, ry: 0.485 },
    ];
    for (const one of [-1, 1]) {
      shapes.push(
        { tissue: 'skin', x: one * 0.47, y: -0.12, rx: 0.4 * size, ry: 0.68 * size },
        { tissue: 'fat', x: one * 0.47, y: -0.12, rx: 0.385 * size, ry: 0.665 * size },
        { tissue: 'skin', x: one * 0.47, y: -0.79 * size - 0.02, rx: 0.035, ry: 0.03 },
      );
    }
    for (const lobe of lobes) {
      shapes.push({
        tissue: 'fibroglandular',
        x: lobe.side * 0.47 + lobe.x * (1 + lobe.y) * size,
        y: -0.28 + lobe.y * size + 0.03 * height,
        rx: lobe.size * 1.7,
        ry: lobe.size,
        angle: lobe.angle,
        waves: [{ count: 5, depth: 0.2, phase: lobe.angle }],
        soft: 2.5,
        opacity: 0.85,
      });
    }
    shapes.push(...chest(size));
    const body = lesion.shape('lesion-rim', height);
    if (body === undefined) return { shapes, lesion: undefined };
    shapes.push(body);
    const core = lesion.shape('lesion', height, 0.55);
    if (core !== undefined) shapes.push(core);
    return { shapes, lesion: body };
  };
};

function chest(size: number): Shape[] {
  const ribs = [-0.72, -0.5, -0.27, 0.27, 0.5, 0.72].map(
    (x): Shape => ({ tissue: 'cortex', x, y: 0.41 + 0.2 * x * x, rx: 0.07, ry: 0.028, angle: 30 * x }),
  );
  return [
    { tissue: 'muscle', x: -0.42, y: 0.36, rx: 0.42, ry: 0.08, angle: -8 },
    { tissue: 'muscle', x: 0.42, y: 0.36, rx: 0.42, ry: 0.08, angle: 8 },
    { tissue: 'muscle', x: 0, y: 0.82, rx: 0.86, ry: 0.45 },
    { tissue: 'lung', x: -0.42, y: 0.8, rx: 0.36, ry: 0.35 },
    { tissue: 'lung', x: 0.48, y: 0.82, rx: 0.32, ry: 0.33 },
    { tissue: 'muscle', x: 0.12, y: 0.74, rx: 0.3 * size, ry: 0.24, angle: -20 },
    { tissue: 'heart', x: 0.16, y: 0.74, rx: 0.2 * size, ry: 0.17, angle: -20 },
    { tissue: 'marrow', x: 0, y: 0.43, rx: 0.09, ry: 0.035 },
    ...ribs,
  ];
}
