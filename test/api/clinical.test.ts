import { describe, expect, it } from 'vitest';
import { apiRig } from './rig.ts';

const FILE = [
  'patient_id;name;sex;population;icd10;diagnosis_date;birth_date',
  ...['1', '2', '3'].map((number) => `MRN-${number};Zwetschgenberg;w;case;C50;04.03.2021;12.03.1958`),
].join('\n');
const body = (content: string) => ({ body: { content: Buffer.from(content).toString('base64') } });

async function rigWithPatients() {
  const rig = await apiRig();
  const { identities, keyring } = rig.foundation;
  for (const patientId of ['MRN-1', 'MRN-2', 'MRN-3'])
    identities.remember(keyring.current.pseudonymiser.patientPseudonym({ patientId }), { patientId });
  return { rig, anna: await rig.signedIn('anna', 'administrator') };
}

describe('clinical files', () => {
  it('are read, mapped, checked, imported and withdrawn by administrators; others see counts', async () => {
    const { rig, anna } = await rigWithPatients();
    const vera = await rig.signedIn('vera', 'viewer');
    await expect(vera.call('readClinicalFile', body(FILE))).rejects.toMatchObject({ status: 403 });
    const draft = await anna.call('readClinicalFile', body(FILE));
    const params = { id: draft.id };
    expect(draft.recognised).toContainEqual({ what: 'delimiter', value: 'semicolon' });
    const choice = { mapping: draft.proposal };
    expect(await anna.call('checkClinicalFile', { params, body: choice })).toMatchObject({
      importable: true,
      counts: { patients: 3, rows: 6 },
    });
    const done = await anna.call('importClinicalFile', { params, body: { ...choice, saveAs: 'registry' } });
    expect(done).toMatchObject({ importId: 1, report: { errors: 0 } });
    expect(await vera.call('getClinical')).toMatchObject({
      patients: 3,
      imports: [{ mapping: 'registry v1', by: 'anna', state: 'imported' }],
    });
    expect(await anna.call('getClinicalMapping', { params: { name: 'registry' } })).toMatchObject({
      version: 1,
      mapping: draft.proposal,
    });
    await expect(anna.call('checkClinicalFile', { params, body: choice })).rejects.toMatchObject({ status: 404 });
    expect(await anna.call('withdrawClinicalImport', { params: { id: '1' } })).toMatchObject({ patients: 0 });
    const { rows } = await anna.call('listAudit', { query: { limit: 50 } });
    expect(rows.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['clinical.imported', 'clinical.mapping-saved', 'clinical.withdrawn']),
    );
  });

  it('show the words of categories, and nothing of columns that identify', async () => {
    const { anna } = await rigWithPatients();
    const unlike = FILE.replace('Zwetschgenberg', 'Oberhuber').replace('Zwetschgenberg', 'Quellmaier');
    const draft = await anna.call('readClinicalFile', body(unlike));
    const columns = new Map(draft.parts[0]?.columns.map((column) => [column.name, column]));
    expect(columns.get('sex')).toMatchObject({ words: ['w'], different: 1, filled: 3 });
    expect(columns.get('diagnosis_date')).toMatchObject({ looksLike: 'dates', words: [] });
    for (const name of ['patient_id', 'name', 'birth_date']) expect(columns.get(name)?.words).toEqual([]);
    expect(JSON.stringify(draft)).not.toMatch(/MRN-|Zwetschgenberg|Oberhuber|Quellmaier|1958/u);
  });

  it('that cannot be read are refused with the place, and a refused import says where and writes nothing', async () => {
    const { anna } = await rigWithPatients();
    await expect(anna.call('readClinicalFile', body('a;b\n"c;d'))).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('Line 2'),
    });
    const draft = await anna.call('readClinicalFile', body(FILE.replace('04.03.2021', '31.02.2021')));
    const outcome = await anna.call('importClinicalFile', {
      params: { id: draft.id },
      body: { mapping: draft.proposal },
    });
    expect(outcome).toMatchObject({ importId: null, report: { errors: 1, importable: false } });
    expect(outcome.report.findings[0]).toMatchObject({
      code: 'date-impossible',
      place: 'line 2, column "diagnosis_date"',
    });
    expect(await anna.call('getClinical')).toMatchObject({ patients: 0, imports: [] });
  });
});
