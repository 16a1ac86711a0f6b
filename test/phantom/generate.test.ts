import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnswerKey, ObjectAnswer, PlantedAnswer } from './answer-key.ts';
import { encodeText } from './character-sets.ts';
import { generatePhantoms } from './generate.ts';
import { TRANSFER_SYNTAX } from './part10.ts';
import { CANCER_TYPES } from './protocol.ts';

const PATIENTS = 36;
let folder: string;
let key: AnswerKey;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-phantoms-'));
  key = await generatePhantoms(join(folder, 'one'), { seed: 7, count: PATIENTS });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('phantoms', () => {
  it('are the same bytes for the same seed, and others for another seed', async () => {
    const options = { count: 3, types: ['lung', 'breast', 'glioma'] as const };
    const first = await generatePhantoms(join(folder, 'a'), { ...options, seed: 3 });
    const second = await generatePhantoms(join(folder, 'b'), { ...options, seed: 3 });
    const third = await generatePhantoms(join(folder, 'c'), { ...options, seed: 4 });
    expect(second).toEqual(first);
    for (const { file } of first.objects) {
      expect(await readFile(join(folder, 'a', file))).toEqual(await readFile(join(folder, 'b', file)));
    }
    expect(third.patients).not.toEqual(first.patients);
  });

  it('cover all nine cancer types evenly when a number of patients is asked for', () => {
    expect(key.counts.patients).toBe(PATIENTS);
    expect(Object.keys(key.counts.patientsByCancerType).sort()).toEqual([...CANCER_TYPES].sort());
    expect(new Set(Object.values(key.counts.patientsByCancerType))).toEqual(new Set([PATIENTS / 9]));
  });

  it('hold CT, MR, MG, US, captures and segmentations in five transfer syntaxes', () => {
    expect(Object.keys(key.counts.objectsByModality).sort()).toEqual(['CT', 'MG', 'MR', 'OT', 'SEG', 'US']);
    const syntaxes = new Set(key.objects.map(({ transferSyntax }) => transferSyntax));
    expect(syntaxes).toEqual(new Set(Object.values(TRANSFER_SYNTAX)));
  });

  it('have names in all ten character sets', () => {
    expect(new Set(key.objects.map(({ characterSet }) => characterSet.join('\\'))).size).toBe(10);
  });

  it('plant every kind of identifier, also in nested sequences, private tags, meta and around the data set', () => {
    const planted = key.objects.flatMap((object) => object.planted);
    const kinds = new Set(planted.map(({ kind }) => kind));
    for (const kind of ['name', 'id', 'date', 'uid', 'institution', 'physician', 'phone', 'address', 'accession']) {
      expect(kinds).toContain(kind);
    }
    expect(kinds).toContain('device-serial');
    const paths = planted.map(({ path }) => path);
    for (const path of [
      '(0008,1200)[0]/(0008,1115)[0]/(0008,114a)[0]/(0008,1155)',
      '(0029,1010)[0]/(0029,1001)',
      '(2001,105f)[0]/(0010,0020)',
      'meta/(0002,0016)',
      'preamble',
      '(fffc,fffc)',
    ]) {
      expect(paths).toContain(path);
    }
  });

  it('contain every planted value of the answer key in the bytes of the file', async () => {
    const missing: string[] = [];
    for (const object of key.objects) {
      const bytes = await plainBytes(object);
      for (const answer of object.planted) {
        if (!isPresent(bytes, object, answer)) missing.push(`${object.file} ${answer.path} ${answer.kind}`);
      }
    }
    expect(missing).toEqual([]);
  });

  it('say of every picture with burned-in text that it belongs into quarantine', () => {
    for (const object of key.objects) {
      const withText = object.modality === 'US' || object.modality === 'OT';
      expect(object.expected).toBe(withText ? 'quarantined' : 'indexed');
      expect(object.burnedIn.length > 0).toBe(withText);
    }
  });
});

/** The file with its data set inflated where it was deflated. */
async function plainBytes(object: ObjectAnswer): Promise<Buffer> {
  const bytes = await readFile(join(folder, 'one', object.file));
  if (object.transferSyntax !== TRANSFER_SYNTAX.deflated) return bytes;
  const offset = 144 + bytes.readUInt32LE(140);
  return Buffer.concat([bytes.subarray(0, offset), inflateRawSync(bytes.subarray(offset))]);
}

function isPresent(bytes: Buffer, object: ObjectAnswer, answer: PlantedAnswer): boolean {
  return bytes.includes(Buffer.from(encodeText(object.characterSet, answer.value)));
}
