import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ClinicalImportRefused } from '../../../node-agent/pipeline/clinical/clinical-importer.ts';
import { rotate } from '../../../node-agent/vault/keyring.ts';
import { clinicalRig } from './clinical-rig.ts';

const ANNA = { patientId: 'MRN-77001', name: 'Zwetschgenberg^Anna', birthDate: '19580312' };
const BELA = { patientId: 'MRN-77002', issuer: 'CITY_MPI' };
const HEAD = 'patient_id,birth_date,sex,population,icd10,diagnosis_date,first_treatment,treatment_date,last_contact';
const GOOD = [
  HEAD,
  'MRN-77001,1958-03-12,female,case,C50.1,2021-03-04,surgery,2021-04-01,2023-01-01',
  'MRN-77002,1950-01-01,M,case,C61,2020-06-30,radiotherapy,2020-08-01,2022-02-02',
].join('\n');
const withLine = (line: string) => `${GOOD}\n${line}`;

const refused = async (work: Promise<unknown>) => {
  const error = await work.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ClinicalImportRefused);
  return (error as ClinicalImportRefused).report;
};
const errorsOf = ({ findings }: { findings: readonly { level: string; code: string; place: { text: string } }[] }) =>
  findings.filter(({ level }) => level === 'error').map(({ code, place }) => `${code}: ${place.text}`);

describe('An import', () => {
  it('puts every row under the pseudonym and the shift of the vault entry, whoever issued the ID', async () => {
    const rig = clinicalRig([ANNA, BELA]);
    const { report } = await rig.run(GOOD);
    expect(report).toMatchObject({ counts: { patients: 2, newPatients: 0 }, errors: 0 });
    for (const [identity, diagnosis, age] of [
      [ANNA, '2021-03-04', '62.9'],
      [BELA, '2020-06-30', '70.4'],
    ] as const) {
      const pseudonym = rig.pseudonymOf(identity);
      const shift = rig.keyring.current.pseudonymiser.dateShiftDays(identity);
      const moved = new Date(Date.parse(diagnosis) + shift * 86_400_000).toISOString().slice(0, 10);
      const rows = rig.clinical.rowsOf([pseudonym]);
      expect(rows.find(({ table }) => table === 'cancer_condition')?.cells).toMatchObject({
        patient_id: pseudonym,
        cancer_condition_asserted_date: moved,
        cancer_condition_age_at_diagnosis: age,
        cancer_condition_age_unit: 'EUCAIM:COM1000151',
      });
    }
    const [treatment] = rig.clinical.table('treatment').filter(({ patientId }) => patientId === rig.pseudonymOf(ANNA));
    expect(treatment?.cells).toMatchObject({
      treatment_offset_from_diagnosis: '28',
      treatment_offset_unit: 'EUCAIM:COM1000153',
    });
    expect(rig.clinical.valuesOf('patient', rig.pseudonymOf(ANNA))).toContainEqual(
      expect.objectContaining({ column: 'patient_birth_sex', original: 'female', code: 'COM1001370', rule: 'mapping' }),
    );
  });

  it('cuts dates to their month where the profile does, and keeps the days between them', async () => {
    const rig = clinicalRig([ANNA, BELA], ['deidentify.profile=lethe-compatible']);
    await rig.run(GOOD);
    const rows = rig.clinical.importedRowsOf(rig.pseudonymOf(ANNA));
    const [condition, treatment] = ['cancer_condition', 'treatment'].map((name) =>
      rows.find(({ table }) => table === name),
    );
    expect(condition?.cells.cancer_condition_asserted_date).toBe('2021-03-01');
    const day = (row: typeof condition, column: string) => row?.days?.[column] ?? Number.NaN;
    expect(day(treatment, 'treatment_start_date') - day(condition, 'cancer_condition_asserted_date')).toBe(28);
  });

  it('makes everybody from 90 years on 90', async () => {
    const rig = clinicalRig([ANNA]);
    await rig.run(`${HEAD}\nMRN-77001,1921-03-12,F,case,C50,2021-03-12,,,`);
    expect(rig.clinical.table('cancer_condition')[0]?.cells.cancer_condition_age_at_diagnosis).toBe('90');
  });

  it('of the same file again adds nothing, and of changed words about a patient refuses', async () => {
    const rig = clinicalRig([ANNA, BELA]);
    await rig.run(GOOD);
    const before = rig.clinical.counts();
    expect((await rig.check(GOOD)).counts).toMatchObject({ rows: 0, rowsThere: 6 });
    expect(errorsOf(await refused(rig.run(GOOD.replace('female', 'M'))))).toEqual(['row-is-there: line 2']);
    expect(rig.clinical.counts()).toEqual(before);
  });

  it('takes several lines of a patient, and boxes that were ticked as one row each', async () => {
    const rig = clinicalRig([ANNA]);
    await rig.run(
      'record_id,redcap_repeat_instrument,sex,population,diagnosis,age_at_diagnosis,treatment___1,treatment___2\nMRN-77001,,F,case,C50,62.5,1,1\nMRN-77001,visit,,,,,0,0\n',
      {},
      (mapping) => ({
        ...mapping,
        parts: mapping.parts.map((part) => ({
          ...part,
          columns: part.columns.map((column) =>
            column.column === 'treatment' ? { ...column, values: { 1: 'CLIN1004413', 2: 'CLIN1014933' } } : column,
          ),
        })),
      }),
    );
    expect(rig.clinical.table('treatment').map(({ cells }) => cells.treatment_type)).toEqual([
      'EUCAIM:CLIN1004413',
      'EUCAIM:CLIN1014933',
    ]);
    expect(rig.clinical.table('patient')).toHaveLength(1);
  });
});

