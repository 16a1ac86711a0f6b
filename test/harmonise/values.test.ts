import { describe, expect, it } from 'vitest';
import type { UptakeSource, ValueSource } from '../../node-agent/harmonise/values/normalised-value.ts';
import { Units } from '../../node-agent/harmonise/values/units.ts';
import { ValueHarmoniser } from '../../node-agent/harmonise/values/value-harmoniser.ts';
import { loadVocabularies } from '../../node-agent/harmonise/vocabulary.ts';

const harmoniser = new ValueHarmoniser(loadVocabularies().laterality);
const units = new Units();
const NOTHING: ValueSource = {
  modality: 'MR',
  age: null,
  birthDate: null,
  studyDate: null,
  size: null,
  weight: null,
  fieldStrength: null,
  imagingFrequency: null,
  imagedNucleus: null,
  pixelSpacing: [],
  sliceThickness: null,
  sliceSpacing: null,
  bValues: [],
  laterality: null,
  imageLaterality: null,
  seriesDescription: null,
  protocol: null,
  studyDescription: null,
  uptake: null,
};

function read(source: Partial<ValueSource>, bodyPart: string | null = null) {
  const { values, findings } = harmoniser.read({ ...NOTHING, ...source }, bodyPart);
  return {
    values,
    findings,
    brief: values.map(({ attribute, value, unit, rule }) => `${attribute} ${value} ${unit} ${rule}`),
    wrong: findings.map(({ attribute, rule }) => `${attribute} ${rule}`),
  };
}

describe('ages', () => {
  it.each([
    [{ age: '045Y' }, ['age 45 a age-string'], []],
    [{ age: '006M' }, ['age 0.5 a age-string'], []],
    [{ age: '002W' }, ['age 0.04 a age-string'], []],
    [{ age: '000Y' }, ['age 0 a age-string'], []],
    [{ age: '45' }, ['age 45 a bare-number-is-years'], []],
    [{ age: '45 Jahre' }, ['age 45 a with-unit'], []],
    [{ age: '089Y' }, ['age 89 a age-string'], []],
    [{ age: '090Y' }, ['age 90 a 90-and-above'], []],
    [{ age: '104Y' }, ['age 90 a 90-and-above'], []],
    [{ age: '200Y' }, [], ['age impossible']],
    [{ age: '-3' }, [], ['age impossible']],
    [{ age: 'adult' }, [], ['age unreadable']],
    [{ age: '45 kg' }, [], ['age unreadable']],
    [{ birthDate: '19600301', studyDate: '20200301' }, ['age 60 a from-dates'], []],
    [{ birthDate: '19100301', studyDate: '20200301' }, ['age 90 a 90-and-above'], []],
    [{ birthDate: '20210301', studyDate: '20200301' }, [], ['age born-after-study']],
    [
      { age: '030Y', birthDate: '19600301', studyDate: '20200301' },
      ['age 30 a age-string'],
      ['age age-contradicts-birth-date'],
    ],
    [{ age: '059Y', birthDate: '19600401', studyDate: '20200301' }, ['age 59 a age-string'], []],
    [{ age: '090Y', birthDate: '19200301', studyDate: '20200301' }, ['age 90 a 90-and-above'], []],
  ])('of %j', (source, values, findings) => {
    expect(read(source)).toMatchObject({ brief: values, wrong: findings });
  });

  it('keep no birth date and no age above the oldest group', () => {
    const both = [read({ age: '104Y' }), read({ birthDate: '19100317', studyDate: '20200301' })];
    expect(JSON.stringify(both)).not.toMatch(/104|1910|0317/u);
  });
});

