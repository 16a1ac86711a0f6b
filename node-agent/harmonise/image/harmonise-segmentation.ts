/** A segmentation as an image of labels, on the grid that its series is given by the same recipe. */
import { tagOf } from '../../dicom/dictionary.ts';
import { applyRecipe } from './apply-recipe.ts';
import { ImageRefusal } from './image-refusal.ts';
import { uprightGrid } from './operations/grids.ts';
import { writeVolume } from './output-files.ts';
import type { Recipe, RecipeStep } from './recipe.ts';
import { isSegmentation, readLabels, segmentsOf } from './segmentation.ts';
import { digestOf, withObject } from './series-input.ts';
import type { VolumeRecord } from './series-record.ts';
import { readStacks } from './series-stacks.ts';
import type { Stack } from './stack.ts';
import type { Grid } from './volume.ts';

/**
 * Writes `name.nii.gz` with the segments' numbers as values and `name.json` with what they stand for. The steps of the
 * recipe that move voxels are done by nearest neighbour, those that change intensities left out.
 * @param file the segmentation
 * @param series the files of the series it was drawn on
 * @throws ImageRefusal when it has no place on a volume of the series; the operating system's error
 */
export async function harmoniseSegmentation(
  file: string,
  series: readonly string[],
  recipe: Recipe,
  target: { readonly folder: string; readonly name: string },
): Promise<VolumeRecord> {
  const { stacks } = await readStacks(series);
  const sha256 = await digestOf(file);
  return withObject(file, async (object) => {
    const { dataSet } = object;
    if (!isSegmentation(dataSet)) throw new ImageRefusal('not-an-image', 'The object is no segmentation with pixels.');
    const { grid, labels } = await firstThatFits(stacks, async (on) => ({
      grid: on,
      labels: await readLabels(object, on),
    }));
    const scanned = { ...grid, times: 1, values: labels, slope: 1, intercept: 0, padding: undefined };
    const spatial = spatialPart(recipe);
    const { volume, steps } = applyRecipe(scanned, spatial, { dataSet, acquired: undefined });
    const segments = segmentsOf(dataSet);
    return writeVolume(target, {
      volume,
      dataSet,
      frame: 0,
      recipe: spatial,
      steps: [{ step: 'read', found: { size: grid.size, segments: segments.length } }, ...steps],
      moments: [],
      inputs: [{ sopInstanceUid: dataSet.string(tagOf('SOPInstanceUID')) ?? '', sha256 }],
      repetition: 0,
      labels: segments,
    });
  });
}

/** A series may hold several volumes, of which the segmentation lies on one. @throws the refusal of the last */
async function firstThatFits<Found>(stacks: readonly Stack[], read: (grid: Grid) => Promise<Found>): Promise<Found> {
  let refusal = new ImageRefusal(
    'no-geometry',
    'The series that the segmentation was drawn on has no volume. See why it was refused.',
  );
  for (const stack of stacks) {
    const { size, affine } = stack.tilt === 0 ? stack : uprightGrid(stack);
    try {
      return await read({ size, affine });
    } catch (error) {
      if (!(error instanceof ImageRefusal)) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

function spatialPart(recipe: Recipe): Recipe {
  const steps = recipe.steps.flatMap((step): RecipeStep[] => {
    if (step.step === 'resample') return [{ ...step, interpolation: 'nearest' }];
    return step.step === 'reorient' ? [step] : [];
  });
  return { ...recipe, steps };
}