describe('Of a file with something wrong in it nothing is imported, and each place is named', () => {
  const bad = 'MRN-77001,1958-03-12,F,case,C50,2021-03-04,,,';
  const changed = (from: string, to: string) => `${HEAD}\n${bad.replace(from, to)}`;

  it.each([
    ['31 February', changed('2021-03-04', '2021-02-31'), ['date-impossible: line 2, column "diagnosis_date"']],
    ['a date to come', changed('2021-03-04', '2199-01-01'), ['date-in-future: line 2, column "diagnosis_date"']],
    [
      'a diagnosis before birth',
      changed('2021-03-04', '1950-01-01'),
      ['date-before-birth: line 2, column "diagnosis_date"'],
    ],
    ['a date without a day', changed('2021-03-04', '2021-03'), ['date-incomplete: line 2, column "diagnosis_date"']],
    ['a code outside the value set', changed('C50', 'J45'), ['code-unknown: line 2, column "icd10"']],
    ['a word for sex nobody knows', changed(',F,', ',weibl,'), ['code-unknown: line 2, column "sex"']],
    ['a control with cancer', changed('case', 'control'), ['control-with-cancer: line 2']],
    ['a case without cancer', changed('C50,2021-03-04', ','), ['value-missing: line 2, column "population"']],
    [
      'a line without patient',
      withLine(bad.replace('MRN-77001', '')),
      ['row-without-patient: line 4, column "patient_id"'],
    ],
    ['the same line twice', `${HEAD}\n${bad}\n${bad}`, ['row-twice: line 3']],
    [
      'a patient with two sexes',
      `${HEAD}\n${bad}\n${bad.replace(',F,', ',M,').replace('2021-03-04', '2021-03-05')}`,
      ['patient-twice: line 3, column "sex"'],
    ],
    [
      'a treatment after the last contact',
      `${HEAD}\n${bad.slice(0, -3)},surgery,2023-01-01,2022-01-01`,
      ['date-order: line 2, column "treatment_date"'],
    ],
    [
      'an unknown patient',
      withLine('MRN-99999,1958-03-12,F,case,C50,2021-03-04,,,'),
      ['patient-unknown: line 4, column "patient_id"'],
    ],
    ['too few cells', withLine('MRN-77003,1958'), ['wrong-number-of-cells: line 4']],
  ])('%s', async (_, content, expected) => {
    const rig = clinicalRig([ANNA, BELA]);
    const report = await refused(rig.run(content));
    expect(errorsOf(report)).toEqual(expected);
    expect(rig.clinical.counts()).toEqual({ patients: 0, tables: [] });
    expect(rig.clinical.imports()).toEqual([]);
    expect(JSON.stringify(report)).not.toMatch(/MRN-|1958|2021-0|weibl|J45/u);
  });

  it('an age that is not one', async () => {
    const rig = clinicalRig([ANNA]);
    const lines = (age: string) =>
      `patient_id,sex,population,diagnosis,age_at_diagnosis\nMRN-77001,F,case,C50,${age}\nMRN-77001,F,case,C50,61`;
    expect(errorsOf(await refused(rig.run(lines('130'))))).toEqual(['out-of-range: line 2, column "age_at_diagnosis"']);
    expect(errorsOf(await refused(rig.run(lines('sixty'))))).toEqual([
      'not-a-number: line 2, column "age_at_diagnosis"',
    ]);
    await rig.run(lines('63,25').replace(',63,25', ',"63,25"').replace(',61', ',"61,0"'));
    expect(rig.clinical.table('cancer_condition').map(({ cells }) => cells.cancer_condition_age_at_diagnosis)).toEqual([
      '63.3',
      '61',
    ]);
  });

  it('two patients of one ID from two issuers, until the issuer is named', async () => {
    const [one, other] = [
      { patientId: 'MRN-5', issuer: 'A' },
      { patientId: 'MRN-5', issuer: 'B' },
    ];
    const rig = clinicalRig([one, other]);
    const lines = 'patient_id,issuer,sex,population\nMRN-5,B,F,control';
    expect(errorsOf(await refused(rig.run(lines.replace(',issuer', '').replace(',B', ''))))).toEqual([
      'patient-ambiguous: line 2, column "patient_id"',
    ]);
    await rig.run(lines);
    expect(rig.clinical.table('patient').map(({ patientId }) => patientId)).toEqual([rig.pseudonymOf(other)]);
  });

  it('unless a person asks for the valid rows, which is counted and entered in the audit log', async () => {
    const rig = clinicalRig([ANNA, BELA]);
    const content = `${GOOD.replace('2020-06-30', '2020-06-31')}\nMRN-99999,1958-03-12,F,case,C50,2021-03-04,,,\nMRN-77001,1958`;
    const { report } = await rig.run(content, { validRowsOnly: true });
    expect(report.counts).toMatchObject({ lines: 4, linesLeftOut: 3, patients: 1 });
    expect(rig.clinical.counts().patients).toBe(1);
    expect(readFileSync(join(rig.folder.audit, 'audit.jsonl'), 'utf8')).toContain('valid rows only, 3 lines left out');
  });
});

