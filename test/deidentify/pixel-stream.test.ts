import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Deidentification } from '../../node-agent/deidentify/outcome.ts';
import { textInPixelStream } from '../../node-agent/deidentify/pixel-stream/pixel-stream.ts';
import type { DataElement } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { bytesElement, makeDataSet, numberElement } from '../../node-agent/dicom/element.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { writePart10 } from '../../node-agent/dicom/part10-writer.ts';
import { corpus } from '../support/corpus.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ctElements, ENCODING, engine, text, writeSource } from './fixtures.ts';

const JPEG_BASELINE = '1.2.840.10008.1.2.4.50';
const CAUSE = 'text-in-pixel-stream';

function latin(value: string): Buffer {
  return Buffer.from(value, 'latin1');
}

/** A marker segment with its length. */
function segment(marker: number, payload: string | Uint8Array): Buffer {
  const bytes = typeof payload === 'string' ? latin(payload) : payload;
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length + 2);
  return Buffer.concat([Buffer.from([0xff, marker]), length, bytes]);
}

const SCAN = Buffer.concat([segment(0xda, Buffer.alloc(10)), Buffer.alloc(6000, 'Text of the image'), mark(0xd9)]);
const JFIF = segment(0xe0, 'JFIF\0\x01\x01\0\0\x01\0\x01\0\0');

function mark(marker: number): Buffer {
  return Buffer.from([0xff, marker]);
}

/** A JPEG stream with these segments before its frame header. */
function jpeg(...segments: readonly Buffer[]): Buffer {
  return Buffer.concat([mark(0xd8), JFIF, ...segments, segment(0xc0, Buffer.alloc(15)), SCAN]);
}

/** A JPEG 2000 codestream with these segments in its main header and, apart, in that of its second tile part. */
function jpeg2000(main: readonly Buffer[], second: readonly Buffer[] = []): Buffer {
  const size = segment(0x51, Buffer.alloc(38));
  const tilePart = (extra: readonly Buffer[]): Buffer => {
    const body = Buffer.concat([...extra, mark(0x93), Buffer.alloc(5000, 'words of image')]);
    const header = Buffer.alloc(8);
    header.writeUInt32BE(body.length + 12, 2);
    return Buffer.concat([segment(0x90, header), body]);
  };
  return Buffer.concat([mark(0x4f), size, ...main, tilePart([]), tilePart(second), mark(0xd9)]);
}

function box(type: string, content: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length + 8);
  return Buffer.concat([length, latin(type), content]);
}

function jp2(...boxes: readonly Buffer[]): Buffer {
  const start = [box('jP  ', Buffer.from([0x0d, 0x0a, 0x87, 0x0a])), box('ftyp', latin('jp2 \0\0\0\0jp2 '))];
  return Buffer.concat([...start, box('jp2h', box('ihdr', Buffer.alloc(14))), ...boxes]);
}

function comment(words: string): Buffer {
  return segment(0x64, `\0\x01${words}`);
}

