import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { readNifti } from '../harmonise/image/nifti-reader.ts';
import { CT_IMAGE, item, MR_IMAGE, writeSeries } from '../harmonise/image/phantom-series.ts';
import { POSES, plane, type Shape, slicePosition, stack } from '../harmonise/image/phantom-shapes.ts';
import { runCommand } from '../support/running-agent.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

vi.setConfig({ testTimeout: 120_000 });

const SHAPE: Shape = { pose: POSES.axial!, rows: 8, columns: 16, slices: 4, spacing: [1, 1, 2] };
const SIZE = { rows: SHAPE.rows, columns: SHAPE.columns };

/** A CT series that is marked as de-identified with a segmentation of it, an MR series that is not marked, and a text. */
function exampleFolder(): { readonly input: string; readonly output: string } {
  const folder = temporaryFolder();
  const input = join(folder, 'in');
  const ct = {
    Modality: 'CT',
    PatientIdentityRemoved: 'YES',
    SeriesInstanceUID: '2.25.81',
    RescaleIntercept: '-100',
    RescaleSlope: '1',
  };
  writeSeries(join(input, 'ct'), { ...SIZE, sopClassUid: CT_IMAGE, attributes: ct, slices: stack(SHAPE) });
  const mr = { Modality: 'MR', SeriesInstanceUID: '2.25.82' };
  writeSeries(join(input, 'mr'), { ...SIZE, sopClassUid: MR_IMAGE, attributes: mr, slices: stack(SHAPE) });
  const { ImageOrientationPatient = [], PixelSpacing = [] } = plane(SHAPE, 0);
  const seg = {
    Modality: 'SEG',
    PatientIdentityRemoved: 'YES',
    SegmentationType: 'BINARY',
    NumberOfFrames: '1',
    ReferencedSeriesSequence: [item({ SeriesInstanceUID: '2.25.81' })],
    SharedFunctionalGroupsSequence: [
      item({
        PlaneOrientationSequence: [item({ ImageOrientationPatient })],
        PixelMeasuresSequence: [item({ PixelSpacing })],
      }),
    ],
    PerFrameFunctionalGroupsSequence: [
      item({
        PlanePositionSequence: [item({ ImagePositionPatient: slicePosition(SHAPE, 2) })],
        SegmentIdentificationSequence: [item({ ReferencedSegmentNumber: [7] })],
      }),
    ],
  };
  const pixels = new Uint8Array(128).fill(1, 0, 16);
  const sopClassUid = '1.2.840.10008.5.1.4.1.1.66.4';
  writeSeries(join(input, 'seg'), { ...SIZE, sopClassUid, attributes: seg, slices: [{ attributes: {}, pixels }] });
  writeFileSync(join(input, 'notes.txt'), 'no DICOM');
  return { input, output: join(folder, 'out') };
}

describe('gatehouse nifti', () => {
  it('converts every series and segmentation of a folder, and says what is not marked as de-identified', async () => {
    const { input, output } = exampleFolder();
    const { code, stdout, stderr } = await runCommand(['nifti', input, output]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/2\.25\.81\.nii\.gz: 16 × 8 × 4 × 1 voxels of 1\.000 × 1\.000 × 2\.000 mm/);
    expect(stdout).toMatch(
      /2 series, 1 segmentations, 3 volumes written\. 1 files are no DICOM objects.*4 files do not say/,
    );
    const labels = readdirSync(output).filter((name) => name.endsWith('.nii.gz') && !name.startsWith('2.25.8'));
    expect(labels).toHaveLength(1);
    const { values } = readNifti(join(output, labels[0] ?? ''));
    expect(values.filter((value) => value === 7)).toHaveLength(16);
  });

  it('follows a recipe, learnt here, and tells all of it as JSON', async () => {
    const { input, output } = exampleFolder();
    const recipe = join(input, '..', 'recipe.json');
    const learnt = await runCommand(['nifti-landmarks', join(input, 'mr'), recipe]);
    expect(learnt).toMatchObject({ code: 0, stdout: 'Learnt from 1 volumes.\n' });
    const { code, stdout } = await runCommand(['nifti', join(input, 'mr'), output, '--recipe', recipe, '--json']);
    expect(code).toBe(0);
    const { series } = JSON.parse(stdout);
    expect(series).toHaveLength(1);
    expect(series[0].record.recipe).toEqual(JSON.parse(readFileSync(recipe, 'utf8')));
    expect(series[0].record.volumes[0].steps.map(({ step }: { step: string }) => step)).toEqual(['read', 'nyul']);
  });

  it('refuses a recipe that does not hold, and says what it does not do', async () => {
    const { input, output } = exampleFolder();
    const recipe = join(input, '..', 'recipe.json');
    writeFileSync(recipe, '{"steps":[{"step":"sharpen"}]}');
    const wrong = await runCommand(['nifti', input, output, '--recipe', recipe]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/recipe does not hold at steps\.0/);
    const help = await runCommand(['nifti', '--help']);
    expect(help.stdout).toMatch(/does not de-identify/);
  });
});
