import { readFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { openFoundation } from '../../node-agent/assembly/foundation.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function vault() {
  const foundation = openFoundation(temporaryFolder());
  onTestFinished(() => foundation.close());
  return {
    ...foundation,
    bytes: () => {
      foundation.vaultDatabase.pragma('wal_checkpoint(TRUNCATE)');
      return readFileSync(foundation.folder.vaultDatabase, 'latin1');
    },
  };
}

it('A mapping is saved by name, sealed, and gets a version for each change', () => {
  const { clinicalRecords, bytes } = vault();
  const mapping = { parts: [{ patientId: 'Zwetschgenberg' }] };
  expect(clinicalRecords.saveMapping('registry', mapping, 'anna')).toBe(1);
  expect(clinicalRecords.saveMapping('registry', mapping, 'anna')).toBe(1);
  expect(clinicalRecords.saveMapping('registry', { parts: [] }, 'berta')).toBe(2);
  expect(clinicalRecords.mapping('registry')).toMatchObject({ version: 2, by: 'berta', mapping: { parts: [] } });
  expect(clinicalRecords.mappings()).toMatchObject([{ name: 'registry', version: 2, by: 'berta' }]);
  expect(bytes()).not.toContain('Zwetschgenberg');
  expect(clinicalRecords.removeMapping('registry')).toBe(true);
  expect(clinicalRecords.mapping('registry')).toBeUndefined();
});

it('The newest hundred reports are kept, sealed', () => {
  const { clinicalRecords, bytes } = vault();
  for (let number = 1; number <= 101; number += 1)
    clinicalRecords.keepReport({ column: 'Zwetschgenberg', number }, 'refused', null, 'anna');
  const reports = clinicalRecords.reports();
  expect(reports).toHaveLength(100);
  expect(clinicalRecords.report(reports[0]?.id ?? 0)).toEqual({ column: 'Zwetschgenberg', number: 101 });
  expect(bytes()).not.toContain('Zwetschgenberg');
});

it('An original study is remembered once, sealed, as its first object says it', () => {
  const { studies, bytes } = vault();
  studies.note('2.25.1', 'GH-A', { studyInstanceUid: '1.2.840.99', date: '20210320', description: 'MR BREAST' });
  studies.note('2.25.1', 'GH-A', { studyInstanceUid: '1.2.840.99', date: '20210321' });
  expect(studies.ofPatient('GH-A')).toEqual([
    {
      studyUid: '2.25.1',
      pseudonym: 'GH-A',
      studyInstanceUid: '1.2.840.99',
      date: '20210320',
      description: 'MR BREAST',
    },
  ]);
  expect(bytes()).not.toMatch(/1\.2\.840\.99|MR BREAST/u);
});
