import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { readTree } from '../../node-agent/materialise/reader/read-tree.ts';
import { parseCsv } from '../support/csv.ts';
import { addClinical, clinicalRow, clinicalRows, DAY, materialiseRig, patientId, shippedRules } from './rig.ts';

function table(folder: string, path: string): Record<string, string>[] {
  const [header = [], ...rows] = parseCsv(readFileSync(join(folder, path), 'utf8'));
  return rows.map((cells) => Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ''])));
}

describe('a dataset in the common file structure', () => {
  it('reads back equal, with both views, seven tables, images under patient, study and series, and nothing missing', async () => {
    const rig = await materialiseRig();
    const job = await rig.materialise();
    expect(job).toMatchObject({ state: 'done', objections: 0, files: 48, filesDone: 48, series: 24, way: 'hard-link' });
    expect(job.sentence).toContain('read back equal');
    const folder = join(rig.out, rig.datasetId);
    const reading = await readTree(folder, shippedRules());
    expect(reading.problems).toEqual([]);
    expect(readdirSync(rig.out)).toEqual([rig.datasetId]);
    expect(readdirSync(join(folder, 'clinical_data')).sort()).toEqual(
      ['patient', 'cancer_condition', 'procedure', 'episode', 'episode_event', 'image_study', 'image_series']
        .concat('treatment', 'image_modality')
        .map((name) => `${name}.csv`)
        .sort(),
    );
    expect(table(folder, 'clinical_mandatory_view.csv')[0]).toEqual({
      dataset_id: rig.datasetId,
      patient_id: patientId(1),
      patient_birth_sex: 'EUCAIM:COM1001370',
      patient_diagnostic_category: 'EUCAIM:COM1001087',
      cancer_condition_age_at_diagnosis: '54.5',
      cancer_condition_age_unit: 'EUCAIM:COM1000151',
      cancer_condition_code: 'EUCAIM:CLIN1000060',
      cancer_condition_asserted_date: '2020-02-10',
      cancer_condition_type: 'EUCAIM:CLIN1007988',
      cancer_condition_topography: '',
      cancer_condition_histology_morphology: 'ICDO3:8500/3',
      evidence_procedure_code: 'EUCAIM:CLIN1001712',
      first_treatment_type: 'EUCAIM:CLIN1034674',
      first_treatment_offset_from_diagnosis: '30',
      first_treatment_offset_unit: DAY,
    });
    expect(table(folder, 'imaging_mandatory_view.csv')[0]).toEqual({
      dataset_id: rig.datasetId,
      patient_id: patientId(1),
      image_procedure_code: 'EUCAIM:IMG1000022',
      study_uid: '2.25.1',
      series_uid: '2.25.1.1',
      series_manufacturer: 'EUCAIM:IMG1000044',
      series_body_site_code: 'EUCAIM:BP1000136',
      series_modality: 'EUCAIM:IMG1000022',
      series_acquisition_date: '2020-03-02',
    });
    expect(table(folder, 'clinical_data/image_study.csv')[0]).toMatchObject({
      study_uid: '2.25.1',
      procedure_id: 'imaging-2.25.1',
      study_offset_from_diagnosis: '20',
      study_offset_unit: DAY,
    });
    expect(table(folder, 'clinical_data/patient.csv')[0]).toMatchObject({
      patient_managing_organization_id: 'Clinic, "North"',
    });
    expect(table(folder, 'clinical_data/image_modality.csv')).toContainEqual({
      series_uid: '2.25.1.1',
      key: 'SliceThickness',
      value: '3.5',
    });
    expect(readdirSync(join(folder, 'imaging_data', patientId(3), '2.25.3', '2.25.3.2'))).toEqual([
      '2.25.3.2.1.dcm',
      '2.25.3.2.2.dcm',
    ]);
  });

  it('links its objects to the archive, read-only, and copies them where that is asked for', async () => {
    const rig = await materialiseRig({ patients: 10 });
    const object = (root: string, folder: string) =>
      statSync(join(root, folder, patientId(1), '2.25.1', '2.25.1.1', '2.25.1.1.1.dcm'));
    const archived = () => object(rig.foundation.folder.root, 'objects');
    await rig.materialise();
    const linked = object(join(rig.out, rig.datasetId), 'imaging_data');
    expect(linked.ino).toBe(archived().ino);
    expect(linked.mode & 0o777).toBe(0o400);
    const copy = await rig.materialise({ wanted: 'copy' });
    expect(copy.way).not.toBe('hard-link');
    const copied = object(join(rig.out, rig.datasetId), 'imaging_data');
    expect(copied.ino).not.toBe(archived().ino);
    expect(copied.mode & 0o777).toBe(0o400);
    await vi.waitFor(() => expect(archived().nlink).toBe(1));
    await vi.waitFor(() => expect(readdirSync(rig.out)).toEqual([rig.datasetId]));
    const states = rig.desk.materialisations.ofDataset(rig.datasetId).map(({ state, onDisk }) => [state, onDisk]);
    expect(states).toEqual([
      ['done', true],
      ['stale', false],
    ]);
  });

  it('names what is missing by patient, table and column, and makes nothing up', async () => {
    const rig = await materialiseRig({ clinical: false });
    addClinical(rig.foundation, [
      ...Array.from({ length: 11 }, (_, index) => clinicalRows(index + 1)).flat(),
      clinicalRow('patient', patientId(12), 12, { patient_birth_sex: 'EUCAIM:COM1001366' }),
      // Of a patient with no images in the dataset, and of a study that is not in it.
      clinicalRow('patient', patientId(99), 99, { patient_birth_sex: 'EUCAIM:COM1001366' }),
      clinicalRow('image_study', '2.25.777', 12, { study_uid: '2.25.777', imaging_timepoint: '2' }),
    ]);
    const job = await rig.materialise();
    const objections = rig.desk.materialisations.objections(job.id);
    expect(objections.map(({ kind, table: name, column, patients }) => [kind, name, column, patients])).toEqual([
      ['missing', 'patient', 'patient_diagnostic_category', [patientId(12)]],
      ['missing', 'clinical_mandatory_view', 'patient_diagnostic_category', [patientId(12)]],
    ]);
    const folder = join(rig.out, rig.datasetId);
    expect(table(folder, 'clinical_mandatory_view.csv').at(-1)).toMatchObject({
      patient_id: patientId(12),
      patient_birth_sex: 'EUCAIM:COM1001366',
      patient_diagnostic_category: '',
      cancer_condition_code: '',
    });
    const reading = await readTree(folder, shippedRules());
    expect(reading).toMatchObject({ errors: 0, missingValues: 2 });
    expect(JSON.stringify([...(reading.eucaim?.tables ?? [])])).not.toContain('2.25.777');
  });

  it('has codes of the value set alone: others are refused, named, and left empty', async () => {
    const rig = await materialiseRig({ clinical: false });
    const wrong: Readonly<Record<number, Record<string, string>>> = {
      // The older generation, a modality for a sex, no system, a system that the column does not take.
      1: { patient_birth_sex: 'EUCAIM:COM1000180' },
      2: { patient_birth_sex: 'EUCAIM:IMG1000022' },
      3: { patient_birth_sex: 'female' },
      4: { patient_birth_sex: 'SNOMEDCT:248152002' },
    };
    const rows = Array.from({ length: 12 }, (_, index) => clinicalRows(index + 1)).flat();
    addClinical(
      rig.foundation,
      rows.map((row) => {
        const number = Number(row.patientId.slice(3));
        if (row.table === 'patient') return { ...row, cells: { ...row.cells, ...wrong[number] } };
        if (row.table !== 'cancer_condition' || number !== 5) return row;
        const cells = {
          cancer_condition_histology_morphology: 'ICDO3:85/3',
          cancer_condition_asserted_date: '2020-02-30',
        };
        return { ...row, cells: { ...row.cells, ...cells, cancer_condition_code: 'EUCAIM:BP1000136' } };
      }),
    );
    const job = await rig.materialise();
    expect(job.state).toBe('done');
    const refused = rig.desk.materialisations.objections(job.id).filter(({ kind }) => kind === 'refused');
    const named = refused.map(({ table: name, column, patients }) => [name, column, patients]);
    expect(new Set(named.map((one) => JSON.stringify(one)))).toEqual(
      new Set(
        [
          ['patient', 'patient_birth_sex', [1, 2, 3, 4].map(patientId)],
          ['cancer_condition', 'cancer_condition_histology_morphology', [patientId(5)]],
          ['cancer_condition', 'cancer_condition_asserted_date', [patientId(5)]],
          ['cancer_condition', 'cancer_condition_code', [patientId(5)]],
        ].map((one) => JSON.stringify(one)),
      ),
    );
    const reading = await readTree(join(rig.out, rig.datasetId), shippedRules());
    expect(reading.errors).toBe(0);
    expect(reading.missingValues).toBeGreaterThan(0);
  });
});
