import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CollectionFigures, CollectionSearch } from '../../node-agent/compute/collection-search.ts';
import { DisclosurePolicy } from '../../node-agent/governance/disclosure-policy.ts';
import { objectionToAnswer } from '../../node-agent/hub/egress-review.ts';
import { discloseCollections, type SearchAnswer } from '../../node-agent/hub/search-answer.ts';
import { eucaimSearchTask } from './eucaim-search-task.ts';
import { EVERYTHING, FEMALE, Site } from './site.ts';

let site: Site;

beforeEach(() => {
  site = new Site();
});
afterEach(() => site.close());

const policy = new DisclosurePolicy();
const published = new Set(['a']);

function figures(patients: number): CollectionFigures {
  const facts = <Value>(value: Value) =>
    Array.from({ length: patients }, (_, index) => ({ patientId: `p${index}`, value }));
  return {
    id: 'a',
    title: 'A',
    description: 'A dataset',
    patients,
    studies: patients * 3,
    sexes: facts('Female'),
    modalities: facts('MR'),
    bodyParts: facts('Breast'),
    ages: facts(44),
  };
}

const answerFor = (patients: number) =>
  discloseCollections([figures(patients)], policy, { name: 'Clinic', icon: 'AA==' });

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

describe('what leaves the gate', () => {
  it('has no number but 0 and multiples of 10, and says nothing about few', () => {
    for (let patients = 0; patients <= 60; patients += 1) {
      const answer = answerFor(patients);
      expect(numbersIn(answer).filter((number) => number % 10 !== 0)).toEqual([]);
      expect(objectionToAnswer(answer, policy, published)).toBeNull();
      if (patients < 10) expect(answer).toEqual(answerFor(0));
    }
  });

  it('has exactly the fields of the wire format', () => {
    const outcome = site.gate.answer(eucaimSearchTask(EVERYTHING));
    const answer = JSON.parse(Buffer.from(outcome.body, 'base64').toString('utf8')) as SearchAnswer;
    expect(outcome.answerJson).toBe(JSON.stringify(answer));
    expect(Object.keys(answer).sort()).toEqual(['collections', 'provider', 'provider_icon', 'total']);
    expect(Object.keys(answer.collections[0] ?? {}).sort()).toEqual([
      'age_range',
      'body_parts',
      'description',
      'gender',
      'id',
      'modality',
      'name',
      'studies_count',
      'subjects_count',
    ]);
    expect(Buffer.from(answer.provider_icon, 'base64').subarray(1, 4).toString()).toBe('PNG');
    // 3 men of 20 patients: the total tells 20, the list of sexes does not tell of them
    expect(answer.collections[0]).toMatchObject({ subjects_count: 20, gender: ['Female'] });
  });

  it.each<[string, (answer: Record<string, never>) => unknown]>([
    ['an exact count', (answer) => ({ ...answer, collections: [{ ...first(answer), subjects_count: 17 }] })],
    ['a count below the threshold', (answer) => ({ ...answer, collections: [{ ...first(answer), studies_count: 5 }] })],
    ['an exact total', (answer) => ({ ...answer, total: { studies_count: 17, subjects_count: 20 } })],
    ['an exact age', (answer) => ({ ...answer, collections: [{ ...first(answer), age_range: { min: 44, max: 50 } }] })],
    ['one more field', (answer) => ({ ...answer, collections: [{ ...first(answer), patients: ['p1'] }] })],
    ['one more field at the top', (answer) => ({ ...answer, debug: true })],
    ['a dataset that is not published', (answer) => ({ ...answer, collections: [{ ...first(answer), id: 'b' }] })],
    ['details of a small group', (answer) => ({ ...answer, collections: [{ ...first(answer), subjects_count: 0 }] })],
    ['no object', () => 'all of it'],
  ])('is held back by the egress review with %s', (_, spoil) => {
    const answer = answerFor(30);
    expect(objectionToAnswer(answer, policy, published)).toBeNull();
    expect(objectionToAnswer(spoil(answer as unknown as Record<string, never>), policy, published)).not.toBeNull();
  });

  it('fails closed when the review finds something', () => {
    const leaky = { search: () => [figures(30)], publishedIds: () => new Set() } as unknown as CollectionSearch;
    expect(site.gateOver(leaky).answer(eucaimSearchTask(FEMALE))).toMatchObject({
      status: 'permfailed',
      body: 'not available',
      answerJson: null,
      reason: expect.stringContaining('not published'),
    });
  });

  it('is the same for a search without a project', () => {
    const { body } = eucaimSearchTask(FEMALE);
    const outcome = site.gate.answer({ body, metadata: null });
    expect(outcome).toEqual(site.gate.answer({ body, metadata: { project: 'eucaim' } }));
    expect(outcome.status).toBe('succeeded');
  });

  it('refuses projects it does not know, also malformed ones', () => {
    const { body } = eucaimSearchTask(FEMALE);
    for (const project of ['exporter', 'dktk', '', 5, null, {}]) {
      expect(site.gate.answer({ body, metadata: { project } })).toMatchObject({
        status: 'permfailed',
        body: 'unsupported query',
      });
    }
  });
});

function first(answer: Record<string, never>): object {
  return (answer as unknown as SearchAnswer).collections[0] ?? {};
}
