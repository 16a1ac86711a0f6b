import { describe, expect, it } from 'vitest';
import type { Profile } from '../../node-agent/deidentify/profile.ts';
import { shiftDate } from '../../node-agent/deidentify/temporal.ts';
import type { DataElement, DataSet } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { makeDataSet, sequenceElement, textElement } from '../../node-agent/dicom/element.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import {
  ctElements,
  ENCODING,
  engine,
  optionLines,
  PATIENT,
  PSEUDONYMISER,
  requireDeidentified,
  siteProfile,
  text,
  UIDS,
  writeSource,
} from './fixtures.ts';

const why = 'a reason for the rule';
const overrides = 'the ethics board allowed it';

/** What comes of an object, with its report. */
async function under(profile: Profile, ...extra: readonly DataElement[]) {
  const { source, target } = await writeSource(temporaryFolder(), ctElements(...extra));
  const { report } = requireDeidentified(await engine(profile).deidentifyAndVerify(source, target));
  const { dataSet, close } = await readPart10(target);
  await close();
  return { dataSet, report };
}

const withRules = (...rules: readonly object[]): Profile =>
  siteProfile({ rules: rules.map((rule) => ({ why, ...rule })) });
const codes = (dataSet: DataSet): (string | undefined)[] =>
  dataSet.items(tagOf('DeidentificationMethodCodeSequence')).map((item) => item.string(tagOf('CodeValue')));

