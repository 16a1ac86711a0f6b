import { chmodSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCsv } from '../../node-agent/materialise/reader/csv-reader.ts';
import { lineOf } from '../../node-agent/materialise/reader/problem.ts';
import { readTree } from '../../node-agent/materialise/reader/read-tree.ts';
import { materialiseRig, patientId, shippedRules } from './rig.ts';

/** Changes one file of a tree as somebody with an editor would. */
function change(folder: string, path: string, edit: (text: string) => string): void {
  const file = join(folder, path);
  const text = readFileSync(file, 'utf8');
  const changed = edit(text);
  expect(changed, `nothing to change in ${path}`).not.toBe(text);
  chmodSync(file, 0o600);
  writeFileSync(file, changed);
}

const PATIENT = 'clinical_data/patient.csv';
const SERIES = 'clinical_data/image_series.csv';
const FIRST = `imaging_data/${patientId(1)}/2.25.1/2.25.1.1`;

/** Each spoils a whole tree in one way, and the reader has to name it. */
const SPOILED: readonly [what: string, spoil: (folder: string) => void, told: RegExp][] = [
  [
    'a table that is missing',
    (folder) => rmSync(join(folder, PATIENT)),
    /^clinical_data\/patient\.csv: The table is mandatory/m,
  ],
  [
    'a column that is missing',
    (folder) => change(folder, PATIENT, (text) => text.replace('patient_deceased', 'deceased')),
    /patient\.csv, line 1, patient_deceased: The column is missing/,
  ],
  [
    'a code outside the value set',
    (folder) => change(folder, PATIENT, (text) => text.replace('EUCAIM:COM1001370', 'EUCAIM:COM1000180')),
    /patient\.csv, line 2, patient_birth_sex: The cell is not in the value set/,
  ],
  [
    'a code without its system',
    (folder) => change(folder, PATIENT, (text) => text.replace('EUCAIM:COM1001370', 'COM1001370')),
    /patient\.csv, line 2, patient_birth_sex: The cell is not a code with its system/,
  ],
  [
    'a boolean that is none',
    (folder) => change(folder, PATIENT, (text) => text.replace('false', 'no')),
    /patient\.csv, line 2, patient_deceased: The cell is neither true nor false/,
  ],
  [
    'a date that is no day',
    (folder) =>
      change(folder, 'clinical_data/cancer_condition.csv', (text) => text.replace('2020-02-10', '10.02.2020')),
    /cancer_condition\.csv, line 2, cancer_condition_asserted_date: The cell is not a day/,
  ],
  [
    'a decimal comma',
    (folder) => change(folder, 'clinical_data/cancer_condition.csv', (text) => text.replace('54.5', '"54,5"')),
    /cancer_condition_age_at_diagnosis: The cell is not a number/,
  ],
  [
    'a patient twice',
    (folder) => change(folder, PATIENT, (text) => `${text}${text.split('\n')[1]}\n`),
    /patient\.csv, line 14: The row has the same patient_id as line 2/,
  ],
  [
    'a patient without a row',
    (folder) => change(folder, PATIENT, (text) => text.split('\n').toSpliced(1, 1).join('\n')),
    /image_study\.csv, line 2, patient_id: The table patient has no row/,
  ],
  [
    'a reference to nothing',
    (folder) => change(folder, 'clinical_data/cancer_condition.csv', (text) => text.replace('biopsy-3,', 'biopsy-77,')),
    /cancer_condition\.csv, line 7, procedure_id: The table procedure has no row/,
  ],
  [
    'an event of nothing',
    (folder) => change(folder, 'clinical_data/episode_event.csv', (text) => text.replace('2.25.3,', '2.25.33,')),
    /episode_event\.csv, line \d+, event_table_id: No table has the row/,
  ],
  [
    'a row of another dataset',
    (folder) => change(folder, 'imaging_mandatory_view.csv', (text) => text.replace('gatehouse-ds-', 'other-ds-')),
    /imaging_mandatory_view\.csv, line 2, dataset_id: The row is of another dataset/,
  ],
  [
    'a row with a cell too few',
    (folder) => change(folder, SERIES, (text) => text.replace(/,[^,\n]*\n$/u, '\n')),
    /image_series\.csv, line \d+: The line has 10 cells, the header has 11/,
  ],
  [
    'a series row without a folder',
    (folder) => rmSync(join(folder, FIRST), { recursive: true }),
    /image_series\.csv, line 2, series_uid: The series has no folder/,
  ],
  [
    'a folder without a series row',
    (folder) => change(folder, SERIES, (text) => text.split('\n').toSpliced(1, 1).join('\n')),
    /2\.25\.1\.1\.1\.dcm: The table image_series has no row/,
  ],
  [
    'a series under another patient',
    (folder) => {
      mkdirSync(join(folder, 'imaging_data', patientId(2), '2.25.1'));
      renameSync(join(folder, FIRST), join(folder, 'imaging_data', patientId(2), '2.25.1', '2.25.1.1'));
    },
    /The object says that it is of another patient, study or series/,
  ],
  [
    'an object that is gone',
    (folder) => rmSync(join(folder, FIRST, '2.25.1.1.1.dcm')),
    /The manifest lists the file, and it is not there/,
  ],
  [
    'a file that nobody wrote',
    (folder) => writeFileSync(join(folder, 'clinical_data', 'notes.csv'), 'patient\n'),
    /notes\.csv: The common file structure has no such file/,
  ],
  [
    'an object with other bytes',
    (folder) => {
      const file = join(folder, FIRST, '2.25.1.1.1.dcm');
      const bytes = readFileSync(file);
      bytes[bytes.length - 1] = 255;
      chmodSync(file, 0o600);
      writeFileSync(file, bytes);
    },
    /2\.25\.1\.1\.1\.dcm: The bytes of the file are not those that the manifest lists/,
  ],
  [
    'an object that is no DICOM',
    (folder) => {
      chmodSync(join(folder, FIRST, '2.25.1.1.1.dcm'), 0o600);
      writeFileSync(join(folder, FIRST, '2.25.1.1.1.dcm'), 'nothing');
    },
    /2\.25\.1\.1\.1\.dcm: The object cannot be read as DICOM/,
  ],
  [
    'a link out of the tree',
    (folder) => symlinkSync('/etc', join(folder, 'imaging_data', 'elsewhere')),
    /imaging_data\/elsewhere: It is neither a file nor a folder/,
  ],
  [
    'a manifest that is missing',
    (folder) => rmSync(join(folder, 'manifest.json')),
    /manifest\.json: The manifest is missing/,
  ],
  [
    'a manifest that is cut off',
    (folder) => change(folder, 'manifest.json', (text) => text.slice(0, 900)),
    /manifest\.json: The manifest cannot be read/,
  ],
];

