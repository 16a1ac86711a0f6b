/** Does the steps of a recipe to a volume, one after another, and writes down what was done. */
import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { spacingOf } from './geometry.ts';
import { ImageRefusal } from './image-refusal.ts';
import { gridWithSpacing, uprightGrid } from './operations/grids.ts';
import { type Changed, hounsfield, nyul, percentileRange, zScore } from './operations/intensity.ts';
import { orientationOf, reorient } from './operations/reorient.ts';
import { resample } from './operations/resample.ts';
import { uptakeFactor } from './operations/uptake.ts';
import type { Recipe, RecipeStep, StepOf } from './recipe.ts';
import type { DoneStep } from './series-record.ts';
import { inRealValues, type Volume } from './volume.ts';

export interface Cooked {
  readonly volume: Volume;
  readonly steps: readonly DoneStep[];
}

/**
 * @param dataSet of the first image of the volume
 * @throws ImageRefusal when a step does not apply to it or lacks an input; nothing is half done
 */
export function applyRecipe(volume: Volume, recipe: Recipe, dataSet: DataSet): Cooked {
  return recipe.steps.reduce<Cooked>(
    (before, step) => {
      const { volume: after, found } = applyStep(before.volume, step, dataSet);
      return { volume: after, steps: [...before.steps, { ...step, found }] };
    },
    { volume, steps: [] },
  );
}

/** Slices of a tilted gantry brought onto a grid with perpendicular axes; linear between voxels. */
export function untilt(volume: Volume, degrees: number): Cooked {
  const { volume: upright, outside } = resample(volume, uprightGrid(volume), 'linear', false);
  return { volume: upright, steps: [{ step: 'untilt', found: { degrees, outside, interpolation: 'linear' } }] };
}

function applyStep(volume: Volume, step: RecipeStep, dataSet: DataSet): Changed {
  switch (step.step) {
    case 'reorient':
      return { volume: reorient(volume, step.to), found: { from: orientationOf(volume.affine.columns) } };
    case 'resample':
      return resampled(volume, step);
    case 'hounsfield':
      requireHounsfield(dataSet);
      return hounsfield(volume, step);
    case 'z-score':
      return zScore(volume, step);
    case 'percentile':
      return percentileRange(volume, step);
    case 'nyul':
      return nyul(volume, step);
    case 'suv': {
      const { factor, found } = uptakeFactor(dataSet, step.by);
      const real = inRealValues(volume);
      const values = real.values.map((value) => value * factor);
      return { volume: { ...real, values, padding: undefined }, found: { ...found, factor } };
    }
  }
}

function resampled(volume: Volume, step: StepOf<'resample'>): Changed {
  const { spacing = spacingOf(volume.affine) } = step;
  const grid =
    step.grid ?? gridWithSpacing(volume, typeof spacing === 'number' ? [spacing, spacing, spacing] : spacing);
  const { volume: made, outside, smoothing } = resample(volume, grid, step.interpolation, step.antialias);
  return { volume: made, found: { fromSpacing: spacingOf(volume.affine), outside, smoothing } };
}

/** PS3.3 C.8.2.1.1.2: rescaled CT values are Hounsfield units unless RescaleType says otherwise. */
function requireHounsfield(dataSet: DataSet): void {
  const type = dataSet.string(tagOf('RescaleType')) ?? 'HU';
  const isLocaliser = dataSet.strings(tagOf('ImageType')).includes('LOCALIZER');
  if (dataSet.string(tagOf('Modality')) === 'CT' && type === 'HU' && !isLocaliser) return;
  throw new ImageRefusal(
    'not-applicable',
    'Hounsfield units exist for CT slices only, and these images are none or state another unit. Leave this step out for this series.',
  );
}
