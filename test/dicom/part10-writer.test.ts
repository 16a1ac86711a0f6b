import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DataElement, DataSet } from '../../node-agent/dicom/data-set.ts';
import {
  bytesElement,
  makeDataSet,
  numberElement,
  sequenceElement,
  textElement,
} from '../../node-agent/dicom/element.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { writePart10 } from '../../node-agent/dicom/part10-writer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { element, item, itemDelimitation, part10, sequenceDelimitation } from './part10-bytes.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const IMPLICIT = '1.2.840.10008.1.2';
const BIG = '1.2.840.10008.1.2.2';
const DEFLATED = '1.2.840.10008.1.2.1.99';
const LITTLE = { explicit: true, littleEndian: true };
const UNDEFINED = 0xffffffff;

const metaFor = (uid: string): DataElement[] => [textElement(LITTLE, 0x00020010, 'UI', uid)];

async function write(dataSet: DataSet, transferSyntaxUid: string, source = ''): Promise<string> {
  const target = join(temporaryFolder(), 'written.dcm');
  await writePart10(target, { meta: metaFor(transferSyntaxUid), dataSet, transferSyntaxUid, source });
  return target;
}

describe('writePart10', () => {
  it('writes preamble, prefix, group length and elements byte for byte', async () => {
    const dataSet = makeDataSet(LITTLE, [textElement(LITTLE, 0x00100020, 'LO', 'A12')]);
    const target = await write(dataSet, EXPLICIT);
    expect(readFileSync(target)).toEqual(part10(EXPLICIT, element(0x00100020, 'LO', 'A12 ')));
  });

  it('returns the size of the file', async () => {
    const target = join(temporaryFolder(), 'written.dcm');
    const content = {
      meta: metaFor(EXPLICIT),
      dataSet: makeDataSet(LITTLE, []),
      transferSyntaxUid: EXPLICIT,
      source: '',
    };
    expect(await writePart10(target, content)).toEqual({ bytes: readFileSync(target).length });
  });

  it('gives back the same bytes for every way to encode lengths', async () => {
    const inner = element(0x00100020, 'LO', 'A1');
    const explicit = part10(
      EXPLICIT,
      element(0x00080005, 'CS', 'ISO_IR 100'),
      element(
        0x00081140,
        'SQ',
        Buffer.concat([
          item(element(0x00081199, 'SQ', item(inner))),
          item(inner, 'explicit', UNDEFINED),
          itemDelimitation(),
        ]),
      ),
      element(
        0x00081250,
        'UN',
        item(element(0x00081199, '', item(element(0x00100020, '', 'A1', 'implicit')), 'implicit')),
      ),
      element(0x00091001, 'UN', item(element(0x00100020, '', 'A1', 'implicit')), 'explicit', UNDEFINED),
      sequenceDelimitation(),
      element(0x00189999, 'UT', 'long text '),
      element(0x7fe00010, 'OW', Buffer.alloc(70_000, 3)),
    );
    const jpeg = part10(
      '1.2.840.10008.1.2.4.50',
      element(0x7fe00010, 'OB', '', 'explicit', UNDEFINED),
      item(Buffer.alloc(0)),
      item(Buffer.alloc(100_000, 5)),
      sequenceDelimitation(),
    );
    const big = part10(
      BIG,
      element(0x00081140, 'SQ', item(element(0x00280010, 'US', '\x01\x02', 'big'), 'big'), 'big'),
    );
    for (const [uid, bytes] of [
      [EXPLICIT, explicit],
      ['1.2.840.10008.1.2.4.50', jpeg],
      [BIG, big],
    ] as const) {
      const source = join(temporaryFolder(), 'source.dcm');
      writeFileSync(source, bytes);
      const { dataSet } = await readPart10(source);
      expect(readFileSync(await write(dataSet, uid, source)).equals(bytes)).toBe(true);
    }
  });

  it('converts between explicit, implicit and big endian with the same values', async () => {
    const item = makeDataSet(LITTLE, [numberElement(LITTLE, 0x00280010, 'US', [258])]);
    let dataSet = makeDataSet(LITTLE, [
      sequenceElement(0x00081140, [item]),
      numberElement(LITTLE, 0x00186020, 'SL', [-5]),
      numberElement(LITTLE, 0x00189073, 'FD', [1.5]),
      bytesElement(0x7fe00010, 'OW', Buffer.alloc(70_000, Buffer.from([1, 2]))),
    ]);
    const original = await write(dataSet, EXPLICIT);
    let source = original;
    dataSet = (await readPart10(source)).dataSet;
    for (const uid of [BIG, IMPLICIT, BIG, EXPLICIT]) {
      source = await write(dataSet, uid, source);
      dataSet = (await readPart10(source)).dataSet;
      expect(dataSet.items(0x00081140)[0]?.number(0x00280010)).toBe(258);
      expect(dataSet.number(0x00189073)).toBe(1.5);
    }
    expect(readFileSync(source).equals(readFileSync(original))).toBe(true);
  });

  it('deflates, and reads back what it deflated', async () => {
    const dataSet = makeDataSet(LITTLE, [textElement(LITTLE, 0x00104000, 'LT', 'x'.repeat(50_000))]);
    const target = await write(dataSet, DEFLATED);
    expect(readFileSync(target).length % 2).toBe(0);
    expect(readFileSync(target).length).toBeLessThan(2_000);
    const object = await readPart10(target);
    expect(object.dataSet.string(0x00104000)).toHaveLength(50_000);
    await object.close();
  });

  it('writes a value too long for its VR as UN', async () => {
    const dataSet = makeDataSet(LITTLE, [bytesElement(0x00104000, 'LT', Buffer.alloc(70_000, 'x'))]);
    const object = await readPart10(await write(dataSet, EXPLICIT));
    expect(object.dataSet.get(0x00104000)?.vr).toBe('UN');
    expect(object.dataSet.string(0x00104000)).toHaveLength(70_000);
  });

  it('never overwrites a file', async () => {
    const target = await write(makeDataSet(LITTLE, []), EXPLICIT);
    const content = {
      meta: metaFor(EXPLICIT),
      dataSet: makeDataSet(LITTLE, []),
      transferSyntaxUid: EXPLICIT,
      source: '',
    };
    await expect(writePart10(target, content)).rejects.toThrow(/EEXIST/);
    expect(existsSync(target)).toBe(true);
  });

  it('leaves nothing behind when the source turns out to be shorter', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'source'), 'short');
    const bulk: DataElement = { tag: 0x7fe00010, vr: 'OW', value: { kind: 'bulk', offset: 0, length: 100_000 } };
    const target = join(folder, 'target');
    for (const transferSyntaxUid of [EXPLICIT, DEFLATED]) {
      const dataSet = makeDataSet(LITTLE, [bulk]);
      const content = { meta: metaFor(transferSyntaxUid), dataSet, transferSyntaxUid, source: join(folder, 'source') };
      await expect(writePart10(target, content)).rejects.toThrow(/shorter/);
      expect(existsSync(target)).toBe(false);
    }
  });

  it('refuses meta information that contradicts the transfer syntax', async () => {
    const content = {
      meta: metaFor(IMPLICIT),
      dataSet: makeDataSet(LITTLE, []),
      transferSyntaxUid: EXPLICIT,
      source: '',
    };
    await expect(writePart10(join(temporaryFolder(), 'x'), content)).rejects.toThrow(/another transfer syntax/);
  });
});