describe('sizes and weights', () => {
  it.each([
    [{ size: '1.75' }, ['size 1.75 m as-dicom'], []],
    [{ size: '175' }, ['size 1.75 m read-as-cm'], []],
    [{ size: '1750' }, ['size 1.75 m read-as-mm'], []],
    [{ size: '1,75 m' }, ['size 1.75 m with-unit'], []],
    [{ size: '69 in' }, ['size 1.7526 m with-unit'], []],
    [{ size: '1.75 cm' }, [], ['size impossible']],
    [{ size: '0' }, [], ['size zero']],
    [{ size: '17.5' }, [], ['size impossible']],
    [{ size: 'tall' }, [], ['size unreadable']],
    [{ weight: '70' }, ['weight 70 kg as-dicom'], []],
    [{ weight: '70000' }, ['weight 70 kg read-as-g'], []],
    [{ weight: '154 lb' }, ['weight 69.85322498 kg with-unit'], []],
    [{ weight: '3500 g' }, ['weight 3.5 kg with-unit'], []],
    [{ weight: '0' }, [], ['weight zero']],
    [{ weight: '-70' }, [], ['weight impossible']],
    [{ weight: '700' }, [], ['weight impossible']],
    [{ size: '1.75', weight: '7' }, ['size 1.75 m as-dicom', 'weight 7 kg as-dicom'], ['weight does-not-fit-size']],
    [{ size: '0.6', weight: '6' }, ['size 0.6 m as-dicom', 'weight 6 kg as-dicom'], []],
  ])('of %j', (source, values, findings) => {
    expect(read(source)).toMatchObject({ brief: values, wrong: findings });
  });

  it('keep the original and its unit beside the value', () => {
    expect(read({ size: '175' }).values[0]).toMatchObject({
      entity: 'study',
      original: '175',
      originalUnit: 'cm',
      tableVersion: expect.stringMatching(/^\d{4}\./u),
    });
  });
});

describe('field strengths', () => {
  it.each([
    [{ fieldStrength: '1.5' }, ['field_strength 1.5 T as-dicom'], []],
    [{ fieldStrength: '15000' }, ['field_strength 1.5 T read-as-G'], []],
    [{ fieldStrength: '30000' }, ['field_strength 3 T read-as-G'], []],
    [{ fieldStrength: '1500' }, [], ['field_strength ambiguous-unit']],
    [{ fieldStrength: '1500', imagingFrequency: '63.87' }, ['field_strength 1.5 T read-as-mT'], []],
    [{ fieldStrength: '3000', imagingFrequency: '12.77' }, ['field_strength 0.3 T read-as-G'], []],
    [
      { fieldStrength: '1.5', imagingFrequency: '127.7' },
      ['field_strength 1.5 T as-dicom'],
      ['field_strength contradicts-frequency'],
    ],
    [
      { fieldStrength: '15000', imagingFrequency: '15.3' },
      ['field_strength 1.5 T read-as-G'],
      ['field_strength contradicts-frequency'],
    ],
    [{ fieldStrength: '3', imagingFrequency: '123.2' }, ['field_strength 3 T as-dicom'], []],
    [{ imagingFrequency: '63.87' }, ['field_strength 1.5 T from-frequency'], []],
    [{ imagingFrequency: '51.7', imagedNucleus: '31P' }, [], []],
    [{ fieldStrength: '0' }, [], ['field_strength impossible']],
    [{ fieldStrength: '-1.5' }, [], ['field_strength impossible']],
    [{ fieldStrength: '63.8' }, [], ['field_strength impossible']],
    [{ fieldStrength: '1.5 T' }, ['field_strength 1.5 T with-unit'], []],
  ])('of %j', (source, values, findings) => {
    expect(read(source)).toMatchObject({ brief: values, wrong: findings });
  });
});

