/**
 * Whether the images of a series make a volume: even spacing, no slice missing, one orientation, one grid, no image
 * twice. Works on what the index keeps of each object; repeats of diffusion and dynamic series are no duplicates.
 */
import { type InstanceFacts, mergeFacts, termsOf } from './facts.ts';
import { dot, normalOf, orientationOfFact } from './orientation.ts';
import type { InstanceGeometry } from './read-geometry.ts';

export interface PlacedInstance extends InstanceGeometry {
  /** The set of facts it shares with others of its series. */
  readonly factsId: number;
}

export interface GeometryFinding {
  readonly name:
    | 'no-place'
    | 'several-orientations'
    | 'mixed-acquisitions'
    | 'duplicate-images'
    | 'missing-slices'
    | 'irregular-spacing'
    | 'incomplete-repeats'
    | 'gaps-between-slices'
    | 'overlapping-slices';
  /** `note`: of interest; `warning`: a volume cannot be made of it as it is. */
  readonly severity: 'note' | 'warning';
  readonly sentence: string;
}

export interface SeriesGeometry {
  /** Different places along the normal, of the largest stack. */
  readonly slices: number;
  /** Usual distance of neighbouring slices in mm; null with fewer than two. */
  readonly spacing: number | null;
  readonly findings: readonly GeometryFinding[];
}

/** mm; scanners write positions with rounding. */
const SAME_PLACE = 0.01;
/** A distance is regular within this part of the usual one, or within this many mm. */
const REGULAR_PART = 0.02;
const REGULAR_MILLIMETRES = 0.05;
/** A distance of a whole number of usual ones, within this part of one, is of missing slices. */
const WHOLE_PART = 0.15;
const MOST_MISSING_AT_ONCE = 40;
/** Cosine of one degree. */
const SAME_DIRECTION = Math.cos(Math.PI / 180);
const SLICED: ReadonlySet<string> = new Set(['CT', 'MR', 'PT']);
const NOTABLE_GAP = 0.05;

/** @param sets facts by their id */
export function checkGeometry(
  instances: readonly PlacedInstance[],
  sets: ReadonlyMap<number, InstanceFacts>,
): SeriesGeometry {
  const stacks = stacksOf(instances, sets);
  const largest = stacks.reduce<readonly PlacedInstance[]>(
    (most, stack) => (stack.length > most.length ? stack : most),
    [],
  );
  const places = placesOf(largest);
  const distances = places.slice(1).map((place, at) => place.position - (places[at]?.position ?? 0));
  const spacing = usual(distances);
  const facts = [...new Set(largest.map(({ factsId }) => factsId))].flatMap((id) => sets.get(id) ?? []);
  const findings = [
    noPlace(instances.filter(({ factsId }) => isSliced(sets.get(factsId)))),
    severalOrientations(stacks.length),
    mixedAcquisitions(facts),
    ...(spacing === null ? [] : spacingFindings(distances, spacing)),
    ...repeatFindings(places),
    ...(spacing === null ? [] : thicknessFindings(spacing, facts)),
  ];
  return {
    slices: places.length,
    spacing: spacing === null ? null : Math.round(spacing * 1000) / 1000,
    findings: findings.filter((finding) => finding !== undefined),
  };
}

interface Place {
  readonly position: number;
  /** Images there. */
  readonly images: number;
  /** Images there that nothing tells apart from another. */
  readonly alike: number;
}

/** Images by direction of their slices. */
function stacksOf(instances: readonly PlacedInstance[], sets: ReadonlyMap<number, InstanceFacts>): PlacedInstance[][] {
  const stacks: { direction: readonly [number, number, number]; members: PlacedInstance[] }[] = [];
  const known = new Map<number, { members: PlacedInstance[] }>();
  for (const instance of instances) {
    if (instance.position === null && instance.frames === null) continue;
    let stack = known.get(instance.factsId);
    if (!stack) {
      const orientation = sets.get(instance.factsId)?.terms.orientation?.[0];
      if (orientation === undefined) continue;
      const direction = normalOf(orientationOfFact(orientation));
      stack = stacks.find((one) => dot(one.direction, direction) >= SAME_DIRECTION);
      if (!stack) {
        const made = { direction, members: [] };
        stacks.push(made);
        stack = made;
      }
      known.set(instance.factsId, stack);
    }
    stack.members.push(instance);
  }
  return stacks.map(({ members }) => members);
}

function placesOf(stack: readonly PlacedInstance[]): Place[] {
  const images = stack.flatMap(({ position, moment, frames, factsId }) =>
    position === null
      ? (frames ?? []).map(([at, count]) => ({ at, count, moment: `frames of ${factsId}` }))
      : [{ at: position, count: 1, moment: `${moment} ${factsId}` }],
  );
  images.sort((a, b) => a.at - b.at);
  const places: { position: number; images: number; moments: Map<string, number> }[] = [];
  for (const { at, count, moment } of images) {
    let place = places.at(-1);
    if (!place || at - place.position > SAME_PLACE) {
      place = { position: at, images: 0, moments: new Map() };
      places.push(place);
    }
    place.images += count;
    place.moments.set(moment, (place.moments.get(moment) ?? 0) + 1);
  }
  return places.map(({ position, images: count, moments }) => ({
    position,
    images: count,
    alike: [...moments.values()].reduce((sum, number) => sum + number - 1, 0),
  }));
}