describe('Patients', () => {
  it('without images get a pseudonym where that is chosen, which their images will have later', async () => {
    const rig = clinicalRig();
    const { report } = await rig.run(GOOD, { admitUnknown: true });
    expect(report.counts.newPatients).toBe(2);
    const made = rig.keyring.current.pseudonymiser.patientPseudonym({ patientId: 'MRN-77001' });
    expect(rig.clinical.rowsOf([made])).not.toEqual([]);
    expect(rig.identities.find({ patientId: 'MRN-77001' })?.pseudonym).toBe(made);
  });

  it('who objected are left out, and who objects later loses the rows', async () => {
    const rig = clinicalRig([ANNA, BELA]);
    rig.optOuts.enter({ patientId: 'MRN-77002', issuer: 'CITY_MPI' }, 'test');
    const { report } = await rig.run(GOOD);
    expect(report.counts).toMatchObject({ patients: 1, objected: 1 });
    const pseudonym = rig.pseudonymOf(ANNA);
    rig.catalogue.removePatient(pseudonym);
    expect(rig.clinical.counts().patients).toBe(0);
  });

  it('keep pseudonym and shift of their epoch when a new secret has begun', async () => {
    const line = `${HEAD}\nMRN-77001,1958-03-12,F,case,C50,2021-03-04,,,`;
    const before = clinicalRig([ANNA]);
    await before.run(line);
    const cells = before.clinical.table('cancer_condition')[0]?.cells;
    expect(before.importer.withdraw(1, 'anna')).toBe(2);
    rotate(before.folder.keys, before.vaultDatabase, before.keyring);
    const after = clinicalRig([], [], before.root);
    await after.run(`${line}\nMRN-77009,1958-03-12,F,case,C50,2021-03-04,,,`, { admitUnknown: true });
    expect(
      after.clinical.rowsOf([before.pseudonymOf(ANNA)]).find(({ table }) => table === 'cancer_condition')?.cells,
    ).toEqual(cells);
    const { current, first } = after.keyring;
    expect(after.identities.find({ patientId: 'MRN-77009' })).toEqual({
      epoch: 2,
      pseudonym: current.pseudonymiser.patientPseudonym({ patientId: 'MRN-77009' }),
    });
    expect(current.number).not.toBe(first.number);
  });
});

describe('The list of study IDs', () => {
  it('names patients in tables as it names them in images, and refuses who is not in it', async () => {
    const rig = clinicalRig([], ['vault.pseudonyms=list']);
    rig.studyIds.import([{ line: 2, patientId: 'MRN-77001', issuer: undefined, studyId: 'STUDY-0001' }], false);
    const report = await refused(rig.run(GOOD, { admitUnknown: true }));
    expect(errorsOf(report)).toEqual(['patient-not-listed: line 3, column "patient_id"']);
    await rig.run(GOOD.split('\n').slice(0, 2).join('\n'), { admitUnknown: true });
    expect(rig.clinical.table('patient').map(({ patientId }) => patientId)).toEqual(['STUDY-0001']);
  });
});

