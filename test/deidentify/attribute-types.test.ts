import { describe, expect, it } from 'vitest';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { CT, TABLES } from './fixtures.ts';

const { types } = TABLES;

describe('the types of attributes', () => {
  it('are those of the IOD of the SOP class', () => {
    const ct = types.scopeOf(CT);
    expect(ct.typeOf(tagOf('SOPInstanceUID'))).toBe('1');
    expect(ct.typeOf(tagOf('PatientName'))).toBe('2');
    expect(ct.typeOf(tagOf('StudyDescription'))).toBe('3');
    expect(ct.typeOf(tagOf('RTPlanLabel'))).toBeUndefined();
  });

  it('are known inside sequences', () => {
    const segmentation = types.scopeOf('1.2.840.10008.5.1.4.1.1.66.4');
    const item = segmentation.inside(tagOf('SegmentSequence'));
    expect(item.typeOf(tagOf('SegmentLabel'))).toBe('1');
    expect(item.inside(tagOf('SegmentedPropertyTypeCodeSequence')).typeOf(tagOf('CodeMeaning'))).toBe('1');
  });

  it('differ between IODs: the date of a plan is optional nowhere but its label is required', () => {
    const plan = types.scopeOf('1.2.840.10008.5.1.4.1.1.481.5');
    expect(plan.typeOf(tagOf('RTPlanLabel'))).toBe('1');
    expect(plan.typeOf(tagOf('RTPlanDate'))).toBe('2');
  });

  it('are unknown for a private SOP class', () => {
    expect(types.knows('1.2.3.4')).toBe(false);
    expect(types.scopeOf('1.2.3.4').inside(tagOf('SegmentSequence')).typeOf(tagOf('SegmentLabel'))).toBeUndefined();
  });
});