describe('the reader of a written dataset', () => {
  it('finds nothing in a whole one, and names by file and line each way to spoil it', {
    timeout: 300_000,
  }, async () => {
    const rig = await materialiseRig();
    const rules = shippedRules();
    expect(await rig.materialise()).toMatchObject({ state: 'done', objections: 0 });
    expect((await readTree(join(rig.out, rig.datasetId), rules)).problems).toEqual([]);
    for (const [index, [what, spoil, told]] of SPOILED.entries()) {
      const folder = join(rig.out, `copy-${index}`);
      cpSync(join(rig.out, rig.datasetId), folder, { recursive: true });
      spoil(folder);
      const reading = await readTree(folder, rules);
      expect(reading.errors, what).toBeGreaterThan(0);
      expect(reading.problems.map(lineOf).join('\n'), what).toMatch(told);
    }
  });

  it('reads quoted cells, line breaks in them and any line ends, with the line that each row begins on', () => {
    const csv = readCsv('\ufeffa,b\r\n"x, ""y""",1\r\n"two\nlines",2\n\nlast,"3"');
    expect(csv).toEqual({
      columns: ['a', 'b'],
      rows: [
        { line: 2, cells: ['x, "y"', '1'] },
        { line: 3, cells: ['two\nlines', '2'] },
        { line: 6, cells: ['last', '3'] },
      ],
      problems: [],
    });
    expect(readCsv('a\n"open').problems).toEqual([{ line: 2, sentence: 'A quotation mark is not closed.' }]);
    expect(readCsv('').problems).toEqual([{ line: 1, sentence: 'The file is empty.' }]);
  });
});
