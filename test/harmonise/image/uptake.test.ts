import { describe, expect, it } from 'vitest';
import type { DataSet } from '../../../node-agent/dicom/data-set.ts';
import { uptakeFactor } from '../../../node-agent/harmonise/image/operations/uptake.ts';
import { type Attributes, dataSetOf } from '../../catalogue/fixtures.ts';

const TRACER: Attributes = {
  RadiopharmaceuticalStartDateTime: '20200310100000.00',
  RadionuclideTotalDose: '400000000',
  RadionuclideHalfLife: '6586.2',
};

function pet(changes: Attributes = {}, tracer: Attributes = TRACER, without: readonly string[] = []): DataSet {
  const attributes: Attributes = {
    Modality: 'PT',
    Units: 'BQML',
    CorrectedImage: 'DECY\\ATTN\\SCAT',
    DecayCorrection: 'START',
    SeriesDate: '20200310',
    SeriesTime: '110000',
    AcquisitionDate: '20200310',
    AcquisitionTime: '110000.00',
    PatientWeight: '80',
    PatientSize: '1.80',
    PatientSex: 'M',
    RadiopharmaceuticalInformationSequence: [dataSetOf(tracer)],
    ...changes,
  };
  return dataSetOf(Object.fromEntries(Object.entries(attributes).filter(([keyword]) => !without.includes(keyword))));
}

/*
 * By hand: 400 MBq of F-18 (half-life 6586.2 s) an hour before the scan leave 400 MBq × 2^(-3600/6586.2) = 273.84 MBq.
 * 80 kg / 273.84 MBq = 80000 g / 273.84e6 Bq = 2.9214e-4 g/Bq, so 10 kBq/ml are 2.921 g/ml.
 */
const BY_HAND = 2.9214e-4;

describe('standardised uptake', () => {
  it('by body weight is the hand-worked value when decay is corrected to the start of the scan', () => {
    const { factor, found } = uptakeFactor(pet(), 'body-weight');
    expect(factor).toBeCloseTo(BY_HAND, 7);
    expect(found).toMatchObject({ secondsFromInjection: 3600, massKilograms: 80 });
  });

  it('uses the whole dose when decay is corrected to the injection', () => {
    expect(uptakeFactor(pet({ DecayCorrection: 'ADMIN' }), 'body-weight').factor).toBeCloseTo(80_000 / 400e6, 12);
  });

  it('does not change when all dates of the study are shifted by one offset', () => {
    const shifted = pet(
      { SeriesDate: '19870102', AcquisitionDate: '19870102' },
      { ...TRACER, RadiopharmaceuticalStartDateTime: '19870102100000.00' },
    );
    expect(uptakeFactor(shifted, 'body-weight').factor).toBe(uptakeFactor(pet(), 'body-weight').factor);
  });

  it('takes a time of injection without a date, over midnight too', () => {
    const { RadiopharmaceuticalStartDateTime: _, ...dose } = TRACER;
    const sameDay = pet({}, { ...dose, RadiopharmaceuticalStartTime: '100000' });
    expect(uptakeFactor(sameDay, 'body-weight').found).toMatchObject({ secondsFromInjection: 3600 });
    const night = pet(
      { SeriesTime: '001500', AcquisitionTime: '001500' },
      { ...dose, RadiopharmaceuticalStartTime: '231500' },
    );
    expect(uptakeFactor(night, 'body-weight').found).toMatchObject({ secondsFromInjection: 3600 });
  });

  it('takes the acquisition where the series was stamped later, as one made anew is', () => {
    const anew = pet({ SeriesTime: '153000' });
    expect(uptakeFactor(anew, 'body-weight').factor).toBeCloseTo(BY_HAND, 7);
  });

  it('by lean body mass follows sex, weight and height', () => {
    // BMI 24.691: 9270 × 80 / (6680 + 216 × 24.691) = 61.72 kg; women 9270 × 80 / (8780 + 244 × 24.691) = 50.10 kg.
    expect(uptakeFactor(pet(), 'lean-body-mass').found.massKilograms).toBeCloseTo(61.73, 1);
    expect(uptakeFactor(pet({ PatientSex: 'F' }), 'lean-body-mass').found.massKilograms).toBeCloseTo(50.1, 1);
  });

  it('leaves values that are uptake already as they are', () => {
    expect(uptakeFactor(pet({ Units: 'GML' }), 'body-weight').factor).toBe(1);
    expect(() => uptakeFactor(pet({ Units: 'GML', SUVType: 'LBM' }), 'body-weight')).toThrow(/another kind/);
  });

  it.each<[string, DataSet, RegExp]>([
    ['the weight', pet({}, TRACER, ['PatientWeight']), /PatientWeight is missing/],
    ['the dose', pet({}, { RadionuclideHalfLife: '6586.2' }), /RadionuclideTotalDose is missing/],
    ['the half-life', pet({}, { ...TRACER, RadionuclideHalfLife: '0' }), /RadionuclideHalfLife is missing/],
    ['the attenuation correction', pet({ CorrectedImage: 'DECY' }), /does not list ATTN/],
    ['the decay correction', pet({ DecayCorrection: 'NONE' }), /neither START nor ADMIN/],
    ['the time of the scan', pet({}, TRACER, ['SeriesTime', 'AcquisitionTime']), /time of the scan is missing/],
    [
      'a sensible time since injection',
      pet({ SeriesDate: '20200309', AcquisitionDate: '20200309' }),
      /negative or longer/,
    ],
    ['activity, as Philips counts without private attributes', pet({ Units: 'CNTS' }), /counts \(Units CNTS\)/],
    ['PET', pet({ Modality: 'CT' }), /PET only/],
  ])('is refused with a sentence without %s', (_, dataSet, sentence) => {
    expect(() => uptakeFactor(dataSet, 'body-weight')).toThrow(sentence);
  });

  it('by lean body mass is refused without height or sex', () => {
    expect(() => uptakeFactor(pet({}, TRACER, ['PatientSize']), 'lean-body-mass')).toThrow(/PatientSize/);
    expect(() => uptakeFactor(pet({ PatientSex: 'O' }), 'lean-body-mass')).toThrow(/neither M nor F/);
  });
});
