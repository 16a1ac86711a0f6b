/** A newer table on a running node: imported from the command line, seen by the node, applied to what is indexed and to what comes. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ctElements, text, writeSource } from '../deidentify/fixtures.ts';
import { ConsoleClient } from '../support/console-client.ts';
import { type RunningAgent, runCommand, startAgent } from '../support/running-agent.ts';
import { scratchFolder } from './phantom-folder.ts';

vi.setConfig({ testTimeout: 120_000 });

let root: string;
let dataFolder: string;
let agent: RunningAgent;
let anna: ConsoleClient;

beforeAll(async () => {
  root = scratchFolder();
  dataFolder = join(root, 'data');
  agent = await startAgent(dataFolder, ['store.reserveMegabytes=0']);
  anna = new ConsoleClient(agent.httpUrl);
  await anna.call('setUp', { body: { name: 'anna', password: 'anna has a long password' } });
}, 60_000);

afterAll(async () => {
  await agent?.stop();
  rmSync(root, { recursive: true, force: true });
});

/** Imports one CT of a maker that no table knows, of a patient of its own. */
async function importCt(number: number): Promise<void> {
  const folder = join(root, `in-${number}`);
  mkdirSync(folder);
  const elements = ctElements(
    text('PatientID', 'LO', `PAT-${4711 * number}`),
    text('StudyInstanceUID', 'UI', `1.2.276.0.${number}.1`),
    text('SeriesInstanceUID', 'UI', `1.2.276.0.${number}.2`),
    text('SOPInstanceUID', 'UI', `1.2.276.0.${number}.3`),
    text('FrameOfReferenceUID', 'UI', `1.2.276.0.${number}.4`),
    text('Manufacturer', 'LO', 'ZZ SCANS'),
    text('PatientWeight', 'DS', '0'),
  );
  const { source } = await writeSource(folder, elements);
  rmSync(join(folder, 'nothing'), { force: true });
  renameSync(source, join(folder, 'object'));
  await anna.call('startImport', { body: { folder } });
}

/** Manufacturer of every indexed study, with the version of the table. */
async function manufacturers() {
  const { rows } = await anna.call('listStudies', { query: { limit: 10 } });
  const studies = await Promise.all(rows.map(({ studyUid }) => anna.call('getStudy', { params: { id: studyUid } })));
  return studies.map(({ seriesList }) => {
    const found = seriesList[0]?.harmonised.find(({ attribute }) => attribute === 'manufacturer');
    return [found?.original, found?.code ?? null, found?.tableVersion];
  });
}

describe('a newer table on a running node', () => {
  it('is applied to indexed values and to new objects, and taken back again', async () => {
    await importCt(1);
    await expect
      .poll(manufacturers, { timeout: 60_000 })
      .toEqual([['ZZ SCANS', null, expect.stringMatching(/^2026/u)]]);
    const [row] = (await anna.call('listStudies', { query: { limit: 1 } })).rows;
    const study = await anna.call('getStudy', { params: { id: row?.studyUid ?? '' } });
    expect(study.findings).toEqual([expect.objectContaining({ attribute: 'weight', rule: 'zero' })]);

    const file = join(root, 'spellings.csv');
    writeFileSync(file, '# table: manufacturer\n# version: site-1\ncode,spelling\nIMG1000044,ZZ Scans\n');
    const { code, stdout } = await runCommand(['vocabulary', 'import', file, '--data-dir', dataFolder]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/1 indexed values are chosen by it; 0 have a code that changes or goes, 1 have none yet\./u);
    await expect.poll(manufacturers, { timeout: 60_000 }).toEqual([['ZZ SCANS', 'IMG1000044', 'site-1']]);

    await importCt(2);
    await expect.poll(manufacturers, { timeout: 60_000 }).toEqual([
      ['ZZ SCANS', 'IMG1000044', 'site-1'],
      ['ZZ SCANS', 'IMG1000044', 'site-1'],
    ]);

    expect((await runCommand(['vocabulary', 'restore', 'manufacturer', '--data-dir', dataFolder])).code).toBe(0);
    await expect.poll(manufacturers, { timeout: 60_000 }).toEqual([
      ['ZZ SCANS', null, expect.stringMatching(/^2026/u)],
      ['ZZ SCANS', null, expect.stringMatching(/^2026/u)],
    ]);
    const { rows } = await anna.call('listAudit', { query: { limit: 100 } });
    expect(rows.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['vocabulary.imported', 'vocabulary.applied', 'vocabulary.restored']),
    );
  });

  it('with mistakes is refused with exit code 1 and its lines, and the one in use stays', async () => {
    const file = join(root, 'wrong.csv');
    writeFileSync(
      file,
      '# table: manufacturer\n# version: site-2\ncode,label,within\nIMG1000044,Siemens,IMG1\nIMG1000044,Siemens,\n',
    );
    const { code, stderr } = await runCommand(['vocabulary', 'import', file, '--data-dir', dataFolder]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /Line 4, within: IMG1 is not in the table\.\nLine 5, code: IMG1000044 stands in line 4 already\.\nNothing was imported\./u,
    );
    const list = await runCommand(['vocabulary', 'list', '--json', '--data-dir', dataFolder]);
    expect(JSON.parse(list.stdout).tables.every(({ imported }: { imported: unknown }) => imported === null)).toBe(true);
  });
});
