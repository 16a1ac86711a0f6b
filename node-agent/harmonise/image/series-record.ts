/** What `harmoniseSeries` tells its caller: every file it wrote, from what, by which steps, and what it refused and why. */
import type { RefusalReason } from './image-refusal.ts';
import type { Recipe, RecipeStep } from './recipe.ts';

export interface WrittenFile {
  /** Name in the target folder. */
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface VolumeRecord {
  readonly nifti: WrittenFile;
  readonly sidecar: WrittenFile;
  /** b-values and gradient directions, for diffusion weighted volumes that state them. */
  readonly bval?: WrittenFile;
  readonly bvec?: WrittenFile;
  /** Voxels along each axis, and volumes. */
  readonly size: readonly [number, number, number, number];
  /** Millimetres between voxels. */
  readonly spacing: readonly [number, number, number];
  /** Rows of the map from voxel indices to RAS millimetres. */
  readonly affine: readonly (readonly number[])[];
  /** The steps as they were done, with every parameter, those done on reading first. */
  readonly steps: readonly DoneStep[];
  /** Content of the files it was made from, in slice order. */
  readonly inputs: readonly { readonly sopInstanceUid: string; readonly sha256: string }[];
}

/** A step with what it found out while it was done (means, factors), so that it can be understood and repeated. */
export type DoneStep = (RecipeStep | { readonly step: 'read' | 'untilt' }) & {
  readonly found?: Readonly<Record<string, unknown>>;
};

export interface SeriesRefusal {
  readonly reason: RefusalReason;
  /** What happened, why, what to do; without identifiers. */
  readonly sentence: string;
  /** Files of the series that are in no volume for this reason. */
  readonly files: number;
}

export interface SeriesRecord {
  readonly tool: { readonly name: string; readonly version: string };
  readonly recipe: Recipe;
  readonly volumes: readonly VolumeRecord[];
  readonly refusals: readonly SeriesRefusal[];
}
