import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DicomParseError } from '../../node-agent/dicom/parse-error.ts';
import { type Part10Object, type ReadOptions, readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { element, item, itemDelimitation, part10, sequenceDelimitation } from './part10-bytes.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const IMPLICIT = '1.2.840.10008.1.2';
const BIG = '1.2.840.10008.1.2.2';
const DEFLATED = '1.2.840.10008.1.2.1.99';
const JPEG = '1.2.840.10008.1.2.4.50';
const UNDEFINED = 0xffffffff;

async function read(bytes: Uint8Array, options?: ReadOptions): Promise<Part10Object> {
  const path = join(temporaryFolder(), 'object.dcm');
  writeFileSync(path, bytes);
  return readPart10(path, options);
}

async function failure(bytes: Uint8Array, options?: ReadOptions): Promise<DicomParseError> {
  const error = await read(bytes, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DicomParseError);
  return error as DicomParseError;
}

const patientId = (layout: 'explicit' | 'implicit' | 'big' = 'explicit') => element(0x00100020, 'LO', 'A1', layout);
const rows = (bytes: number[], layout: 'explicit' | 'implicit' | 'big' = 'explicit') =>
  element(0x00280010, 'US', Uint8Array.from(bytes), layout);

describe('transfer syntaxes', () => {
  it('reads explicit VR little endian', async () => {
    const { dataSet, transferSyntaxUid, meta, findings } = await read(part10(EXPLICIT, patientId(), rows([2, 1])));
    expect(dataSet.string(0x00100020)).toBe('A1');
    expect(dataSet.number(0x00280010)).toBe(258);
    expect(transferSyntaxUid).toBe(EXPLICIT);
    expect(meta?.string(0x00020010)).toBe(EXPLICIT);
    expect(findings).toEqual([]);
  });

  it('reads implicit VR little endian with the VRs of the dictionary', async () => {
    const { dataSet } = await read(
      part10(
        IMPLICIT,
        element(0x00090010, '', 'ACME', 'implicit'),
        element(0x00091001, '', 'xy', 'implicit'),
        patientId('implicit'),
      ),
    );
    expect(dataSet.elements.map(({ vr }) => vr)).toEqual(['LO', 'UN', 'LO']);
  });

  it('reads explicit VR big endian', async () => {
    const { dataSet } = await read(part10(BIG, patientId('big'), rows([1, 2], 'big')));
    expect(dataSet.number(0x00280010)).toBe(258);
  });

  it('reads a deflated data set through a private copy that close() removes', async () => {
    const object = await read(part10(DEFLATED, deflateRawSync(Buffer.concat([patientId(), rows([2, 1])]))));
    expect(object.dataSet.string(0x00100020)).toBe('A1');
    expect(existsSync(object.path)).toBe(true);
    await object.close();
    expect(existsSync(object.path)).toBe(false);
  });

  it('takes the sign of US or SS from Pixel Representation', async () => {
    const representation = element(0x00280103, 'US', Uint8Array.of(1, 0), 'implicit');
    const smallest = element(0x00280106, '', Uint8Array.of(0xff, 0xff), 'implicit');
    const { dataSet } = await read(part10(IMPLICIT, rows([1, 0], 'implicit'), representation, smallest));
    expect(dataSet.number(0x00280106)).toBe(-1);
  });

  it('follows the elements when the file states the wrong transfer syntax', async () => {
    const object = await read(part10(IMPLICIT, patientId(), rows([2, 1])));
    expect(object.transferSyntaxUid).toBe(EXPLICIT);
    expect(object.findings).toHaveLength(1);
  });

  it('keeps a stated compression even when the VRs are missing', async () => {
    const pixels = Buffer.concat([
      element(0x7fe00010, '', '', 'implicit', UNDEFINED),
      item(Buffer.alloc(0)),
      item(Buffer.from([1, 2])),
      sequenceDelimitation(),
    ]);
    const object = await read(part10(JPEG, patientId('implicit'), pixels));
    expect(object.transferSyntaxUid).toBe(JPEG);
    expect(object.dataSet.encoding.explicit).toBe(false);
  });

  it('refuses a transfer syntax it knows nothing about', async () => {
    expect((await failure(part10('1.2.3.4', patientId()), { tolerant: true })).reason).toBe('unknown-transfer-syntax');
  });
});

describe('sequences', () => {
  const content = patientId();
  const sequence = 0x00081140;
  const forms = {
    'defined lengths': element(sequence, 'SQ', item(content)),
    'an undefined item length': element(
      sequence,
      'SQ',
      Buffer.concat([item(content, 'explicit', UNDEFINED), itemDelimitation()]),
    ),
    'an undefined sequence length': Buffer.concat([
      element(sequence, 'SQ', item(content), 'explicit', UNDEFINED),
      sequenceDelimitation(),
    ]),
    'both lengths undefined': Buffer.concat([
      element(sequence, 'SQ', item(content, 'explicit', UNDEFINED), 'explicit', UNDEFINED),
      itemDelimitation(),
      sequenceDelimitation(),
    ]),
  };
  for (const [form, bytes] of Object.entries(forms)) {
    it(`reads items with ${form}`, async () => {
      const { dataSet } = await read(part10(EXPLICIT, bytes, rows([1, 0])));
      expect(dataSet.items(sequence).map((child) => child.string(0x00100020))).toEqual(['A1']);
      expect(dataSet.number(0x00280010)).toBe(1);
    });
  }

  it('reads UN of undefined length as a sequence in implicit VR', async () => {
    const bytes = Buffer.concat([
      element(0x00091001, 'UN', item(patientId('implicit')), 'explicit', UNDEFINED),
      sequenceDelimitation(),
    ]);
    const { dataSet } = await read(part10(EXPLICIT, element(0x00080060, 'CS', 'MR'), bytes));
    expect(dataSet.get(0x00091001)?.vr).toBe('UN');
    expect(dataSet.items(0x00091001)[0]?.string(0x00100020)).toBe('A1');
  });

  it('reads a sequence of the standard that was written as UN of defined length', async () => {
    const inner = element(0x00081115, '', item(patientId('implicit'), 'implicit'), 'implicit');
    const bytes = Buffer.concat([item(Buffer.concat([inner, patientId('implicit')])), item(Buffer.alloc(0))]);
    for (const [syntax, layout] of [
      [EXPLICIT, 'explicit'],
      [BIG, 'big'],
    ] as const) {
      const un = element(sequence, 'UN', bytes, layout);
      const { dataSet } = await read(part10(syntax, un, rows(layout === 'big' ? [0, 1] : [1, 0], layout)));
      expect(dataSet.items(sequence).map((child) => child.string(0x00100020))).toEqual(['A1', undefined]);
      expect(dataSet.items(sequence)[0]?.items(0x00081115)[0]?.string(0x00100020)).toBe('A1');
      expect(dataSet.number(0x00280010)).toBe(1);
    }
  });

  it('keeps the bytes of UN that only looks like a sequence', async () => {
    const whole = item(patientId('implicit'));
    const last = Buffer.from(whole);
    last[12] = 200;
    for (const value of [
      last,
      Buffer.concat([whole, patientId('implicit')]),
      Buffer.concat([whole, Buffer.alloc(3)]),
    ]) {
      const un = element(sequence, 'UN', value);
      for (const follower of [rows([1, 0]), Buffer.alloc(0)]) {
        const { dataSet } = await read(part10(EXPLICIT, un, follower));
        expect(dataSet.get(sequence)?.value).toEqual({ kind: 'bytes', bytes: Uint8Array.from(value) });
      }
    }
  });

  it('keeps UN of defined length as bytes', async () => {
    const { dataSet } = await read(part10(EXPLICIT, element(0x00091001, 'UN', item(patientId('implicit')))));
    expect(dataSet.get(0x00091001)?.value.kind).toBe('bytes');
  });

  it('lets items inherit the character set and replace it', async () => {
    const name = (bytes: string) => element(0x00100010, 'PN', Buffer.from(bytes, 'latin1'));
    const own = Buffer.concat([element(0x00080005, 'CS', 'ISO_IR 192'), name('\xc3\xa9')]);
    const { dataSet } = await read(
      part10(
        EXPLICIT,
        element(0x00080005, 'CS', 'ISO_IR 100'),
        element(sequence, 'SQ', Buffer.concat([item(name('\xe9 ')), item(own)])),
      ),
    );
    expect(dataSet.items(sequence).map((child) => child.string(0x00100010))).toEqual(['é', 'é']);
  });

  it('refuses nesting beyond the limit', async () => {
    let nested: Uint8Array = Buffer.alloc(0);
    for (let depth = 0; depth < 70; depth += 1) nested = element(sequence, 'SQ', item(nested));
    expect((await failure(part10(EXPLICIT, nested))).reason).toBe('depth');
  });
});

describe('large values', () => {
  it('leaves pixel data over 64 KiB in the file and says where it is', async () => {
    const pixels = Buffer.alloc(64 * 1024 + 2, 7);
    const bytes = part10(EXPLICIT, patientId(), element(0x7fe00010, 'OW', pixels));
    const { dataSet } = await read(bytes);
    const value = dataSet.get(0x7fe00010)?.value;
    expect(value).toEqual({ kind: 'bulk', offset: bytes.length - pixels.length, length: pixels.length });
  });

  it('reads text whatever its length, also under VR UN or another one, but within the limit for memory', async () => {
    const digits = Buffer.alloc(300 * 1024, '12\\');
    for (const vr of ['UN', 'OB', 'UT']) {
      const bytes = part10(EXPLICIT, patientId(), element(0x30060050, vr, digits));
      expect((await read(bytes)).dataSet.get(0x30060050)?.value.kind).toBe('bytes');
      expect((await failure(bytes, { limits: { maximumMemory: 256 * 1024 } })).reason).toBe('limit');
    }
    const table = element(0x00281201, 'OW', digits);
    expect((await read(part10(EXPLICIT, patientId(), table))).dataSet.get(0x00281201)?.value.kind).toBe('bulk');
  });

  it('describes encapsulated pixel data fragment by fragment, offset table first', async () => {
    const start = part10(JPEG, patientId());
    const pixels = Buffer.concat([
      element(0x7fe00010, 'OB', '', 'explicit', UNDEFINED),
      item(Buffer.alloc(4)),
      item(Buffer.from('abcdef')),
      sequenceDelimitation(),
    ]);
    const { dataSet } = await read(Buffer.concat([start, pixels, element(0xfffcfffc, 'OB', '\0\0')]));
    expect(dataSet.get(0x7fe00010)?.value).toEqual({
      kind: 'encapsulated',
      fragments: [
        { kind: 'bulk', offset: start.length + 20, length: 4 },
        { kind: 'bulk', offset: start.length + 32, length: 6 },
      ],
    });
    expect(dataSet.has(0xfffcfffc)).toBe(true);
  });
});

describe('tolerance', () => {
  const dataSet = Buffer.concat([element(0x00080060, 'CS', 'MR'), patientId()]);

  it('refuses a file without preamble, and reads it when asked to be tolerant', async () => {
    expect((await failure(dataSet)).reason).toBe('not-dicom');
    const object = await read(dataSet, { tolerant: true });
    expect(object.transferSyntaxUid).toBe(EXPLICIT);
    expect(object.meta).toBeUndefined();
    expect(object.findings.length).toBeGreaterThan(0);
  });

  it('reads a file that begins with the prefix', async () => {
    const object = await read(part10(EXPLICIT, dataSet).subarray(128), { tolerant: true });
    expect(object.dataSet.string(0x00100020)).toBe('A1');
  });

  it('reads meta information whose group length is wrong', async () => {
    const bytes = part10(EXPLICIT, dataSet);
    bytes.writeUInt32LE(4, 140);
    const object = await read(bytes);
    expect(object.dataSet.string(0x00100020)).toBe('A1');
    expect(object.findings).toHaveLength(1);
  });

  it('reads on after an unknown VR', async () => {
    const odd = element(0x00100010, 'PN', 'Doe^Jane');
    odd.write('??', 4, 'latin1');
    const object = await read(part10(EXPLICIT, element(0x00080060, 'CS', 'MR'), odd, patientId()));
    expect(object.dataSet.string(0x00100010)).toBe('Doe^Jane');
    expect(object.dataSet.string(0x00100020)).toBe('A1');
  });

  it('leaves out zero bytes after the data set', async () => {
    const object = await read(part10(EXPLICIT, dataSet, Buffer.alloc(100_001)));
    expect(object.dataSet.elements).toHaveLength(2);
    expect(object.findings).toHaveLength(1);
  });

  it('reports text outside the declared character set without showing it', async () => {
    const object = await read(part10(EXPLICIT, element(0x00100010, 'PN', 'M\xfcller^X ')));
    expect(object.dataSet.string(0x00100010)).toBe('Müller^X');
    expect(object.findings.join()).toMatch(/Latin-1/);
    expect(object.findings.join()).not.toMatch(/ller/);
  });

  it('stops before a tag when asked', async () => {
    const object = await read(part10(EXPLICIT, dataSet, element(0x7fe00010, 'OW', '', 'explicit', 1 << 30)), {
      stopBefore: 0x7fe00010,
    });
    expect(object.dataSet.elements).toHaveLength(2);
  });
});

describe('damaged files', () => {
  const cases: readonly [name: string, reason: string, bytes: Uint8Array][] = [
    ['an empty file', 'not-dicom', Buffer.alloc(0)],
    ['text', 'not-dicom', Buffer.from('Dear Sir or Madam, '.repeat(20))],
    ['a value cut short', 'truncated', part10(EXPLICIT, patientId()).subarray(0, -1)],
    ['a header cut short', 'truncated', part10(EXPLICIT, patientId(), rows([1, 0]).subarray(0, 6))],
    [
      'a length of four gigabytes',
      'truncated',
      part10(EXPLICIT, patientId(), element(0x7fe00010, 'OW', 'ab', 'explicit', 0xfffffffe)),
    ],
    ['junk at the end', 'truncated', part10(EXPLICIT, patientId(), Buffer.alloc(40), Buffer.from('junk'))],
    [
      'an item longer than its sequence',
      'malformed',
      part10(
        EXPLICIT,
        element(0x00081140, 'SQ', item(patientId(), 'explicit', 90)),
        rows([1, 0]),
        Buffer.concat(Array(20).fill(rows([1, 0]))),
      ),
    ],
    [
      'native pixel data of undefined length',
      'malformed',
      part10(EXPLICIT, patientId(), element(0x7fe00010, 'OW', 'abcdefghijkl', 'explicit', UNDEFINED)),
    ],
    [
      'fragments without an end',
      'truncated',
      part10(JPEG, patientId(), element(0x7fe00010, 'OB', item(Buffer.alloc(4)), 'explicit', UNDEFINED)),
    ],
    ['deflated rubbish', 'inflate', part10(DEFLATED, Buffer.from('ffffffffffffffff', 'hex'))],
    ['a deflate stream cut short', 'inflate', part10(DEFLATED, deflateRawSync(Buffer.alloc(9999, 'x')).subarray(0, 9))],
  ];
  for (const [name, reason, bytes] of cases) {
    it(`names the reason of ${name}: ${reason}`, async () => {
      expect((await failure(bytes)).reason).toBe(reason);
    });
  }

  it('stops inflating at the limit and leaves no copy behind', async () => {
    const bytes = part10(DEFLATED, deflateRawSync(Buffer.alloc(3_000_000)));
    const limits = { maximumInflatedBytes: 1_000_000 };
    const folder = temporaryFolder();
    expect((await failure(bytes, { limits, temporaryFolder: folder })).reason).toBe('limit');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses more elements or more memory than the limits allow', async () => {
    const many = part10(EXPLICIT, Buffer.concat(Array(100).fill(patientId())));
    expect((await failure(many, { limits: { maximumElements: 50 } })).reason).toBe('limit');
    expect((await failure(many, { limits: { maximumMemory: 50 } })).reason).toBe('limit');
  });

  it('never shows a value in a message', async () => {
    const error = await failure(part10(EXPLICIT, element(0x00100010, 'PN', 'Secret^Name', 'explicit', 500)));
    expect(error.message).not.toMatch(/Secret/);
    expect(error.offset).toBeGreaterThan(0);
  });
});
