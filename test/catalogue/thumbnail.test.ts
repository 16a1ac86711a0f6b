import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderThumbnail } from '../../node-agent/catalogue/thumbnail/thumbnail.ts';
import type { DataElement, Encoding } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { bytesElement, makeDataSet } from '../../node-agent/dicom/element.ts';
import { writePart10 } from '../../node-agent/dicom/part10-writer.ts';
import { type Attributes, dataSetOf, LITTLE_ENDIAN } from './fixtures.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const RLE = '1.2.840.10008.1.2.5';
let folder: string;
let files = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'thumbnail-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const GREY: Attributes = {
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  Rows: 2,
  Columns: 2,
  BitsAllocated: 8,
  BitsStored: 8,
  HighBit: 7,
  PixelRepresentation: 0,
};

async function write(attributes: Attributes, pixelData: DataElement, transferSyntaxUid = EXPLICIT, source = '') {
  const encoding: Encoding = { explicit: true, littleEndian: transferSyntaxUid !== BIG_ENDIAN };
  const identified = { SOPClassUID: '1.2.840.10008.5.1.4.1.1.7', SOPInstanceUID: `2.25.${files}`, ...attributes };
  const elements = [...dataSetOf(identified, encoding).elements, pixelData].sort((a, b) => a.tag - b.tag);
  const file = join(folder, `${files++}.dcm`);
  const meta = dataSetOf({
    MediaStorageSOPClassUID: identified.SOPClassUID,
    MediaStorageSOPInstanceUID: identified.SOPInstanceUID,
    TransferSyntaxUID: transferSyntaxUid,
  }).elements;
  await writePart10(file, { meta, dataSet: makeDataSet(encoding, elements), transferSyntaxUid, source });
  return file;
}

async function render(attributes: Attributes, pixels: readonly number[], vr = 'OB', transferSyntaxUid = EXPLICIT) {
  const pixelData = bytesElement(tagOf('PixelData'), vr, Uint8Array.from(pixels));
  return picture(await renderThumbnail(await write(attributes, pixelData, transferSyntaxUid), 256));
}

/** Width, height, channels and pixels of a PNG without filters. */
function picture(png: Buffer | undefined) {
  if (!png) return undefined;
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  const [width, height, channels] = [png.readUInt32BE(16), png.readUInt32BE(20), png[25] === 2 ? 3 : 1];
  const rows = inflateSync(png.subarray(41, 41 + png.readUInt32BE(33)));
  const stride = width * channels + 1;
  const pixels = Array.from({ length: height }, (_, row) => [...rows.subarray(row * stride + 1, (row + 1) * stride)]);
  return { width, height, channels, pixels: pixels.flat() };
}

const words = (...values: number[]) => values.flatMap((value) => [value & 255, (value >> 8) & 255]);