/** The median. */
function usual(distances: readonly number[]): number | null {
  const sorted = [...distances].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

/** Other images are no slices, and nobody expects a place of them. */
function isSliced(facts: InstanceFacts | undefined): boolean {
  return facts?.terms.modality?.some((modality) => SLICED.has(modality)) === true;
}

function noPlace(instances: readonly PlacedInstance[]): GeometryFinding | undefined {
  const placed = instances.filter(({ position, frames }) => position !== null || frames !== null).length;
  if (placed === instances.length || instances.length === 0) return undefined;
  const without = instances.length - placed;
  return {
    name: 'no-place',
    severity: placed === 0 ? 'note' : 'warning',
    sentence:
      placed === 0
        ? 'The images do not say where in the patient they lie. No volume can be made of them.'
        : `${without} of ${instances.length} images do not say where in the patient they lie and are missing in a volume.`,
  };
}

function severalOrientations(stacks: number): GeometryFinding | undefined {
  if (stacks < 2) return undefined;
  return {
    name: 'several-orientations',
    severity: 'warning',
    sentence: `The slices lie in ${stacks} directions. That is usual for localisers and rotated projections; one volume cannot be made of them.`,
  };
}

function mixedAcquisitions(sets: readonly InstanceFacts[]): GeometryFinding | undefined {
  const facts = mergeFacts(sets);
  const differ = [
    termsOf(facts, 'grid').some.size > 1 ? 'matrix or pixel spacing' : '',
    (facts.numbers.get('thickness') ?? []).length > 1 ? 'slice thickness' : '',
    termsOf(facts, 'sopClass').some.size > 1 ? 'kind of object' : '',
    termsOf(facts, 'kernel').some.size > Math.max(0, ...sets.map(({ terms }) => terms.kernel?.length ?? 0))
      ? 'kernel'
      : '',
    ['ORIGINAL', 'DERIVED'].every((type) => sets.some(({ terms }) => terms.imageType?.includes(type)))
      ? 'original and derived images'
      : '',
  ].filter((name) => name !== '');
  if (differ.length === 0) return undefined;
  return {
    name: 'mixed-acquisitions',
    severity: 'warning',
    sentence: `The images come from more than one acquisition: they differ in ${differ.join(', ')}. Separate them before use.`,
  };
}

function spacingFindings(distances: readonly number[], spacing: number): GeometryFinding[] {
  const tolerance = Math.max(REGULAR_MILLIMETRES, spacing * REGULAR_PART);
  const odd = distances.filter((distance) => Math.abs(distance - spacing) > tolerance);
  const missing = odd.map((distance) => missingIn(distance, spacing)).filter((count) => count > 0);
  const irregular = odd.length - missing.length;
  const total = missing.reduce((sum, count) => sum + count, 0);
  const findings: GeometryFinding[] = [];
  if (total > 0) {
    const slices = total === 1 ? '1 slice is' : `${total} slices are`;
    findings.push({
      name: 'missing-slices',
      severity: 'warning',
      sentence: `${slices} missing, judged by a usual distance of ${millimetres(spacing)}. Send the series again, or leave it out.`,
    });
  }
  if (irregular > 0) {
    const [least, most] = [Math.min(...distances), Math.max(...distances)];
    findings.push({
      name: 'irregular-spacing',
      severity: 'warning',
      sentence: `The distance of the slices varies from ${millimetres(least)} to ${millimetres(most)}. A volume needs resampling.`,
    });
  }
  return findings;
}

/** How many usual distances a larger one leaves out; 0 where it is no whole number of them. */
function missingIn(distance: number, spacing: number): number {
  const whole = Math.round(distance / spacing);
  const fits = whole >= 2 && Math.abs(distance / spacing - whole) <= WHOLE_PART;
  return fits && whole <= MOST_MISSING_AT_ONCE ? whole - 1 : 0;
}

function repeatFindings(places: readonly Place[]): GeometryFinding[] {
  const findings: GeometryFinding[] = [];
  const alike = places.filter((place) => place.alike > 0);
  // Where every place has the same number of images, they are repeats that the header does not tell apart.
  const even = places.every((place) => place.images === places[0]?.images);
  if (alike.length > 0 && !(even && places.length > 1)) {
    const count = alike.reduce((sum, place) => sum + place.alike, 0);
    findings.push({
      name: 'duplicate-images',
      severity: 'warning',
      sentence: `${count === 1 ? '1 image is' : `${count} images are`} at a place where another one of the same kind and time is. Probably the same image was sent twice under two names.`,
    });
  } else if (!even) {
    const counts = places.map(({ images }) => images);
    findings.push({
      name: 'incomplete-repeats',
      severity: 'warning',
      sentence: `The places have between ${Math.min(...counts)} and ${Math.max(...counts)} images each. A repeat is not complete.`,
    });
  }
  return findings;
}

function thicknessFindings(spacing: number, sets: readonly InstanceFacts[]): GeometryFinding[] {
  const thicknesses = [...new Set(sets.flatMap(({ numbers }) => numbers.thickness ?? []))];
  const [thickness] = thicknesses;
  if (thicknesses.length !== 1 || thickness === undefined || thickness <= 0) return [];
  const gap = spacing - thickness;
  if (Math.abs(gap) <= Math.max(NOTABLE_GAP, thickness * NOTABLE_GAP)) return [];
  const name = gap > 0 ? 'gaps-between-slices' : 'overlapping-slices';
  const sentence =
    gap > 0
      ? `Between slices of ${millimetres(thickness)} there are gaps of ${millimetres(gap)}.`
      : `Slices of ${millimetres(thickness)} overlap by ${millimetres(-gap)}.`;
  return [{ name, severity: 'note', sentence }];
}

function millimetres(length: number): string {
  return `${Math.round(length * 100) / 100} mm`;
}
