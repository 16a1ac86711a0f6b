import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { datasetDetail } from '../../node-agent/api/schemas.ts';
import { CohortQuery } from '../../node-agent/catalogue/cohort.ts';
import type { NewDataset } from '../../node-agent/governance/dataset-record.ts';
import { DatasetRegister } from '../../node-agent/governance/dataset-register.ts';
import { DatasetError, type DatasetErrorKind } from '../../node-agent/governance/errors.ts';
import type { DatasetState, Person } from '../../node-agent/governance/transitions.ts';
import { CODES, manyPatients, SeededIndex } from '../compute/seeded-index.ts';

const ada: Person = { name: 'ada', role: 'administrator' };
const olga: Person = { name: 'olga', role: 'officer' };
const vera: Person = { name: 'vera', role: 'viewer' };

const dataset: NewDataset = {
  title: 'Breast MR',
  description: 'Breast MR of one clinic',
  condition: CODES.breastCancer,
  query: { modality: ['MR'] },
  publisher: 'Clinic',
  contactEmail: 'data@clinic.example',
  keywords: ['breast', 'MR'],
  provenance: 'Routine care',
  accessUrl: 'https://negotiator.example/breast',
};

let index: SeededIndex;
let register: DatasetRegister;
let audited: { actor: string; action: string; subject: string; detail?: string }[];

beforeEach(() => {
  index = new SeededIndex();
  audited = [];
  let tick = 0;
  register = new DatasetRegister({
    database: index.database,
    audit: { record: (entry) => audited.push(entry) },
    cohorts: new CohortQuery(index.database),
    conditions: [{ code: CODES.breastCancer, label: 'Breast cancer' }],
    threshold: 10,
    now: () => new Date(Date.UTC(2026, 0, 1) + 1000 * tick++),
  });
  index.add(...manyPatients('p', 12, { sex: CODES.female, age: 50 }));
});
afterEach(() => index.close());

function kindOf(action: () => unknown): DatasetErrorKind | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(DatasetError);
    expect((error as Error).message).toMatch(/^[A-Z].*\.$/);
    return (error as DatasetError).kind;
  }
}

function datasetIn(state: DatasetState): string {
  const { id } = register.draft(dataset, ada);
  const way: DatasetState[] = ['checked', 'released', 'published'];
  const steps = state === 'withdrawn' ? way : way.slice(0, way.indexOf(state) + 1);
  if (state !== 'draft') for (const to of steps) register.advance(id, { to }, olga);
  if (state === 'withdrawn') register.advance(id, { to: 'withdrawn', reason: 'Consent revoked' }, olga);
  return id;
}

