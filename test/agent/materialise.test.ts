/** From the PACS to the folder of a dataset and out of it again: as somebody at the command line does it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openFoundation } from '../../node-agent/assembly/foundation.ts';
import { ctElements, text, writeSource } from '../deidentify/fixtures.ts';
import { publish } from '../materialise/rig.ts';
import { runCommand } from '../support/running-agent.ts';
import { filesBelow } from './data-folder-evidence.ts';
import { scratchFolder } from './phantom-folder.ts';

vi.setConfig({ testTimeout: 240_000 });

const PATIENTS = 10;
let root: string;

beforeAll(() => {
  root = scratchFolder();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function samples(folder: string): Promise<void> {
  for (let number = 1; number <= PATIENTS; number += 1) {
    const own = join(folder, String(number));
    mkdirSync(own, { recursive: true });
    await writeSource(
      own,
      ctElements(
        text('PatientID', 'LO', `MRN-FILES-${number}`),
        text('BodyPartExamined', 'CS', 'CHEST'),
        text('StudyInstanceUID', 'UI', `1.2.276.0.7230010.3.1.2.88.${number}`),
        text('SeriesInstanceUID', 'UI', `1.2.276.0.7230010.3.1.3.88.${number}`),
        text('SOPInstanceUID', 'UI', `1.2.276.0.7230010.3.1.4.88.${number}`),
      ),
    );
    rmSync(join(own, 'nothing'));
  }
}

describe('A dataset at the command line', () => {
  it('is written into a folder, checked, and leaves it when one of its patients objects', async () => {
    const [pacs, dataFolder, out] = ['pacs', 'data', 'out'].map((name) => join(root, name)) as [string, string, string];
    mkdirSync(out);
    await samples(pacs);
    const gatehouse = (words: string[], input = '') =>
      runCommand([...words, '--data-dir', dataFolder, '--set', 'store.reserveMegabytes=0'], input);
    expect(await gatehouse(['import', pacs])).toMatchObject({ code: 0 });
    const foundation = openFoundation(dataFolder);
    const id = await publish(foundation, {
      choices: { date: 'dropped' },
      accepted: ['uniqueness.pixels-across-patients'],
    });
    foundation.close();

    expect(await gatehouse(['materialise', id])).toMatchObject({ code: 2 });
    expect(await gatehouse(['materialise', id, out, '--layout', 'folders'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('eucaim, bids'),
    });
    expect(await gatehouse(['materialise', 'nothing', out])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no dataset with this id.'),
    });
    const written = await gatehouse(['materialise', id, out]);
    expect(written).toMatchObject({ code: 0 });
    expect(written.stdout).toContain(`${PATIENTS} objects of ${PATIENTS} series were written as`);
    // There are no clinical data, and the command says of which table and whom.
    expect(written.stdout).toMatch(/^missing: cancer_condition, 1 row$/mu);
    expect(written.stdout).toMatch(/^missing: patient\.patient_diagnostic_category, 10 rows: \S+/mu);
    const tree = join(out, id);
    const checked = await gatehouse(['materialised', 'check', tree]);
    expect(checked).toMatchObject({ code: 0, stdout: expect.stringMatching(/0 errors, \d+ values missing/u) });
    const everything = filesBelow(tree).map((file) => `${file}${readFileSync(join(tree, file), 'latin1')}`);
    expect(everything.join('\n')).not.toContain('MRN-');

    expect(await gatehouse(['vault', 'opt-out'], 'MRN-FILES-3\n')).toMatchObject({ code: 0 });
    expect(existsSync(tree)).toBe(false);
    expect(readdirSync(out)).toEqual([]);
    expect(await gatehouse(['materialise', id, out])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The dataset is withdrawn.'),
    });
    expect(await gatehouse(['audit', 'verify'])).toMatchObject({ code: 0 });
    const audit = readFileSync(join(dataFolder, 'audit', 'audit.jsonl'), 'utf8');
    for (const action of ['dataset.materialised', 'dataset.tree-stale', 'dataset.tree-removed'])
      expect(audit).toContain(action);
    expect(audit).not.toContain('MRN-');
  });
});
