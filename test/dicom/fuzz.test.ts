import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { DataSet } from '../../node-agent/dicom/data-set.ts';
import { textElement } from '../../node-agent/dicom/element.ts';
import { DicomParseError } from '../../node-agent/dicom/parse-error.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { writePart10 } from '../../node-agent/dicom/part10-writer.ts';
import { corpus } from '../support/corpus.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { element, item, part10, sequenceDelimitation } from './part10-bytes.ts';

const SEED = Number(process.env.FUZZ_SEED ?? 20_261_123);
const ROUNDS = Number(process.env.FUZZ_ROUNDS ?? 400);
const LITTLE = { explicit: true, littleEndian: true };

/** A small deterministic generator (mulberry32): the same seed gives the same files. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

function mutate(original: Uint8Array, below: (limit: number) => number): Buffer {
  const bytes = Buffer.from(original);
  for (let change = below(6); change >= 0; change -= 1) {
    // Most changes hit the header, where lengths and tags are.
    const position = below(Math.min(bytes.length, below(4) === 0 ? bytes.length : 1_500));
    const kind = below(5);
    if (kind === 0) bytes[position] = below(256);
    else if (kind === 1) bytes.subarray(position, position + 4).fill(0xff);
    else if (kind === 2) bytes.subarray(position, position + below(12)).fill(0);
    else if (kind === 3) bytes.copy(bytes, position, below(bytes.length));
    else return Buffer.from(bytes.subarray(0, position));
  }
  return bytes;
}

/** Touches every value, as a caller would. */
function visit(dataSet: DataSet): void {
  for (const { tag } of dataSet.elements) {
    dataSet.strings(tag);
    dataSet.numbers(tag);
    for (const child of dataSet.items(tag)) visit(child);
  }
}

function seeds(): Uint8Array[] {
  const sequence = (layout: 'explicit' | 'implicit' | 'big') =>
    Buffer.concat([
      element(0x00081140, 'SQ', item(element(0x00100020, 'LO', 'A1', layout), layout), layout, 0xffffffff),
      sequenceDelimitation(layout),
      element(0x00100010, 'PN', '\x1b$B;3ED\x1b(B', layout),
      element(0x7fe00010, 'OW', Buffer.alloc(64), layout),
    ]);
  const own = [
    part10('1.2.840.10008.1.2.1', element(0x00080005, 'CS', '\\ISO 2022 IR 87 '), sequence('explicit')),
    part10('1.2.840.10008.1.2', sequence('implicit')),
    part10('1.2.840.10008.1.2.2', sequence('big')),
    part10('1.2.840.10008.1.2.1.99', deflateRawSync(sequence('explicit'))),
  ];
  const real = (corpus() ?? []).filter(({ bytes }) => bytes < 12_000).map(({ path }) => readFileSync(path));
  return [...own, ...real].filter(({ length }) => length > 0);
}

describe(`mutated files (FUZZ_SEED=${SEED})`, () => {
  it('are read and written, or refused with a reason, and never hang', async () => {
    const folder = temporaryFolder();
    const below = random(SEED);
    const originals = seeds();
    let readable = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const path = join(folder, `${round}.dcm`);
      writeFileSync(path, mutate(originals[below(originals.length)] ?? Buffer.alloc(0), below));
      const started = performance.now();
      try {
        const object = await readPart10(path, { tolerant: below(2) === 0, temporaryFolder: folder });
        visit(object.dataSet);
        const { dataSet, transferSyntaxUid, path: source } = object;
        const meta = [textElement(LITTLE, 0x00020010, 'UI', transferSyntaxUid)];
        await writePart10(`${path}.copy`, { meta, dataSet, transferSyntaxUid, source });
        await object.close();
        readable += 1;
      } catch (error) {
        expect(error, `seed ${SEED}, round ${round}`).toBeInstanceOf(DicomParseError);
      }
      expect(performance.now() - started, `seed ${SEED}, round ${round}`).toBeLessThan(3_000);
    }
    expect(readable).toBeGreaterThan(ROUNDS / 20);
  });
});
