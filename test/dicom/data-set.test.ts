import { describe, expect, it } from 'vitest';
import { characterSetOf } from '../../node-agent/dicom/character-set.ts';
import {
  bytesElement,
  makeDataSet,
  numberElement,
  sequenceElement,
  textElement,
} from '../../node-agent/dicom/element.ts';

const LITTLE = { explicit: true, littleEndian: true };
const BIG = { explicit: true, littleEndian: false };
const latin = (text: string): Uint8Array => Buffer.from(text, 'latin1');

describe('text values', () => {
  it('lose their padding and are split at backslashes where the VR has several values', () => {
    const dataSet = makeDataSet(LITTLE, [
      bytesElement(0x00080008, 'CS', latin('ORIGINAL\\ PRIMARY \\AXIAL ')),
      bytesElement(0x00080018, 'UI', latin('1.2.3\0')),
      bytesElement(0x00104000, 'LT', latin('  kept\\whole  ')),
      bytesElement(0x00100010, 'PN', latin('   ')),
    ]);
    expect(dataSet.strings(0x00080008)).toEqual(['ORIGINAL', 'PRIMARY', 'AXIAL']);
    expect(dataSet.string(0x00080018)).toBe('1.2.3');
    expect(dataSet.strings(0x00104000)).toEqual(['  kept\\whole']);
    expect(dataSet.strings(0x00100010)).toEqual([]);
    expect(dataSet.string(0x00100010)).toBeUndefined();
  });

  it('are not cut inside a double-byte character', () => {
    const characterSet = characterSetOf(['GBK']);
    const dataSet = makeDataSet(LITTLE, [
      textElement(LITTLE, 0x00080005, 'CS', 'GBK'),
      textElement(LITTLE, 0x00081030, 'LO', '淺\\b', characterSet),
    ]);
    expect(dataSet.strings(0x00081030)).toEqual(['淺', 'b']);
  });

  it('are read through the dictionary when the VR is UN', () => {
    const dataSet = makeDataSet(LITTLE, [
      bytesElement(0x00100020, 'UN', latin('A1')),
      bytesElement(0x00280010, 'UN', latin('\x02\x01')),
    ]);
    expect(dataSet.string(0x00100020)).toBe('A1');
    expect(dataSet.number(0x00280010)).toBe(258);
  });

  it('take the character set of the enclosing data set', () => {
    const dataSet = makeDataSet(
      LITTLE,
      [bytesElement(0x00100010, 'PN', latin('\xe9 '))],
      characterSetOf(['ISO_IR 144']),
    );
    expect(dataSet.string(0x00100010)).toBe('щ');
  });
});

describe('numbers', () => {
  const cases: readonly [vr: string, numbers: number[]][] = [
    ['US', [0, 65_535]],
    ['SS', [-32_768, 7]],
    ['UL', [4_294_967_295]],
    ['SL', [-1]],
    ['FL', [1.5]],
    ['FD', [0.1]],
    ['UV', [2 ** 40]],
    ['SV', [-(2 ** 40)]],
    ['AT', [0x7fe00010]],
    ['IS', [-12, 3]],
    ['DS', [0.25, 1e-7]],
  ];
  for (const [vr, numbers] of cases) {
    it(`come back as they were written as ${vr} in both byte orders`, () => {
      for (const encoding of [LITTLE, BIG]) {
        const dataSet = makeDataSet(encoding, [numberElement(encoding, 0x00091001, vr, numbers)]);
        expect(dataSet.numbers(0x00091001)).toEqual(numbers);
      }
    });
  }

  it('are written to decimal strings of at most 16 characters', () => {
    const dataSet = makeDataSet(LITTLE, [numberElement(LITTLE, 0x00180050, 'DS', [-1.2345678901234567e-101])]);
    expect(dataSet.string(0x00180050)?.length).toBeLessThanOrEqual(16);
  });

  it('are undefined when the text is none', () => {
    const dataSet = makeDataSet(LITTLE, [
      bytesElement(0x00180050, 'DS', latin('1,5 ')),
      bytesElement(0x00200013, 'IS', latin('')),
    ]);
    expect(dataSet.number(0x00180050)).toBeUndefined();
    expect(dataSet.numbers(0x00180050)).toEqual([]);
    expect(dataSet.number(0x00200013)).toBeUndefined();
    const hexadecimal = makeDataSet(LITTLE, [bytesElement(0x00200013, 'IS', latin('0x10'))]);
    expect(hexadecimal.number(0x00200013)).toBeUndefined();
  });

  it('that do not fit are refused', () => {
    expect(() => numberElement(LITTLE, 0x00280010, 'US', [65_536])).toThrow(/does not fit/);
    expect(() => numberElement(LITTLE, 0x00280010, 'LO', [1])).toThrow(/does not hold numbers/);
  });
});

describe('builders', () => {
  it('pad to an even length as the VR asks', () => {
    expect(bytesElement(0x00080018, 'UI', latin('1')).value).toEqual({ kind: 'bytes', bytes: Uint8Array.of(0x31, 0) });
    expect(bytesElement(0x00100020, 'LO', latin('1')).value).toEqual({
      kind: 'bytes',
      bytes: Uint8Array.of(0x31, 0x20),
    });
  });

  it('refuse text that the character set cannot write, without showing it', () => {
    expect(() => textElement(LITTLE, 0x00100010, 'PN', 'Müller')).toThrow(/^(?!.*ller).*\(0010,0010\)/);
  });

  it('make sequences whose items can be read', () => {
    const child = makeDataSet(LITTLE, [textElement(LITTLE, 0x00100020, 'LO', 'A1')]);
    expect(makeDataSet(LITTLE, [sequenceElement(0x00081140, [child, child])]).items(0x00081140)).toHaveLength(2);
  });
});
