/** Turns and mirrors the index axes of a volume; every voxel keeps its value and its place in the patient. */
import { AXES, type Axis, add, scaled, type Vector } from '../geometry.ts';
import type { Volume, VoxelArray } from '../volume.ts';

const LETTERS = ['LR', 'PA', 'IS'] as const;

interface Source {
  /** The axis of the volume that becomes this one, and whether it is mirrored. */
  readonly axis: Axis;
  readonly mirrored: boolean;
}

/** Where the index axes point, each to the letter it comes closest to: RAS, LPS, …. */
export function orientationOf(columns: Volume['affine']['columns']): string {
  const worlds = worldAxes(columns);
  return worlds.map((world, axis) => LETTERS[world][(columns[axis as Axis][world] ?? 0) < 0 ? 0 : 1]).join('');
}

/** @param to three letters: where each index grows to */
export function reorient(volume: Volume, to: string): Volume {
  const { size, affine } = volume;
  const worlds = worldAxes(affine.columns);
  const sources = [...to].map((letter): Source => {
    const world = LETTERS.findIndex((pair) => pair.includes(letter)) as Axis;
    const axis = worlds.indexOf(world) as Axis;
    const isPositive = LETTERS[world].indexOf(letter) === 1;
    return { axis, mirrored: affine.columns[axis][world] > 0 !== isPositive };
  }) as [Source, Source, Source];
  const column = ({ axis, mirrored }: Source): Vector => scaled(affine.columns[axis], mirrored ? -1 : 1);
  const origin = sources.reduce(
    (corner, { axis, mirrored }) => (mirrored ? add(corner, scaled(affine.columns[axis], size[axis] - 1)) : corner),
    affine.origin,
  );
  return {
    ...volume,
    size: [size[sources[0].axis], size[sources[1].axis], size[sources[2].axis]],
    affine: { columns: [column(sources[0]), column(sources[1]), column(sources[2])], origin },
    values: rearranged(volume, sources),
  };
}

/** For each index axis the world axis it is taken to follow; each world axis once, the clearest first. */
function worldAxes(columns: Volume['affine']['columns']): [Axis, Axis, Axis] {
  const pairs = AXES.flatMap((axis) =>
    AXES.map((world) => ({ axis, world, share: Math.abs(columns[axis][world]) / (Math.hypot(...columns[axis]) || 1) })),
  );
  const found: [Axis, Axis, Axis] = [0, 1, 2];
  const taken = { axes: new Set<Axis>(), worlds: new Set<Axis>() };
  for (const { axis, world } of pairs.sort((one, other) => other.share - one.share)) {
    if (taken.axes.has(axis) || taken.worlds.has(world)) continue;
    found[axis] = world;
    taken.axes.add(axis);
    taken.worlds.add(world);
  }
  return found;
}

function rearranged({ size, values, times }: Volume, sources: readonly [Source, Source, Source]): VoxelArray {
  const strides: Vector = [1, size[0], size[0] * size[1]];
  const step = (source: Source): number => strides[source.axis] * (source.mirrored ? -1 : 1);
  const [i, j, k] = sources;
  const start = sources.reduce((at, { axis, mirrored }) => at + (mirrored ? strides[axis] * (size[axis] - 1) : 0), 0);
  const moved = values.slice();
  let to = 0;
  for (let time = 0; time < times; time += 1) {
    for (let z = 0; z < size[k.axis]; z += 1) {
      for (let y = 0; y < size[j.axis]; y += 1) {
        let from = time * size[0] * size[1] * size[2] + start + z * step(k) + y * step(j);
        for (let x = 0; x < size[i.axis]; x += 1) {
          moved[to] = values[from] ?? 0;
          to += 1;
          from += step(i);
        }
      }
    }
  }
  return moved;
}
