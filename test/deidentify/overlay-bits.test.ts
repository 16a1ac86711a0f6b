import { describe, expect, it } from 'vitest';
import type { DataElement } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { bytesElement, numberElement } from '../../node-agent/dicom/element.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { EXPLICIT_VR_BIG_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN } from '../../node-agent/dicom/uids.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ctElements, ENCODING, engine, requireDeidentified, writeSource } from './fixtures.ts';
import { pixelDigest } from './pixel-digest.ts';

const number = (keyword: string, value: number): DataElement => numberElement(ENCODING, tagOf(keyword), 'US', [value]);
/** A 12-bit image whose cells carry an overlay in bit 15; big enough that its pixels stay in the file, if asked. */
function withOverlay(size = 8, ...extra: readonly DataElement[]): DataElement[] {
  const pixels = Uint8Array.from({ length: size * size * 2 }, (_, at) => (at * 37) & 0xff);
  const replaced = new Set(extra.map(({ tag }) => tag));
  const own = [
    number('Rows', size),
    number('Columns', size),
    number('BitsStored', 12),
    number('HighBit', 11),
    numberElement(ENCODING, 0x60000010, 'US', [size]),
    numberElement(ENCODING, 0x60000100, 'US', [16]),
    numberElement(ENCODING, 0x60000102, 'US', [15]),
    bytesElement(tagOf('PixelData'), 'OW', pixels),
  ];
  return ctElements(...own.filter(({ tag }) => !replaced.has(tag)), ...extra);
}

async function outcomeOf(elements: readonly DataElement[], syntax?: string) {
  const written = await writeSource(temporaryFolder(), elements, syntax);
  return { ...written, outcome: await engine().deidentifyAndVerify(written.source, written.target) };
}

describe('an overlay in the unused bits of Pixel Data', () => {
  it.each([
    ['in memory', 8, undefined, [0xff, 0x0f]],
    ['in the file', 256, undefined, [0xff, 0x0f]],
    ['in the file, implicit VR', 256, IMPLICIT_VR_LITTLE_ENDIAN, [0xff, 0x0f]],
    ['in the file, big endian', 256, EXPLICIT_VR_BIG_ENDIAN, [0x0f, 0xff]],
    ['in a deflated file', 256, '1.2.840.10008.1.2.1.99', [0xff, 0x0f]],
  ] as const)('goes, and not one bit of the image: %s', async (_where, size, syntax, keep) => {
    const { source, target, outcome } = await outcomeOf(withOverlay(size), syntax);
    const { report } = requireDeidentified(outcome);
    expect(await pixelDigest(target)).toBe(await pixelDigest(source, keep));
    expect(await pixelDigest(target)).not.toBe(await pixelDigest(source));
    expect(report.findings.join()).toMatch(/overlay were set to 0/);
    const { dataSet, close } = await readPart10(target);
    await close();
    expect(dataSet.elements.filter(({ tag }) => tag >>> 24 === 0x60)).toEqual([]);
    const codes = dataSet.items(tagOf('DeidentificationMethodCodeSequence'));
    expect(codes.map((code) => code.string(tagOf('CodeValue')))).toContain('113103');
  });

  it('sets the object aside where its bit is one of the image, or the image does not say which are its own', async () => {
    for (const elements of [
      withOverlay(8, numberElement(ENCODING, 0x60000102, 'US', [11])),
      withOverlay(8, number('BitsStored', 16), number('HighBit', 15)),
      withOverlay(8, number('HighBit', 3)),
      withOverlay().filter(({ tag }) => tag !== tagOf('BitsStored')),
    ]) {
      expect((await outcomeOf(elements)).outcome).toMatchObject({ kind: 'quarantined', cause: 'overlay-in-pixels' });
    }
  });

  it('leaves Pixel Data without overlays alone, whatever its unused bits hold', async () => {
    const { source, target, outcome } = await outcomeOf(withOverlay(8).filter(({ tag }) => tag >>> 24 !== 0x60));
    requireDeidentified(outcome);
    expect(await pixelDigest(target)).toBe(await pixelDigest(source));
  });
});
