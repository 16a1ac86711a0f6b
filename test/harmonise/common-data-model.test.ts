import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { columnOf, loadCommonDataModel, tableOf } from '../../node-agent/harmonise/common-data-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-model-'));
afterAll(() => rmSync(folder, { recursive: true }));

const model = loadCommonDataModel();
const shipped = readFileSync(
  join(import.meta.dirname, '../../node-agent/harmonise/data/common-data-model.json'),
  'utf8',
);

test('both views and the seven mandatory tables of a Tier-3 dataset are known', () => {
  const mandatory = model.tables.filter(({ needed }) => needed === 'mandatory').map(({ name }) => name);
  expect(mandatory.sort()).toEqual(
    [
      'cancer_condition',
      'clinical_mandatory_view',
      'episode',
      'episode_event',
      'image_series',
      'image_study',
      'imaging_mandatory_view',
      'patient',
      'procedure',
    ].sort(),
  );
});

test('the clinical view has the columns that its readers ask for', () => {
  expect(tableOf(model, 'clinical_mandatory_view')?.columns.map(({ name }) => name)).toEqual([
    'dataset_id',
    'patient_id',
    'patient_birth_sex',
    'patient_diagnostic_category',
    'cancer_condition_age_at_diagnosis',
    'cancer_condition_age_unit',
    'cancer_condition_code',
    'cancer_condition_asserted_date',
    'cancer_condition_type',
    'cancer_condition_topography',
    'cancer_condition_histology_morphology',
    'evidence_procedure_code',
    'first_treatment_type',
    'first_treatment_offset_from_diagnosis',
    'first_treatment_offset_unit',
  ]);
});

test('the sexes are listed by their codes, and an older code leads to the one of today', () => {
  const sex = columnOf(model, 'patient', 'patient_birth_sex');
  expect(sex?.values?.map(({ label }) => label)).toContain('Female');
  expect(sex?.older.COM1000177).toBe('COM1001370');
});

test.each([
  [
    'a view that takes a column from nowhere',
    (text: string) => text.replace('"patient.patient_id"', '"patient.nobody"'),
    'patient.nobody',
  ],
  [
    'a code without a value set',
    (text: string) =>
      text.replace(
        /"kind": "code", "source": "handbook", *"confirm": true, "values": \[[^\]]*\]|"kind": "code", "values": \[[^\]]*\], "older"/u,
        '"kind": "code", "older"',
      ),
    'list of codes',
  ],
  ['a word it does not know', (text: string) => text.replace('"needed": "mandatory"', '"needed": "maybe"'), 'needed'],
])('a model with %s is refused with the file and the place', (_, change, place) => {
  const file = join(folder, 'model.json');
  writeFileSync(file, change(shipped));
  expect(() => loadCommonDataModel(file)).toThrow(file);
  expect(() => loadCommonDataModel(file)).toThrow(place);
});
