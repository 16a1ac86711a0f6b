import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Deidentification } from '../../node-agent/deidentify/outcome.ts';
import type { DataSet } from '../../node-agent/dicom/data-set.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import type { AnswerKey, ObjectAnswer } from '../phantom/answer-key.ts';
import { generatePhantoms } from '../phantom/generate.ts';
import { engine } from './fixtures.ts';

const SEED = 4242;
const DEFLATED = '1.2.840.10008.1.2.1.99';
/** Fewer characters stand somewhere in any file by chance. */
const SHORTEST_SEARCHED = 5;

let folder: string;
let key: AnswerKey;
const outcomes = new Map<ObjectAnswer, Deidentification>();
const targetOf = (answer: ObjectAnswer): string => join(folder, `out-${answer.file.replaceAll('/', '-')}`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-deidentify-'));
  key = await generatePhantoms(folder, { seed: SEED, count: 12 });
  const deidentification = engine();
  for (const answer of key.objects) {
    outcomes.set(answer, await deidentification.deidentifyAndVerify(join(folder, answer.file), targetOf(answer)));
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The value at an answer's path, as decoded text. */
function valueAt(dataSet: DataSet, path: string): string | undefined {
  let place: DataSet | undefined = dataSet;
  for (const step of path.split('/')) {
    const match = /^\(([0-9a-f]{4}),([0-9a-f]{4})\)(?:\[(\d+)\])?$/.exec(step);
    if (match === null || place === undefined) return undefined;
    const tag = Number.parseInt(`${match[1]}${match[2]}`, 16);
    if (match[3] === undefined) return place.strings(tag).join('\\') || place.numbers(tag).join('\\');
    place = place.items(tag)[Number(match[3])];
  }
  return undefined;
}

/** The file's bytes; those of a deflated data set inflated. */
async function bytesOf(path: string): Promise<Buffer> {
  const bytes = await readFile(path);
  const { transferSyntaxUid, dataSetOffset, close } = await readPart10(path);
  await close();
  return transferSyntaxUid === DEFLATED ? inflateRawSync(bytes.subarray(dataSetOffset)) : bytes;
}

describe(`phantoms (seed ${SEED})`, () => {
  it('are de-identified or set aside as their answer key expects', () => {
    for (const [answer, outcome] of outcomes) {
      const expected = answer.expected === 'indexed' ? 'deidentified' : 'quarantined';
      const detail = outcome.kind === 'quarantined' ? `${outcome.cause}: ${outcome.detail}` : '';
      expect(outcome.kind, `${answer.file} ${detail}`).toBe(expected);
    }
  });

  it('lose every planted identifier, in its place and anywhere in the bytes', async () => {
    let searched = 0;
    for (const [answer, outcome] of outcomes) {
      if (outcome.kind !== 'deidentified') continue;
      const { dataSet, close } = await readPart10(targetOf(answer));
      await close();
      const lower = (await bytesOf(targetOf(answer))).toString('latin1').toLowerCase();
      for (const { path, value, kind } of answer.planted) {
        const where = `${answer.file} ${path} (${kind})`;
        if (value !== '') expect(valueAt(dataSet, path)?.includes(value) ?? false, where).toBe(false);
        if (value.length < SHORTEST_SEARCHED) continue;
        searched += 1;
        for (const encoding of ['utf8', 'latin1', 'utf16le'] as const) {
          const bytes = Buffer.from(value, encoding);
          if (encoding === 'latin1' && bytes.toString('latin1') !== value) continue;
          if (lower.includes(bytes.toString('latin1').toLowerCase())) expect.fail(`left over: ${where}`);
        }
      }
    }
    expect(searched).toBeGreaterThan(1_000);
  });

  it('keep what says nothing about the patient', async () => {
    let kept = 0;
    for (const [answer, outcome] of outcomes) {
      if (outcome.kind !== 'deidentified') continue;
      const { dataSet, close } = await readPart10(targetOf(answer));
      await close();
      for (const { path, value } of answer.retained) {
        expect(valueAt(dataSet, path), `${answer.file} ${path}`).toContain(value);
        kept += 1;
      }
    }
    expect(kept).toBeGreaterThan(1_000);
  });
});
