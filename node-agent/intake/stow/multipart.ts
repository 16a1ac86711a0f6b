/**
 * The parts of a multipart body (RFC 2046 §5.1), one after another as streams: nothing but the piece that just came
 * is kept, and the next one is asked for when the reader of a part is ready for it.
 */

export interface MultipartLimits {
  /** Bytes of the header fields of one part. */
  readonly headerBytes: number;
  readonly parts: number;
  /** Bytes before the first part and behind the last one. */
  readonly paddingBytes: number;
}

export const DEFAULT_MULTIPART_LIMITS: MultipartLimits = {
  headerBytes: 16 * 1024,
  parts: 20_000,
  paddingBytes: 64 * 1024,
};

export interface Part {
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** To be read at most once; what is left of it is passed over when the next part is asked for. */
  readonly body: AsyncIterable<Buffer>;
}

/** The body is not the multipart it should be; the message is a sentence without anything of its content. */
export class MultipartError extends Error {
  override readonly name = 'MultipartError';
}

/** RFC 2046 §5.1.1: 1 to 70 characters, no space at the end. Wider than its alphabet, which clients do not keep to. */
export function isBoundary(text: string): boolean {
  return /^[\x20-\x7e]{0,69}[\x21-\x7e]$/.test(text);
}

const CR = 0x0d;
const LINE_END = Buffer.from('\r\n');
const HEADER_END = Buffer.from('\r\n\r\n');

/**
 * Yields the parts.
 * @throws MultipartError where the body breaks the rules or a limit, or ends before it is complete; and whatever the source throws
 */
export async function* partsOf(
  source: AsyncIterable<Buffer>,
  boundary: string,
  limits: Partial<MultipartLimits> = {},
): AsyncGenerator<Part> {
  const { headerBytes, parts, paddingBytes } = { ...DEFAULT_MULTIPART_LIMITS, ...limits };
  const scanner = new Scanner(source, boundary);
  await scanner.pass(paddingBytes);
  for (let count = 1; !(await scanner.atClose()); count += 1) {
    if (count > parts) throw new MultipartError(`A request may have up to ${parts} parts. Send the rest in another.`);
    const headers = headersOf(await scanner.headerBlock(headerBytes));
    yield { headers, body: { [Symbol.asyncIterator]: () => ({ next: () => scanner.next() }) } };
    await scanner.pass(Number.POSITIVE_INFINITY);
  }
  await scanner.epilogue(paddingBytes);
}

class Scanner {
  readonly #source: AsyncIterator<Buffer>;
  readonly #delimiter: Buffer;
  /** The first boundary may stand at the very beginning, where no line end is before it. */
  #bytes: Buffer = LINE_END;
  #inContent = true;

  constructor(source: AsyncIterable<Buffer>, boundary: string) {
    this.#source = source[Symbol.asyncIterator]();
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  }

  /** The next piece before the delimiter, which is taken away when it is reached. */
  async next(): Promise<IteratorResult<Buffer, undefined>> {
    while (this.#inContent) {
      const found = this.#bytes.indexOf(this.#delimiter);
      const length = found >= 0 ? found : this.#certain();
      const piece = this.#bytes.subarray(0, length);
      this.#bytes = this.#bytes.subarray(found >= 0 ? found + this.#delimiter.length : length);
      if (found >= 0) this.#inContent = false;
      if (piece.length > 0) return { done: false, value: piece };
      if (found < 0) await this.#more();
    }
    return { done: true, value: undefined };
  }

  /** Passes over what is left before the delimiter. */
  async pass(most: number): Promise<void> {
    let passed = 0;
    for (let piece = await this.next(); !piece.done; piece = await this.next()) {
      passed += piece.value.length;
      if (passed > most) throw new MultipartError('The body does not begin with its boundary. Check the Content-Type.');
    }
  }

  /** Whether the delimiter was the one that closes the body. */
  async atClose(): Promise<boolean> {
    while (this.#bytes.length < 2) await this.#more();
    return this.#bytes.toString('latin1', 0, 2) === '--';
  }

  /** The header fields of a part; afterwards its content comes. */
  async headerBlock(most: number): Promise<string> {
    for (;;) {
      // White space may follow the boundary on its line (RFC 2046 §5.1.1, transport-padding).
      const start = this.#bytes.findIndex((byte) => byte !== 0x20 && byte !== 0x09);
      const line = start < 0 ? this.#bytes.subarray(0, 0) : this.#bytes.subarray(start);
      const wrong = line.length > 0 && !LINE_END.subarray(0, 2).equals(line.subarray(0, 2)) && line.length >= 2;
      if (wrong) throw new MultipartError('A line that begins like the boundary is none. Choose another boundary.');
      const end = line.indexOf(HEADER_END);
      if (end > most || (end < 0 && this.#bytes.length > most + HEADER_END.length))
        throw new MultipartError(`The header fields of a part may have up to ${most} bytes.`);
      if (end >= 0) {
        const header = line.toString('latin1', 0, end);
        this.#bytes = line.subarray(end + HEADER_END.length);
        this.#inContent = true;
        await this.#giveBackLineEnd();
        return header;
      }
      await this.#more();
    }
  }

  /** What follows the close is of no meaning (RFC 2046 §5.1.1). */
  async epilogue(most: number): Promise<void> {
    let passed = this.#bytes.length;
    for (;;) {
      if (passed > most) throw new MultipartError('Something follows the end of the multipart body.');
      const next = await this.#source.next();
      if (next.done) return;
      passed += next.value.length;
    }
  }

  /** A part without a body ends with its header: the line end before the boundary belongs to the boundary. */
  async #giveBackLineEnd(): Promise<void> {
    const line = this.#delimiter.subarray(LINE_END.length);
    const begins = () => line.subarray(0, this.#bytes.length).equals(this.#bytes.subarray(0, line.length));
    while (this.#bytes.length < line.length && begins()) await this.#more();
    if (begins()) this.#bytes = Buffer.concat([LINE_END, this.#bytes]);
  }

  /** How many of the bytes cannot be the beginning of a delimiter that goes on in the next piece. */
  #certain(): number {
    const bytes = this.#bytes;
    let at = bytes.indexOf(CR, Math.max(0, bytes.length - this.#delimiter.length + 1));
    while (at >= 0 && !this.#delimiter.subarray(0, bytes.length - at).equals(bytes.subarray(at)))
      at = bytes.indexOf(CR, at + 1);
    return at < 0 ? bytes.length : at;
  }

  async #more(): Promise<void> {
    const next = await this.#source.next();
    if (next.done) throw new MultipartError('The body ends before its closing boundary. Send what is missing again.');
    this.#bytes = this.#bytes.length === 0 ? next.value : Buffer.concat([this.#bytes, next.value]);
  }
}

/** @param block lines that each begin with the line end before them */
function headersOf(block: string): Map<string, string> {
  const headers = new Map<string, string>();
  const lines = block.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  for (const line of lines.filter((text) => text !== '')) {
    const colon = line.indexOf(':');
    if (colon < 1) throw new MultipartError('A header field of a part has no name. Correct what the sender writes.');
    headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}