describe('spacing, thickness and b-values', () => {
  it.each([
    [
      { pixelSpacing: ['0.7', '0.8'] },
      ['pixel_spacing_row 0.7 mm as-dicom', 'pixel_spacing_column 0.8 mm as-dicom'],
      [],
    ],
    [{ pixelSpacing: ['-0.7', '0.7'] }, ['pixel_spacing_column 0.7 mm as-dicom'], ['pixel_spacing_row negative']],
    [{ pixelSpacing: ['0', '0'] }, [], ['pixel_spacing_row zero', 'pixel_spacing_column zero']],
    [{ pixelSpacing: ['0.0007', '0.0007'] }, [], ['pixel_spacing_row impossible', 'pixel_spacing_column impossible']],
    [
      { modality: 'SM', pixelSpacing: ['0.00025', '0.00025'] },
      ['pixel_spacing_row 0.00025 mm as-dicom', 'pixel_spacing_column 0.00025 mm as-dicom'],
      [],
    ],
    [{ sliceThickness: '3' }, ['slice_thickness 3 mm as-dicom'], []],
    [{ sliceThickness: '0.5 cm' }, ['slice_thickness 5 mm with-unit'], []],
    [{ sliceThickness: '3000' }, [], ['slice_thickness impossible']],
    [{ sliceSpacing: '-3' }, [], ['slice_spacing negative']],
    [{ modality: 'NM', sliceSpacing: '-3' }, ['slice_spacing 3 mm without-sign'], []],
    [{ bValues: ['0', '800'] }, ['b_value 0 s/mm2 as-dicom', 'b_value 800 s/mm2 as-dicom'], []],
    [{ bValues: ['1000000800'] }, ['b_value 800 s/mm2 without-offset'], []],
    [{ bValues: ['-50'] }, [], ['b_value negative']],
    [{ bValues: ['high'] }, [], ['b_value unreadable']],
  ])('of %j', (source, values, findings) => {
    expect(read(source)).toMatchObject({ brief: values, wrong: findings });
  });
});

describe('what uptake values are computed from', () => {
  const UPTAKE: UptakeSource = {
    units: 'BQML',
    decayCorrection: 'START',
    totalDose: '350000000',
    halfLife: '6586.2',
    radionuclide: '^18^Fluorine',
    startTime: '093000.00',
    startDateTime: null,
    seriesDate: '20200301',
    seriesTime: '103000.00',
    acquisitionDate: '20200301',
    acquisitionTime: '103010',
  };
  const pet = (uptake: Partial<UptakeSource>, weight: string | null = '70') =>
    read({ modality: 'PT', weight, uptake: { ...UPTAKE, ...uptake } });
  const rows = ['weight 70 kg as-dicom', 'injected_dose 350 MBq as-dicom', 'half_life 6586.2 s as-dicom'];

  it.each([
    [{}, [...rows, 'uptake_interval 3600 s from-times'], []],
    [{ startDateTime: '20200301093000' }, [...rows, 'uptake_interval 3600 s from-dates-and-times'], []],
    [
      { totalDose: '350' },
      [rows[0], 'injected_dose 350 MBq read-as-MBq', rows[2], 'uptake_interval 3600 s from-times'],
      [],
    ],
    [
      { radionuclide: 'F-18', halfLife: '109.77' },
      [rows[0], rows[1], 'half_life 6586.2 s read-as-min', 'uptake_interval 3600 s from-times'],
      [],
    ],
    [
      { radionuclide: '18F', halfLife: '4062.6' },
      [rows[0], rows[1], 'half_life 4062.6 s as-dicom', 'uptake_interval 3600 s from-times'],
      ['half_life contradicts-radionuclide'],
    ],
    [
      { startTime: '233000', seriesTime: '003000', acquisitionTime: '003010' },
      [...rows, 'uptake_interval 3600 s past-midnight'],
      [],
    ],
    [{ seriesTime: '140000' }, [...rows, 'uptake_interval 3610 s from-times'], []],
    [
      { startDateTime: '20191115093000' },
      [...rows, 'uptake_interval 3600 s by-times-of-day'],
      ['uptake_interval dates-shifted-apart'],
    ],
    [{ startTime: '110000' }, rows, ['uptake_interval acquired-before-injection', 'uptake_interval no-uptake-values']],
    [
      { startDateTime: '20200301110000' },
      rows,
      ['uptake_interval acquired-before-injection', 'uptake_interval no-uptake-values'],
    ],
    [{ startTime: '013000' }, rows, ['uptake_interval too-long-after-injection', 'uptake_interval no-uptake-values']],
    [
      { totalDose: '0' },
      [rows[0], rows[2], 'uptake_interval 3600 s from-times'],
      ['injected_dose zero', 'uptake_interval no-uptake-values'],
    ],
    [
      { totalDose: '350 mCi' },
      [rows[0], rows[2], 'uptake_interval 3600 s from-times'],
      ['injected_dose impossible', 'uptake_interval no-uptake-values'],
    ],
    [{ units: 'CNTS', totalDose: null }, [rows[0], rows[2], 'uptake_interval 3600 s from-times'], []],
  ])('with %j', (uptake, values, findings) => {
    expect(pet(uptake)).toMatchObject({ brief: values, wrong: findings });
  });

  it('name everything that is missing in one sentence', () => {
    const { findings } = pet({ totalDose: null, startTime: null }, '0');
    expect(findings.map(({ sentence }) => sentence)).toContain(
      'Standardised uptake values cannot be computed from this series: there is no usable weight, no injected dose, no time from injection to acquisition.',
    );
  });
});

