import { chmodSync, cpSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { entitiesOf, kindOf, loadBidsNames, subjectLabels } from '../../node-agent/materialise/bids/names.ts';
import { lineOf } from '../../node-agent/materialise/reader/problem.ts';
import { readTree } from '../../node-agent/materialise/reader/read-tree.ts';
import { addClinical, clinicalRow, type MaterialiseRig, materialiseRig, patientId, shippedRules } from './rig.ts';

vi.setConfig({ testTimeout: 240_000 });

/** What the classification of series says, as the index keeps it. */
function classify({ foundation }: MaterialiseRig, codes: Readonly<Record<string, Record<string, string>>>): void {
  const insert = foundation.indexDatabase.prepare(`INSERT INTO harmonised_values
    (entity, entity_id, attribute, original, code, label, rule, table_version, at)
    VALUES ('series', ?, ?, NULL, ?, ?, 'exact', '1', '2026-01-01T00:00:00Z')`);
  for (const [series, attributes] of Object.entries(codes)) {
    for (const [attribute, code] of Object.entries(attributes)) insert.run(series, attribute, code, code);
  }
}

function below(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();
}

const SUBJECT = 'sub-GH0000000000000001';
const AX_T1 = { contrast: 'IMG1016652', plane: 'SNOMEDCT:24422004' };

describe('a dataset as BIDS', () => {
  it('has volumes with sidecars, named after what the series are, none over another, and reads back equal', async () => {
    const rig = await materialiseRig({ patients: 10, seriesEach: 3, clinical: false });
    addClinical(rig.foundation, [
      clinicalRow('image_study', '2.25.1', 1, { study_uid: '2.25.1', imaging_timepoint: '4' }),
    ]);
    classify(rig, { '2.25.1.1': AX_T1, '2.25.1.2': AX_T1 });
    const broken = join(rig.foundation.folder.objects, patientId(2), '2.25.2', '2.25.2.1');
    expect(readdirSync(broken)).toHaveLength(2);
    const recipe = { name: 'to RAS', steps: [{ step: 'reorient', to: 'RAS' }] };
    const job = await rig.materialise({ layout: 'bids', recipe });
    expect(job).toMatchObject({
      state: 'done',
      objections: 0,
      way: null,
      filesDone: 60,
      name: `${rig.datasetId}-bids`,
    });
    const folder = join(rig.out, `${rig.datasetId}-bids`);
    expect(below(join(folder, SUBJECT))).toEqual(
      [
        'ses-4/anat/SUB_ses-4_acq-ax_run-1_T1w.json',
        'ses-4/anat/SUB_ses-4_acq-ax_run-1_T1w.nii.gz',
        'ses-4/anat/SUB_ses-4_acq-ax_run-2_T1w.json',
        'ses-4/anat/SUB_ses-4_acq-ax_run-2_T1w.nii.gz',
        'ses-4/mr/SUB_ses-4_bp-breast_run-1_mr.json',
        'ses-4/mr/SUB_ses-4_bp-breast_run-1_mr.nii.gz',
        'ses-4/SUB_ses-4_scans.tsv',
        'SUB_sessions.tsv',
      ]
        .map((name) => name.replace('SUB', SUBJECT))
        .sort(),
    );
    const text = (path: string) => readFileSync(join(folder, path), 'utf8');
    expect(text('participants.tsv').split('\n')[1]).toBe(`${SUBJECT}\t${patientId(1)}\tF\t54.5`);
    expect(text(`${SUBJECT}/ses-4/${SUBJECT}_ses-4_scans.tsv`).split('\n').slice(1, 3)).toEqual([
      `anat/${SUBJECT}_ses-4_acq-ax_run-1_T1w.nii.gz\t2.25.1.1`,
      `anat/${SUBJECT}_ses-4_acq-ax_run-2_T1w.nii.gz\t2.25.1.2`,
    ]);
    expect(JSON.parse(text('dataset_description.json'))).toMatchObject({
      BIDSVersion: '1.10.0',
      DatasetType: 'derivative',
    });
    expect(text('.bidsignore').split('\n')).toContain('sub-*/ses-*/mr/*_mr.*');
    const sidecar = JSON.parse(text(`${SUBJECT}/ses-4/anat/${SUBJECT}_ses-4_acq-ax_run-2_T1w.json`));
    expect(sidecar.Harmonisation.image.name).toBe(`${SUBJECT}_ses-4_acq-ax_run-2_T1w.nii.gz`);
    const reading = await readTree(folder, shippedRules());
    expect(reading.problems).toEqual([]);
    expect(reading.manifest).toMatchObject({ layout: 'bids', objects: 'converted', recipe });

    const spoiled: [told: RegExp, spoil: (copy: string) => void][] = [
      [
        /participants\.tsv: The subject sub-GH0000000000000001 has no row/,
        (copy) => {
          chmodSync(join(copy, 'participants.tsv'), 0o600);
          writeFileSync(
            join(copy, 'participants.tsv'),
            text('participants.tsv').split('\n').toSpliced(1, 1).join('\n'),
          );
        },
      ],
      [/line 2: The participant has no folder/, (copy) => rmSync(join(copy, SUBJECT), { recursive: true })],
      [
        /The volume has no sidecar/,
        (copy) => rmSync(join(copy, SUBJECT, 'ses-4', 'mr', `${SUBJECT}_ses-4_bp-breast_run-1_mr.json`)),
      ],
      [
        /It is not named as BIDS names a file/,
        (copy) => {
          const mr = join(copy, SUBJECT, 'ses-4', 'mr');
          renameSync(join(mr, `${SUBJECT}_ses-4_bp-breast_run-1_mr.nii.gz`), join(mr, 'series 3.nii.gz'));
        },
      ],
      [
        /The file is no NIfTI-1 volume/,
        (copy) => {
          const file = join(copy, SUBJECT, 'ses-4', 'mr', `${SUBJECT}_ses-4_bp-breast_run-1_mr.nii.gz`);
          chmodSync(file, 0o600);
          writeFileSync(file, 'nothing');
        },
      ],
    ];
    for (const [index, [told, spoil]] of spoiled.entries()) {
      const copy = join(rig.out, `copy-${index}`);
      cpSync(folder, copy, { recursive: true });
      spoil(copy);
      expect((await readTree(copy, shippedRules())).problems.map(lineOf).join('\n')).toMatch(told);
    }
  });

  it('names the series that are no volume, and stops at an object that was changed in the archive', async () => {
    const rig = await materialiseRig({ patients: 10, seriesEach: 1, pixels: 16 });
    const { catalogue, indexDatabase } = rig.foundation;
    expect(catalogue.counts().series).toBe(10);
    indexDatabase.prepare(`UPDATE series SET modality = 'CT' WHERE series_uid = '2.25.2.1'`).run();
    const job = await rig.materialise({ layout: 'bids' });
    expect(job.state).toBe('done');
    const ct = join(rig.out, `${rig.datasetId}-bids`, 'sub-GH0000000000000002', 'ses-1', 'ct');
    expect(readdirSync(ct)).toContain('sub-GH0000000000000002_ses-1_bp-breast_run-1_ct.nii.gz');
    const file = join(rig.foundation.folder.objects, patientId(3), '2.25.3', '2.25.3.1', '2.25.3.1.1.dcm');
    const bytes = readFileSync(file);
    bytes[bytes.length - 1] = 255;
    writeFileSync(file, bytes);
    const changed = await rig.materialise({ layout: 'bids' });
    expect(changed).toMatchObject({
      state: 'failed',
      onDisk: false,
      sentence: expect.stringContaining('bytes have changed'),
    });
    writeFileSync(file, 'no DICOM');
    const refused = await rig.materialise({ layout: 'bids' });
    expect(refused).toMatchObject({ state: 'done', objections: 1 });
    expect(rig.desk.materialisations.objections(refused.id)).toMatchObject([
      { kind: 'not-convertible', table: 'images', patients: [patientId(3)] },
    ]);
  });

  it('is asked for with a recipe that holds', async () => {
    const rig = await materialiseRig({ patients: 10, seriesEach: 1, instancesEach: 1 });
    const recipe = { steps: [{ step: 'reorient', to: 'XYZ' }] };
    const wanted = { datasetId: rig.datasetId, layout: 'bids', root: rig.out, wanted: 'link', recipe } as const;
    expect(() => rig.desk.request(wanted, 'anna')).toThrow('The recipe does not hold at steps.0.to');
  });

  it('names by contrast, plane, tracer, side and view, and falls back to the modality', () => {
    const names = loadBidsNames();
    const nameOf = (modality: string, codes: Record<string, string>, bodyPart: string | null = null) => {
      const kind = kindOf(names, modality, codes);
      return [kind.folder, ...entitiesOf(names, kind, codes, bodyPart), kind.suffix].join(' ');
    };
    expect(nameOf('MR', { contrast: 'IMG1016656', plane: 'SNOMEDCT:81654009' })).toBe('anat acq-cor ce-agent T1w');
    expect(nameOf('MR', { contrast: 'GATEHOUSE:STIR', plane: 'SNOMEDCT:24422004' })).toBe('anat acq-STIRax T2w');
    expect(nameOf('MR', { contrast: 'IMG1016653' })).toBe('dwi dwi');
    expect(nameOf('MR', { contrast: 'IMG1004461' }, 'BREAST')).toBe('perf bp-breast dce');
    expect(nameOf('PT', { tracer: 'SNOMEDCT:35321007' })).toBe('pet trc-FDG pet');
    const view = { laterality: 'IMG1016670', view: 'SNOMEDCT:399368009' };
    expect(nameOf('MG', view, 'BREAST')).toBe('mg bp-breast lat-left vp-mlo mg');
    expect(nameOf('CT', {}, 'HEAD & NECK')).toBe('ct bp-headneck ct');
    expect(nameOf('OPT', {})).toBe('other image');
    expect(() => subjectLabels(['A-1', 'A_1'])).toThrow('Two pseudonyms are the same');
  });
});
