import { describe, expect, it } from 'vitest';
import { CatalogueError } from '../../node-agent/catalogue/errors.ts';
import { describeInstance } from '../../node-agent/catalogue/instance-description.ts';
import { objectPath } from '../../node-agent/catalogue/object-path.ts';
import { type Attributes, dataSetOf, description } from './fixtures.ts';

const FILE = { transferSyntaxUid: '1.2.840.10008.1.2.1' };
const NEEDED: Attributes = {
  PatientID: 'GH-0000000000000001',
  StudyInstanceUID: '2.25.1',
  SeriesInstanceUID: '2.25.1.1',
  SOPInstanceUID: '2.25.1.1.1',
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
};
const describeWith = (attributes: Attributes) => describeInstance(dataSetOf({ ...NEEDED, ...attributes }), FILE);

describe('describing a de-identified object', () => {
  it('reads what the index keeps', () => {
    const found = describeWith({
      PatientSex: 'F',
      PatientAge: '054Y',
      StudyDate: '20200203',
      StudyDescription: 'MR MAMMA ',
      SeriesNumber: '7',
      Modality: 'MR',
      BodyPartExamined: 'BREAST',
      Manufacturer: 'SIEMENS',
      ManufacturerModelName: 'Skyra',
      Laterality: 'L',
      ImageLaterality: 'R',
      SeriesDescription: 't1 tra',
      ProtocolName: 'T1',
      InstanceNumber: '12',
      Rows: 64,
      Columns: 48,
      NumberOfFrames: '5',
    });
    expect(found).toEqual({
      patientId: 'GH-0000000000000001',
      sex: 'F',
      studyUid: '2.25.1',
      studyDate: '2020-02-03',
      ageYears: 54,
      studyDescription: 'MR MAMMA',
      seriesUid: '2.25.1.1',
      seriesNumber: 7,
      modality: 'MR',
      bodyPart: 'BREAST',
      anatomicRegions: [],
      manufacturer: 'SIEMENS',
      model: 'Skyra',
      laterality: 'R',
      seriesDescription: 't1 tra',
      protocol: 'T1',
      instanceUid: '2.25.1.1.1',
      sopClassUid: '1.2.840.10008.5.1.4.1.1.4',
      transferSyntaxUid: FILE.transferSyntaxUid,
      instanceNumber: 12,
      rows: 64,
      columns: 48,
      frames: 5,
    });
  });

  it('leaves out what the object does not say', () => {
    expect(describeWith({ StudyDescription: '', SeriesNumber: '', StudyDate: '20201340' })).toMatchObject({
      sex: null,
      studyDate: null,
      ageYears: null,
      studyDescription: null,
      seriesNumber: null,
      modality: null,
      rows: null,
      frames: 1,
    });
  });

  it.each([
    [{ PatientAge: '006M' }, 0.5],
    [{ PatientAge: '026W' }, 0.5],
    [{ PatientAge: '073D' }, 0.2],
    [{ PatientAge: '999Y' }, null],
    [{ PatientAge: 'old' }, null],
    [{ PatientBirthDate: '19600101', StudyDate: '20200701' }, 60.5],
    [{ PatientBirthDate: '20210101', StudyDate: '20200701' }, null],
    [{ PatientBirthDate: '19600101' }, null],
  ])('computes the age at the study from %o', (attributes, years) => {
    expect(describeWith(attributes as Attributes).ageYears).toBe(years);
  });

  it('reads anatomic regions of the image and of enhanced multi-frame objects', () => {
    const region = (code: string, scheme: string) =>
      dataSetOf({ CodeValue: code, CodingSchemeDesignator: scheme, CodeMeaning: 'x' });
    const frameAnatomy = dataSetOf({ AnatomicRegionSequence: [region('T-04000', 'SRT')] });
    const shared = dataSetOf({ FrameAnatomySequence: [frameAnatomy] });
    expect(describeWith({ AnatomicRegionSequence: [region('76752008', 'SCT')] }).anatomicRegions).toEqual([
      { code: '76752008', scheme: 'SCT' },
    ]);
    expect(describeWith({ SharedFunctionalGroupsSequence: [shared] }).anatomicRegions).toEqual([
      { code: 'T-04000', scheme: 'SRT' },
    ]);
  });

  it.each(Object.keys(NEEDED))('refuses an object without %s with a clear sentence', (keyword) => {
    const { [keyword]: _, ...rest } = NEEDED;
    const attempt = () => describeInstance(dataSetOf(rest), FILE);
    expect(attempt).toThrow(CatalogueError);
    expect(attempt).toThrow(`has no ${keyword}`);
  });
});

describe('the place of an object in the data folder', () => {
  it('is patient, study, series and instance', () => {
    expect(objectPath(description())).toBe('objects/GH-0000000000000001/2.25.1/2.25.1.1/2.25.1.1.1.dcm');
  });

  it.each(['..', '../x', 'a/b', 'a\\b', '', '-rf', 'Müller', 'a b'])('refuses the patient ID "%s"', (patientId) => {
    expect(() => objectPath(description({ patientId }))).toThrow(/patient ID .* not allowed in a file name/);
  });

  it.each(['..', '1/2', '.1', 'x', '1'.repeat(65)])('refuses the UID "%s" without repeating it', (seriesUid) => {
    const attempt = () => objectPath(description({ seriesUid }));
    expect(attempt).toThrow(/Series Instance UID/);
    expect(attempt).not.toThrow(seriesUid.length > 5 ? seriesUid : 'never');
  });
});
