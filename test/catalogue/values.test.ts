import { describe, expect, it } from 'vitest';
import { Catalogue } from '../../node-agent/catalogue/catalogue.ts';
import { describeValues } from '../../node-agent/catalogue/values/value-description.ts';
import { VALUE_SQL } from '../../node-agent/catalogue/values/value-store.ts';
import { DicomParseError } from '../../node-agent/dicom/parse-error.ts';
import { type Part10Object, readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { ValueHarmoniser } from '../../node-agent/harmonise/values/value-harmoniser.ts';
import { loadVocabularies } from '../../node-agent/harmonise/vocabulary.ts';
import { corpus } from '../support/corpus.ts';
import { dataSetOf, description, fileOf, openIndex, valuesOf } from './fixtures.ts';

const harmoniser = new ValueHarmoniser(loadVocabularies().laterality);

describe('what an object says of quantities', () => {
  it('is read from its attributes, text and binary', () => {
    const dataSet = dataSetOf({
      Modality: 'MR',
      PatientAge: '045Y',
      PatientWeight: '70',
      PatientSize: '1.75',
      MagneticFieldStrength: '15000',
      PixelSpacing: '0.5\\0.6',
      SliceThickness: '3',
      SpacingBetweenSlices: '3.3',
      DiffusionBValue: 800,
    });
    expect(describeValues(dataSet)).toMatchObject({
      age: '045Y',
      weight: '70',
      size: '1.75',
      fieldStrength: '15000',
      pixelSpacing: ['0.5', '0.6'],
      sliceThickness: '3',
      sliceSpacing: '3.3',
      bValues: ['800'],
      uptake: null,
    });
  });

  it('is read from the functional groups of an enhanced object, each b-value once', () => {
    const diffusion = (value: number) => dataSetOf({ MRDiffusionSequence: [dataSetOf({ DiffusionBValue: value })] });
    const dataSet = dataSetOf({
      SharedFunctionalGroupsSequence: [
        dataSetOf({ PixelMeasuresSequence: [dataSetOf({ PixelSpacing: '0.5\\0.6', SliceThickness: '4' })] }),
      ],
      PerFrameFunctionalGroupsSequence: [diffusion(800), diffusion(0), diffusion(800)],
    });
    expect(describeValues(dataSet)).toMatchObject({
      pixelSpacing: ['0.5', '0.6'],
      sliceThickness: '4',
      bValues: ['0', '800'],
    });
  });

  it('is read from the radiopharmaceutical of a PET image', () => {
    const dataSet = dataSetOf({
      Modality: 'PT',
      Units: 'BQML',
      SeriesDate: '20200301',
      SeriesTime: '103000',
      RadiopharmaceuticalInformationSequence: [
        dataSetOf({
          RadiopharmaceuticalStartTime: '093000',
          RadionuclideTotalDose: '350000000',
          RadionuclideHalfLife: '6586.2',
          RadionuclideCodeSequence: [dataSetOf({ CodeMeaning: '^18^Fluorine' })],
        }),
      ],
    });
    const { values } = harmoniser.read(describeValues(dataSet), null);
    expect(values.find(({ attribute }) => attribute === 'uptake_interval')).toMatchObject({ value: 3600, unit: 's' });
  });
});

describe.skipIf(corpus() === undefined)('real objects', () => {
  it('are read without a fault, and what is known to be wrong with some is found', { timeout: 120_000 }, async () => {
    const rules = new Set<string>();
    let values = 0;
    for (const { path } of corpus() ?? []) {
      let object: Part10Object;
      try {
        object = await readPart10(path, { tolerant: true });
      } catch (error) {
        if (error instanceof DicomParseError) continue; // some are damaged on purpose
        throw error;
      }
      const reading = harmoniser.read(describeValues(object.dataSet), null);
      await object.close();
      values += reading.values.length;
      for (const { attribute, rule, value } of reading.values) {
        expect(Number.isFinite(value)).toBe(true);
        rules.add(`${attribute} ${rule}`);
      }
      for (const { attribute, rule, sentence } of reading.findings) {
        expect(sentence).toMatch(/^[A-Z].*\.$/u);
        rules.add(`${attribute} ${rule}`);
      }
    }
    expect(values).toBeGreaterThan(400);
    for (const known of [
      'age impossible',
      'age born-after-study',
      'field_strength read-as-G',
      'field_strength ambiguous-unit',
      'uptake_interval dates-shifted-apart',
      'uptake_interval from-times',
      'weight zero',
    ]) {
      expect(rules).toContain(known);
    }
  });
});

describe('quantities in the index', () => {
  const read = (bValue: string, weight = '0') =>
    harmoniser.read(
      describeValues(
        dataSetOf({
          Modality: 'MR',
          PatientWeight: weight,
          MagneticFieldStrength: '15000',
          DiffusionBValue: Number(bValue),
        }),
      ),
      null,
    );

  it('are kept once for a series, several where its objects differ, and shown with the study', () => {
    const database = openIndex();
    const catalogue = new Catalogue(database);
    for (const [index, bValue] of ['0', '800', '0', '800'].entries()) {
      const one = description({ instanceUid: `2.25.1.1.${index}` });
      catalogue.add(one, valuesOf(one), fileOf(one), read(bValue));
    }
    const study = catalogue.getStudy('2.25.1');
    expect(study?.findings).toEqual([
      { attribute: 'weight', rule: 'zero', sentence: expect.stringContaining('weight is 0') },
    ]);
    expect(study?.seriesList[0]?.values).toEqual([
      expect.objectContaining({ attribute: 'b_value', original: '0', value: 0, unit: 's/mm2' }),
      expect.objectContaining({ attribute: 'b_value', original: '800', value: 800 }),
      expect.objectContaining({
        attribute: 'field_strength',
        original: '15000',
        originalUnit: 'G',
        value: 1.5,
        unit: 'T',
        rule: 'read-as-G',
      }),
    ]);
    expect(database.prepare('SELECT COUNT(*) FROM value_digests').pluck().get()).toBe(2);
  });

  it('are looked up, and not written, for an object that says what another of the series said', () => {
    const database = openIndex();
    const catalogue = new Catalogue(database);
    const add = (number: number) => {
      const one = description({ instanceUid: `2.25.1.1.${number}` });
      catalogue.add(one, valuesOf(one), fileOf(one), read('800', '70'));
    };
    add(1);
    database.exec(
      `CREATE TRIGGER no_more BEFORE INSERT ON normalised_values BEGIN SELECT RAISE(ABORT, 'written again'); END`,
    );
    add(2);
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${VALUE_SQL.known}`).all('a', 'b') as { detail: string }[];
    expect(plan.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/USING PRIMARY KEY \(series_uid=\? AND digest=\?\)/u),
    ]);
  });

  it('are bounded for a series whose every image says something else', () => {
    const database = openIndex();
    const catalogue = new Catalogue(database);
    for (let index = 0; index < 100; index += 1) {
      const one = description({ instanceUid: `2.25.1.1.${index}` });
      catalogue.add(one, valuesOf(one), fileOf(one), read(String(index), '70'));
    }
    expect(database.prepare(`SELECT COUNT(*) FROM normalised_values WHERE attribute = 'b_value'`).pluck().get()).toBe(
      64,
    );
  });

  it('go with the patient', () => {
    const database = openIndex();
    const catalogue = new Catalogue(database);
    const one = description({ anatomicRegions: [{ code: '1', scheme: 'SCT' }] });
    catalogue.add(one, valuesOf(one), fileOf(one), read('800'));
    catalogue.removePatient(one.patientId);
    for (const table of ['normalised_values', 'value_findings', 'value_digests', 'series_regions', 'earlier_values']) {
      expect(database.prepare(`SELECT COUNT(*) FROM ${table}`).pluck().get()).toBe(0);
    }
  });
});
