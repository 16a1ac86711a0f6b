import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CohortQuery } from '../../node-agent/catalogue/cohort.ts';
import { AS_INDEXED } from '../../node-agent/catalogue/generalisation/generalisation.ts';
import { DatasetRegister } from '../../node-agent/governance/dataset-register.ts';
import { GATES, type Gate } from '../../node-agent/governance/gate-checks.ts';
import type { DatasetState, Person } from '../../node-agent/governance/transitions.ts';
import { CODES, manyPatients, SeededIndex } from '../compute/seeded-index.ts';

const ada: Person = { name: 'ada', role: 'administrator' };
const olga: Person = { name: 'olga', role: 'officer' };
const vera: Person = { name: 'vera', role: 'viewer' };
const ALL_GATES = Object.keys(GATES) as Gate[];
const CHECK_GATES = ALL_GATES.filter((gate) => gate !== 'two-persons');

let index: SeededIndex;
let register: DatasetRegister;
let objections: string[];
let now: Date;
let id: string;

beforeEach(() => {
  index = new SeededIndex();
  objections = [];
  now = new Date(Date.UTC(2026, 0, 1));
  register = new DatasetRegister({
    database: index.database,
    audit: { record: () => {} },
    cohorts: new CohortQuery(index.database),
    conditions: [{ code: CODES.breastCancer, label: 'Breast cancer' }],
    threshold: 5,
    record: { objections: () => objections },
    now: () => now,
  });
  index.add(...manyPatients('p', 12, { sex: CODES.female, age: 50, series: [{ bodyPart: CODES.breast }] }));
  id = draft();
});
afterEach(() => index.close());

function draft(): string {
  return register.draft(
    {
      title: 'Breast MR',
      description: 'Breast MR of one clinic',
      condition: CODES.breastCancer,
      query: { modality: ['MR'] },
      publisher: 'Clinic',
      contactEmail: 'data@clinic.example',
      keywords: [],
      provenance: 'Routine care',
      accessUrl: 'https://negotiator.example/breast',
    },
    ada,
  ).id;
}

const advance = (...way: DatasetState[]) => way.map((to) => register.advance(id, { to }, olga)).at(-1);
const sql = (text: string, ...values: unknown[]) => index.database.prepare(text).run(...values);

describe('a release', () => {
  it('keeps the evidence of every gate for exactly the objects that leave', () => {
    const detail = advance('checked', 'released');
    expect(detail?.checks.map((check) => check.id)).toEqual(ALL_GATES);
    for (const check of detail?.checks ?? []) {
      expect(check).toMatchObject({ passed: true, warning: false, contentHash: detail?.contentHash, by: 'olga' });
      expect(check.detail).toMatch(/\.$/u);
    }
    const figures = index.database.prepare(`SELECT figures_json FROM dataset_evidence WHERE gate = 'k'`).pluck().get();
    expect(JSON.parse(String(figures))).toMatchObject({ k: 12, patients: 12, limits: { block: 3, warn: 10 } });
  });

  it.each(CHECK_GATES)('is refused without evidence for the gate %s, and the refusal names it', (gate) => {
    advance('checked');
    sql('DELETE FROM dataset_evidence WHERE gate = ?', gate);
    expect(() => advance('released')).toThrow(`${GATES[gate]}: there is no evidence.`);
    expect(register.detail(id, vera).state).toBe('checked');
  });

  it.each(CHECK_GATES)('is refused with evidence for the gate %s that is of other objects', (gate) => {
    advance('checked');
    sql('UPDATE dataset_evidence SET content_hash = ? WHERE gate = ?', 'f'.repeat(64), gate);
    expect(() => advance('released')).toThrow(`${GATES[gate]}: the evidence is of other objects.`);
  });

  it.each(CHECK_GATES)('is refused with evidence that the gate %s did not pass', (gate) => {
    advance('checked');
    sql('UPDATE dataset_evidence SET passed = 0 WHERE gate = ?', gate);
    expect(() => advance('released')).toThrow(`${GATES[gate]}: not passed.`);
  });

  it.each(ALL_GATES)('is not published without evidence for the gate %s', (gate) => {
    advance('checked', 'released');
    sql('DELETE FROM dataset_evidence WHERE gate = ?', gate);
    expect(() => advance('published')).toThrow(`${GATES[gate]}: there is no evidence.`);
    expect(register.detail(id, vera).state).toBe('released');
  });

  it.each<[Gate, () => void]>([
    ['profile', () => sql(`UPDATE instances SET profile_hash = 'p2' WHERE object_id = 'object-4'`)],
    ['residual', () => sql(`UPDATE objects SET state = 'quarantined' WHERE object_id = 'object-4'`)],
    ['withdrawn', () => sql(`UPDATE objects SET state = 'withdrawn' WHERE object_id = 'object-4'`)],
    ['conformance', () => sql(`UPDATE instances SET treatment_id = NULL WHERE object_id = 'object-4'`)],
    ['references', () => sql(`INSERT INTO object_references SELECT content_hash, '2.25.9' FROM instances LIMIT 1`)],
    ['quality', () => sql(`UPDATE object_examinations SET file = 'changed' WHERE instance_uid = '2.25.3.4'`)],
    ['k', () => sql(`UPDATE patients SET sex_code = ? WHERE patient_id = 'p-1'`, CODES.male)],
    ['faces', () => sql(`UPDATE instances SET may_show_face = 1, frames = 500 WHERE object_id = 'object-4'`)],
    ['record', () => objections.push('The contact point is missing. Fill it in.')],
  ])('is refused when the gate %s no longer holds, although its evidence stands', (gate, spoil) => {
    advance('checked');
    spoil();
    expect(() => advance('released')).toThrow(`${GATES[gate]}: not passed.`);
    advance('draft');
    expect(() => advance('checked')).toThrow(`${GATES[gate]}: not passed.`);
    expect(register.detail(id, vera).checks.find((check) => check.id === gate)).toMatchObject({ passed: false });
  });

  it('is refused when the files were last read over a day ago', () => {
    advance('checked');
    sql(`UPDATE object_examinations SET examined_at = '2025-12-30T00:00:00.000Z' WHERE instance_uid = '2.25.3.4'`);
    expect(() => advance('released')).toThrow('Every file was read lately: 1 of 12 do not pass.');
  });
});

