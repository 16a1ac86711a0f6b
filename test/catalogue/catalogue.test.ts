import { describe, expect, it } from 'vitest';
import { Catalogue } from '../../node-agent/catalogue/catalogue.ts';
import { description, fileOf, indexOf, openIndex, THREE_PATIENTS, valuesOf } from './fixtures.ts';

const ALL = { offset: 0, limit: 50 };

describe('entering objects', () => {
  it('counts patients, studies, series, instances and bytes', () => {
    const { catalogue } = indexOf(...THREE_PATIENTS);
    expect(catalogue.counts()).toEqual({ patients: 3, studies: 3, series: 4, instances: 6, bytes: 6000 });
    expect(catalogue.modalities()).toEqual([
      { modality: 'CT', series: 2 },
      { modality: 'KO', series: 1 },
      { modality: 'MR', series: 1 },
    ]);
  });

  it('counts an object once that is entered twice', () => {
    const { catalogue } = indexOf(...THREE_PATIENTS, ...THREE_PATIENTS);
    expect(catalogue.counts()).toMatchObject({ instances: 6, bytes: 6000 });
  });

  it('replaces the file facts of an object that was processed again', () => {
    const { catalogue } = indexOf(description());
    catalogue.add(description(), [], fileOf(description(), { bytes: 1200, profileHash: 'profile-2' }));
    expect(catalogue.counts().bytes).toBe(1200);
    expect(catalogue.getStudy('2.25.1')?.profileHash).toBe('profile-2');
  });

  it('refuses a study under two patients', () => {
    const { catalogue } = indexOf(description());
    const other = description({ patientId: 'GH-0000000000000009', instanceUid: '2.25.1.1.9' });
    expect(() => catalogue.add(other, valuesOf(other), fileOf(other))).toThrow(
      expect.objectContaining({ reason: 'patient-mismatch' }),
    );
    expect(catalogue.counts()).toMatchObject({ patients: 1, instances: 1 });
  });

  it('refuses a series under two studies', () => {
    const { catalogue } = indexOf(description());
    const other = description({ studyUid: '2.25.8', instanceUid: '2.25.1.1.9' });
    expect(() => catalogue.add(other, [], fileOf(other))).toThrow(
      expect.objectContaining({ reason: 'study-mismatch' }),
    );
  });

  it('refuses a second object with the same SOP Instance UID', () => {
    const { catalogue } = indexOf(description());
    const file = fileOf(description(), { objectId: 'another' });
    expect(() => catalogue.add(description(), [], file)).toThrow(
      expect.objectContaining({ reason: 'duplicate-instance' }),
    );
  });

  it('is undone with the transaction of the caller', () => {
    const database = openIndex();
    const catalogue = new Catalogue(database);
    const attempt = database.transaction(() => {
      catalogue.add(description(), valuesOf(description()), fileOf(description()));
      throw new Error('settling failed');
    });
    expect(attempt).toThrow('settling failed');
    expect(catalogue.counts()).toMatchObject({ patients: 0, instances: 0 });
  });

  it('fills in what an earlier object left out and replaces nothing', () => {
    const { catalogue } = indexOf(
      description({ bodyPart: null, studyDescription: null, ageYears: null, sex: null }),
      description({ instanceUid: '2.25.1.1.2', manufacturer: 'PHILIPS' }),
    );
    const study = catalogue.getStudy('2.25.1');
    expect(study).toMatchObject({ sex: 'Female', ageYears: 54.5, description: 'MR MAMMA' });
    expect(study?.seriesList[0]).toMatchObject({ bodyPart: 'Breast', manufacturer: 'Siemens' });
  });

  it('keeps the code that mapped first and where it came from', () => {
    const { catalogue } = indexOf(
      description({ bodyPart: 'MYSTERY' }),
      description({ instanceUid: '2.25.1.1.2', bodyPart: 'BREAST' }),
      description({ instanceUid: '2.25.1.1.3', bodyPart: 'LUNG' }),
    );
    const bodyPart = catalogue.getStudy('2.25.1')?.seriesList[0]?.harmonised.find((v) => v.attribute === 'body_part');
    expect(bodyPart).toEqual({
      attribute: 'body_part',
      original: 'BREAST',
      code: 'BP1000136',
      label: 'Breast',
      rule: 'exact',
      tableVersion: '1',
      confidence: null,
      candidates: [],
      chosenBy: null,
    });
  });

  it('takes the code of a newer table', () => {
    const { catalogue } = indexOf(description());
    const newer = valuesOf(description()).map((value) =>
      value.attribute === 'modality' ? { ...value, code: 'IMG1', label: 'Newer', tableVersion: '2' } : value,
    );
    catalogue.add(description(), newer, fileOf(description()));
    expect(catalogue.facets().modality).toEqual([{ value: 'IMG1', label: 'Newer', studies: 1 }]);
  });
});

describe('facets', () => {
  it('lists codes with labels, and originals where nothing mapped', () => {
    const { modality, bodyPart, sex, manufacturer } = indexOf(...THREE_PATIENTS).catalogue.facets();
    expect(modality).toEqual([
      { value: 'IMG1000026', label: 'Computed tomography', studies: 2 },
      { value: 'IMG1000022', label: 'Magnetic resonance imaging', studies: 1 },
      { value: 'KO', label: 'KO', studies: 1 },
    ]);
    expect(bodyPart.map(({ label, studies }) => [label, studies])).toEqual([
      ['Lung', 2],
      ['Breast', 1],
    ]);
    expect(sex).toEqual([
      { value: 'COM1001366', label: 'Male', studies: 2 },
      { value: 'COM1001370', label: 'Female', studies: 1 },
    ]);
    expect(manufacturer.map(({ label }) => label)).toEqual(['Siemens', 'Philips']);
  });
});

