import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generatePhantoms } from '../phantom/generate.ts';
import { corpus } from '../support/corpus.ts';
import { PEER_ENVIRONMENT, peer } from '../support/peers.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { engine, writeSource } from './fixtures.ts';
import { CLASSES, objectOf } from './iod-objects.ts';
import { ecgElements, keyObjectElements, presentationElements, reportElements } from './structured-objects.ts';

const dciodvfy = peer('dciodvfy');
const DEFLATED = '1.2.840.10008.1.2.1.99';
/** Files whose input dciodvfy gives up on before it comes to the data set, so that there is nothing to compare. */
const GIVES_UP = /Information Object Not found|read failed/;

/**
 * (0012,0081) is D in Table E.1-1 while the approval number that it belongs to is X; (0040,e010) is an address that the
 * module tables of the node do not know as required.
 */
const KNOWN_ERRORS = /\(0012,0081\)|\(0040,e010\)/;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-conformance-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The errors that dciodvfy finds, without item numbers and values, which de-identification changes. */
function errorsOf(path: string): Set<string> {
  const { stdout, stderr } = spawnSync(dciodvfy ?? '', ['-new', path], {
    env: PEER_ENVIRONMENT,
    encoding: 'latin1',
    maxBuffer: 1 << 28,
  });
  const lines = `${stdout}${stderr}`.split('\n').filter((line) => line.startsWith('Error'));
  return new Set(lines.map((line) => line.replace(/\[\d+\]/g, '').replace(/ = <.*?>/g, ' = <>')));
}

/** @param least fewer that could be compared would say nothing */
async function addedErrors(paths: readonly string[], least = 20): Promise<string[]> {
  const deidentification = engine();
  const added: string[] = [];
  let compared = 0;
  for (const [number, path] of paths.entries()) {
    const target = join(folder, `${compared}-${number}.dcm`);
    const outcome = await deidentification.deidentify(path, target);
    // dciodvfy reads deflated data sets as if they were not.
    if (outcome.kind !== 'deidentified' || outcome.transferSyntaxUid === DEFLATED) continue;
    const before = errorsOf(path);
    if ([...before].some((error) => GIVES_UP.test(error))) continue;
    compared += 1;
    for (const error of errorsOf(target)) if (!before.has(error)) added.push(`${path}: ${error}`);
    await rm(target);
  }
  expect(compared).toBeGreaterThanOrEqual(least);
  return added;
}

describe.skipIf(dciodvfy === undefined)('the output adds no error of dciodvfy to', () => {
  it('phantoms', { timeout: 120_000 }, async () => {
    const source = join(folder, 'phantoms');
    const { objects } = await generatePhantoms(source, { seed: 99, count: 18 });
    const everyFourth = objects.filter((_object, number) => number % 4 === 0);
    expect(await addedErrors(everyFourth.map(({ file }) => join(source, file)))).toEqual([]);
  });

  it('a report, a key object selection, a presentation state and a waveform', async () => {
    const made = [reportElements(), keyObjectElements(), presentationElements(), ecgElements()];
    const paths = await Promise.all(
      made.map(async (elements) => (await writeSource(temporaryFolder(), elements)).source),
    );
    expect(await addedErrors(paths, made.length)).toEqual([]);
  });

  it('objects of every eighth class with everything that their IOD allows', { timeout: 120_000 }, async () => {
    const some = CLASSES.filter((_uid, number) => number % 8 === 3);
    const paths = await Promise.all(
      some.map(async (uid) => (await writeSource(temporaryFolder(), objectOf(uid))).source),
    );
    const added = await addedErrors(paths, 8);
    expect(added.filter((error) => !KNOWN_ERRORS.test(error))).toEqual([]);
  });

  it.skipIf(corpus() === undefined)('real files', { timeout: 240_000 }, async () => {
    const sound = (corpus() ?? []).filter(({ theme }) => theme !== 'malformed');
    expect(await addedErrors(sound.map(({ path }) => path))).toEqual([]);
  });
});
