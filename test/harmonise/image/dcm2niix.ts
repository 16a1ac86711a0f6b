/** Runs Debian's dcm2niix over a folder and compares what it writes with what was written here. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NiftiFile, readNifti } from './nifti-reader.ts';

export interface PeerVolume extends NiftiFile {
  readonly bval: string;
  readonly bvec: string;
}

/**
 * Display scaling: the private factors of `-p y` are gone after de-identification.
 * @param program path of dcm2niix
 * @param turn3d whether 3D acquisitions are turned to RAS, as dcm2niix does unless told not to
 */
export function convertByPeer(program: string, input: string, output: string, turn3d = false): PeerVolume[] {
  mkdirSync(output, { recursive: true });
  const options = ['-z', 'n', '-b', 'n', '-p', 'n', '-x', turn3d ? 'n' : 'i', '-f', 'x'];
  spawnSync(program, [...options, '-o', output, input], { encoding: 'utf8' });
  const names = readdirSync(output).filter((name) => name.endsWith('.nii') && !/_ROI\d+\.nii$/.test(name));
  return names.sort().flatMap((name) => {
    const text = (extension: string): string => {
      const file = join(output, name.replace(/\.nii$/, extension));
      return readdirSync(output).includes(name.replace(/\.nii$/, extension)) ? readFileSync(file, 'utf8') : '';
    };
    try {
      return [{ ...readNifti(join(output, name)), bval: text('.bval'), bvec: text('.bvec') }];
    } catch {
      return []; // colour, which is no measurement
    }
  });
}

/** A copy without compression, for the syntaxes that Debian's dcm2niix was built without. */
export function decompressByPeer(program: string, file: string, copy: string): boolean {
  try {
    execFileSync(program, ['--raw', file, copy], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Undefined when both are the same image; else what differs. */
export function differenceOf(ours: NiftiFile, theirs: NiftiFile): string | undefined {
  if (ours.size.join() !== theirs.size.join()) return `size ${ours.size.join()} against ${theirs.size.join()}`;
  const affine = Math.max(
    ...ours.sform.flatMap((row, at) => row.map((part, to) => Math.abs(part - theirs.sform[at]![to]!))),
  );
  if (!(affine < 1e-3)) return `affine by ${affine}`;
  const qform = Math.max(
    ...ours.qform.flatMap((row, at) => row.map((part, to) => Math.abs(part - ours.sform[at]![to]!))),
  );
  if (ours.qformCode > 0 && !(qform < 1e-3)) return `own qform and sform by ${qform}`;
  let worst = 0;
  for (const [at, value] of ours.values.entries()) {
    const other = theirs.values[at]!;
    // What two roundings to 32 bits of a scaled value may differ by.
    const error = Math.abs(value - other) / Math.max(1, Math.abs(other));
    if (!(error <= worst)) worst = error;
  }
  return worst <= 2e-6 ? undefined : `voxels by ${worst} of their value`;
}

/** Every one of ours has its like among theirs, each once. */
export function unmatched(ours: readonly NiftiFile[], theirs: readonly NiftiFile[]): string[] {
  const left = [...theirs];
  const problems = ours.flatMap((volume) => {
    const differences = left.map((other) => differenceOf(volume, other));
    const same = differences.indexOf(undefined);
    if (same < 0) return [differences.join('; ') || 'dcm2niix has no such volume'];
    left.splice(same, 1);
    return [];
  });
  return left.length === 0 ? problems : [...problems, `dcm2niix has ${left.length} more`];
}