describe('a dataset', () => {
  it('goes from draft to published with a history of who and when, and an audit entry each', () => {
    const { id } = register.draft(dataset, ada);
    expect(id).toMatch(/^gatehouse-ds-[a-z2-9]{8}$/);
    for (const to of ['checked', 'released', 'published'] as const) register.advance(id, { to }, olga);
    const detail = register.detail(id, vera);
    expect(detail.state).toBe('published');
    expect(detail.contentHash).toMatch(/^[0-9a-f]{64}$/);
    expect(detail.checks).toHaveLength(12);
    expect(detail.checks.every((check) => check.passed)).toBe(true);
    expect(detail.history.map(({ from, to, by }) => [from, to, by])).toEqual([
      [null, 'draft', 'ada'],
      ['draft', 'checked', 'olga'],
      ['checked', 'released', 'olga'],
      ['released', 'published', 'olga'],
    ]);
    expect(audited.map(({ actor, action, subject }) => [actor, action, subject === id])).toEqual([
      ['ada', 'dataset.drafted', true],
      ['olga', 'dataset.checked', true],
      ['olga', 'dataset.released', true],
      ['olga', 'dataset.published', true],
    ]);
    expect(() => datasetDetail.parse(detail)).not.toThrow();
    expect(register.list()).toMatchObject([{ id, patients: 12, studies: 12, series: 12, instances: 12, bytes: 1200 }]);
  });

  it('is not released by the person who drafted it, and says why', () => {
    const { id } = register.draft(dataset, olga);
    register.advance(id, { to: 'checked' }, ada);
    expect(kindOf(() => register.advance(id, { to: 'released' }, olga))).toBe('not-allowed');
    expect(register.detail(id, olga).actions).toContainEqual({
      to: 'released',
      allowed: false,
      why: 'You drafted this dataset; a second person has to release it.',
    });
    expect(register.detail(id, ada).actions).toContainEqual({ to: 'released', allowed: true, why: null });
    expect(register.advance(id, { to: 'released' }, ada).state).toBe('released');
  });

  it('cannot be advanced by a viewer', () => {
    const id = datasetIn('draft');
    expect(kindOf(() => register.advance(id, { to: 'checked' }, vera))).toBe('not-allowed');
    expect(register.detail(id, vera).actions.every(({ allowed, why }) => !allowed && why)).toBe(true);
  });

  it.each<[DatasetState, DatasetState[]]>([
    ['draft', ['checked']],
    ['checked', ['draft', 'released']],
    ['released', ['published', 'withdrawn']],
    ['published', ['withdrawn']],
    ['withdrawn', []],
  ])('that is %s can become %j and nothing else', (from, allowed) => {
    for (const to of ['draft', 'checked', 'released', 'published', 'withdrawn'] as const) {
      const id = datasetIn(from);
      const result = kindOf(() => register.advance(id, { to, reason: 'because' }, olga));
      expect([to, result]).toEqual([to, allowed.includes(to) ? undefined : 'invalid-transition']);
    }
  });

  it('is withdrawn only with a reason, which stays in the history', () => {
    const id = datasetIn('published');
    expect(kindOf(() => register.advance(id, { to: 'withdrawn', reason: '  ' }, olga))).toBe('invalid-input');
    const detail = register.advance(id, { to: 'withdrawn', reason: 'Consent revoked' }, olga);
    expect(detail.history.at(-1)).toMatchObject({ to: 'withdrawn', reason: 'Consent revoked' });
  });

  it('keeps the members of the check, also when the cohort grows', () => {
    const id = datasetIn('checked');
    index.add(...manyPatients('later', 3, {}));
    expect(register.detail(id, ada).patients).toBe(12);
    register.advance(id, { to: 'draft' }, olga);
    expect(register.detail(id, ada)).toMatchObject({ patients: 15, contentHash: null, checks: [] });
  });

  it('is not released when an object changed after the check', () => {
    const id = datasetIn('checked');
    index.database.prepare(`UPDATE instances SET content_hash = ? WHERE object_id = 'object-2'`).run('f'.repeat(64));
    expect(kindOf(() => register.advance(id, { to: 'released' }, olga))).toBe('gate-closed');
    expect(register.detail(id, olga).state).toBe('checked');
    register.advance(id, { to: 'draft' }, olga);
    index.examined('f'.repeat(64));
    register.advance(id, { to: 'checked' }, olga);
    expect(register.advance(id, { to: 'released' }, olga).state).toBe('released');
  });

  it('is not published when a member was withdrawn after the release', () => {
    const id = datasetIn('released');
    index.database.prepare(`UPDATE objects SET state = 'withdrawn' WHERE object_id = 'object-2'`).run();
    expect(kindOf(() => register.advance(id, { to: 'published' }, olga))).toBe('gate-closed');
  });

  it.each<[string, () => void]>([
    ['patients', () => index.database.prepare(`UPDATE studies SET patient_id = 'p-0'`).run()],
    [
      'residual',
      () => index.database.prepare(`UPDATE objects SET state = 'quarantined' WHERE object_id = 'object-2'`).run(),
    ],
    [
      'withdrawn',
      () => index.database.prepare(`UPDATE objects SET state = 'withdrawn' WHERE object_id = 'object-2'`).run(),
    ],
    [
      'profile',
      () => index.database.prepare(`UPDATE instances SET profile_hash = 'p2' WHERE object_id = 'object-2'`).run(),
    ],
    ['membership', () => index.database.prepare('DELETE FROM instances').run()],
  ])('stays a draft when the check "%s" does not pass, with the evidence', (check, spoil) => {
    spoil();
    const id = datasetIn('draft');
    expect(kindOf(() => register.advance(id, { to: 'checked' }, olga))).toBe('gate-closed');
    const detail = register.detail(id, olga);
    expect(detail.state).toBe('draft');
    expect(detail.checks.find(({ id: found }) => found === check)?.passed).toBe(false);
    expect(detail.history.at(-1)).toMatchObject({ from: 'draft', to: 'draft', reason: 'The check did not pass.' });
    expect(audited.at(-1)).toMatchObject({ action: 'dataset.check-failed', subject: id });
  });

  it('is refused with a condition that is not on the list', () => {
    expect(kindOf(() => register.draft({ ...dataset, condition: 'CLIN0' }, ada))).toBe('invalid-input');
    expect(register.list()).toEqual([]);
  });

  it('that does not exist is said not to', () => {
    expect(kindOf(() => register.detail('gatehouse-ds-nothere1', ada))).toBe('not-found');
    expect(kindOf(() => register.advance('gatehouse-ds-nothere1', { to: 'checked' }, ada))).toBe('not-found');
  });

  it('does not change state when the audit log cannot be written', () => {
    const failing = new DatasetRegister({
      database: index.database,
      audit: {
        record: () => {
          throw new Error('disk full');
        },
      },
      cohorts: new CohortQuery(index.database),
      conditions: [],
      threshold: 10,
    });
    const id = datasetIn('checked');
    expect(() => failing.advance(id, { to: 'released' }, olga)).toThrow('disk full');
    expect(register.detail(id, olga)).toMatchObject({ state: 'checked' });
  });
});
