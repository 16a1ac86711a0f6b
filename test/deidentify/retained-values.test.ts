import { describe, expect, it } from 'vitest';
import { isPublicUid } from '../../node-agent/deidentify/uid-replacement.ts';
import type { DataElement } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { bytesElement } from '../../node-agent/dicom/element.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ctElements, engine, requireDeidentified, text, writeSource } from './fixtures.ts';

async function deidentified(...extra: readonly DataElement[]) {
  const { source, target } = await writeSource(temporaryFolder(), ctElements(...extra));
  requireDeidentified(await engine().deidentifyAndVerify(source, target));
  const object = await readPart10(target);
  await object.close();
  return object.dataSet;
}

describe('a code (CS)', () => {
  it('stays only where the IOD has the attribute', async () => {
    const dataSet = await deidentified(
      text('PatientPosition', 'CS', 'HFS'),
      text('ScanOptions', 'CS', 'HELICAL'),
      text('SegmentationType', 'CS', 'HABERKORN'),
      text('PatientOrientation', 'CS', 'L\\P'),
    );
    expect(dataSet.string(tagOf('PatientPosition'))).toBe('HFS');
    expect(dataSet.string(tagOf('ScanOptions'))).toBe('HELICAL');
    expect(dataSet.strings(tagOf('PatientOrientation'))).toEqual(['L', 'P']);
    expect(dataSet.has(tagOf('SegmentationType'))).toBe(false);
  });

  it('about the patient stays only when it is one of its enumerated values', async () => {
    const sound = await deidentified(text('PatientSex', 'CS', 'O'), text('SmokingStatus', 'CS', 'NO'));
    expect(sound.string(tagOf('PatientSex'))).toBe('O');
    expect(sound.string(tagOf('SmokingStatus'))).toBe('NO');
    const odd = await deidentified(text('PatientSex', 'CS', 'HABERKORN'), text('SmokingStatus', 'CS', 'HABERKORN'));
    expect(odd.has(tagOf('PatientSex'))).toBe(true);
    expect(odd.string(tagOf('PatientSex'))).toBeUndefined();
    expect(odd.has(tagOf('SmokingStatus'))).toBe(false);
  });

  it('names a character set or is not among them', async () => {
    const charset = (value: string) => bytesElement(tagOf('SpecificCharacterSet'), 'CS', Buffer.from(value));
    const dataSet = await deidentified(charset('ISO_IR 100\\HABERKORN'));
    expect(dataSet.strings(tagOf('SpecificCharacterSet'))).toEqual(['ISO_IR 100']);
    expect((await deidentified(charset('HABERKORN'))).has(tagOf('SpecificCharacterSet'))).toBe(false);
  });
});

describe('free prose about equipment', () => {
  it('goes through the vocabulary', async () => {
    const dataSet = await deidentified(
      text('DeidentificationMethod', 'LO', 'Per DICOM by Haberkorn'),
      text('WindowCenterWidthExplanation', 'LO', 'LUNG Haberkorn'),
    );
    expect(dataSet.strings(tagOf('DeidentificationMethod'))).toEqual(['Per DICOM by', 'Gatehouse eucaim 2']);
    expect(dataSet.string(tagOf('WindowCenterWidthExplanation'))).toBe('LUNG');
  });
});

describe("the patient's age", () => {
  it.each(['45Y', '45 Y', '045y'])('is understood when it is written "%s"', async (age) => {
    expect((await deidentified(text('PatientAge', 'AS', age))).string(tagOf('PatientAge'))).toBe('045Y');
  });

  it.each(['45', 'old'])('is taken from the birth date when it is written "%s"', async (age) => {
    expect((await deidentified(text('PatientAge', 'AS', age))).string(tagOf('PatientAge'))).toBe('062Y');
  });
});

describe('a UID under the root of the standard', () => {
  it('is one: text that only begins like it is replaced', () => {
    expect(isPublicUid(tagOf('ReferencedSOPClassUID'), '1.2.840.10008.5.1.4.1.1.999')).toBe(true);
    expect(isPublicUid(tagOf('ReferencedSOPClassUID'), '1.2.840.10008.HABERKORN')).toBe(false);
  });
});
