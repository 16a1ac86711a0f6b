/** The anatomical plane of slices, from their orientation in the patient (PS3.3 C.7.6.2.1.1). */
import { type SeriesFacts, termsOf } from './facts.ts';
import { normalOf, orientationOfFact } from './orientation.ts';
import type { Evidence } from './weigh.ts';

/** x runs to the patient's left, y to the back, z to the head; slices across an axis lie in this plane. */
const PLANES = ['sagittal', 'coronal', 'axial'] as const;
type Plane = (typeof PLANES)[number] | 'oblique';

/** Cosine between the normal and an axis from which on the plane has the axis' name; below, it is oblique. */
const NAMED_FROM = 0.8;
const WEIGHTS: readonly (readonly [cosine: number, weight: number])[] = [
  [0.95, 0.97],
  [0.9, 0.93],
  [NAMED_FROM, 0.78],
];
const OBLIQUE_WEIGHT = 0.75;
const NEAREST_OF_OBLIQUE = 0.35;
const SEVERAL_WEIGHT = 0.93;

/** How many planes the slices of a series lie in, oblique ones not counted. */
export function planesOf(facts: SeriesFacts): number {
  const named = orientations(facts).map(({ plane }) => plane);
  return new Set(named.filter((plane) => plane !== 'oblique')).size;
}

/** What the orientations say about the plane; nothing where none is stated. */
export function planeEvidence(facts: SeriesFacts): Evidence[] {
  const found = orientations(facts);
  const planes = new Set(found.map(({ plane }) => plane));
  if (found.length === 0) return [];
  if (planes.size > 1) {
    const says = { several: SEVERAL_WEIGHT };
    return [evidence('several-orientations', says, 'The slices lie in several planes.')];
  }
  const weakest = found.reduce((least, one) => (one.cosine < least.cosine ? one : least));
  const weight = WEIGHTS.find(([cosine]) => weakest.cosine >= cosine)?.[1];
  const degrees = Math.round((Math.acos(Math.min(1, weakest.cosine)) * 180) / Math.PI);
  return weight === undefined
    ? [
        evidence(
          'oblique-orientation',
          { oblique: OBLIQUE_WEIGHT, [weakest.nearest]: NEAREST_OF_OBLIQUE },
          `The slices lie ${degrees} degrees off the ${weakest.nearest} plane, the nearest.`,
        ),
      ]
    : [
        evidence(
          'orientation',
          { [weakest.plane]: weight },
          `Image Orientation is ${weakest.plane}, ${degrees} degrees off.`,
        ),
      ];
}

function evidence(rule: string, says: Record<string, number>, sentence: string): Evidence {
  return { rule, group: 'orientation', says, denies: {}, sentence };
}

function orientations(facts: SeriesFacts): { plane: Plane; nearest: Exclude<Plane, 'oblique'>; cosine: number }[] {
  return [...termsOf(facts, 'orientation').some].sort().map((term) => {
    const cosines = normalOf(orientationOfFact(term)).map(Math.abs);
    const cosine = Math.max(...cosines);
    const nearest = PLANES[cosines.indexOf(cosine)] ?? 'axial';
    return { plane: cosine >= NAMED_FROM ? nearest : 'oblique', nearest, cosine };
  });
}