/** De-identifies a CT whose pixel data is made of these fragments. */
async function deidentified(...fragments: readonly Buffer[]): Promise<Deidentification> {
  const folder = temporaryFolder();
  const [parts, source, target] = ['parts', 'source.dcm', 'target.dcm'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(parts, Buffer.concat(fragments));
  let offset = 0;
  const places = fragments.map(({ length }) => {
    offset += length;
    return { kind: 'bulk' as const, offset: offset - length, length };
  });
  const empty = { kind: 'bulk' as const, offset: 0, length: 0 };
  const value = { kind: 'encapsulated' as const, fragments: [empty, ...places] };
  const pixelData: DataElement = { tag: tagOf('PixelData'), vr: 'OB', value };
  await writePart10(source, {
    meta: [text('TransferSyntaxUID', 'UI', JPEG_BASELINE)],
    dataSet: makeDataSet(ENCODING, ctElements(pixelData)),
    transferSyntaxUid: JPEG_BASELINE,
    source: parts,
  });
  const outcome = await engine().deidentifyAndVerify(source, target);
  expect(existsSync(target)).toBe(outcome.kind === 'deidentified');
  return outcome;
}

async function causeOf(...fragments: readonly Buffer[]): Promise<string> {
  const outcome = await deidentified(...fragments);
  if (outcome.kind === 'quarantined') expect(outcome.detail).not.toMatch(/Brandst|Smith/u);
  return outcome.kind === 'quarantined' ? outcome.cause : outcome.kind;
}

const APP1_EXIF = segment(0xe1, 'Exif\0\0MM\0*\0\0\0\x08 1958:03:12');

describe('compressed pixel data is set aside', () => {
  const carriers: Record<string, Buffer> = {
    'a JPEG comment': jpeg(segment(0xfe, 'Smith, room 4')),
    'a JPEG comment in UTF-16': jpeg(segment(0xfe, Buffer.from('Smith', 'utf16le'))),
    'a comment that only begins like an encoder': jpeg(segment(0xfe, 'Kakadu-v7.3.3 Smith')),
    'a second comment': jpeg(segment(0xfe, 'MITRA_DICOM_STANDARD'), segment(0xfe, 'Smith')),
    'an application segment (Exif)': jpeg(APP1_EXIF),
    'an application segment posing as JFIF of another number': jpeg(segment(0xe5, 'JFIF\0Smith')),
    'bytes between two segments': jpeg(latin('Smith John')),
    'bytes after the end of the image': Buffer.concat([jpeg(), latin('Smith John')]),
    'a JPEG 2000 comment': jpeg2000([comment('Smith^John')]),
    'a JPEG 2000 comment in a later tile part': jpeg2000([], [comment('Smith^John')]),
    'an XML box': jp2(box('jp2c', jpeg2000([])), box('xml ', latin('<name>Smith</name>'))),
    'a UUID box': jp2(box('uuid', latin('0123456789abcdefSmith')), box('jp2c', jpeg2000([]))),
    'a JPEG 2000 comment inside a JP2 file': jp2(box('jp2c', jpeg2000([comment('Smith^John')]))),
  };
  for (const [what, bytes] of Object.entries(carriers)) {
    it(`with ${what}`, async () => {
      expect(await causeOf(bytes)).toBe(CAUSE);
    });
  }

  it('also when only the last of many frames carries text, or the header is cut into fragments', async () => {
    const frames = Array.from({ length: 50 }, () => jpeg());
    expect(await causeOf(...frames)).toBe('deidentified');
    expect(await causeOf(...frames, jpeg(segment(0xfe, 'Smith')))).toBe(CAUSE);
    const whole = jpeg(segment(0xfe, 'Smith, room 4'));
    expect(await causeOf(whole.subarray(0, 2), whole.subarray(2, 28), whole.subarray(28))).toBe(CAUSE);
  });
});

describe('compressed pixel data passes', () => {
  const harmless: Record<string, Buffer> = {
    'no comment': jpeg(),
    'JFIF and Adobe segments': jpeg(segment(0xee, 'Adobe\0d\0\0\0\0\0')),
    'an empty and a very short comment': jpeg(segment(0xfe, ''), segment(0xfe, 'v1 ')),
    'fill bytes and zero padding': Buffer.concat([jpeg(mark(0xff)), Buffer.alloc(9)]),
    'a word of dirt for alignment': Buffer.concat([jpeg(), latin('\0\0\0E QE')]),
    'a UUID box without text': jp2(box('uuid', latin('0123456789abcdef\0\0\x002')), box('jp2c', jpeg2000([]))),
    'the comment of a JPEG 2000 encoder': jpeg2000([comment('Created by OpenJPEG version 2.5.2')], [comment('OK')]),
    'a JP2 file without text': jp2(box('jp2c', jpeg2000([comment('Kakadu-v7.3.3')]))),
  };
  for (const words of [
    'LEAD Technologies Inc. V1.01\0',
    'CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = 90\n',
    'MITRA_DICOM_STANDARD',
  ]) {
    harmless[`the comment ${JSON.stringify(words)}`] = jpeg(segment(0xfe, words));
  }
  for (const [what, bytes] of Object.entries(harmless)) {
    it(`with ${what}`, async () => {
      expect(await causeOf(bytes)).toBe('deidentified');
    });
  }

  it('or is at least never a reason to stop working, however it is damaged', async () => {
    const streams = [jpeg(segment(0xfe, 'x')), jpeg2000([comment('OK')]), jp2(box('jp2c', jpeg2000([])))];
    for (const stream of streams) {
      for (let cut = 0; cut < 120; cut += 7) {
        const broken = Buffer.from(stream);
        broken.fill(cut % 2 ? 0xff : 0, cut + 1, cut + 5);
        expect(['deidentified', CAUSE]).toContain(await causeOf(broken));
        expect(['deidentified', CAUSE]).toContain(await causeOf(stream.subarray(0, cut)));
      }
    }
  });
});

describe('uncompressed pixel data longer than its pixels', () => {
  async function outcomeOf(pixels: Uint8Array, ...extra: readonly DataElement[]): Promise<string> {
    const folder = temporaryFolder();
    const { source, target } = await writeSource(
      folder,
      ctElements(bytesElement(tagOf('PixelData'), 'OW', pixels), ...extra),
    );
    const outcome = await engine().deidentifyAndVerify(source, target);
    expect(readdirSync(folder).includes('target.dcm')).toBe(outcome.kind === 'deidentified');
    return outcome.kind === 'quarantined' ? outcome.cause : outcome.kind;
  }
  const pixels = Buffer.alloc(128, 3);
  const number = (keyword: string, value: number) => numberElement(ENCODING, tagOf(keyword), 'US', [value]);

  it('is set aside unless the rest is zeros', async () => {
    expect(await outcomeOf(pixels)).toBe('deidentified');
    expect(await outcomeOf(Buffer.concat([pixels, latin('Smith^John')]))).toBe(CAUSE);
    expect(await outcomeOf(Buffer.concat([pixels, Buffer.alloc(4000)]))).toBe('deidentified');
    const large = Buffer.alloc(300_000);
    large.write('Smith', 299_990, 'latin1');
    expect(await outcomeOf(large)).toBe(CAUSE);
  });

  it('counts bits, samples and frames, and the padding to an even length', async () => {
    const bits = [number('Rows', 3), number('Columns', 3), number('BitsAllocated', 1)];
    expect(await outcomeOf(Buffer.alloc(2, 7), ...bits)).toBe('deidentified');
    expect(await outcomeOf(Buffer.alloc(4, 7), ...bits)).toBe(CAUSE);
    expect(await outcomeOf(Buffer.alloc(4, 7), ...bits, text('NumberOfFrames', 'IS', '3'))).toBe('deidentified');
    const colour = [number('SamplesPerPixel', 3), text('PhotometricInterpretation', 'CS', 'YBR_FULL_422')];
    const reasonFor = (length: number): string | undefined => {
      const value = bytesElement(tagOf('PixelData'), 'OB', Buffer.alloc(length, 7));
      const elements = ctElements(value, ...colour, number('BitsAllocated', 8));
      return textInPixelStream({ dataSet: makeDataSet(ENCODING, elements), path: import.meta.filename });
    };
    // Subsampled as stated, or in full as many write it.
    for (const length of [128, 192]) expect(reasonFor(length)).toBeUndefined();
    for (const length of [150, 200]) expect(reasonFor(length)).toMatch(/bytes belong to no pixel/u);
  });
});

describe.skipIf(corpus() === undefined)('sound files of many encoders', () => {
  it('carry no text that is not known', async () => {
    const stopped: string[] = [];
    for (const { path, name, theme } of corpus() ?? []) {
      if (theme === 'malformed') continue;
      const object = await readPart10(path, { tolerant: true }).catch(() => undefined);
      if (object === undefined) continue;
      const reason = textInPixelStream(object);
      await object.close();
      if (reason !== undefined) stopped.push(`${name}: ${reason}`);
    }
    expect(stopped).toEqual([]);
  });
});
