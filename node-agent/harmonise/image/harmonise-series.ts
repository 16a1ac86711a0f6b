/** Image harmonisation of one series: NIfTI files and sidecars beside its DICOM files, which are never changed. */
import { tagOf } from '../../dicom/dictionary.ts';
import { applyRecipe, type Cooked, untilt } from './apply-recipe.ts';
import { LandmarkTraining } from './operations/intensity.ts';
import { type OutputName, writeVolume } from './output-files.ts';
import type { Landmarks, Recipe } from './recipe.ts';
import { type SeriesInput, withObject } from './series-input.ts';
import type { SeriesRecord, SeriesRefusal, VolumeRecord } from './series-record.ts';
import { Refusals, readStacks, type SeriesStacks } from './series-stacks.ts';
import type { Stack } from './stack.ts';
import { TOOL } from './tool.ts';
import { readVoxels } from './voxel-reader.ts';

export interface SeriesTarget {
  /** An existing folder. */
  readonly folder: string;
  /** Beginning of the files' names, without extension or identifier; files of that name are replaced. */
  readonly name: string;
}

/**
 * Reads the de-identified files of one series, does the recipe to each of its volumes, and writes for each
 * `name.nii.gz`, `name.json` and, where the images state diffusion weighting, `name.bval` and `name.bvec`; more than one
 * volume are numbered (`name_1`, …). A file appears under its name only when it is whole; the sidecar comes last. What cannot be
 * a volume is refused and told in the record, beside what was written.
 * One volume is in memory at a time, so the function may run in a process of its own or in the node's.
 * @throws ImageRefusal when the files are not of one series; the operating system's error
 */
export async function harmoniseSeries(
  files: readonly string[],
  recipe: Recipe,
  target: SeriesTarget,
): Promise<SeriesRecord> {
  const series = await readStacks(files);
  const refusals = new Refusals(series.refusals);
  const volumes: VolumeRecord[] = [];
  for (const [index, stack] of series.stacks.entries()) {
    const name = series.stacks.length === 1 ? target.name : `${target.name}_${index + 1}`;
    await refusals.gather(filesOf(stack).length, async () => {
      volumes.push(await harmoniseStack(stack, series, recipe, { ...target, name }));
    });
  }
  return { tool: TOOL, recipe, volumes, refusals: refusals.list() };
}

/**
 * Learns the standard scale of a dataset's MR series for the step `nyul` (Nyúl and Udupa 1999), reading one volume at a time.
 * @param series the files of each
 * @throws ImageRefusal when no series has a volume to learn from
 */
export async function trainLandmarks(
  series: readonly (readonly string[])[],
): Promise<{ readonly landmarks: Landmarks; readonly refusals: readonly SeriesRefusal[] }> {
  const training = new LandmarkTraining();
  const refusals = new Refusals();
  for (const files of series) {
    await refusals.gather(files.length, async () => {
      const read = await readStacks(files);
      refusals.add(read.refusals);
      for (const stack of read.stacks) {
        await refusals.gather(filesOf(stack).length, async () => training.add(await readVoxels(stack, read.inputs)));
      }
    });
  }
  return { landmarks: training.landmarks(), refusals: refusals.list() };
}

async function harmoniseStack(
  stack: Stack,
  { inputs }: SeriesStacks,
  recipe: Recipe,
  output: OutputName,
): Promise<VolumeRecord> {
  const moments = stack.frames.flatMap((frames) => frames.slice(0, 1));
  const [first] = moments;
  const input = inputs[first?.file ?? 0];
  if (first === undefined || input === undefined) throw new RangeError('A stack has at least one frame.');
  const dataSet = await withObject(input.path, async (object) => object.dataSet);
  const scanned = await readVoxels(stack, inputs);
  const upright: Cooked = stack.tilt === 0 ? { volume: scanned, steps: [] } : untilt(scanned, stack.tilt);
  const { volume, steps } = applyRecipe(upright.volume, recipe, dataSet);
  const repetition = dataSet.number(tagOf('RepetitionTime')) ?? 0;
  return writeVolume(output, {
    volume,
    dataSet,
    frame: first.frame,
    recipe,
    steps: [{ step: 'read', found: readingOf(stack) }, ...upright.steps, ...steps],
    moments: moments.map(({ moment }) => moment),
    inputs: filesOf(stack).flatMap((file) => contentOf(inputs[file])),
    repetition: volume.times > 1 ? repetition / 1000 : 0,
  });
}

function readingOf({ size, frames, tilt }: Stack): Record<string, unknown> {
  const images = frames.flat().map(({ image }) => image);
  const scales = new Set(images.map(({ slope, intercept }) => `${slope} ${intercept}`)).size;
  return {
    size,
    volumes: frames.length,
    scales,
    tiltDegrees: tilt,
    axes: 'columns, rows from last to first, slices along row × column',
  };
}

/** The files of a stack, each once, in slice order. */
function filesOf({ frames }: Stack): number[] {
  return [...new Set(frames.flat().map(({ file }) => file))];
}

function contentOf(input: SeriesInput | undefined): VolumeRecord['inputs'] {
  return input === undefined ? [] : [{ sopInstanceUid: input.sopInstanceUid, sha256: input.sha256 }];
}
