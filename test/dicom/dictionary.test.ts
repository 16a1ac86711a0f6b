import { describe, expect, it } from 'vitest';
import { impliedVr, lookup, tagOf, tagText } from '../../node-agent/dicom/dictionary.ts';
import {
  IMPLEMENTATION_CLASS_UID,
  IMPLEMENTATION_VERSION_NAME,
  isStandardUid,
  isStorageSopClass,
  isValidUid,
  storageSopClasses,
  transferSyntax,
  transferSyntaxes,
  uidName,
} from '../../node-agent/dicom/uids.ts';

describe('the data dictionary', () => {
  it('knows attributes by tag and by keyword', () => {
    expect(lookup(0x00100010)).toEqual({
      keyword: 'PatientName',
      name: "Patient's Name",
      vr: 'PN',
      vm: '1',
      retired: false,
    });
    expect(tagOf('PixelData')).toBe(0x7fe00010);
    expect(() => tagOf('NoSuchKeyword')).toThrow(/NoSuchKeyword/);
    expect(tagText(0x7fe00010)).toBe('(7fe0,0010)');
  });

  it('knows repeating groups, but not the private groups between them', () => {
    expect(lookup(0x60023000)?.keyword).toBe('OverlayData');
    expect(lookup(0x50040010)?.keyword).toBe('NumberOfPoints');
    expect(lookup(0x60013000)).toBeUndefined();
  });

  it('says which VR applies where the stream has none', () => {
    const context = { signed: true, encapsulated: false };
    expect(impliedVr(0x00280106, context)).toBe('SS');
    expect(impliedVr(0x7fe00010, context)).toBe('OW');
    expect(impliedVr(0x7fe00010, { ...context, encapsulated: true })).toBe('OB');
    expect(impliedVr(0x00090010, context)).toBe('LO');
    expect(impliedVr(0x00091001, context)).toBe('UN');
    expect(impliedVr(0x00090000, context)).toBe('UL');
  });
});

describe('unique identifiers', () => {
  it('are checked as PS3.5 §9.1 says', () => {
    for (const uid of ['1.2.840.10008.1.2', '2.25.0', '0', IMPLEMENTATION_CLASS_UID])
      expect(isValidUid(uid)).toBe(true);
    for (const uid of ['', '1.', '.1', '1..2', '1.02', '1.2a', `1.${'2'.repeat(63)}`])
      expect(isValidUid(uid)).toBe(false);
  });

  it('of the standard have names', () => {
    expect(uidName('1.2.840.10008.5.1.4.1.1.2')).toBe('CT Image Storage');
    expect(isStandardUid('1.2.840.10008.5.1.4.1.1.2')).toBe(true);
    expect(isStandardUid('1.2.840.100081.5')).toBe(false);
  });

  it('tell storage SOP classes from other services', () => {
    expect(isStorageSopClass('1.2.840.10008.5.1.4.1.1.1.2')).toBe(true);
    expect(isStorageSopClass('1.2.840.10008.1.20.1')).toBe(false);
    expect(isStorageSopClass('1.2.840.10008.1.1')).toBe(false);
    expect(storageSopClasses().length).toBeGreaterThan(150);
  });

  it('tell how each transfer syntax is encoded', () => {
    expect(transferSyntax('1.2.840.10008.1.2')?.encoding).toEqual({ explicit: false, littleEndian: true });
    expect(transferSyntax('1.2.840.10008.1.2.2')?.encoding).toEqual({ explicit: true, littleEndian: false });
    expect(transferSyntax('1.2.840.10008.1.2.1.99')).toMatchObject({ deflated: true, encapsulated: false });
    expect(transferSyntax('1.2.840.10008.1.2.4.90')).toMatchObject({ deflated: false, encapsulated: true });
    expect(transferSyntaxes().every(({ uid }) => isValidUid(uid))).toBe(true);
  });

  it('of this implementation fit their elements', () => {
    expect(IMPLEMENTATION_CLASS_UID.length).toBeLessThanOrEqual(64);
    expect(IMPLEMENTATION_VERSION_NAME.length).toBeLessThanOrEqual(16);
  });
});