describe('a rule of a site', () => {
  it('removes, empties and replaces', async () => {
    const profile = withRules(
      { tag: '(0018,0060)', action: 'remove' },
      { tag: '(0018,0050)', action: 'empty' },
      { tag: '(0008,0080)', action: 'replace', value: 'SITE A' },
      { tag: '(0018,1030)', action: 'replace' },
    );
    const { dataSet, report } = await under(
      profile,
      text('KVP', 'DS', '120'),
      text('SliceThickness', 'DS', '2'),
      text('InstitutionName', 'LO', 'Clinic of Nowhere'),
      text('ProtocolName', 'LO', 'Thorax'),
    );
    // KVP is of type 2 in a CT: what an IOD requires loses its value and stays.
    expect(dataSet.get(tagOf('KVP'))?.value).toMatchObject({ bytes: new Uint8Array(0) });
    expect(dataSet.string(tagOf('SliceThickness'))).toBeUndefined();
    expect(dataSet.string(tagOf('InstitutionName'))).toBe('SITE A');
    expect(dataSet.string(tagOf('ProtocolName'))).toBe('REMOVED');
    expect(report.actions).toContainEqual({ path: '(0008,0080)', action: 'dummy', rule: `our-site: ${why}`, count: 1 });
    expect(report.overrides).toEqual([]);
  });

  it('keeps, cleans, replaces UIDs and shifts dates where it gives a reason, and the report shows the reason', async () => {
    const rules = [
      { tag: '(0008,0080)', action: 'keep', why, overrides },
      { tag: '(0008,1030)', action: 'clean-text', why, overrides },
      { tag: '(0018,1204)', action: 'shift-date', why },
      { tag: '(0008,3010)', action: 'hash-uid', why },
    ];
    const profile = siteProfile({ options: optionLines('retain_long_modified_dates'), rules });
    const { dataSet, report } = await under(
      profile,
      text('InstitutionName', 'LO', 'Clinic of Nowhere'),
      text('StudyDescription', 'LO', 'Thorax Brandstetter'),
      text('DateOfManufacture', 'DA', '20100203'),
      text('IrradiationEventUID', 'UI', '1.2.276.0.7230010.3.1.4.1000.9'),
    );
    expect(dataSet.string(tagOf('InstitutionName'))).toBe('Clinic of Nowhere');
    expect(dataSet.string(tagOf('StudyDescription'))).toBe('Thorax');
    expect(dataSet.string(tagOf('IrradiationEventUID'))).toMatch(/^2\.25\./);
    expect(report.overrides).toEqual([
      { sentence: `our-site: ${why}. It lets more through than the basic profile: ${overrides}.`, count: 2 },
    ]);
    expect(dataSet.string(tagOf('DateOfManufacture'))).toBe(
      shiftDate('20100203', PSEUDONYMISER.dateShiftDays(PATIENT)),
    );
    // What is let through is not what the basic profile says, so it is not claimed.
    expect(codes(dataSet)).toEqual(['113107']);
  });

  it('is for the objects that its conditions describe', async () => {
    const rule = { tag: '(0018,0060)', action: 'replace', value: '1' };
    const outcomes: Record<string, string | undefined> = {};
    for (const [name, when] of Object.entries({
      'this modality': { modality: ['MR', 'CT'] },
      'another modality': { modality: ['MR'] },
      'this class': { sopClass: ['1.2.840.10008.5.1.4.1.1.2'] },
      'this manufacturer': { manufacturer: ['Siemens'] },
      'another manufacturer': { manufacturer: ['GE'] },
      'a value that is there': { present: '(0008,0050)' },
      'an empty value': { present: '(0020,0010)' },
      'no value': { absent: '(0020,0010)' },
      'an equal value': { equals: { tag: '(0018,0015)', value: 'CHEST' } },
      'both of two, of which one does not hold': { modality: ['CT'], absent: '(0008,0050)' },
    })) {
      const { dataSet } = await under(withRules({ ...rule, when }), text('KVP', 'DS', '120'));
      outcomes[name] = dataSet.string(tagOf('KVP'));
    }
    expect(outcomes).toEqual({
      'this modality': '1',
      'another modality': '120',
      'this class': '1',
      'this manufacturer': '1',
      'another manufacturer': '120',
      'a value that is there': '1',
      'an empty value': '120',
      'no value': '1',
      'an equal value': '1',
      'both of two, of which one does not hold': '120',
    });
  });

  it('decides when it is the first that means the element', async () => {
    const profile = withRules(
      { tag: '(0018,0060)', action: 'replace', value: '1', when: { modality: ['MR'] } },
      { tag: '(0018,0060)', action: 'replace', value: '2' },
      { groups: '0018', action: 'remove' },
    );
    const { dataSet } = await under(profile, text('KVP', 'DS', '120'), text('SliceThickness', 'DS', '2'));
    expect(dataSet.string(tagOf('KVP'))).toBe('2');
    expect(dataSet.has(tagOf('BodyPartExamined'))).toBe(false);
    const first = withRules(
      { groups: '0018-001a', action: 'empty' },
      { tag: '(0018,0060)', action: 'replace', value: '2' },
    );
    expect((await under(first, text('KVP', 'DS', '120'))).dataSet.string(tagOf('KVP'))).toBeUndefined();
  });

  it('reaches into sequences', async () => {
    const profile = withRules({ tag: '(0008,0104)', action: 'replace', value: 'said nothing' });
    const item = makeDataSet(ENCODING, [
      text('CodeValue', 'SH', 'T-28000'),
      text('CodingSchemeDesignator', 'SH', 'SRT'),
      text('CodeMeaning', 'LO', 'Lung'),
    ]);
    const { dataSet } = await under(profile, sequenceElement(tagOf('AnatomicRegionSequence'), [item]));
    expect(dataSet.items(tagOf('AnatomicRegionSequence'))[0]?.string(tagOf('CodeMeaning'))).toBe('said nothing');
  });

  it('means a private attribute wherever its block was placed, and the creator stays with it', async () => {
    const profile = withRules({
      private: { group: '0019', creator: 'SIEMENS MR HEADER', element: '0C' },
      action: 'keep',
      overrides,
    });
    const block = (place: number, creator: string) => [
      textElement(ENCODING, 0x00190000 + place, 'LO', creator),
      textElement(ENCODING, 0x00190000 + place * 0x100 + 0x0c, 'IS', '800'),
      textElement(ENCODING, 0x00190000 + place * 0x100 + 0x0d, 'CS', 'DIRECTIONAL'),
    ];
    const { dataSet } = await under(profile, ...block(0x10, 'SOMEBODY ELSE'), ...block(0x2a, 'SIEMENS MR HEADER'));
    const kept = dataSet.elements.filter(({ tag }) => tag >>> 16 === 0x19).map(({ tag }) => tag);
    expect(kept).toEqual([0x0019002a, 0x00192a0c]);
    expect(dataSet.string(0x00192a0c)).toBe('800');
  });

  it('writes no value into a private attribute whose VR cannot hold it', async () => {
    const elements = (vr: string) => [
      textElement(ENCODING, 0x00190010, 'LO', 'MAKER'),
      textElement(ENCODING, 0x00191001, vr, '7'),
    ];
    const profile = withRules({ private: { group: '0019', creator: 'MAKER' }, action: 'replace', value: 'none' });
    expect((await under(profile, ...elements('LO'))).dataSet.string(0x00191001)).toBe('none');
    expect((await under(profile, ...elements('IS'))).dataSet.string(0x00191001)).toBe('0');
  });

  it('never lets a text through that names the patient', async () => {
    const profile = withRules({ tag: '(0008,0080)', action: 'keep', overrides });
    const { dataSet } = await under(profile, text('InstitutionName', 'LO', 'Clinic Brandstetter'));
    expect(dataSet.string(tagOf('InstitutionName'))).toBe('Clinic');
  });

  it('tells the date of birth, moved, only of patients who are known to be younger than 90', async () => {
    const profile = siteProfile({
      extends: 'eucaim',
      rules: [{ tag: '(0010,0030)', action: 'shift-date', why, overrides }],
    });
    const born = async (...extra: readonly DataElement[]) =>
      (await under(profile, ...extra)).dataSet.string(tagOf('PatientBirthDate'));
    const shift = PSEUDONYMISER.dateShiftDays(PATIENT);
    expect(await born(text('PatientBirthDate', 'DA', '19300316'))).toBe(shiftDate('19300316', shift));
    expect(await born(text('PatientBirthDate', 'DA', '19300315'))).toBeUndefined();
    expect(await born(text('PatientBirthDate', 'DA', '19300316'), text('PatientAge', 'AS', '091Y'))).toBeUndefined();
    expect(await born(text('PatientBirthDate', 'DA', '19580312'), text('StudyDate', 'DA', ''))).toBeUndefined();
  });
});

