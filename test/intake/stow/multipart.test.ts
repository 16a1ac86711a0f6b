import { describe, expect, it } from 'vitest';
import { MultipartError, type MultipartLimits, partsOf } from '../../../node-agent/intake/stow/multipart.ts';
import { random } from '../../support/random.ts';
import { counted } from '../../support/soak.ts';
import { BOUNDARY, multipart } from './multipart-writer.ts';

async function* inPieces(bytes: Buffer, length: (left: number) => number): AsyncGenerator<Buffer> {
  for (let offset = 0; offset < bytes.length; ) {
    const end = offset + Math.max(1, length(bytes.length - offset));
    yield bytes.subarray(offset, end);
    offset = end;
  }
}

interface ReadPart {
  readonly headers: Record<string, string>;
  readonly content: string;
}

async function read(
  bytes: Buffer,
  length = (left: number) => left,
  limits: Partial<MultipartLimits> = {},
  boundary = BOUNDARY,
): Promise<ReadPart[]> {
  const found: ReadPart[] = [];
  for await (const { headers, body } of partsOf(inPieces(bytes, length), boundary, limits)) {
    const pieces: Buffer[] = [];
    for await (const piece of body) pieces.push(piece);
    found.push({ headers: Object.fromEntries(headers), content: Buffer.concat(pieces).toString('latin1') });
  }
  return found;
}

const text = (content: string) => ({ content: Buffer.from(content, 'latin1') });

describe('the parts of a multipart body', () => {
  it('come with their header fields and their bytes, preamble and epilogue left out', async () => {
    const body = Buffer.concat([
      Buffer.from('a preamble\r\n'),
      multipart([text('one'), text(''), { content: Buffer.from('\r\n--\r\n'), type: undefined }]),
      Buffer.from('an epilogue'),
    ]);
    const type = { 'content-type': 'application/dicom' };
    expect(await read(body)).toEqual([
      { headers: type, content: 'one' },
      { headers: type, content: '' },
      { headers: {}, content: '\r\n--\r\n' },
    ]);
  });

  it('are the same in whatever pieces the body comes, also byte by byte', async () => {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
    console.log(`multipart pieces: seed ${seed}`);
    const next = random(seed);
    const pick = (count: number) => Math.floor(next() * count);
    // Pieces of the delimiter itself, which must be told from it wherever the body is cut.
    const shards = [
      '\r',
      '\n',
      '\r\n',
      '\r\n-',
      '\r\n--',
      `\r\n--${BOUNDARY.slice(0, -1)}`,
      `--${BOUNDARY.slice(1)}`,
      `\r\r\n--${BOUNDARY.slice(0, 5)}`,
      'x',
      '\0',
    ];
    for (let round = 0; round < counted(200, 20_000); round += 1) {
      const contents = Array.from({ length: 1 + pick(4) }, () =>
        Array.from({ length: pick(12) }, () => shards[pick(shards.length)]).join(''),
      );
      const body = multipart(contents.map(text));
      const most = 1 + pick(40);
      const found = await read(body, () => (round % 3 === 0 ? 1 : 1 + pick(most)));
      expect(
        found.map(({ content }) => content),
        `seed ${seed}, round ${round}`,
      ).toEqual(contents);
    }
  });

  it('may be left unread: the next one comes all the same', async () => {
    const seen: string[] = [];
    for await (const { headers, body } of partsOf(
      inPieces(multipart([text('a'.repeat(100)), text('b')]), () => 7),
      BOUNDARY,
    )) {
      if (seen.length > 0) for await (const piece of body) seen.push(piece.toString());
      seen.push(headers.get('content-type') ?? '');
    }
    expect(seen).toEqual(['application/dicom', 'b', 'application/dicom']);
  });

  it('may begin right away, without a body, with white space behind the boundary, and with folded fields', async () => {
    const body = `--${BOUNDARY} \t\r\nX-Long: one\r\n\ttwo\r\n\r\n--${BOUNDARY}\r\n\r\n--${BOUNDARY}--`;
    for (const length of [1, 3, 1000]) {
      expect(await read(Buffer.from(body), () => length)).toEqual([
        { headers: { 'x-long': 'one two' }, content: '' },
        { headers: {}, content: '' },
      ]);
    }
  });

  it('are refused with a sentence where the body breaks the rules or a limit', async () => {
    const whole = multipart([text('one'), text('two')]);
    const limits = { headerBytes: 100, parts: 2, paddingBytes: 50 };
    const header = (field: string) => multipart([{ content: Buffer.from('x'), header: field }]);
    const cases: [Buffer, RegExp][] = [
      [Buffer.alloc(0), /ends before its closing boundary/],
      [Buffer.from('no boundary in here at all'), /ends before its closing boundary/],
      [Buffer.alloc(1000, 'x'), /does not begin with its boundary/],
      [whole.subarray(0, whole.length - 4), /ends before its closing boundary/],
      [whole.subarray(0, BOUNDARY.length + 10), /ends before its closing boundary/],
      [Buffer.from(`--${BOUNDARY}x\r\n\r\n\r\n--${BOUNDARY}--`), /begins like the boundary is none/],
      [header(`X: ${'y'.repeat(200)}\r\n`), /may have up to 100 bytes/],
      [Buffer.concat([Buffer.from(`--${BOUNDARY}\r\n`), Buffer.alloc(5000, 'h')]), /may have up to 100 bytes/],
      [header('a line without a colon\r\n'), /has no name/],
      [multipart([text('1'), text('2'), text('3')]), /up to 2 parts/],
      [Buffer.concat([whole, Buffer.alloc(100)]), /follows the end/],
    ];
    for (const [body, sentence] of cases) {
      for (const length of [1, 13, 100_000]) {
        const reading = read(body, () => length, limits);
        await expect(reading, `${sentence} in pieces of ${length}`).rejects.toThrow(sentence);
        await expect(read(body, () => length, limits)).rejects.toBeInstanceOf(MultipartError);
      }
    }
  });

  it('are asked for one piece at a time: nothing is read ahead of who reads them', async () => {
    let given = 0;
    const source = async function* () {
      yield Buffer.from(`--${BOUNDARY}\r\n\r\n`);
      for (; given < 1000; given += 1) yield Buffer.alloc(1000, 'x');
      yield Buffer.from(`\r\n--${BOUNDARY}--`);
    };
    for await (const { body } of partsOf(source(), BOUNDARY)) {
      const pieces = body[Symbol.asyncIterator]();
      for (let taken = 1; taken <= 10; taken += 1) {
        await pieces.next();
        expect(given).toBeLessThanOrEqual(taken + 1);
      }
    }
    expect(given).toBe(1000);
  });
});
