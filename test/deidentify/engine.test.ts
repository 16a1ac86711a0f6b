import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CAUSES } from '../../node-agent/deidentify/causes.ts';
import { shiftDate, shiftDateTime } from '../../node-agent/deidentify/temporal.ts';
import type { DataElement } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { bytesElement, makeDataSet, numberElement, sequenceElement } from '../../node-agent/dicom/element.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import {
  EXPLICIT_VR_BIG_ENDIAN,
  IMPLEMENTATION_CLASS_UID,
  IMPLICIT_VR_LITTLE_ENDIAN,
} from '../../node-agent/dicom/uids.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import {
  CT,
  ctElements,
  ENCODING,
  engine,
  PATIENT,
  PSEUDONYMISER,
  requireDeidentified,
  text,
  UIDS,
  writeSource,
} from './fixtures.ts';

const shift = PSEUDONYMISER.dateShiftDays(PATIENT);
const item = (...elements: readonly DataElement[]) => makeDataSet(ENCODING, elements);

/** De-identifies a CT with these elements and reads the result. */
async function deidentified(...extra: readonly DataElement[]) {
  return cleaned(ctElements(...extra));
}

async function cleaned(elements: readonly DataElement[], transferSyntaxUid?: string) {
  const { source, target } = await writeSource(temporaryFolder(), elements, transferSyntaxUid);
  const outcome = requireDeidentified(await engine().deidentifyAndVerify(source, target));
  const object = await readPart10(target);
  await object.close();
  return { outcome, object, dataSet: object.dataSet, bytes: readFileSync(target), target };
}

async function causeOf(...extra: readonly DataElement[]) {
  const { source, target } = await writeSource(temporaryFolder(), ctElements(...extra));
  const outcome = await engine().deidentifyAndVerify(source, target);
  expect(() => readFileSync(target)).toThrow();
  return outcome.kind === 'quarantined' ? outcome.cause : outcome.kind;
}