describe('an option that retains', () => {
  const retaining = (option: string, code: string) => siteProfile({ options: [{ option, code }] });

  it('keeps UIDs, and the object passes the residual scan with them', async () => {
    const { dataSet } = await under(retaining('retain_uids', '113110'));
    expect(dataSet.string(tagOf('StudyInstanceUID'))).toBe(UIDS.study);
    expect(dataSet.string(tagOf('SOPInstanceUID'))).toBe(UIDS.instance);
    expect(codes(dataSet)).toEqual(['113100', '113110']);
    expect(dataSet.string(tagOf('LongitudinalTemporalInformationModified'))).toBe('REMOVED');
  });

  it('keeps full dates, but not the date of birth', async () => {
    const { dataSet } = await under(retaining('retain_long_full_dates', '113106'));
    expect(dataSet.string(tagOf('StudyDate'))).toBe('20200315');
    expect(dataSet.string(tagOf('StudyTime'))).toBe('101500');
    expect(dataSet.string(tagOf('PatientBirthDate'))).toBeUndefined();
    expect(dataSet.string(tagOf('LongitudinalTemporalInformationModified'))).toBe('UNMODIFIED');
  });

  it('keeps the identity of devices, their long numbers too', async () => {
    const { dataSet } = await under(
      retaining('retain_device_identity', '113109'),
      text('DeviceSerialNumber', 'LO', '9876543210'),
      text('StationName', 'SH', 'CTSCAN3'),
    );
    expect(dataSet.string(tagOf('DeviceSerialNumber'))).toBe('9876543210');
    expect(dataSet.string(tagOf('StationName'))).toBe('CTSCAN3');
  });

  it('keeps the institution with its address', async () => {
    const { dataSet } = await under(
      retaining('retain_institution_identity', '113112'),
      text('InstitutionName', 'LO', 'Clinic of Nowhere'),
      text('InstitutionAddress', 'ST', 'Main Street 12345678'),
    );
    expect(dataSet.string(tagOf('InstitutionName'))).toBe('Clinic of Nowhere');
    expect(dataSet.string(tagOf('InstitutionAddress'))).toBe('Main Street 12345678');
  });

  it('keeps no date at all where none retains dates', async () => {
    const { dataSet } = await under(
      siteProfile({}),
      text('SOPAuthorizationDateTime', 'DT', '20200315101500'),
      text('ApprovalStatusDateTime', 'DT', '20200315101500'),
    );
    expect(dataSet.has(tagOf('SOPAuthorizationDateTime'))).toBe(false);
    expect(dataSet.has(tagOf('ApprovalStatusDateTime'))).toBe(false);
    expect(dataSet.string(tagOf('StudyDate'))).toBeUndefined();
  });

  it('and one that disagrees with it are reported with what came of it', async () => {
    const profile = siteProfile({
      options: [
        { option: 'retain_device_identity', code: '113109' },
        { option: 'retain_long_modified_dates', code: '113107' },
      ],
    });
    const { dataSet, report } = await under(profile, text('DateOfLastCalibration', 'DA', '20200102'));
    expect(dataSet.string(tagOf('DateOfLastCalibration'))).toBe(
      shiftDate('20200102', PSEUDONYMISER.dateShiftDays(PATIENT)),
    );
    expect(report.disagreements).toEqual([
      { sentence: expect.stringMatching(/^Options disagree about \(0018,1200\) .*stricter\.$/), count: 1 },
    ]);
  });
});