describe('a grey preview', () => {
  it('shows stored values from dark to bright', async () => {
    expect(await render(GREY, [0, 50, 100, 200])).toEqual({
      width: 2,
      height: 2,
      channels: 1,
      pixels: [0, 64, 128, 255],
    });
  });

  it('inverts MONOCHROME1', async () => {
    const inverted = { ...GREY, PhotometricInterpretation: 'MONOCHROME1' };
    expect((await render(inverted, [0, 50, 100, 200]))?.pixels).toEqual([255, 191, 127, 0]);
  });

  it('applies rescale and window to signed 12-bit values', async () => {
    const ct = {
      ...GREY,
      BitsAllocated: 16,
      BitsStored: 12,
      HighBit: 11,
      PixelRepresentation: 1,
      RescaleSlope: '2',
      RescaleIntercept: '-100',
      WindowCenter: '0.5',
      WindowWidth: '201',
    };
    // stored -100, 0, 50, 100 are -300, -100, 0, 100 after rescaling
    expect((await render(ct, words(-100 & 0xfff, 0, 50, 100), 'OW'))?.pixels).toEqual([0, 0, 128, 255]);
  });

  it('takes the window of an enhanced multi-frame object from its functional groups', async () => {
    const voi = dataSetOf({ WindowCenter: '100', WindowWidth: '1' });
    const shared = dataSetOf({ FrameVOILUTSequence: [voi] });
    const enhanced = { ...GREY, SharedFunctionalGroupsSequence: [shared] };
    expect((await render(enhanced, [0, 99, 100, 101]))?.pixels).toEqual([0, 0, 255, 255]);
  });

  it('keeps padding black and out of the range', async () => {
    const padded = { ...GREY, PixelPaddingValue: 255 };
    expect((await render(padded, [10, 20, 30, 255]))?.pixels).toEqual([0, 128, 255, 0]);
  });

  it('reads big endian words', async () => {
    const wide = { ...GREY, BitsAllocated: 16, BitsStored: 16, HighBit: 15 };
    const swapped = [0, 0, 0x01, 0, 0x02, 0, 0x04, 0];
    expect((await render(wide, swapped, 'OW', BIG_ENDIAN))?.pixels).toEqual([0, 64, 128, 255]);
  });

  it('reads single bits, also where a frame starts inside a byte', async () => {
    const bits = { ...GREY, BitsAllocated: 1, BitsStored: 1, HighBit: 0, NumberOfFrames: '3' };
    // frames of four bits: 0000, 1001, 1111; the middle one is in the high half of the first byte
    expect((await render(bits, [0x90, 0x0f]))?.pixels).toEqual([255, 0, 0, 255]);
  });

  it('shows the middle frame', async () => {
    const frames = { ...GREY, NumberOfFrames: '3' };
    expect((await render(frames, [0, 0, 0, 9, 0, 9, 0, 0, 9, 0, 0, 0]))?.pixels).toEqual([0, 255, 0, 0]);
  });

  it('shrinks to the size asked for and keeps the proportions', async () => {
    const large = { ...GREY, Rows: 100, Columns: 50 };
    const pixels = Array.from({ length: 5000 }, (_, index) => (index < 2500 ? 0 : 255));
    const pixelData = bytesElement(tagOf('PixelData'), 'OB', Uint8Array.from(pixels));
    const small = picture(await renderThumbnail(await write(large, pixelData), 10));
    expect(small).toMatchObject({ width: 5, height: 10 });
    expect(small?.pixels).toEqual([...Array(25).fill(0), ...Array(25).fill(255)]);
  });
});

describe('a colour preview', () => {
  const colour = { ...GREY, SamplesPerPixel: 3, PhotometricInterpretation: 'RGB', Rows: 1, PlanarConfiguration: 0 };

  it('shows RGB by pixel and by plane', async () => {
    const expected = { width: 2, height: 1, channels: 3, pixels: [255, 0, 10, 0, 255, 20] };
    expect(await render(colour, [255, 0, 10, 0, 255, 20])).toEqual(expected);
    expect(await render({ ...colour, PlanarConfiguration: 1 }, [255, 0, 0, 255, 10, 20])).toEqual(expected);
  });

  it('turns YBR_FULL and YBR_FULL_422 into RGB', async () => {
    const red = [76, 85, 255];
    const ybr = { ...colour, PhotometricInterpretation: 'YBR_FULL' };
    expect((await render(ybr, [...red, ...red]))?.pixels).toEqual([254, 0, 0, 254, 0, 0]);
    const subsampled = { ...colour, PhotometricInterpretation: 'YBR_FULL_422' };
    expect((await render(subsampled, [76, 76, 85, 255]))?.pixels).toEqual([254, 0, 0, 254, 0, 0]);
  });

  it('looks palette colours up', async () => {
    const descriptor = [2, 0, 16];
    const palette = (keyword: string, low: number, high: number) =>
      bytesElement(tagOf(keyword), 'OW', Uint8Array.from(words(low << 8, high << 8)));
    const attributes = {
      ...GREY,
      PhotometricInterpretation: 'PALETTE COLOR',
      Rows: 1,
      RedPaletteColorLookupTableDescriptor: descriptor,
      GreenPaletteColorLookupTableDescriptor: descriptor,
      BluePaletteColorLookupTableDescriptor: descriptor,
    };
    const base = dataSetOf(attributes).elements;
    const elements = [
      ...base,
      palette('RedPaletteColorLookupTableData', 1, 2),
      palette('GreenPaletteColorLookupTableData', 3, 4),
      palette('BluePaletteColorLookupTableData', 5, 6),
      bytesElement(tagOf('PixelData'), 'OB', Uint8Array.from([0, 1])),
    ].sort((a, b) => a.tag - b.tag);
    const file = join(folder, 'palette.dcm');
    const meta = dataSetOf({ TransferSyntaxUID: EXPLICIT }).elements;
    const dataSet = makeDataSet(LITTLE_ENDIAN, elements);
    await writePart10(file, { meta, dataSet, transferSyntaxUid: EXPLICIT, source: '' });
    expect(picture(await renderThumbnail(file, 256))?.pixels).toEqual([1, 3, 5, 2, 4, 6]);
  });
});

