import { describe, expect, it } from 'vitest';
import { encodeText } from './character-sets.ts';
import { element, rawElement } from './elements.ts';
import { encodeDataSet } from './encoder.ts';
import { encodeRunLength } from './run-length.ts';

const EXPLICIT = { explicit: true, littleEndian: true, undefinedLengths: false, characterSet: [] };

describe('the independent encoder', () => {
  it('writes elements in tag order with explicit VR and even lengths', () => {
    const bytes = encodeDataSet([element('PatientID', 'ABC'), element('Modality', 'CT')], EXPLICIT);
    expect(bytes.toString('latin1')).toBe('\b\0`\0CS\x02\0CT\x10\0 \0LO\x04\0ABC ');
  });

  it('writes implicit VR without the VR and big endian with swapped tags and words', () => {
    const rows = [element('Rows', [0x0102])];
    expect(encodeDataSet(rows, { ...EXPLICIT, explicit: false }).toString('hex')).toBe('28001000020000000201');
    expect(encodeDataSet(rows, { ...EXPLICIT, littleEndian: false }).toString('hex')).toBe('00280010555300020102');
  });

  it('ends sequences of undefined length with delimiters', () => {
    const sequence = [element('OtherPatientIDsSequence', [[element('PatientID', 'AB')]])];
    const hex = encodeDataSet(sequence, { ...EXPLICIT, undefinedLengths: true }).toString('hex');
    expect(hex).toBe(
      '100002105351' +
        '0000ffffffff' +
        'feff00e0ffffffff' +
        '100020004c4f02004142' +
        'feff0de000000000feffdde000000000',
    );
  });

  it('writes a sequence as UN in implicit little endian', () => {
    const bytes = encodeDataSet([rawElement(0x2001105f, 'UN', [[element('PatientID', 'AB')]])], EXPLICIT);
    expect(bytes.toString('hex')).toBe('01205f10554e000012000000' + 'feff00e00a000000' + '10002000020000004142');
  });

  it('encodes the examples of PS3.5 Annexes H, I and J', () => {
    const yamada = Buffer.from(encodeText(['', 'ISO 2022 IR 87'], 'Yamada^Tarou=山田^太郎'));
    expect(yamada.toString('latin1')).toBe('Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B');
    const hong = Buffer.from(encodeText(['', 'ISO 2022 IR 149'], 'Hong^Gildong=洪^吉洞'));
    expect(hong.toString('latin1')).toBe('Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7');
    expect(Buffer.from(encodeText(['GB18030'], '王^小东')).toString('hex')).toBe('cdf55ed0a1b6ab');
  });

  it('refuses a character that the character set does not have', () => {
    expect(() => encodeText(['ISO_IR 100'], 'Ω')).toThrow(/not in the character set/);
  });

  it('packs runs and literals by byte plane, the most significant first', () => {
    const frame = Uint8Array.of(1, 9, 1, 9, 1, 9, 2, 9);
    const encoded = encodeRunLength(frame, 4, 2);
    expect(encoded.readUInt32LE(0)).toBe(2);
    expect([...encoded.subarray(64)]).toEqual([253, 9, 254, 1, 0, 2]);
  });
});
