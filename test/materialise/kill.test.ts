/** kill -9 at random moments: the folder of a dataset is the old one or the new one, and a freeze is whole or did not happen. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Foundation, openFoundation } from '../../node-agent/assembly/foundation.ts';
import { DatasetMembership } from '../../node-agent/governance/dataset-membership.ts';
import { DATASET_SQL, type DatasetRow } from '../../node-agent/governance/dataset-record.ts';
import { materialisationIn, stagingOf } from '../../node-agent/materialise/placing/tree-place.ts';
import { readTree } from '../../node-agent/materialise/reader/read-tree.ts';
import { runSeed } from '../agent/phantom-folder.ts';
import { RandomSource } from '../phantom/random.ts';
import { CLI, runCommand } from '../support/running-agent.ts';
import { counted } from '../support/soak.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { addClinical, clinicalRows, examinedDraft, fill, publish, shippedRules } from './rig.ts';

const KILLS = counted(4, 60);
const FREEZES = counted(4, 60);
const PATIENTS = 12;

interface Killed {
  readonly dataFolder: string;
  readonly out: string;
  readonly datasetId: string;
}

async function nodeWith(make: (foundation: Foundation) => Promise<string>): Promise<Killed> {
  const root = temporaryFolder();
  const [dataFolder, out] = [join(root, 'data'), join(root, 'out')];
  mkdirSync(out);
  const foundation = openFoundation(dataFolder);
  try {
    fill(foundation, { patients: PATIENTS, seriesEach: 3, instancesEach: 5 });
    addClinical(foundation, Array.from({ length: PATIENTS }, (_, index) => clinicalRows(index + 1)).flat());
    return { dataFolder, out, datasetId: await make(foundation) };
  } finally {
    foundation.close();
  }
}

function words({ dataFolder, out, datasetId }: Killed): string[] {
  return ['materialise', datasetId, out, '--copy', '--data-dir', dataFolder, '--set', 'store.reserveMegabytes=0'];
}

/** Starts the command and kills it `delay` milliseconds after it said that it writes. @returns whether it was still at work */
async function killed(node: Killed, delay: number): Promise<boolean> {
  const command = spawn(process.execPath, [...CLI, ...words(node)], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => command.once('exit', resolve));
  await Promise.race([ended, new Promise((resolve) => command.stderr.once('data', resolve))]);
  await new Promise((resolve) => setTimeout(resolve, delay));
  command.kill('SIGKILL');
  return (await ended) === null;
}

describe('A node that is killed', () => {
  it(
    `while it writes a dataset leaves the old folder or the new one, over ${KILLS} kills, and goes on with the next start`,
    async () => {
      const random = new RandomSource(`materialise/${runSeed('kill -9 while a dataset is written')}`);
      const node = await nodeWith(publish);
      expect(await runCommand(words(node))).toMatchObject({ code: 0, stderr: expect.stringContaining('objects') });
      const final = join(node.out, node.datasetId);
      const rules = shippedRules();
      const log: string[] = [];
      for (let round = 0; round < KILLS; round += 1) {
        const before = materialisationIn(final);
        const atWork = await killed(node, random.between(0, 1500));
        const reading = await readTree(final, rules);
        expect(reading.problems, `after kill ${round + 1}`).toEqual([]);
        expect(reading.files.size).toBeGreaterThan(PATIENTS * 15);
        log.push(`${atWork ? 'at work' : 'over'}: ${materialisationIn(final) === before ? 'old' : 'new'}`);
      }
      console.log(`after each kill: ${log.join(', ')}`);
      expect(log.some((entry) => entry.startsWith('at work'))).toBe(true);

      const last = await runCommand(words(node));
      expect(last).toMatchObject({ code: 0, stdout: expect.stringContaining('read back equal') });
      expect((await readTree(final, rules)).problems).toEqual([]);
      expect(readdirSync(node.out)).toEqual([node.datasetId]);
      expect(existsSync(stagingOf({ root: node.out, id: materialisationIn(final) ?? '' }))).toBe(false);
      expect(await runCommand(['materialised', 'check', final])).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('0 errors, 0 values missing'),
      });
    },
    counted(600_000, 3_600_000),
  );

  it(
    `while it freezes a dataset leaves a draft or a checked one with all its members, over ${FREEZES} kills`,
    async () => {
      const random = new RandomSource(`freeze/${runSeed('kill -9 while a dataset is frozen')}`);
      const { dataFolder, datasetId } = await nodeWith(examinedDraft);
      const script = fileURLToPath(new URL('./freeze-forever.ts', import.meta.url));
      const ends: string[] = [];
      for (let round = 0; round < FREEZES; round += 1) {
        const freezing = spawn(process.execPath, [script, dataFolder, datasetId], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        const ended = new Promise((resolve) => freezing.once('exit', resolve));
        await new Promise((resolve) => freezing.stdout.once('data', resolve));
        await new Promise((resolve) => setTimeout(resolve, random.between(0, 300)));
        freezing.kill('SIGKILL');
        await ended;
        const { indexDatabase, audit, close } = openFoundation(dataFolder);
        try {
          const membership = new DatasetMembership(indexDatabase);
          const { state, contentHash } = indexDatabase.prepare(DATASET_SQL.find).get(datasetId) as DatasetRow;
          const { series } = membership.counts(datasetId);
          if (state === 'checked')
            expect([series, contentHash]).toEqual([PATIENTS * 3, membership.contentHash(datasetId)]);
          else expect([state, series, contentHash]).toEqual(['draft', 0, null]);
          expect(audit.verify().intact).toBe(true);
          ends.push(state);
          if (state === 'checked')
            indexDatabase
              .prepare(DATASET_SQL.advance)
              .run({ id: datasetId, from: 'checked', to: 'draft', contentHash: null });
          if (state === 'checked') membership.thaw(datasetId);
        } finally {
          close();
        }
      }
      console.log(`after each kill: ${ends.join(', ')}`);
    },
    counted(300_000, 1_800_000),
  );
});
