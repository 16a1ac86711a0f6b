import { describe, expect, it } from 'vitest';
import { cleanCodedText } from '../../node-agent/deidentify/coded-entries.ts';
import { KnownIdentifiers } from '../../node-agent/deidentify/text/known-identifiers.ts';
import { TextCleaner } from '../../node-agent/deidentify/text/text-cleaner.ts';
import { Vocabulary } from '../../node-agent/deidentify/text/vocabulary.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { makeDataSet } from '../../node-agent/dicom/element.ts';
import { ctElements, ENCODING, text } from './fixtures.ts';

const vocabulary = new Vocabulary();
const cleaner = new TextCleaner(vocabulary);
const known = new KnownIdentifiers(makeDataSet(ENCODING, ctElements()), vocabulary);
const rules = {
  clean: (value: string, mode: 'allow-list' | 'guarded') => cleaner.clean(value, mode, known),
  identifies: (value: string) => known.identifies(value),
};
const cleaned = (keyword: string, value: string, designator: string): string =>
  cleanCodedText(
    tagOf(keyword),
    value,
    makeDataSet(ENCODING, [text('CodingSchemeDesignator', 'SH', designator)]),
    rules,
  );

describe('a coded entry', () => {
  it.each([
    ['SCT', '51185008'],
    ['SRT', 'T-D3000'],
    ['SCT', 'T-28000'],
    ['DCM', '113014'],
    ['DCM', 'CT'],
    ['DCM', '1.2.840.10008.6.1.1'],
    ['UCUM', 'mm2/s'],
    ['UCUM', 'g/ml{SUVbw}'],
    ['UCUM', '1'],
    ['UCUM', "[hnsf'U]"],
    ['LN', '24627-2'],
    ['NCIt', 'C12391'],
    ['RADLEX', 'RID1301'],
    ['99XY', '111'],
  ])('of %s keeps the code %s', (designator, value) => {
    expect(cleaned('CodeValue', value, designator)).toBe(value);
  });

  it.each([
    ['SCT', 'Haberkorn'],
    ['SCT', '5551234567'],
    ['DCM', '5551234567'],
    ['DCM', 'HABERKORN'],
    ['SRT', 'T-HABER'],
    ['UCUM', 'Haberkorn'],
    ['UCUM', '{Haberkorn}'],
    ['LN', '19580312'],
    ['FMA', '5551234567'],
    ['BI', 'HABERKORN1'],
    ['99XY', 'HABERKORN'],
    ['99XY', '5551234567'],
  ])('of %s loses what is not one of its codes: %s', (designator, value) => {
    expect(cleaned('CodeValue', value, designator)).toBe('REMOVED');
  });

  it('keeps published meanings, and words and numbers of descriptions', () => {
    expect(cleaned('CodeMeaning', 'Neoplasm, Primary', 'SCT')).toBe('Neoplasm, Primary');
    expect(cleaned('CodeMeaning', 'Structure of medial surface of lower leg', 'SCT')).toBe(
      'Structure of medial surface of lower leg',
    );
    expect(cleaned('CodeMeaning', 'Lung for Haberkorn, Karl', 'SCT')).toBe('Lung for');
    expect(cleaned('CodeMeaning', 'Haberkorn', '99XY')).toBe('REMOVED');
  });

  it('keeps versions, designators and contexts in their proper form only', () => {
    expect(cleaned('CodingSchemeVersion', '20240101', 'SCT')).toBe('20240101');
    expect(cleaned('CodingSchemeVersion', 'Haberkorn', 'SCT')).toBe('');
    expect(cleaned('CodingSchemeVersion', '19580312', '99XY')).toBe('');
    expect(cleaned('CodingSchemeDesignator', '99PMP', '')).toBe('99PMP');
    expect(cleaned('CodingSchemeDesignator', '99SIEMENS', '')).toBe('99SIEMENS');
    expect(cleaned('CodingSchemeDesignator', '99HABERKORN', '')).toBe('99REMOVED');
    expect(cleaned('MappingResource', 'DCMR', 'SCT')).toBe('DCMR');
    expect(cleaned('MappingResource', 'HABERKORN', 'SCT')).toBe('');
    expect(cleaned('ContextIdentifier', '7150', 'SCT')).toBe('7150');
    expect(cleaned('ContextIdentifier', 'HABERKORN', 'SCT')).toBe('');
  });
});
