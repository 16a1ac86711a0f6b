import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Catalogue } from '../../node-agent/catalogue/catalogue.ts';
import { CohortQuery } from '../../node-agent/catalogue/cohort.ts';
import type { NewDataset } from '../../node-agent/governance/dataset-record.ts';
import { DatasetRegister } from '../../node-agent/governance/dataset-register.ts';
import { PatientWithdrawal } from '../../node-agent/governance/patient-withdrawal.ts';
import type { DatasetState, Person } from '../../node-agent/governance/transitions.ts';
import { CODES, manyPatients, SeededIndex } from '../compute/seeded-index.ts';

const ada: Person = { name: 'ada', role: 'administrator' };
const olga: Person = { name: 'olga', role: 'officer' };
const dataset: NewDataset = {
  title: 'Breast MR',
  description: 'Breast MR of one clinic',
  condition: CODES.breastCancer,
  query: { modality: ['MR'] },
  publisher: 'Clinic',
  contactEmail: 'data@clinic.example',
  keywords: [],
  provenance: 'Routine care',
  accessUrl: 'https://negotiator.example/breast',
};

let index: SeededIndex;
let register: DatasetRegister;
let catalogue: Catalogue;
let audited: { actor: string; action: string; subject: string; detail?: string }[];

beforeEach(() => {
  index = new SeededIndex();
  audited = [];
  register = new DatasetRegister({
    database: index.database,
    audit: { record: (entry) => audited.push(entry) },
    cohorts: new CohortQuery(index.database),
    conditions: [{ code: CODES.breastCancer, label: 'Breast cancer' }],
    threshold: 10,
  });
  catalogue = new Catalogue(index.database);
  index.add(...manyPatients('p', 12, { sex: CODES.female, age: 50, series: [{ frames: 99, mayShowFace: true }] }));
});
afterEach(() => index.close());

function datasetIn(...way: DatasetState[]): string {
  const { id } = register.draft(dataset, ada);
  register.decideFaces(id, { decision: 'accepted', reason: 'Nobody is identified.' }, olga);
  for (const to of way) register.advance(id, { to, reason: 'As agreed' }, olga);
  return id;
}

/** As the node does it when a patient objects. */
function withdraw(pseudonym: string): number {
  const withdrawal = new PatientWithdrawal(index.database, { record: (entry) => audited.push(entry) });
  return index.database.transaction(() => {
    const datasets = withdrawal.withdraw(catalogue.seriesOfPatient(pseudonym));
    expect(catalogue.removePatient(pseudonym)).toHaveLength(1);
    return datasets;
  })();
}

describe('a patient who objects', () => {
  it.each(['released', 'published'] as const)(
    'ends a %s dataset, and a draft of the same cohort takes its place',
    (state) => {
      const way: DatasetState[] = ['checked', 'released', 'published'];
      const id = datasetIn(...way.slice(0, way.indexOf(state) + 1));
      expect(withdraw('p-3')).toBe(1);
      const detail = register.detail(id, olga);
      expect(detail).toMatchObject({ state: 'withdrawn', patients: 11, contentHash: expect.any(String) });
      expect(detail.history.at(-1)).toMatchObject({ from: state, to: 'withdrawn', by: 'node' });
      const successor = register.list().find((one) => one.state === 'draft');
      expect(successor).toMatchObject({ title: 'Breast MR', createdBy: 'ada', patients: 11 });
      expect(detail.history.at(-1)?.reason).toContain(`${successor?.id} takes its place`);
      expect(register.detail(successor?.id ?? '', ada).history[0]?.reason).toContain(id);
      // Two persons still: who drafted the first one does not release the second.
      register.decideFaces(successor?.id ?? '', { decision: 'accepted', reason: 'Nobody is identified.' }, olga);
      register.advance(successor?.id ?? '', { to: 'checked' }, olga);
      const release = () => register.advance(successor?.id ?? '', { to: 'released' }, ada);
      expect(release).toThrow('a second person');
      expect(audited.map(({ action }) => action)).toContain('dataset.withdrawn');
    },
  );

  it('takes a checked dataset back to draft, and leaves a draft and the datasets of others as they are', () => {
    const [checked, draft] = [datasetIn('checked'), datasetIn()];
    index.add(...manyPatients('q', 1, { series: [{ modality: 'CT' }] }));
    index.addDataset('others', catalogue.seriesOfPatient('q-0'));
    expect(withdraw('p-3')).toBe(1);
    expect(register.detail(checked, ada)).toMatchObject({ state: 'draft', patients: 11 });
    expect(register.detail(draft, ada)).toMatchObject({ state: 'draft', patients: 11 });
    expect(register.detail('others', ada)).toMatchObject({ state: 'published', patients: 1 });
    expect(catalogue.counts()).toMatchObject({ patients: 12, studies: 12, series: 12, instances: 12 });
  });

  it('leaves a withdrawn dataset withdrawn, without the patient', () => {
    const id = datasetIn('checked', 'released', 'withdrawn');
    expect(withdraw('p-0')).toBe(1);
    expect(register.detail(id, ada)).toMatchObject({ state: 'withdrawn', patients: 11 });
    expect(register.list()).toHaveLength(1);
  });
});
