import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DataElement } from '../../node-agent/dicom/data-set.ts';
import { bytesElement, makeDataSet, textElement } from '../../node-agent/dicom/element.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { vendorBValues } from '../../node-agent/pipeline/vendor-b-values.ts';
import { corpusFolder } from '../support/corpus.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ENCODING = { explicit: true, littleEndian: true };
const text = (tag: number, vr: string, value: string) => textElement(ENCODING, tag, vr, value);
const bytes = (tag: number, vr: string, value: Uint8Array) => bytesElement(tag, vr, value);
const found = (...elements: DataElement[]) =>
  vendorBValues(makeDataSet(ENCODING, [text(0x00080060, 'CS', 'MR'), ...elements]));
const float = (value: number) => new Uint8Array(new Float32Array([value]).buffer);
const double = (value: number) => new Uint8Array(new Float64Array([value]).buffer);

/** A header of Siemens' form SV10 with one tag. */
function siemensHeader(name: string, value: string): Uint8Array {
  const item = Buffer.alloc(16 + Math.ceil(value.length / 4) * 4);
  item.writeUInt32LE(value.length, 4);
  item.write(value, 16, 'latin1');
  const tag = Buffer.alloc(84);
  tag.write(name, 0, 'latin1');
  tag.writeUInt32LE(1, 76);
  const head = Buffer.from('SV10\x04\x03\x02\x01\x01\x00\x00\x00M\x00\x00\x00', 'latin1');
  return Buffer.concat([head, tag, item]);
}

describe('the b-value of a diffusion image', () => {
  it.each<[string, number, DataElement[]]>([
    ['Siemens', 800, [text(0x00190010, 'LO', 'SIEMENS MR HEADER'), text(0x0019100c, 'IS', '800')]],
    [
      'Siemens, in another block and of unknown VR',
      50,
      [text(0x00190011, 'LO', 'SIEMENS MR HEADER'), bytes(0x0019110c, 'UN', Buffer.from('50'))],
    ],
    [
      'Siemens, in the header of the sequence',
      1000,
      [text(0x00290010, 'LO', 'SIEMENS CSA HEADER'), bytes(0x00291010, 'OB', siemensHeader('B_value', '1000'))],
    ],
    ['GE', 700, [text(0x00430010, 'LO', 'GEMS_PARM_01'), text(0x00431039, 'IS', '700\\8\\0\\0')]],
    [
      'GE, with its constant',
      1400,
      [text(0x00430010, 'LO', 'GEMS_PARM_01'), text(0x00431039, 'IS', '1000001400\\8\\0\\0')],
    ],
    ['Philips', 400, [text(0x20010010, 'LO', 'Philips Imaging DD 001'), bytes(0x20011003, 'FL', float(400))]],
    [
      'Philips, of unknown VR',
      600,
      [text(0x20010010, 'LO', 'Philips Imaging DD 001'), bytes(0x20011003, 'UN', float(600))],
    ],
    ['United Imaging', 1500, [text(0x00650010, 'LO', 'Image Private Header'), bytes(0x00651009, 'UN', double(1500))]],
  ])('is read as %s keeps it', (_, expected, elements) => {
    expect(found(...elements)).toEqual([expected]);
  });

  it('is read only from the block of its creator', () => {
    expect(found(text(0x00190010, 'LO', 'SOMEBODY ELSE'), text(0x0019100c, 'IS', '800'))).toEqual([]);
  });

  it('is believed where an earlier tool removed the creator of the usual block, of the right manufacturer alone', () => {
    const orphan = text(0x00431039, 'IS', '700\\8\\0\\0');
    expect(found(text(0x00080070, 'LO', 'GE MEDICAL SYSTEMS'), orphan)).toEqual([700]);
    expect(found(text(0x00080070, 'LO', 'SIEMENS'), orphan)).toEqual([]);
  });

  it('is none where the bytes make no sense', () => {
    const creator = text(0x00290010, 'LO', 'SIEMENS CSA HEADER');
    for (const length of [0, 3, 16, 40, 100, 110]) {
      const cut = siemensHeader('B_value', '1000').slice(0, length);
      expect(found(creator, bytes(0x00291010, 'OB', cut))).toEqual([]);
    }
    expect(
      found(text(0x00190010, 'LO', 'SIEMENS MR HEADER'), bytes(0x0019100c, 'UN', Buffer.from('Meier 800'))),
    ).toEqual([]);
    expect(found(text(0x20010010, 'LO', 'Philips Imaging DD 001'), bytes(0x20011003, 'UN', float(-1)))).toEqual([]);
  });

  it('is not looked for in other modalities', () => {
    const dataSet = makeDataSet(ENCODING, [
      text(0x00080060, 'CS', 'CT'),
      text(0x00190010, 'LO', 'SIEMENS MR HEADER'),
      text(0x0019100c, 'IS', '800'),
    ]);
    expect(vendorBValues(dataSet)).toEqual([]);
  });

  const map = join(corpusFolder(), 'mr/000011-06c16991.dcm');
  it.skipIf(!existsSync(map))('is read from a real file of GE', async () => {
    const object = await readPart10(map, { tolerant: true, temporaryFolder: temporaryFolder() });
    expect(vendorBValues(object.dataSet)).toEqual([500]);
    await object.close();
  });
});
