/** Data sets that are short enough to be in memory, as those of DIMSE messages are: reading and writing them (PS3.5 §7). */
import type { ByteWindow } from './byte-window.ts';
import type { DataSet, Encoding } from './data-set.ts';
import { DataSetEncoder } from './data-set-encoder.ts';
import { DataSetParser } from './data-set-parser.ts';
import { Findings } from './findings.ts';
import type { ReadLimits } from './read-limits.ts';

class MemoryWindow implements ByteWindow {
  readonly size: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.size = bytes.length;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  holds(): boolean {
    return true;
  }

  async load(): Promise<void> {}

  uint8(offset: number): number {
    return this.#view.getUint8(offset);
  }

  uint16(offset: number, littleEndian: boolean): number {
    return this.#view.getUint16(offset, littleEndian);
  }

  uint32(offset: number, littleEndian: boolean): number {
    return this.#view.getUint32(offset, littleEndian);
  }

  bytes(offset: number, length: number): Uint8Array {
    return this.#bytes.slice(offset, offset + length);
  }
}

/** @throws DicomParseError when the bytes are no data set, or one beyond the limits */
export async function decodeDataSet(bytes: Uint8Array, encoding: Encoding, limits: ReadLimits): Promise<DataSet> {
  const parser = new DataSetParser(new MemoryWindow(bytes), limits, new Findings(), false);
  return (await parser.parse(0, encoding)).dataSet;
}

/** @throws Error when a value was left in a file */
export function encodeDataSet(dataSet: DataSet): Buffer {
  const chunks: Uint8Array[] = [];
  for (const piece of new DataSetEncoder(dataSet.encoding).encode(dataSet)) {
    if (piece.kind !== 'bytes') throw new Error('A value of this data set is not in memory.');
    chunks.push(piece.bytes);
  }
  return Buffer.concat(chunks);
}
