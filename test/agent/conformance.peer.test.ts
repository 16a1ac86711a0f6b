/** De-identified phantoms before dciodvfy, an independent checker: no finding that the input did not have. */
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TRANSFER_SYNTAX } from '../phantom/part10.ts';
import { peer } from '../support/peers.ts';
import { runCommand } from '../support/running-agent.ts';
import { outputOf } from './data-folder-evidence.ts';
import { type PhantomFolder, type PlacedObject, phantomFolder, runSeed, scratchFolder } from './phantom-folder.ts';

const execute = promisify(execFile);
const dciodvfy = peer('dciodvfy');
const PATIENTS = 36;
const PROCESSES = 4;

let root: string;
let dataFolder: string;
let phantoms: PhantomFolder;

beforeAll(async () => {
  root = scratchFolder();
  dataFolder = join(root, 'data');
  phantoms = await phantomFolder(root, { seed: runSeed('conformance'), count: PATIENTS });
}, 120_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

/**
 * Longitudinal Temporal Event Type (0012,0053) says REFERENCE: the day that offsets count from is one of the vault's and no
 * event of the study. Defined Terms may be extended (PS3.5 §6.3), and a term of the list would say what is not so.
 */
const OWN_TERM = /Unrecognized defined term <REFERENCE>/u;

/** Errors and warnings, without what differs between two objects of the same kind: values, offsets, item numbers. */
async function findings(path: string): Promise<Set<string>> {
  const { stdout, stderr } = await execute(dciodvfy ?? '', [path], { encoding: 'latin1', maxBuffer: 2 ** 26 }).catch(
    (error: { stdout: string; stderr: string }) => error,
  );
  const lines = `${stdout}\n${stderr}`
    .split('\n')
    .filter((line) => /^(?:Error|Warning)/u.test(line) && !OWN_TERM.test(line));
  return new Set(lines.map((line) => line.replace(/<[^<>]*>|= ".*?"|\[[^\]]*\]|'[^']*'|\d{6,}[.\d]*/gu, '…')));
}

describe.skipIf(dciodvfy === undefined)('De-identified objects', () => {
  it('have no finding by dciodvfy that their originals did not have', async () => {
    const { code, stderr } = await runCommand(['import', phantoms.folder, '--data-dir', dataFolder]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const readable = onePerSeries(phantoms.objects);
    const tally = (of: (object: PlacedObject) => string): string =>
      [...Map.groupBy(readable, of)].map(([name, group]) => `${name} ${group.length}`).join(', ');
    const deflated = phantoms.objects.filter(({ transferSyntax }) => transferSyntax === TRANSFER_SYNTAX.deflated);
    console.log(
      `${readable.length} objects: ${tally(({ modality }) => modality)}; ${tally(({ characterSet }) => characterSet.join('+') || 'ISO_IR 6')}. ` +
        `${deflated.length} deflated ones are left out: dciodvfy cannot inflate.`,
    );
    const added = new Map<string, string[]>();
    const work = [...readable];
    const check = async (): Promise<void> => {
      for (let object = work.shift(); object !== undefined; object = work.shift()) {
        const [before, after] = await Promise.all([
          findings(object.path),
          findings(outputOf(dataFolder, object.sopInstanceUid)),
        ]);
        for (const finding of after) {
          if (before.has(finding)) continue;
          added.set(finding, [...(added.get(finding) ?? []), `${object.name} ${object.modality}`]);
        }
      }
    };
    await Promise.all(Array.from({ length: PROCESSES }, check));
    expect([...added].map(([finding, objects]) => `${objects.length} × ${finding} (${objects[0]})`)).toEqual([]);
  }, 180_000);
});

/** Indexed objects that dciodvfy can read, one of each series, so that every modality and script is among them. */
function onePerSeries(objects: readonly PlacedObject[]): PlacedObject[] {
  const seen = new Set<string>();
  return objects.filter(({ seriesInstanceUid, transferSyntax, expected }) => {
    if (transferSyntax === TRANSFER_SYNTAX.deflated || expected !== 'indexed') return false;
    return seen.size < seen.add(seriesInstanceUid).size;
  });
}