describe('a de-identified object', () => {
  it('bears the pseudonym and says how it was made', async () => {
    const { dataSet, outcome } = await deidentified();
    const pseudonym = PSEUDONYMISER.patientPseudonym(PATIENT);
    expect(outcome.patientPseudonym).toBe(pseudonym);
    expect(dataSet.string(tagOf('PatientName'))).toBe(`${pseudonym}^`);
    expect(dataSet.string(tagOf('PatientID'))).toBe(pseudonym);
    expect(dataSet.string(tagOf('PatientIdentityRemoved'))).toBe('YES');
    expect(dataSet.string(tagOf('DeidentificationMethod'))).toBe('Gatehouse eucaim 2');
    expect(dataSet.string(tagOf('LongitudinalTemporalInformationModified'))).toBe('MODIFIED');
    const codes = dataSet.items(tagOf('DeidentificationMethodCodeSequence'));
    expect(codes.map((code) => code.string(tagOf('CodeValue')))).toEqual(['113100', '113107', '113108', '113105']);
  });

  it('keeps earlier de-identification codes, and nothing else that stood among them', async () => {
    const earlier = (code: string, meaning: string) =>
      item(
        text('CodeValue', 'SH', code),
        text('CodingSchemeDesignator', 'SH', 'DCM'),
        text('CodeMeaning', 'LO', meaning),
      );
    const { dataSet } = await deidentified(
      sequenceElement(tagOf('DeidentificationMethodCodeSequence'), [
        earlier('113101', 'Brandstetter'),
        earlier('999999', 'Something else'),
      ]),
    );
    const codes = dataSet.items(tagOf('DeidentificationMethodCodeSequence'));
    expect(codes.map((code) => code.string(tagOf('CodeValue')))).toEqual([
      '113101',
      '113100',
      '113107',
      '113108',
      '113105',
    ]);
    expect(codes[0]?.string(tagOf('CodeMeaning'))).toBe('Clean Pixel Data Option');
  });

  it('keeps what an earlier De-identification Method says in its own letters, and no letter that they do not have', async () => {
    const latin = await deidentified(
      text('SpecificCharacterSet', 'CS', 'ISO_IR 100'),
      text('DeidentificationMethod', 'LO', 'Schädel', 'ISO_IR 100'),
    );
    expect(latin.dataSet.strings(tagOf('DeidentificationMethod'))).toEqual(['Schädel', 'Gatehouse eucaim 2']);
    const broken = await deidentified(
      bytesElement(tagOf('DeidentificationMethod'), 'LO', Buffer.from('Sch\xe4del', 'latin1')),
    );
    expect(broken.dataSet.strings(tagOf('DeidentificationMethod')).at(-1)).toBe('Gatehouse eucaim 2');
  });

  it('keeps the pixel data bit for bit', async () => {
    const before = ctElements().find(({ tag }) => tag === tagOf('PixelData'))?.value;
    const { dataSet } = await deidentified();
    expect(dataSet.get(tagOf('PixelData'))?.value).toEqual(before);
  });

  it('has dates shifted by the same days everywhere, times kept, and the birth date emptied', async () => {
    const { dataSet } = await deidentified(
      text('AcquisitionDateTime', 'DT', '20200315101500.25+0100'),
      sequenceElement(tagOf('RequestAttributesSequence'), [
        item(text('ScheduledProcedureStepStartDate', 'DA', '20200314')),
      ]),
    );
    expect(dataSet.string(tagOf('StudyDate'))).toBe(shiftDate('20200315', shift));
    expect(dataSet.string(tagOf('StudyTime'))).toBe('101500');
    expect(dataSet.string(tagOf('AcquisitionDateTime'))).toBe(shiftDateTime('20200315101500.25+0100', shift));
    const [request] = dataSet.items(tagOf('RequestAttributesSequence'));
    expect(request?.string(tagOf('ScheduledProcedureStepStartDate'))).toBe(shiftDate('20200314', shift));
    expect(dataSet.get(tagOf('PatientBirthDate'))?.value).toEqual({ kind: 'bytes', bytes: new Uint8Array(0) });
  });

  it('says the age that the birth date gave, and caps it at 90', async () => {
    expect((await deidentified()).dataSet.string(tagOf('PatientAge'))).toBe('062Y');
    expect((await deidentified(text('PatientBirthDate', 'DA', '19200101'))).dataSet.string(tagOf('PatientAge'))).toBe(
      '090Y',
    );
    expect((await deidentified(text('PatientAge', 'AS', '097Y'))).dataSet.string(tagOf('PatientAge'))).toBe('090Y');
  });

  it('has the same new UID wherever the old one stood, also in sequences and unlisted attributes', async () => {
    const reference = item(
      text('ReferencedSOPClassUID', 'UI', CT),
      text('ReferencedSOPInstanceUID', 'UI', UIDS.instance),
    );
    const { dataSet, object } = await deidentified(
      sequenceElement(tagOf('ReferencedImageSequence'), [
        item(...reference.elements, sequenceElement(tagOf('SourceImageSequence'), [reference])),
      ]),
      text('ReferencedSOPInstanceUIDInFile', 'UI', UIDS.instance),
      text('TargetUID', 'UI', UIDS.instance),
    );
    const instance = PSEUDONYMISER.uid(UIDS.instance);
    const [first] = dataSet.items(tagOf('ReferencedImageSequence'));
    expect(dataSet.string(tagOf('SOPInstanceUID'))).toBe(instance);
    expect(object.meta?.string(tagOf('MediaStorageSOPInstanceUID'))).toBe(instance);
    expect(first?.string(tagOf('ReferencedSOPInstanceUID'))).toBe(instance);
    expect(first?.string(tagOf('ReferencedSOPClassUID'))).toBe(CT);
    expect(first?.items(tagOf('SourceImageSequence'))[0]?.string(tagOf('ReferencedSOPInstanceUID'))).toBe(instance);
    expect(dataSet.string(tagOf('TargetUID'))).toBe(instance);
    expect(dataSet.string(tagOf('StudyInstanceUID'))).toBe(PSEUDONYMISER.uid(UIDS.study));
  });

  it('keeps UIDs of the standard, but not an instance under the root of the standard', async () => {
    const { dataSet } = await deidentified(text('FrameOfReferenceUID', 'UI', '1.2.840.10008.1.4.1.1'));
    expect(dataSet.string(tagOf('FrameOfReferenceUID'))).toBe('1.2.840.10008.1.4.1.1');
    const other = await deidentified(text('FrameOfReferenceUID', 'UI', '1.2.840.10008.99.4711'));
    expect(other.dataSet.string(tagOf('FrameOfReferenceUID'))).toBe(PSEUDONYMISER.uid('1.2.840.10008.99.4711'));
  });

  it('has no private, unknown, overlay, curve, signature, padding or group length elements at any depth', async () => {
    const unwanted = [
      bytesElement(0x00091001, 'UN', Buffer.from('Brandstetter')),
      bytesElement(0x00090010, 'LO', Buffer.from('ACME')),
      bytesElement(0x00081a1a, 'LO', Buffer.from('unknown')),
      numberElement(ENCODING, 0x00080000, 'UL', [12]),
    ];
    const { dataSet } = await deidentified(
      ...unwanted,
      sequenceElement(tagOf('RequestAttributesSequence'), [item(...unwanted)]),
      bytesElement(0x50000010, 'US', Uint8Array.of(1, 0)),
      bytesElement(0x60003000, 'OW', Uint8Array.of(1, 0)),
      numberElement(ENCODING, 0x60000010, 'US', [8]),
      bytesElement(0xfffcfffc, 'OB', Buffer.from('Brandstetter')),
      sequenceElement(0xfffafffa, [item(text('DigitalSignatureUID', 'UI', '1.2.3.4.5.6.7'))]),
    );
    const tags = [dataSet, ...dataSet.items(tagOf('RequestAttributesSequence'))].flatMap(({ elements }) =>
      elements.map(({ tag }) => tag),
    );
    for (const { tag } of unwanted) expect(tags).not.toContain(tag);
    expect(tags.filter((tag) => tag > 0x50000000 && tag !== tagOf('PixelData'))).toEqual([]);
  });

  it('keeps technical values, patient characteristics and coded entries', async () => {
    const { dataSet } = await deidentified(
      text('ConvolutionKernel', 'SH', 'B31f'),
      text('KVP', 'DS', '120.0'),
      text('PatientWeight', 'DS', '71.5'),
      text('SeriesDescription', 'LO', 'Thorax 1.0 B31f Dr. Kowalczyk'),
      text('ManufacturerModelName', 'LO', 'Sensation 64'),
      sequenceElement(tagOf('AnatomicRegionSequence'), [
        item(
          text('CodeValue', 'SH', '51185008'),
          text('CodingSchemeDesignator', 'SH', 'SCT'),
          text('CodeMeaning', 'LO', 'Thoracic structure'),
        ),
      ]),
    );
    const [region] = dataSet.items(tagOf('AnatomicRegionSequence'));
    expect(dataSet.string(tagOf('ConvolutionKernel'))).toBe('B31f');
    expect(dataSet.string(tagOf('KVP'))).toBe('120.0');
    expect(dataSet.string(tagOf('PatientWeight'))).toBe('71.5');
    expect(dataSet.string(tagOf('PatientSex'))).toBe('F');
    expect(dataSet.string(tagOf('ManufacturerModelName'))).toBe('Sensation 64');
    expect(dataSet.string(tagOf('SeriesDescription'))).toBe('Thorax 1.0 B31f');
    expect(region?.string(tagOf('CodeValue'))).toBe('51185008');
    expect(region?.string(tagOf('CodeMeaning'))).toBe('Thoracic structure');
  });

  it('keeps body parts in any spelling, but not a name in their place', async () => {
    const { dataSet } = await deidentified(text('BodyPartExamined', 'CS', 'Brain'));
    expect(dataSet.string(tagOf('BodyPartExamined'))).toBe('Brain');
    expect((await deidentified(text('BodyPartExamined', 'CS', 'Ottilie'))).dataSet.has(tagOf('BodyPartExamined'))).toBe(
      false,
    );
  });

  it('has File Meta Information of its own and an empty preamble', async () => {
    const { object, bytes } = await deidentified();
    expect(object.meta?.string(tagOf('ImplementationClassUID'))).toBe(IMPLEMENTATION_CLASS_UID);
    expect(object.meta?.has(tagOf('SourceApplicationEntityTitle'))).toBe(false);
    expect(bytes.subarray(0, 128).every((byte) => byte === 0)).toBe(true);
    expect(bytes.includes('CTWARD3NORTH')).toBe(false);
  });

  it('keeps the character set, and writes what it cannot hold without accents', async () => {
    const latin = await deidentified(
      text('SpecificCharacterSet', 'CS', 'ISO_IR 100'),
      text('StudyDescription', 'LO', 'Schädel Müller', 'ISO_IR 100'),
    );
    expect(latin.dataSet.string(tagOf('SpecificCharacterSet'))).toBe('ISO_IR 100');
    expect(latin.dataSet.string(tagOf('StudyDescription'))).toBe('Schädel');
    expect(latin.bytes.includes(Buffer.from('Schädel', 'latin1'))).toBe(true);
  });

  it.each([
    ['implicit little endian', IMPLICIT_VR_LITTLE_ENDIAN],
    ['explicit big endian', EXPLICIT_VR_BIG_ENDIAN],
    ['deflated', '1.2.840.10008.1.2.1.99'],
  ])('comes in the transfer syntax of the original: %s', async (_name, syntax) => {
    const { object, dataSet } = await cleaned(ctElements(), syntax);
    expect(object.transferSyntaxUid).toBe(syntax);
    expect(dataSet.number(tagOf('Rows'))).toBe(8);
    expect(dataSet.string(tagOf('StudyInstanceUID'))).toBe(PSEUDONYMISER.uid(UIDS.study));
  });

  it('comes with a report that names places and rules, but no value', async () => {
    const { outcome } = await deidentified(bytesElement(0x00091001, 'LO', Buffer.from('Brandstetter')));
    const { actions, profileHash, counts } = outcome.report;
    expect(profileHash).toMatch(/^[0-9a-f]{64}$/);
    expect(actions).toContainEqual({ path: '(0008,0050)', action: 'empty', rule: 'E.1-1 Z', count: 1 });
    expect(actions).toContainEqual({ path: '(0009,xxxx)', action: 'remove', rule: 'E.1-1 X', count: 1 });
    expect(counts.keep).toBeGreaterThan(5);
    expect(JSON.stringify(outcome.report)).not.toMatch(/Brandstetter|4711|Papadopoulos|778899/);
  });

  it('is the same whenever the same original is cleaned again', async () => {
    expect((await deidentified()).bytes.equals((await deidentified()).bytes)).toBe(true);
  });

  it('comes with the identity that the vault has to keep', async () => {
    const { outcome } = await deidentified(text('IssuerOfPatientID', 'LO', 'North Ward'));
    expect(outcome.identity).toEqual({
      patientId: PATIENT.patientId,
      issuer: 'North Ward',
      name: 'Brandstetter^Ottilie',
      birthDate: '19580312',
    });
  });
});

