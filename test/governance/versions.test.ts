import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Catalogue } from '../../node-agent/catalogue/catalogue.ts';
import { CohortQuery } from '../../node-agent/catalogue/cohort.ts';
import { AS_INDEXED } from '../../node-agent/catalogue/generalisation/generalisation.ts';
import { DatasetRegister } from '../../node-agent/governance/dataset-register.ts';
import { PatientWithdrawal } from '../../node-agent/governance/patient-withdrawal.ts';
import type { DatasetState, Person } from '../../node-agent/governance/transitions.ts';
import { CODES, manyPatients, SeededIndex } from '../compute/seeded-index.ts';

const ada: Person = { name: 'ada', role: 'administrator' };
const olga: Person = { name: 'olga', role: 'officer' };
const vera: Person = { name: 'vera', role: 'viewer' };

let index: SeededIndex;
let register: DatasetRegister;
let first: string;

beforeEach(() => {
  index = new SeededIndex();
  register = new DatasetRegister({
    database: index.database,
    audit: { record: () => {} },
    cohorts: new CohortQuery(index.database),
    conditions: [{ code: CODES.breastCancer, label: 'Breast cancer' }],
    threshold: 10,
  });
  index.add(...manyPatients('p', 14, { sex: CODES.female, age: 50 }));
  const { id } = register.draft(
    {
      title: 'Breast MR',
      description: 'Breast MR of one clinic',
      condition: CODES.breastCancer,
      query: { modality: ['MR'] },
      publisher: 'Clinic',
      contactEmail: 'data@clinic.example',
      keywords: ['breast'],
      provenance: 'Routine care',
      accessUrl: 'https://negotiator.example/breast',
    },
    ada,
  );
  first = id;
  register.assessment.generalise(first, { ...AS_INDEXED, age: 'bands-10' }, ada);
});
afterEach(() => index.close());

const advance = (id: string, ...way: DatasetState[]) => {
  for (const to of way) register.advance(id, { to, reason: 'As agreed' }, olga);
};

describe('the next version of a dataset', () => {
  it('is a draft with the same fields, cohort and choices, and both know each other', () => {
    advance(first, 'checked', 'released', 'published');
    const second = register.versions.next(first, ada);
    const { title, keywords, query, generalisation } = register.detail(first, vera);
    expect(register.detail(second, vera)).toMatchObject({
      ...{ title, keywords, query, generalisation },
      state: 'draft',
      version: 2,
      createdBy: 'ada',
      contentHash: null,
      predecessor: { id: first, version: 1, state: 'published' },
    });
    expect(register.detail(first, vera)).toMatchObject({ state: 'published', version: 1, predecessor: null });
    expect(register.detail(first, vera).successors).toEqual([{ id: second, version: 2, state: 'draft' }]);
  });

  it('is made of what was released, by staff, and one at a time', () => {
    expect(() => register.versions.next(first, ada)).toThrow(/draft dataset can still be changed itself/);
    advance(first, 'checked', 'released');
    expect(() => register.versions.next(first, vera)).toThrow(/needs the role/);
    const second = register.versions.next(first, ada);
    expect(() => register.versions.next(first, ada)).toThrow(second);
  });

  it('says which objects came, went and changed', () => {
    advance(first, 'checked', 'released');
    const second = register.versions.next(first, ada);
    expect(register.versions.difference(first)).toBeNull();
    expect(register.versions.difference(second)).toMatchObject({ added: 0, removed: 0, changed: 0, unchanged: 14 });
    index.add(...manyPatients('later', 3, { sex: CODES.female, age: 50 }));
    index.database.prepare(`UPDATE instances SET content_hash = ? WHERE object_id = 'object-4'`).run('f'.repeat(64));
    index.database
      .prepare(`UPDATE series SET modality = 'CT', modality_code = NULL WHERE series_uid = '2.25.2.6'`)
      .run();
    const difference = register.versions.difference(second);
    expect(difference).toMatchObject({ added: 3, removed: 1, changed: 1, unchanged: 12, predecessor: { id: first } });
    expect(difference?.predecessorHash).toBe(register.detail(first, vera).contentHash);
    index.examined('f'.repeat(64));
    advance(second, 'checked');
    expect(register.versions.difference(second)).toEqual({
      ...difference,
      contentHash: register.detail(second, vera).contentHash,
    });
  });

  it('leaves the version before as it is when it is published, and withdraws it where that is asked', () => {
    advance(first, 'checked', 'released', 'published');
    const second = register.versions.next(first, ada);
    advance(second, 'checked', 'released', 'published');
    expect(register.detail(first, vera).state).toBe('published');
    const third = register.versions.next(second, ada);
    advance(third, 'checked', 'released');
    register.advance(third, { to: 'published', withdrawPredecessor: true }, olga);
    expect(register.detail(second, vera)).toMatchObject({ state: 'withdrawn' });
    expect(register.detail(second, vera).history.at(-1)?.reason).toBe(`Version 3 (${third}) takes its place.`);
    expect(register.detail(first, vera).state).toBe('published');
  });

  it('takes the place of a dataset from which a patient was taken out, and the history says what went', () => {
    advance(first, 'checked', 'released', 'published');
    const catalogue = new Catalogue(index.database);
    const withdrawal = new PatientWithdrawal(index.database, { record: () => {} });
    index.database.transaction(() => {
      withdrawal.withdraw(catalogue.seriesOfPatient('p-3'));
      catalogue.removePatient('p-3');
    })();
    const before = register.detail(first, vera);
    expect(before.state).toBe('withdrawn');
    expect(before.history.at(-1)?.reason).toContain('was taken out, with 1 objects in 1 series.');
    const [successor] = before.successors;
    expect(register.detail(String(successor?.id), vera)).toMatchObject({ version: 2, state: 'draft', patients: 13 });
    const kept = index.database.prepare('SELECT COUNT(*) FROM dataset_objects').pluck().get();
    expect([kept, register.versions.difference(String(successor?.id))]).toMatchObject([13, { unchanged: 13 }]);
    expect(index.database.prepare('SELECT COUNT(*) FROM object_examinations').pluck().get()).toBe(13);
  });
});
