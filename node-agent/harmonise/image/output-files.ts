/** Writes what belongs to one volume; every file is whole and on the disk before it gets its name. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSet } from '../../dicom/data-set.ts';
import { syncFolder } from '../../store/durable-file.ts';
import type { FrameMoment } from './frame-description.ts';
import { AXES, spacingOf } from './geometry.ts';
import { gradientTexts } from './nifti/gradients.ts';
import { writeNifti } from './nifti/nifti-writer.ts';
import { sidecarFields } from './nifti/sidecar.ts';
import type { Recipe } from './recipe.ts';
import type { DoneStep, VolumeRecord, WrittenFile } from './series-record.ts';
import { TOOL } from './tool.ts';
import type { Volume } from './volume.ts';

export interface OutputName {
  readonly folder: string;
  /** Without extension. */
  readonly name: string;
}

export interface FinishedVolume {
  readonly volume: Volume;
  /** Of the first image. */
  readonly dataSet: DataSet;
  /** The first image's frame in it. */
  readonly frame: number;
  readonly recipe: Recipe;
  readonly steps: readonly DoneStep[];
  readonly moments: readonly FrameMoment[];
  readonly inputs: VolumeRecord['inputs'];
  /** Seconds between volumes; 0 when unknown. */
  readonly repetition: number;
}

/** @throws the operating system's error; then no file has its name yet, or those that have are whole */
export async function writeVolume({ folder, name }: OutputName, finished: FinishedVolume): Promise<VolumeRecord> {
  const working = join(folder, `.${randomUUID()}.part`);
  await mkdir(working);
  try {
    const nifti = `${name}.nii.gz`;
    const text = { repetition: finished.repetition, description: `${TOOL.name} ${TOOL.version}` };
    const written = { name: nifti, ...(await writeNifti(join(working, nifti), finished.volume, text)) };
    const gradients = gradientTexts(finished.volume, finished.moments);
    const bval = gradients && (await writeText(working, `${name}.bval`, gradients.bval));
    const bvec = gradients && (await writeText(working, `${name}.bvec`, gradients.bvec));
    const sidecar = await writeText(working, `${name}.json`, sidecarText(finished, written));
    for (const file of [written, bval, bvec, sidecar]) {
      if (file) await rename(join(working, file.name), join(folder, file.name));
    }
    await syncFolder(folder);
    const { volume, steps, inputs } = finished;
    return {
      nifti: written,
      sidecar,
      ...(bval && bvec ? { bval, bvec } : {}),
      size: [...volume.size, volume.times],
      spacing: spacingOf(volume.affine),
      affine: rowsOf(volume),
      steps,
      inputs,
    };
  } finally {
    await rm(working, { recursive: true, force: true });
  }
}

async function writeText(folder: string, name: string, text: string): Promise<WrittenFile> {
  const handle = await open(join(folder, name), 'wx');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  const bytes = Buffer.from(text);
  return { name, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
}

function sidecarText({ dataSet, frame, recipe, steps, inputs }: FinishedVolume, nifti: WrittenFile): string {
  const document = {
    ...sidecarFields(dataSet, frame),
    ConversionSoftware: TOOL.name,
    ConversionSoftwareVersion: TOOL.version,
    Harmonisation: { recipe: recipe.name ?? null, steps, inputs, image: { name: nifti.name, sha256: nifti.sha256 } },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function rowsOf({ affine: { columns, origin } }: Volume): number[][] {
  return AXES.map((row) => [columns[0][row], columns[1][row], columns[2][row], origin[row]]);
}