describe('an object is set aside', () => {
  it.each([
    ['missing-patient-id', text('PatientID', 'LO', '')],
    ['missing-uid', text('SeriesInstanceUID', 'UI', '')],
    ['private-sop-class', text('SOPClassUID', 'UI', '1.3.46.670589.11.0.0.12.1')],
    ['unsupported-object', text('SOPClassUID', 'UI', '1.2.840.10008.5.1.4.1.1.104.1')],
    ['burned-in-text', text('BurnedInAnnotation', 'CS', 'YES')],
    ['burned-in-text', text('SOPClassUID', 'UI', '1.2.840.10008.5.1.4.1.1.6.1')],
    ['burned-in-text', text('SOPClassUID', 'UI', '1.2.840.10008.5.1.4.1.1.7')],
    ['burned-in-text', text('ImageType', 'CS', 'DERIVED\\SECONDARY\\SCREEN SAVE')],
    ['burned-in-text', text('ConversionType', 'CS', 'WSD')],
    ['overlay-in-pixels', numberElement(ENCODING, 0x60000102, 'US', [12])],
  ])('with the cause "%s"', async (cause, element) => {
    expect(await causeOf(element)).toBe(cause);
    expect(CAUSES).toHaveProperty(cause);
  });

  it('when it is no DICOM file', async () => {
    const { target } = await writeSource(temporaryFolder(), ctElements());
    const outcome = await engine().deidentify(new URL('./fixtures.ts', import.meta.url).pathname, target);
    expect(outcome).toMatchObject({ kind: 'quarantined', cause: 'unreadable' });
  });

  it('but a secondary capture that says it is free of text is cleaned', async () => {
    const outcome = await deidentified(
      text('SOPClassUID', 'UI', '1.2.840.10008.5.1.4.1.1.7'),
      text('BurnedInAnnotation', 'CS', 'NO'),
    );
    expect(outcome.dataSet.string(tagOf('BurnedInAnnotation'))).toBe('NO');
  });
});
