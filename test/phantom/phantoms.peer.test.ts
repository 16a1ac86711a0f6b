import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PEER_ENVIRONMENT, peer } from '../support/peers.ts';
import type { AnswerKey } from './answer-key.ts';
import { generatePhantoms } from './generate.ts';
import { TRANSFER_SYNTAX } from './part10.ts';

const dcmdump = peer('dcmdump');
const dcmdrle = peer('dcmdrle');
const dciodvfy = peer('dciodvfy');
/**
 * What dciodvfy says of lawful or intended input: a body part in lower case (as it happens in
 * practice), the character sets ISO_IR 203 and GB18030 that it does not know, kanji whose second
 * byte is 5C taken for a backslash, and the 64 characters of a PN counted in bytes of all groups.
 */
const KNOWN = [
  /Body Part Examined/u,
  /character repertoire/u,
  /Specific ?Character ?Set/iu,
  /Bad attribute Value Multiplicity .*PatientName/u,
  /PN .* Length invalid for this VR/u,
  /Dicom dataset contains invalid data values/u,
];

let folder: string;
let key: AnswerKey;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-phantoms-'));
  key = await generatePhantoms(folder, { seed: 7, count: 27 });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('phantoms and other programs', () => {
  it.skipIf(dcmdump === undefined)('are all read by dcmdump without complaint', () => {
    const options = { cwd: folder, env: PEER_ENVIRONMENT, encoding: 'latin1', maxBuffer: 1 << 28 } as const;
    const { status, stderr } = spawnSync(dcmdump ?? '', ['-q', '+sd', '+r', '.'], options);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it.skipIf(dcmdrle === undefined)('are decompressed by dcmdrle where they are run-length encoded', () => {
    const packed = key.objects.filter(({ transferSyntax }) => transferSyntax === TRANSFER_SYNTAX.runLength);
    expect(packed.length).toBeGreaterThan(0);
    for (const { file } of packed.slice(0, 5)) {
      execFileSync(dcmdrle ?? '', [join(folder, file), join(folder, 'plain.tmp')], { env: PEER_ENVIRONMENT });
    }
  });

  it.skipIf(dciodvfy === undefined)('are conformant to dciodvfy, but for the oddities they are meant to have', () => {
    const errors = new Map<string, string>();
    for (const object of onePerSeries(key)) {
      const { stderr } = spawnSync(dciodvfy ?? '', [join(folder, object.file)], { encoding: 'latin1' });
      for (const line of stderr.split('\n')) {
        if (line.startsWith('Error') && !KNOWN.some((known) => known.test(line))) errors.set(line, object.modality);
      }
    }
    expect([...errors]).toEqual([]);
  });
});

/** First object of each series; dciodvfy neither inflates nor reads private sequences without an explicit VR. */
function onePerSeries({ objects }: AnswerKey): AnswerKey['objects'] {
  const seen = new Set<string>();
  return objects.filter(({ seriesInstanceUid, transferSyntax }) => {
    if (transferSyntax !== TRANSFER_SYNTAX.explicitLittle && transferSyntax !== TRANSFER_SYNTAX.runLength) return false;
    return seen.size < seen.add(seriesInstanceUid).size;
  });
}