describe('A bundle of FHIR', () => {
  const sct = (code: string) => ({ coding: [{ system: 'http://snomed.info/sct', code }] });
  const of = (resource: object) => ({ resource: { subject: { reference: 'Patient/1' }, ...resource } });
  const bundle = (birthDate: string) => ({
    resourceType: 'Bundle',
    entry: [
      {
        resource: {
          resourceType: 'Patient',
          id: '1',
          identifier: [{ value: 'MRN-77001' }],
          gender: 'female',
          birthDate,
        },
      },
      of({ resourceType: 'Condition', code: sct('254837009'), onsetDateTime: '2021-03-04' }),
      of({ resourceType: 'Condition', code: sct('38341003'), onsetDateTime: '2001-03-04' }),
      of({ resourceType: 'Procedure', code: sct('86273004'), performedDateTime: '2021-03-01' }),
      of({ resourceType: 'Procedure', code: sct('387713003'), performedDateTime: '2021-04-01' }),
      of({
        resourceType: 'Observation',
        code: { coding: [{ system: 'http://loinc.org', code: '2857-1' }] },
        valueQuantity: { value: 4.1, code: 'ng/mL' },
      }),
      of({
        resourceType: 'Observation',
        code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
        valueQuantity: { value: 70, code: '/min' },
      }),
    ],
  });

  it('tells evidence from treatment, makes a case of who has a cancer, and leaves other diseases aside and counted', async () => {
    const rig = clinicalRig([ANNA]);
    const { report } = await rig.run(bundle('1958-03-12'));
    const tables = Object.fromEntries(report.tables.map(({ table, rows }) => [table, rows]));
    expect(tables).toEqual({ patient: 1, cancer_condition: 1, procedure: 1, treatment: 1, tumor_marker_test: 1 });
    expect(rig.clinical.table('patient')[0]?.cells.patient_diagnostic_category).toBe('EUCAIM:COM1001087');
    expect(rig.clinical.table('treatment')[0]?.cells.treatment_type).toBe('EUCAIM:CLIN1004413');
    expect(rig.clinical.table('tumor_marker_test')[0]?.cells).toMatchObject({
      tumor_marker_test_code: 'EUCAIM:CLIN1033410',
      tumor_marker_test_value: '4.1',
      tumor_marker_test_unit: 'EUCAIM:COM1000156',
    });
    expect(report.findings.filter(({ code }) => code === 'left-aside')).toHaveLength(2);
  });

  it('with a date of birth that is no day is refused at its entry', async () => {
    const rig = clinicalRig([ANNA]);
    const report = await refused(rig.run(bundle('1958-02-31')));
    expect(errorsOf(report)).toContain('date-impossible: entry 1, Patient.birthDate');
    expect(rig.clinical.imports()).toEqual([]);
  });
});

describe('What identifies', () => {
  it('stops the import where a mapping would let it through', async () => {
    const rig = clinicalRig([{ ...ANNA, patientId: 'COM1001370' }]);
    const report = await refused(rig.run(`${HEAD}\nCOM1001370,1958-03-12,F,case,C50,2021-03-04,,,`));
    expect(errorsOf(report)).toContain('identifier-left: line 2, column "patient_id"');
  });

  it('cannot be mapped: names, remarks and ids have no column, and no word of them is in the report', async () => {
    const rig = clinicalRig([ANNA]);
    const content = `${HEAD},name,remark\nMRN-77001,1958-03-12,F,case,C50,2021-03-04,,,,Zwetschgenberg,called Anna`;
    const { report } = await rig.run(content);
    expect(report.findings.filter(({ code }) => code === 'column-not-mapped').map(({ place }) => place.column)).toEqual(
      ['name', 'remark'],
    );
    expect(JSON.stringify([report, rig.clinical.rowsOf([rig.pseudonymOf(ANNA)])])).not.toMatch(
      /Zwetschgenberg|called/u,
    );
    const aimed = rig.run(content, {}, (mapping) => ({
      ...mapping,
      parts: mapping.parts.map((part) => ({
        ...part,
        columns: [...part.columns, { column: 'remark', target: 'patient.patient_managing_organization_id', row: '1' }],
      })),
    }));
    expect((await refused(aimed)).findings[0]?.message).toMatch(/cannot be filled from a column/u);
  });
});