describe('sides', () => {
  it.each([
    [{ laterality: 'L', imageLaterality: 'R' }, null, ['laterality sides-contradict']],
    [{ laterality: 'B', imageLaterality: 'R' }, null, []],
    [{ imageLaterality: 'L', seriesDescription: 'Mammo RIGHT MLO' }, null, ['laterality side-contradicts-description']],
    [{ imageLaterality: 'L', seriesDescription: 'Mamma rechts' }, null, ['laterality side-contradicts-description']],
    [{ imageLaterality: 'L', seriesDescription: 'left MLO', studyDescription: 'right breast' }, null, []],
    [{ imageLaterality: 'L', studyDescription: 'left and right breast' }, null, []],
    [{ imageLaterality: 'L', seriesDescription: 'RT planning' }, null, []],
    [{ laterality: 'L' }, 'BP1000021', ['laterality side-of-unpaired-part']],
    [{ laterality: 'L' }, 'BP1000136', []],
    [{ laterality: 'U' }, 'BP1000021', []],
  ])('of %j in %s', (source, bodyPart, findings) => {
    expect(read(source, bodyPart).wrong).toEqual(findings);
  });
});

describe('units', () => {
  it.each([
    ['kg', 'kg'],
    ['KG', 'kg'],
    ['lbs', '[lb_av]'],
    ['Jahre', 'a'],
    ['mg', 'mg'],
    ['MBq', 'MBq'],
    ['s/mm²', 's/mm2'],
    ['µg/l', 'ug/L'],
    ['IU/mL', '[IU]/mL'],
  ])('reads %s as %s of UCUM', (text, code) => {
    expect(units.find(text)?.code).toBe(code);
  });

  it('converts within a dimension, and refuses across', () => {
    expect(units.convert(70, 'kg', '[lb_av]')).toBeCloseTo(154.32, 2);
    expect(units.convert(1, 'mCi', 'MBq')).toBe(37);
    expect(units.convert(1, 'ng/mL', 'ug/L')).toBe(1);
    expect(() => units.convert(1, 'kg', 'm')).toThrow(/kg measures mass, m does not/u);
    expect(() => units.convert(1, 'U/L', '[IU]/L')).toThrow(/does not/u);
  });

  it('comes back to where it began, through every unit of a dimension', () => {
    for (const unit of units.all) {
      const others = units.all.filter(({ dimension }) => dimension === unit.dimension);
      for (const { code } of others)
        expect(units.convert(units.convert(3, unit.code, code), code, unit.code)).toBeCloseTo(3, 6);
    }
  });

  it('reads no number, and no unit, as nothing', () => {
    for (const text of ['', 'kg', '12 parsec', '1.2.3', '1e', '0x10', '--1'])
      expect(units.quantity(text, 'kg')).toBeUndefined();
  });
});