describe('k-anonymity', () => {
  it('blocks below three, and coarser choices let the dataset pass', () => {
    sql(`UPDATE studies SET age_years = 20 + rowid`);
    expect(() => advance('checked')).toThrow(
      /k is 1: 12 of 12 patients look like fewer than 3 \(12 like nobody else\)/,
    );
    const suggestion = register.assessment.privacyRisk(id).suggestion;
    expect(suggestion).toMatchObject({ k: 12 });
    register.assessment.generalise(id, suggestion?.choices ?? AS_INDEXED, olga);
    expect(advance('checked', 'released', 'published')?.state).toBe('published');
    expect(register.detail(id, vera).generalisation).toEqual(suggestion?.choices);
    expect(register.detail(id, vera).history.some(({ reason }) => reason?.includes('more coarsely: age'))).toBe(true);
  });

  it('warns below ten: the release waits for a named person to acknowledge it with a reason', () => {
    sql(`UPDATE patients SET sex_code = ? WHERE patient_id IN ('p-1','p-2','p-3','p-4','p-5')`, CODES.male);
    expect(advance('checked')?.checks.find((check) => check.id === 'k')).toMatchObject({ passed: true, warning: true });
    expect(() => advance('released')).toThrow(/k is 5: 12 of 12 patients look like fewer than 10/);
    register.assessment.accept(id, { subject: 'k', reason: 'Agreed with the ethics committee.' }, olga);
    const kept = register.detail(id, vera).checks.find((check) => check.id === 'k');
    expect(kept).toMatchObject({ passed: true, warning: false });
    expect(kept?.detail).toContain('Accepted by olga: Agreed with the ethics committee.');
    expect(advance('released', 'published')?.state).toBe('published');
  });

  it('is a question again when another object comes', () => {
    sql(`UPDATE patients SET sex_code = ? WHERE patient_id IN ('p-1','p-2','p-3','p-4','p-5')`, CODES.male);
    advance('checked');
    register.assessment.accept(id, { subject: 'k', reason: 'Agreed.' }, olga);
    advance('draft');
    index.add({ id: 'p-12', sex: CODES.female, age: 50, series: [{ bodyPart: CODES.breast }] });
    advance('checked');
    expect(() => advance('released')).toThrow(/k is 5/);
  });

  it('is chosen for by staff, in a draft', () => {
    const choices = { ...AS_INDEXED, age: 'bands-10' } as const;
    expect(() => register.assessment.generalise(id, choices, vera)).toThrow(/needs the role/);
    advance('checked');
    expect(() => register.assessment.generalise(id, choices, olga)).toThrow(/Take it back to draft first/);
  });
});

describe('an error of quality', () => {
  const same = () => {
    for (const number of [4, 6])
      index.examined(hashOf(number), { instanceUid: `2.25.3.${number}`, pixelHash: 'a'.repeat(64) });
  };
  const hashOf = (number: number) => String(number).padStart(64, '0');

  it('keeps the dataset a draft until a named person accepts it with a reason', () => {
    sql(`UPDATE studies SET age_years = 130`);
    expect(() => advance('checked')).toThrow(/Ages are possible: 12 of 12 do not pass\..*Or accept it with a reason\./);
    expect(() => register.assessment.accept(id, { subject: 'validity.age', reason: ' ' }, olga)).toThrow(
      /needs a reason/,
    );
    expect(() => register.assessment.accept(id, { subject: 'validity.age', reason: 'Known' }, vera)).toThrow(/role/);
    register.assessment.accept(id, { subject: 'validity.age', reason: 'Ages are coded by design.' }, olga);
    const detail = advance('checked', 'released');
    expect(detail?.checks.find((check) => check.id === 'quality')?.detail).toContain(
      'Ages are possible: 12 found. Accepted by olga: Ages are coded by design.',
    );
    expect(detail?.history.some(({ by, reason }) => by === 'olga' && reason?.includes('coded by design'))).toBe(true);
  });

  it('cannot be accepted where a file is not what the index says', () => {
    sql(`UPDATE object_examinations SET file = 'changed' WHERE instance_uid = '2.25.3.4'`);
    expect(() => register.assessment.accept(id, { subject: 'integrity.hash', reason: 'Known' }, olga)).toThrow(
      /cannot be accepted/,
    );
    expect(() => register.assessment.accept(id, { subject: 'nothing', reason: 'Known' }, olga)).toThrow(/cannot/);
  });

  it('is shown with what to do, and its trend over the checks', () => {
    same();
    expect(() => advance('checked')).toThrow(/No image under two patients: 2 of 2 do not pass/);
    index.examined(hashOf(4), { instanceUid: '2.25.3.4' });
    now = new Date(Date.UTC(2026, 0, 2));
    advance('checked');
    const { findings, trend, total } = register.assessment.quality(id);
    expect(findings.find(({ rule }) => rule.id === 'uniqueness.pixels-across-patients')).toMatchObject({
      checked: 1,
      offending: 0,
    });
    expect(trend.map(({ at }) => at.slice(0, 10))).toEqual(['2026-01-01', '2026-01-02']);
    expect(trend[0]?.total).toBeLessThan(Number(trend[1]?.total));
    expect(trend[1]?.total).toBe(total);
  });
});
