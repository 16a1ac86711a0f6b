import { describe, expect, it } from 'vitest';
import { requestPath } from '../../renderer/client/request-path.ts';
import { describeCohort } from '../../renderer/datasets/cohort-words.ts';
import { EMPTY_DRAFT, errorsOf } from '../../renderer/datasets/draft.ts';
import { describePolicy } from '../../renderer/hub/policy-words.ts';
import { balanceOf } from '../../renderer/overview/balance.ts';
import { lastHour } from '../../renderer/overview/last-hour.ts';
import { queryOf, readStudySearch, searchOf } from '../../renderer/studies/study-search.ts';

describe('the balance of the ledger', () => {
  const counts = { received: 20, waiting: 2, indexed: 10, quarantined: 5, excluded: 2, rejected: 1 };

  it('adds up when every object is in one state', () => {
    expect(balanceOf(counts)).toMatchObject({ sum: 20, difference: 0 });
  });

  it('names how many objects are missing, and how many are too many', () => {
    expect(balanceOf({ ...counts, received: 23 }).difference).toBe(3);
    expect(balanceOf({ ...counts, received: 19 }).difference).toBe(-1);
  });
});

describe('the last hour', () => {
  it('has 60 minutes without gaps, whatever the ledger listed', () => {
    const now = Date.parse('2026-05-04T12:00:30Z');
    const busy = { minute: '2026-05-04T11:58:00.000Z', received: 7, indexed: 3, bytes: 10 };
    const old = { ...busy, minute: '2026-05-04T10:00:00.000Z' };
    const hour = lastHour([old, busy], now);
    expect(hour).toHaveLength(60);
    expect(hour.at(-1)?.minute).toBe('2026-05-04T12:00:00.000Z');
    expect(hour[57]).toEqual(busy);
    expect(hour.reduce((sum, minute) => sum + minute.received, 0)).toBe(7);
  });
});

describe('the path of a request', () => {
  it('fills in and escapes parameters', () => {
    expect(requestPath('/datasets/:id/record', { id: 'a/b c' })).toBe('/api/v1/datasets/a%2Fb%20c/record');
  });

  it('leaves empty filters out and escapes the others', () => {
    const query = { search: 'a&b', sex: '', modality: undefined, offset: 0 };
    expect(requestPath('/studies', {}, query)).toBe('/api/v1/studies?search=a%26b&offset=0');
  });

  it('refuses a path whose parameter is missing', () => {
    expect(() => requestPath('/studies/:id')).toThrow('needs a value for id');
  });
});

describe('filters in the address', () => {
  it('keeps known filters, also those that look like numbers, and drops the rest', () => {
    expect(readStudySearch({ search: 42, sex: 'F', modality: '', page: '3' })).toEqual({ search: '42', sex: 'F' });
  });

  it('turns a search into a cohort query and back, whatever is asked', () => {
    const query = {
      search: 'thorax',
      modality: ['CT'],
      bodyPart: ['Lung', 'Liver'],
      attributes: { plane: ['axial'] },
      ageFrom: 50,
    };
    const search = searchOf(query);
    expect(search).toMatchObject({ search: 'thorax', modality: 'CT' });
    expect(queryOf(search)).toEqual(query);
    expect(queryOf(readStudySearch({ ...search, filter: JSON.parse(search.filter ?? '') }))).toEqual(query);
    expect(queryOf({ filter: '{"ageFrom":"x"}' })).toEqual({});
    expect(queryOf({ filter: '{' })).toEqual({});
  });
});

describe('a cohort in words', () => {
  it('says that no filter means everything', () => {
    expect(describeCohort({})).toBe('All indexed studies.');
    expect(describeCohort({ modality: [] })).toBe('All indexed studies.');
  });

  it('names every filter with its values', () => {
    expect(describeCohort({ attributes: { plane: ['axial'] }, ageFrom: 50, ageTo: 60, yearTo: 2020 })).toBe(
      'All studies with plane axial, age 50 to 60, and study year up to 2020.',
    );
    const words = describeCohort({ modality: ['CT'], bodyPart: ['Breast', 'Liver'], search: 'contrast' });
    for (const part of ['modality CT', 'Breast', 'Liver', '“contrast”']) expect(words).toContain(part);
  });
});

describe('a draft of a dataset', () => {
  const filled = {
    ...EMPTY_DRAFT,
    title: 'Breast pilot',
    description: 'Baseline mammography.',
    condition: 'SCT:254837009',
    publisher: 'Hospital',
    contactEmail: 'data@example.org',
    provenance: 'Main PACS.',
    accessUrl: 'https://negotiator.example.org',
  };

  it('has a sentence for every field that is missing', () => {
    expect(Object.keys(errorsOf(EMPTY_DRAFT)).sort()).toEqual(
      ['accessUrl', 'condition', 'contactEmail', 'description', 'provenance', 'publisher', 'title'].sort(),
    );
  });

  it('is accepted when complete, and names a wrong address', () => {
    expect(errorsOf(filled)).toEqual({});
    expect(Object.keys(errorsOf({ ...filled, contactEmail: 'nobody' }))).toEqual(['contactEmail']);
  });
});

describe('the disclosure policy in words', () => {
  it('names threshold and rounding', () => {
    const words = describePolicy({ threshold: 10, rounding: 5 }).join(' ');
    expect(words).toContain('below 10');
    expect(words).toContain('multiple of 5');
  });

  it('says so when nothing is suppressed or rounded', () => {
    const words = describePolicy({ threshold: 0, rounding: 1 }).join(' ');
    expect(words).toContain('not suppressed');
    expect(words).toContain('not rounded');
  });
});
