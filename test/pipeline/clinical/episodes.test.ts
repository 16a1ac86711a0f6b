import { describe, expect, it } from 'vitest';
import type { ClinicalRow } from '../../../node-agent/catalogue/clinical/clinical-store.ts';
import { episodeAt, eventsOf } from '../../../node-agent/pipeline/clinical/episodes.ts';

const row = (table: string, cells: Record<string, string>): ClinicalRow => ({
  table,
  key: `${table} ${JSON.stringify(cells)}`,
  patientId: 'GH-A',
  cells,
});
const condition = (date: string) => row('cancer_condition', { cancer_condition_asserted_date: date });
const treatment = (date: string, type = 'CLIN1014933') =>
  row('treatment', { treatment_start_date: date, treatment_type: `EUCAIM:${type}` });
const stated = (date: string, code: string) => row('episode', { start_date: date, episode_code: `EUCAIM:${code}` });
const day = (date: string) => (Date.parse(date) - Date.parse('2000-01-01')) / 86_400_000;
const at = (rows: ClinicalRow[], date: string) => episodeAt(eventsOf(rows), day(date))?.episode;
const [DIAGNOSIS, TREATMENT, RELAPSE, SURVEILLANCE] = ['GEN1000008', 'GEN1000007', 'GEN1000005', 'GEN1000009'];

describe('A study belongs', () => {
  it('to the diagnosis until a treatment begins, its work-up included', () => {
    const rows = [condition('2020-03-10'), treatment('2020-05-01')];
    expect(at(rows, '2020-02-20')).toBe(DIAGNOSIS);
    expect(at(rows, '2020-04-30')).toBe(DIAGNOSIS);
    expect(at(rows, '2020-05-01')).toBe(TREATMENT);
    expect(at(rows, '2019-05-01'), 'long before the disease').toBeUndefined();
  });

  it('to active surveillance where that is the treatment', () => {
    expect(at([condition('2020-03-10'), treatment('2020-05-01', 'CLIN1028588')], '2021-01-01')).toBe(SURVEILLANCE);
  });

  it('to what a table of episodes says, and to the diagnosis before that', () => {
    const rows = [condition('2020-03-10'), treatment('2020-05-01'), stated('2021-06-01', RELAPSE as string)];
    expect(at(rows, '2021-06-02')).toBe(RELAPSE);
    expect(at(rows, '2020-06-01'), 'treatments do not count where episodes are stated').toBe(DIAGNOSIS);
  });

  it('to none for a control', () => {
    expect(at([row('patient', {})], '2020-01-01')).toBeUndefined();
  });

  it('where dates are cut to their month, by the days that were kept', () => {
    const rows = [
      { ...condition('2020-03-01'), days: { cancer_condition_asserted_date: 100 } },
      { ...treatment('2020-03-01'), days: { treatment_start_date: 120 } },
    ];
    expect(episodeAt(eventsOf(rows), 110)?.episode).toBe(DIAGNOSIS);
    expect(episodeAt(eventsOf(rows), 125)?.episode).toBe(TREATMENT);
  });
});