describe('a compressed object', () => {
  const encapsulate = async (attributes: Attributes, transferSyntaxUid: string, ...fragments: number[][]) => {
    const source = join(folder, `${files}.fragments`);
    writeFileSync(source, Uint8Array.from(fragments.flat()));
    let offset = 0;
    const bulk = fragments.map((fragment) => {
      offset += fragment.length;
      return { kind: 'bulk', offset: offset - fragment.length, length: fragment.length } as const;
    });
    const table = { kind: 'bulk', offset: 0, length: 0 } as const;
    const value = { kind: 'encapsulated', fragments: [table, ...bulk] } as const;
    return write(attributes, { tag: tagOf('PixelData'), vr: 'OB', value }, transferSyntaxUid, source);
  };
  const runLength = (...segments: number[][]) => {
    const header = new Uint32Array(16);
    header[0] = segments.length;
    let offset = 64;
    for (const [index, segment] of segments.entries()) {
      header[index + 1] = offset;
      offset += segment.length;
    }
    return [...new Uint8Array(header.buffer), ...segments.flat()];
  };

  it('is decoded when it is RLE: repeated and literal runs, 8 bits', async () => {
    const file = await encapsulate(GREY, RLE, runLength([255, 0, 1, 100, 200]));
    expect(picture(await renderThumbnail(file, 256))?.pixels).toEqual([0, 0, 128, 255]);
  });

  it('is decoded when it is RLE: 16 bits in two planes, middle frame', async () => {
    const wide = { ...GREY, BitsAllocated: 16, BitsStored: 16, HighBit: 15, NumberOfFrames: '2' };
    const black = runLength([253, 0], [253, 0]);
    const file = await encapsulate(wide, RLE, black, runLength([3, 0, 1, 2, 4], [253, 0]));
    expect(picture(await renderThumbnail(file, 256))?.pixels).toEqual([0, 64, 128, 255]);
  });

  it('has no preview when its runs are damaged or end early', async () => {
    for (const segment of [[3, 1], [129], [0, 1]]) {
      expect(await renderThumbnail(await encapsulate(GREY, RLE, runLength(segment)), 256)).toBeUndefined();
    }
  });

  it('has no preview when it is compressed otherwise', async () => {
    const file = await encapsulate(GREY, '1.2.840.10008.1.2.4.50', [0xff, 0xd8, 0xff, 0xd9]);
    expect(await renderThumbnail(file, 256)).toBeUndefined();
  });
});

describe('an object without a usable image', () => {
  it('has no preview when the pixels are fewer than stated', async () => {
    expect(await render({ ...GREY, Rows: 200 }, [0, 1, 2, 3])).toBeUndefined();
  });

  it('has no preview when bits stored and allocated contradict each other', async () => {
    expect(await render({ ...GREY, BitsStored: 12 }, [0, 1, 2, 3])).toBeUndefined();
  });

  it('has no preview when there are no pixel data, and when it is no DICOM file', async () => {
    const text = bytesElement(tagOf('PatientID'), 'LO', Buffer.from('GH-1'));
    expect(await renderThumbnail(await write({}, text), 256)).toBeUndefined();
    const file = join(folder, 'noise.dcm');
    writeFileSync(file, 'this is no DICOM file, and a long one at that'.repeat(20));
    expect(await renderThumbnail(file, 256)).toBeUndefined();
  });
});
