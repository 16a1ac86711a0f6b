import { describe, expect, it } from 'vitest';
import { CohortQuery } from '../../node-agent/catalogue/cohort.ts';
import { datasetFigures } from '../../node-agent/catalogue/dataset-figures.ts';
import { indexOf, THREE_PATIENTS } from './fixtures.ts';

describe('a cohort', () => {
  const { database } = indexOf(...THREE_PATIENTS);
  const cohort = new CohortQuery(database);

  it('holds the series that match, and only those', () => {
    expect(cohort.series({ modality: ['IMG1000026'] })).toEqual(['2.25.2.1', '2.25.3.1']);
    expect(cohort.series({ sex: ['COM1001366'], manufacturer: ['IMG1000046'] })).toEqual(['2.25.2.1']);
    expect(cohort.series({ search: 'mamma' })).toEqual(['2.25.1.1']);
    expect(cohort.series({})).toHaveLength(4);
  });

  it('counts patients, studies, series, instances and bytes', () => {
    expect(cohort.counts({})).toEqual({ patients: 3, studies: 3, series: 4, instances: 6, bytes: 6000 });
    expect(cohort.counts({ modality: ['MR'] })).toEqual({
      patients: 1,
      studies: 1,
      series: 1,
      instances: 3,
      bytes: 3000,
    });
    expect(cohort.counts({ modality: ['XA'] })).toEqual({ patients: 0, studies: 0, series: 0, instances: 0, bytes: 0 });
  });
});

describe('the figures of a dataset', () => {
  const { database } = indexOf(...THREE_PATIENTS);
  database.exec(`INSERT INTO datasets (dataset_id, title, description, condition_code, condition_label, state, query_json, publisher,
    contact_email, keywords_json, provenance, access_url, created_by, created_at, content_hash) VALUES ('d1', 'Lung CT', '', 'CLIN1000065', 'Lung cancer', 'draft', '{}', 'P',
    'a@b.eu', '[]', '', 'https://x.eu', 'anna', '2026-01-01', NULL);
    INSERT INTO dataset_series VALUES ('d1', '2.25.2.1'), ('d1', '2.25.3.1')`);

  it('count patients per category and age band', () => {
    expect(datasetFigures(database, 'd1')).toEqual({
      patients: 2,
      studies: 2,
      series: 2,
      instances: 2,
      bytes: 2000,
      sexes: [{ code: 'COM1001366', patients: 2 }],
      modalities: [{ code: 'IMG1000026', patients: 2 }],
      bodyParts: [{ code: 'BP1000113', patients: 2 }],
      manufacturers: [
        { code: 'IMG1000044', patients: 1 },
        { code: 'IMG1000046', patients: 1 },
      ],
      ageBands: [{ from: 60, to: 69, patients: 2 }],
    });
  });

  it('are zero for a dataset without members', () => {
    expect(datasetFigures(database, 'd2')).toMatchObject({ patients: 0, bytes: 0, sexes: [], ageBands: [] });
  });
});
