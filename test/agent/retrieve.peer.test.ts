/** kill -9 of the node in the middle of its queue: it goes on after the restart, and nothing is counted twice. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabaseReadOnly } from '../../node-agent/store/database.ts';
import {
  ctStudy,
  type DcmtkArchive,
  dcmtkArchivePrograms,
  modify,
  PACS_AE_TITLE,
  STUDY_UID,
  startDcmqrscp,
} from '../intake/retrieve/dcmqrscp-archive.ts';
import { freePort } from '../support/free-port.ts';
import { type RunningAgent, runCommand, startAgent } from '../support/running-agent.ts';
import { ledgerRows } from './data-folder-evidence.ts';
import { scratchFolder } from './phantom-folder.ts';

const SLICES = 24;
const STUDIES = [STUDY_UID, `${STUDY_UID}2`, `${STUDY_UID}3`];

describe.skipIf(!dcmtkArchivePrograms())('the retrieve queue of a node', () => {
  const scratch = scratchFolder();
  const dataFolder = join(scratch, 'data');
  const at = ['--data-dir', dataFolder];
  let settings: string[];
  let agent: RunningAgent;
  let pacs: DcmtkArchive;

  beforeAll(async () => {
    // The PACS knows one port of this node, so it is the same after the restart.
    const port = await freePort();
    settings = [`dicom.port=${port}`];
    agent = await startAgent(dataFolder, settings);
    const files = await ctStudy(scratch, SLICES);
    for (const [index, file] of files.entries()) {
      const study = STUDIES[index % STUDIES.length] ?? '';
      modify(file, ['0020,000d', study], ['0020,000e', `${study}.1`]);
    }
    pacs = await startDcmqrscp({ folder: scratch, files, knows: ['GATEHOUSE', port] });
  }, 120_000);

  afterAll(async () => {
    await pacs?.kill();
    await agent?.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  function states(): string[] {
    const database = openDatabaseReadOnly(join(dataFolder, 'vault.db'));
    try {
      return database.prepare('SELECT state FROM retrieve_studies ORDER BY rowid').pluck().all() as string[];
    } finally {
      database.close();
    }
  }

  it('is worked off to its end although the node is killed twice in its middle', async () => {
    const address = `${PACS_AE_TITLE}@127.0.0.1:${pacs.port}`;
    const added = await runCommand(['pacs', 'add', 'main', address, '--instances-per-second', '5', ...at]);
    expect(added).toMatchObject({ code: 0 });
    const list = join(scratch, 'list.csv');
    writeFileSync(list, `study uid\n${STUDIES.join('\n')}\n`);
    const asked = await runCommand(['retrieve', list, '--from', 'main', '--confirm', ...at]);
    expect(asked).toMatchObject({ code: 0, stdout: expect.stringContaining('3 studies were queued.') });
    for (const came of [3, 11]) {
      await expect.poll(() => ledgerRows(dataFolder).length, { timeout: 30_000 }).toBeGreaterThanOrEqual(came);
      await agent.kill();
      expect(states()).toContain('in transfer');
      agent = await startAgent(dataFolder, settings);
    }
    await expect.poll(states, { timeout: 60_000 }).toEqual(STUDIES.map(() => 'complete'));
    const rows = ledgerRows(dataFolder);
    expect(rows).toHaveLength(SLICES);
    expect(new Set(rows.map(({ instanceKey }) => instanceKey)).size).toBe(SLICES);
    for (const study of STUDIES) expect(agent.log()).not.toContain(study);
  }, 180_000);
});
