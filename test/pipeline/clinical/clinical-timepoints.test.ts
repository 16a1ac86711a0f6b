import { expect, it } from 'vitest';
import { description } from '../../catalogue/fixtures.ts';
import { clinicalRig } from './clinical-rig.ts';

const ANNA = { patientId: 'MRN-77001' };
const FILE = 'patient_id,sex,population,diagnosis,age_at_diagnosis,diagnosis_date\nMRN-77001,F,case,C50,60,2021-03-04';

it.each([
  ['shifted', 'eucaim'],
  ['cut to their month', 'lethe-compatible'],
])(
  'Timepoints follow the original dates of studies where dates are %s, also of studies that come later',
  async (_, profile) => {
    const rig = clinicalRig([ANNA], [`deidentify.profile=${profile}`]);
    const patientId = rig.pseudonymOf(ANNA);
    const add = (studyUid: string, date: string) => {
      // The index has a changed date; that of a profile with months is the same for both studies.
      rig.indexDatabase
        .prepare('INSERT OR IGNORE INTO patients (patient_id, first_indexed_at) VALUES (?, ?)')
        .run(patientId, '2026-01-01');
      rig.indexDatabase
        .prepare('INSERT INTO studies (study_uid, patient_id, study_date, indexed_at) VALUES (?, ?, ?, ?)')
        .run(studyUid, patientId, '2019-01-01', '2026-01-01');
      rig.studies.note(studyUid, patientId, { studyInstanceUid: `original ${studyUid}`, date });
    };
    add('2.25.2', '20210320');
    await rig.run(FILE);
    add('2.25.1', '20210310');
    expect(rig.timepoints.catchUp()).toBe(1);
    expect(rig.timepoints.catchUp()).toBe(0);
    const cells = (studyUid: string) => rig.clinical.table('image_study').find(({ key }) => key === studyUid)?.cells;
    expect(cells('2.25.1')).toMatchObject({ imaging_timepoint: '1', study_offset_from_diagnosis: '6' });
    expect(cells('2.25.2')).toMatchObject({ imaging_timepoint: '2', study_offset_from_diagnosis: '16' });
    rig.importer.withdraw(1, 'anna');
    expect(rig.clinical.counts()).toEqual({ patients: 0, tables: [] });
  },
);

it('The original studies of a patient who objects are forgotten with the patient', async () => {
  const rig = clinicalRig([ANNA]);
  const pseudonym = rig.pseudonymOf(ANNA);
  rig.studies.note(description().studyUid, pseudonym, { studyInstanceUid: '1.2.3', date: '20210320' });
  expect(rig.studies.ofPatient(pseudonym)).toHaveLength(1);
  const { id } = rig.optOuts.enter({ patientId: 'MRN-77001', issuer: undefined }, 'test');
  rig.optOuts.finish(id, { objects: 0, unreadable: 0 });
  expect([...rig.studies.all()]).toEqual([]);
});
