/** Volumes at one place told apart: by temporal position, diffusion weighting, or the order in which they were made. */
import type { PlacedFrame } from './frame-groups.ts';
import { ImageRefusal } from './image-refusal.ts';

type Order = (one: PlacedFrame, other: PlacedFrame) => number;

const byNumber: Order = (one, other) =>
  one.instanceNumber - other.instanceNumber || one.file - other.file || one.frame - other.frame;

const byMoment: Order = (one, other) => {
  const [a, b] = [one.moment, other.moment];
  return (
    (a.temporalPosition ?? 0) - (b.temporalPosition ?? 0) ||
    (a.triggerTime ?? 0) - (b.triggerTime ?? 0) ||
    (a.bValue ?? 0) - (b.bValue ?? 0) ||
    compare(String(a.gradient), String(b.gradient)) ||
    byNumber(one, other)
  );
};

/**
 * @param places the frames at each place along the normal
 * @returns for each volume its frames in the order of the places
 * @throws ImageRefusal when a place lacks a frame that another has, or what belongs together cannot be told
 */
export function momentsOf(places: readonly (readonly PlacedFrame[])[]): PlacedFrame[][] {
  const times = Math.max(...places.map(({ length }) => length));
  const short = places.filter(({ length }) => length < times).length;
  if (short > 0) {
    throw new ImageRefusal(
      'incomplete',
      `Of ${places.length} slice positions ${short} have fewer than the ${times} images that others have. ` +
        'Fetch the whole series again; if it is whole, it holds several acquisitions that nothing tells apart.',
    );
  }
  for (const order of [byNumber, byMoment]) {
    const sorted = places.map((place) => [...place].sort(order));
    const volumes = Array.from({ length: times }, (_, time) => sorted.flatMap((place) => place.slice(time, time + 1)));
    if (volumes.every(isOneMoment)) return inTime(volumes);
  }
  throw new ImageRefusal(
    'mixed',
    'The images at one slice position differ in time or diffusion weighting from those at another, ' +
      'so they cannot be sorted into volumes. The series stays available as DICOM.',
  );
}

/** Trigger times of one volume differ from slice to slice where slices are made one after another: they do not tell. */
function isOneMoment(volume: readonly PlacedFrame[]): boolean {
  const tell = ({ moment }: PlacedFrame): string =>
    JSON.stringify([moment.temporalPosition, moment.bValue, moment.gradient?.map((cosine) => cosine.toFixed(3))]);
  return new Set(volume.map(tell)).size <= 1;
}

/** Volumes whose temporal positions rise, where they state any. */
function inTime(volumes: PlacedFrame[][]): PlacedFrame[][] {
  return volumes.sort(([one], [other]) => (one?.moment.temporalPosition ?? 0) - (other?.moment.temporalPosition ?? 0));
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
