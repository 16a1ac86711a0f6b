import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SearchMemory } from '../../node-agent/deidentify/residual/search-memory.ts';
import { shiftDate } from '../../node-agent/deidentify/temporal.ts';
import { Vocabulary } from '../../node-agent/deidentify/text/vocabulary.ts';
import type { DataElement } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { bytesElement, makeDataSet, numberElement, sequenceElement } from '../../node-agent/dicom/element.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN } from '../../node-agent/dicom/uids.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import {
  ctElements,
  ENCODING,
  engine,
  PATIENT,
  PSEUDONYMISER,
  requireDeidentified,
  text,
  writeSource,
} from './fixtures.ts';

async function cleaned(elements: readonly DataElement[], syntax = EXPLICIT_VR_LITTLE_ENDIAN) {
  const { source, target } = await writeSource(temporaryFolder(), elements, syntax);
  requireDeidentified(await engine().deidentifyAndVerify(source, target));
  const object = await readPart10(target);
  await object.close();
  return { dataSet: object.dataSet, bytes: readFileSync(target) };
}

/** Text under a VR that it does not have in PS3.6. */
const raw = (keyword: string, vr: string, value: string) => bytesElement(tagOf(keyword), vr, Buffer.from(value));

describe('a value under another VR than that of PS3.6', () => {
  it.each(['IS', 'DS', 'UL', 'US', 'FD', 'AT', 'LO', 'UN', 'OB'])(
    'is a date to be shifted, though called %s',
    async (vr) => {
      const { dataSet, bytes } = await cleaned(ctElements(raw('StudyDate', vr, '20200315')));
      expect(dataSet.string(tagOf('StudyDate'))).toBe(shiftDate('20200315', PSEUDONYMISER.dateShiftDays(PATIENT)));
      expect(bytes.includes('20200315')).toBe(false);
    },
  );

  it.each([
    ['StudyDescription', 'CS'],
    ['StudyDescription', 'US'],
    ['StudyDescription', 'DT'],
    ['WindowCenterWidthExplanation', 'OB'],
    ['WindowCenterWidthExplanation', 'FD'],
    ['ColorSpace', 'US'],
    ['Rows', 'CS'],
    ['Rows', 'LO'],
    ['LUTData', 'LO'],
    ['KVP', 'OB'],
  ])('is no hiding place for a text: %s as %s', async (keyword, vr) => {
    const { bytes } = await cleaned(ctElements(raw(keyword, vr, 'HABERKORN   ')));
    expect(bytes.includes('HABERKORN')).toBe(false);
  });

  it('stays where it can be read as PS3.6 says', async () => {
    const { dataSet } = await cleaned(
      ctElements(
        raw('KVP', 'LO', '120'),
        numberElement(ENCODING, tagOf('SliceThickness'), 'FD', [2.5]),
        numberElement(ENCODING, tagOf('Rows'), 'UL', [8]),
        raw('StudyDescription', 'UT', 'CT Thorax'),
        numberElement(ENCODING, tagOf('SmallestImagePixelValue'), 'SS', [-7]),
      ),
    );
    expect(dataSet.string(tagOf('KVP'))).toBe('120');
    expect(dataSet.number(tagOf('SliceThickness'))).toBe(2.5);
    expect(dataSet.number(tagOf('Rows'))).toBe(8);
    expect(dataSet.string(tagOf('StudyDescription'))).toBe('CT Thorax');
    expect(dataSet.number(tagOf('SmallestImagePixelValue'))).toBe(-7);
  });

  it.each(['LO', 'SH', 'ST', 'CS', 'UT', 'OB', 'UN'])('is a name all the same: %s', async (vr) => {
    const elements = ctElements(
      raw('PatientName', vr, 'HABERKORN^KARL'),
      raw('OperatorsName', vr, 'Quastenberg^Otto'),
      text('StudyDescription', 'LO', 'CT Thorax Haberkorn'),
      text('SoftwareVersions', 'LO', 'VA30 Quastenberg'),
      text('BodyPartExamined', 'CS', 'HABERKORN'),
    );
    const { dataSet, bytes } = await cleaned(elements);
    expect(dataSet.string(tagOf('StudyDescription'))).toBe('CT Thorax');
    expect(bytes.toString('latin1')).not.toMatch(/haberkorn|quastenberg/i);
    const original = { dataSet: makeDataSet(ENCODING, elements), meta: undefined };
    const { targets } = new SearchMemory(new Vocabulary()).targetsOf(original, []);
    const needles = targets.needles.map((needle) => needle.text);
    expect(needles).toEqual(expect.arrayContaining(['HABERKORN', 'Quastenberg']));
  });

  it('does not keep a declaration of burned-in text from being seen', async () => {
    const { source, target } = await writeSource(
      temporaryFolder(),
      ctElements(raw('BurnedInAnnotation', 'OB', 'YES ')),
    );
    expect(await engine().deidentify(source, target)).toMatchObject({ cause: 'burned-in-text' });
  });
});

describe('numbers written as text', () => {
  const numbers = Array.from({ length: 45_000 }, (_, index) => (index * 0.3).toFixed(4)).join('\\');

  it.each([
    ['implicit VR', IMPLICIT_VR_LITTLE_ENDIAN, 'DS'],
    ['VR UN', EXPLICIT_VR_LITTLE_ENDIAN, 'UN'],
  ])('stay in full, also a contour of 15,000 points: %s', async (_what, syntax, vr) => {
    expect(numbers.length).toBeGreaterThan(300 * 1024);
    const { dataSet } = await cleaned(
      [
        ...ctElements().filter(({ tag }) => tag < 0x00280000),
        sequenceElement(tagOf('ROIContourSequence'), [
          makeDataSet(ENCODING, [
            sequenceElement(tagOf('ContourSequence'), [
              makeDataSet(ENCODING, [
                numberElement(ENCODING, tagOf('NumberOfContourPoints'), 'IS', [15_000]),
                raw('ContourData', vr, numbers),
              ]),
            ]),
          ]),
        ]),
      ].map((element) =>
        element.tag === tagOf('SOPClassUID') ? text('SOPClassUID', 'UI', '1.2.840.10008.5.1.4.1.1.481.3') : element,
      ),
      syntax,
    );
    const contour = dataSet.items(tagOf('ROIContourSequence'))[0]?.items(tagOf('ContourSequence'))[0];
    expect(contour?.strings(tagOf('ContourData')).join('\\')).toBe(numbers);
  });

  it('are kept back, not shortened or left out, when they need more memory than there may be', async () => {
    const contour = bytesElement(tagOf('ContourData'), 'UN', Buffer.alloc(65 * 1024 * 1024, '1\\'));
    const { source, target } = await writeSource(temporaryFolder(), ctElements(contour));
    const outcome = await engine().deidentify(source, target);
    expect(outcome).toMatchObject({ kind: 'quarantined', cause: 'beyond-limits' });
  });
});
