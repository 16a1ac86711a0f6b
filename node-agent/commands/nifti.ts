import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { harmoniseSeries, trainLandmarks } from '../harmonise/image/harmonise-series.ts';
import { ImageRefusal } from '../harmonise/image/image-refusal.ts';
import { AS_SCANNED, type Recipe, readRecipe } from '../harmonise/image/recipe.ts';
import { type SortedFiles, sortIntoSeries } from '../harmonise/image/series-files.ts';
import type { SeriesRecord, SeriesRefusal } from '../harmonise/image/series-record.ts';
import { StartUpError } from '../store/errors.ts';
import { type Command, print, UsageError } from './command.ts';
import { inputFiles } from './input-files.ts';

const NOT_DEIDENTIFIED =
  'It does not de-identify: names, dates and UIDs stay as they are in the files. Give it files that `deidentify` or the node made.';

/** For people and tests; the node harmonises when a dataset is materialised. */
const nifti: Command = {
  name: ['nifti'],
  usage: 'nifti FOLDER OUT [--recipe JSON] [--json]',
  summary: `Converts the series of a folder of de-identified DICOM files to NIfTI with JSON sidecars. ${NOT_DEIDENTIFIED}`,
  options: { recipe: { type: 'string' }, json: { type: 'boolean' } },
  positionals: 2,
  run: async ({ values, positionals }) => {
    const [from, folder] = [resolve(positionals[0] ?? ''), resolve(positionals[1] ?? '')];
    const recipe = values.recipe === undefined ? AS_SCANNED : recipeOf(String(values.recipe));
    const sorted = await sortIntoSeries(inputFiles(from));
    mkdirSync(folder, { recursive: true });
    const records: { readonly seriesInstanceUid: string; readonly record: SeriesRecord }[] = [];
    for (const [seriesInstanceUid, files] of sorted.series) {
      const record = await harmoniseSeries(files, recipe, { folder, name: seriesInstanceUid });
      records.push({ seriesInstanceUid, record });
      if (!values.json) tellSeries(record);
    }
    const volumes = records.reduce((count, { record }) => count + record.volumes.length, 0);
    if (values.json)
      print(JSON.stringify({ series: records, otherFiles: sorted.others, unmarkedFiles: sorted.unmarked }, null, 2));
    else print(`${records.length} series, ${volumes} volumes written.${remarksOn(sorted)}`);
    return volumes > 0 ? 0 : 1;
  },
};

const niftiLandmarks: Command = {
  name: ['nifti-landmarks'],
  usage: 'nifti-landmarks FOLDER RECIPE',
  summary: 'Learns the standard MR scale of Nyúl from the series of a folder, and writes a recipe with it.',
  positionals: 2,
  run: async ({ positionals }) => {
    const sorted = await sortIntoSeries(inputFiles(resolve(positionals[0] ?? '')));
    try {
      const { landmarks, refusals } = await trainLandmarks([...sorted.series.values()]);
      const recipe: Recipe = { name: 'Nyúl', steps: [{ step: 'nyul', landmarks }] };
      writeFileSync(resolve(positionals[1] ?? ''), `${JSON.stringify(recipe, null, 2)}\n`);
      tellRefusals(refusals);
      print(`Learnt from ${landmarks.volumes} volumes.`);
      return 0;
    } catch (error) {
      if (!(error instanceof ImageRefusal)) throw error;
      throw new StartUpError(error.message);
    }
  },
};

export const NIFTI_COMMANDS: readonly Command[] = [nifti, niftiLandmarks];

function recipeOf(file: string): Recipe {
  let text: string;
  try {
    text = readFileSync(resolve(file), 'utf8');
  } catch {
    throw new UsageError('The recipe does not exist or may not be read. Check the path.');
  }
  try {
    return readRecipe(JSON.parse(text));
  } catch (error) {
    throw new UsageError(error instanceof SyntaxError ? 'The recipe is no JSON.' : String((error as Error).message));
  }
}

function tellSeries({ volumes, refusals }: SeriesRecord): void {
  for (const {
    nifti: { name },
    size,
    spacing,
  } of volumes) {
    print(`${name}: ${size.join(' × ')} voxels of ${spacing.map((width) => width.toFixed(3)).join(' × ')} mm`);
  }
  tellRefusals(refusals);
}

function tellRefusals(refusals: readonly SeriesRefusal[]): void {
  for (const { files, sentence } of refusals) print(`  ${files} × refused: ${sentence}`);
}

function remarksOn({ others, unmarked }: SortedFiles): string {
  const notDicom = others > 0 ? ` ${others} files are no DICOM objects of a series.` : '';
  const identified =
    unmarked > 0
      ? ` ${unmarked} files do not say that they were de-identified: treat what was made of them as they are.`
      : '';
  return notDicom + identified;
}