describe('searching studies', () => {
  const { catalogue } = indexOf(...THREE_PATIENTS);
  const uids = (filter: Parameters<typeof catalogue.searchStudies>[0]) =>
    catalogue.searchStudies(filter, ALL).rows.map(({ studyUid }) => studyUid);

  it('lists everything, newest first', () => {
    expect(uids({})).toEqual(['2.25.3', '2.25.2', '2.25.1']);
  });

  it('pages through with the whole total', () => {
    expect(catalogue.searchStudies({}, { offset: 1, limit: 1 })).toMatchObject({
      total: 3,
      rows: [{ studyUid: '2.25.2' }],
    });
  });

  it('shows one row per study', () => {
    expect(catalogue.searchStudies({ search: '2.25.2' }, ALL).rows).toEqual([
      {
        studyUid: '2.25.2',
        patientId: 'GH-0000000000000002',
        sex: 'Male',
        ageYears: 61,
        studyDate: '2020-02-03',
        description: 'CT Thorax 100%',
        modalities: ['CT', 'KO'],
        bodyParts: ['Lung'],
        series: 2,
        instances: 2,
        bytes: 2000,
        indexedAt: '2026-01-01T00:00:03.000Z',
      },
    ]);
  });

  it.each([
    ['GH-0000000000000001', ['2.25.1']],
    ['thorax', ['2.25.2']],
    ['lung', ['2.25.3', '2.25.2']],
    ['2.25.2.2', ['2.25.2']],
    ['100%', ['2.25.2']],
    ['%', []],
    ['_', []],
    ["'; DROP TABLE studies; --", []],
  ])('finds %s', (search, expected) => {
    expect(uids({ search })).toEqual(expected);
  });

  it('filters by code, label or DICOM value', () => {
    expect(uids({ modality: ['IMG1000026'] })).toEqual(['2.25.3', '2.25.2']);
    expect(uids({ modality: ['Computed tomography'] })).toEqual(['2.25.3', '2.25.2']);
    expect(uids({ modality: ['CT'] })).toEqual(['2.25.3', '2.25.2']);
    expect(uids({ sex: ['Female'] })).toEqual(['2.25.1']);
    expect(uids({ modality: ['IMG1000022', 'KO'] })).toEqual(['2.25.2', '2.25.1']);
    expect(uids({ modality: [] })).toHaveLength(3);
  });

  it('asks all conditions of one and the same series', () => {
    expect(uids({ modality: ['CT'], manufacturer: ['IMG1000044'] })).toEqual(['2.25.3']);
    expect(uids({ modality: ['KO'], bodyPart: ['BP1000113'] })).toEqual([]);
  });
});

describe('one study', () => {
  const { catalogue, database } = indexOf(...THREE_PATIENTS);

  it('comes with its series and where each value came from', () => {
    const study = catalogue.getStudy('2.25.2');
    expect(study?.seriesList.map(({ harmonised: _, ...series }) => series)).toMatchObject([
      {
        seriesUid: '2.25.2.1',
        number: 1,
        modality: 'CT',
        description: 't1 tra',
        bodyPart: 'Lung',
        manufacturer: 'Philips',
        laterality: null,
        instances: 1,
        bytes: 1000,
        hasImages: true,
        mayShowFace: false,
        geometry: null,
      },
      {
        seriesUid: '2.25.2.2',
        number: 2,
        modality: 'KO',
        description: null,
        bodyPart: null,
        manufacturer: null,
        laterality: null,
        instances: 1,
        bytes: 1000,
        hasImages: false,
        mayShowFace: false,
        geometry: null,
      },
    ]);
    expect(study?.harmonised).toMatchObject([{ attribute: 'sex', original: 'M', code: 'COM1001366' }]);
    expect(study).toMatchObject({ profileHash: 'profile-1', datasets: [] });
  });

  it.each([
    [20, true, true],
    [19, true, false],
    [20, false, false],
  ])('says of a series of %i flagged slices (%s) whether it may show a face: %s', (frames, flagged, shown) => {
    const one = indexOf();
    const head = description({ frames });
    one.catalogue.add(head, [], fileOf(head, { mayShowFace: flagged }));
    expect(one.catalogue.getStudy(head.studyUid)?.seriesList[0]?.mayShowFace).toBe(shown);
  });

  it('names the datasets it is in', () => {
    database.exec(`INSERT INTO datasets (dataset_id, title, description, condition_code, condition_label, state, query_json,
        publisher, contact_email, keywords_json, provenance, access_url, created_by, created_at, content_hash) VALUES ('d1', 'Lung CT', '', 'CLIN1000065', 'Lung cancer', 'draft', '{}', 'P',
      'a@b.eu', '[]', '', 'https://x.eu', 'anna', '2026-01-01', NULL);
      INSERT INTO dataset_series VALUES ('d1', '2.25.2.1'), ('d1', '2.25.2.2')`);
    expect(catalogue.getStudy('2.25.2')?.datasets).toEqual([{ id: 'd1', title: 'Lung CT', state: 'draft' }]);
  });

  it('is undefined when it is not indexed', () => {
    expect(catalogue.getStudy('2.25.99')).toBeUndefined();
  });

  it('offers the middle image of a series for its preview', () => {
    expect(catalogue.thumbnailSource('2.25.1.1')).toBe('objects/2.25.1.1.2.dcm');
    expect(catalogue.thumbnailSource('2.25.2.2')).toBeUndefined();
  });
});
