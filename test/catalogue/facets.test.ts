import { describe, expect, it } from 'vitest';
import type { IndexedValue } from '../../node-agent/catalogue/catalogue-writer.ts';
import { ClinicalStore } from '../../node-agent/catalogue/clinical/clinical-store.ts';
import { CohortQuery } from '../../node-agent/catalogue/cohort.ts';
import { fileOf, indexOf, THREE_PATIENTS, valuesOf } from './fixtures.ts';

const numbers = (values: readonly { value: string; studies: number }[]) =>
  values.map(({ value, studies }) => [value, studies]);

describe('facets', () => {
  const { catalogue, database } = indexOf(...THREE_PATIENTS);
  const attribute = (name: string, label: string, code: string | null = null): IndexedValue => ({
    ...{ entity: 'series', attribute: name, original: label, code, label, rule: 'exact', tableVersion: '1' },
  });
  for (const object of THREE_PATIENTS) {
    if (object.modality === 'KO') continue;
    const plane = attribute('plane', object.modality === 'CT' ? 'axial' : 'sagittal');
    const contrast = attribute('contrast', 'with contrast', 'IMG9');
    const values = object.manufacturer === 'SIEMENS' ? [plane, contrast] : [plane];
    catalogue.add(object, [...valuesOf(object), ...values], fileOf(object));
  }

  it('count the studies that have a value, with its label', () => {
    expect(catalogue.facets().bodyPart).toEqual([
      { value: 'BP1000113', label: 'Lung', studies: 2 },
      { value: 'BP1000136', label: 'Breast', studies: 1 },
    ]);
    expect(numbers(catalogue.facets().modality)).toEqual([
      ['IMG1000026', 2],
      ['IMG1000022', 1],
      ['KO', 1],
    ]);
  });

  it('count under the other filters; what is chosen in a facet does not narrow that facet', () => {
    const { modality, sex, manufacturer } = catalogue.facets({ modality: ['CT'] });
    expect(numbers(modality)).toHaveLength(3);
    expect(numbers(sex)).toEqual([['COM1001366', 2]]);
    expect(numbers(manufacturer)).toEqual([
      ['IMG1000044', 1],
      ['IMG1000046', 1],
    ]);
    expect(numbers(catalogue.facets({ manufacturer: ['Philips'], search: 'thorax' }).modality)).toEqual([
      ['IMG1000026', 1],
    ]);
  });

  it('count the harmonised attributes of the series that match, by code or label', () => {
    const all = catalogue.attributeFacets();
    expect(all.map(({ attribute: name, values }) => [name, numbers(values)])).toEqual([
      ['contrast', [['IMG9', 2]]],
      [
        'plane',
        [
          ['axial', 2],
          ['sagittal', 1],
        ],
      ],
    ]);
    expect(all[0]?.values[0]?.label).toBe('with contrast');
    expect(catalogue.attributeFacets({ attributes: { plane: ['sagittal'] } })).toMatchObject([
      { attribute: 'contrast', values: [{ value: 'IMG9', studies: 1 }] },
      { attribute: 'plane', values: [{ value: 'sagittal', studies: 1 }] },
    ]);
  });

  it('filter by attributes, each with one of several values, all on one series', () => {
    const cohort = new CohortQuery(database);
    expect(cohort.series({ attributes: { plane: ['axial'] } })).toEqual(['2.25.2.1', '2.25.3.1']);
    expect(cohort.series({ attributes: { plane: ['axial', 'sagittal'], contrast: ['with contrast'] } })).toEqual([
      '2.25.1.1',
      '2.25.3.1',
    ]);
    expect(cohort.series({ attributes: { plane: ['axial'] }, modality: ['MR'] })).toEqual([]);
    expect(cohort.series({ attributes: { plane: ['oblique'] } })).toEqual([]);
    expect(cohort.series({ attributes: { "plane' OR 1": ["x' OR 1 --"] } })).toEqual([]);
    expect(cohort.series({ attributes: { plane: [] } })).toHaveLength(4);
  });

  it('follow a value that is chosen anew', () => {
    const own = indexOf(...THREE_PATIENTS);
    const [object] = THREE_PATIENTS;
    if (!object) throw new Error('no object');
    own.catalogue.add(object, [attribute('plane', 'axial')], fileOf(object));
    own.database.exec("UPDATE harmonised_values SET original = 'coronal', label = 'coronal' WHERE attribute = 'plane'");
    expect(own.catalogue.attributeFacets()).toMatchObject([{ values: [{ value: 'coronal', studies: 1 }] }]);
    expect(new CohortQuery(own.database).counts({ attributes: { plane: ['axial'] } }).series).toBe(0);
  });

  it('filter by age in completed years and by the year of the study, both ends included', () => {
    const cohort = new CohortQuery(database);
    expect(cohort.counts({ ageFrom: 54, ageTo: 54 }).studies).toBe(1);
    expect(cohort.counts({ ageFrom: 55 }).studies).toBe(2);
    expect(cohort.counts({ ageTo: 53 }).studies).toBe(0);
    expect(cohort.counts({ yearFrom: 2020, yearTo: 2020 }).studies).toBe(3);
    expect(cohort.counts({ yearFrom: 2021 }).studies).toBe(0);
    expect(cohort.counts({ yearTo: 2019 }).studies).toBe(0);
  });

  it('filter by the condition of the clinical data', () => {
    const store = new ClinicalStore(database);
    const facts = { format: 'csv', mapping: 'test 1', modelVersion: '1', by: 'anna', counts: {} };
    const value = {
      column: 'cancer_condition_code',
      original: 'C34',
      label: 'Lung cancer',
      rule: 'exact',
      tableVersion: '1',
    };
    store.write(facts, [
      {
        table: 'cancer_condition',
        key: 'a',
        patientId: 'GH-0000000000000002',
        cells: { cancer_condition_code: 'EUCAIM:CLIN1000065' },
        values: [{ ...value, code: 'CLIN1000065' }],
      },
    ]);
    const cohort = new CohortQuery(database);
    expect(cohort.series({ condition: ['CLIN1000065'] })).toEqual(['2.25.2.1', '2.25.2.2']);
    expect(cohort.series({ condition: ['CLIN1000065'], modality: ['CT'] })).toEqual(['2.25.2.1']);
    expect(cohort.series({ condition: ['CLIN1000060'] })).toEqual([]);
  });
});
