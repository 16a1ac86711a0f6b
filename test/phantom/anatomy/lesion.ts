/** Lesions as ellipsoids with a ragged edge, cut by a slice. */
import type { Shape } from '../images/canvas.ts';
import type { RandomSource } from '../random.ts';

export interface Lesion {
  /** Radius scale of the cut at this height, 0 outside. */
  scaleAt(height: number): number;
  shape(tissue: string, height: number, scale?: number): Shape | undefined;
}

export interface LesionPlace {
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly radius: number;
  /** Depth of the waves along the edge: 0.05 smooth, 0.25 spiculated. */
  readonly raggedness: number;
}

export function createLesion(random: RandomSource, place: LesionPlace): Lesion {
  const flattening = random.between(0.75, 1.05);
  const angle = random.between(0, 180);
  const waves = [3, 5, 8].map((count) => ({
    count,
    depth: (place.raggedness * random.between(0.5, 1)) / Math.sqrt(count / 3),
    phase: random.between(0, 6),
  }));
  const scaleAt = (height: number): number => {
    const distance = (height - place.height) / 0.75;
    return distance * distance >= 1 ? 0 : Math.sqrt(1 - distance * distance);
  };
  return {
    scaleAt,
    shape: (tissue, height, scale = 1) => {
      const cut = scaleAt(height) * scale;
      if (cut < 0.25 * scale) return undefined;
      const radius = place.radius * cut;
      return { tissue, x: place.x, y: place.y, rx: radius, ry: radius * flattening, angle, waves, soft: 1.6 };
    },
  };
}
