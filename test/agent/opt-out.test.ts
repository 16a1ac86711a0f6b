/** A patient objects: everything goes at once, nothing comes again, whatever happens to the process in between. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openFoundation } from '../../node-agent/assembly/foundation.ts';
import { openDatabaseReadOnly } from '../../node-agent/store/database.ts';
import { ctElements, text, writeSource } from '../deidentify/fixtures.ts';
import { RandomSource } from '../phantom/random.ts';
import { sendFolder } from '../support/pacs-simulator.ts';
import { CLI, runCommand, startAgent } from '../support/running-agent.ts';
import { counted } from '../support/soak.ts';
import { disagreements, filesBelow, ledgerRows } from './data-folder-evidence.ts';
import { runSeed, scratchFolder } from './phantom-folder.ts';

vi.setConfig({ testTimeout: 180_000 });

const KILLS = counted(4, 30);
const NO_RESERVE = ['--set', 'store.reserveMegabytes=0'];
const WITH_TEXT = text('BurnedInAnnotation', 'CS', 'YES');

let root: string;

beforeAll(() => {
  root = scratchFolder();
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Sample {
  readonly patientId: string;
  readonly issuer?: string;
  /** Instances, the last one of which may show text in its pixels and is stopped. */
  readonly instances: number;
}

let number = 0;

/** CT objects of invented patients in one folder. */
async function samples(name: string, ...patients: Sample[]): Promise<string> {
  const folder = join(root, name);
  for (const { patientId, issuer, instances } of patients) {
    number += 1;
    for (let instance = 1; instance <= instances; instance += 1) {
      const own = join(folder, `${number}-${instance}`);
      mkdirSync(own, { recursive: true });
      await writeSource(
        own,
        ctElements(
          text('PatientID', 'LO', patientId),
          ...(issuer === undefined ? [] : [text('IssuerOfPatientID', 'LO', issuer)]),
          text('StudyInstanceUID', 'UI', `1.2.276.0.7230010.3.1.2.${number}`),
          text('SeriesInstanceUID', 'UI', `1.2.276.0.7230010.3.1.3.${number}`),
          text('SOPInstanceUID', 'UI', `1.2.276.0.7230010.3.1.4.${number}.${instance}`),
          ...(instance === instances && instances > 1 ? [WITH_TEXT] : []),
        ),
      );
      rmSync(join(own, 'nothing'));
    }
  }
  return folder;
}

function gatehouse(dataFolder: string, words: readonly string[], input = '') {
  return runCommand([...words, '--data-dir', dataFolder, ...(words[0] === 'import' ? NO_RESERVE : [])], input);
}

async function imported(name: string, ...patients: Sample[]) {
  const [dataFolder, folder] = [join(root, `${name}-data`), await samples(name, ...patients)];
  expect(await gatehouse(dataFolder, ['import', folder])).toMatchObject({ code: 0 });
  return { dataFolder, folder };
}

function states(dataFolder: string): Record<string, number> {
  const groups = Map.groupBy(ledgerRows(dataFolder), ({ state, cause }) => `${state} ${cause ?? ''}`.trim());
  return Object.fromEntries([...groups].map(([state, rows]) => [state, rows.length]));
}

function auditText(dataFolder: string): string {
  return readFileSync(join(dataFolder, 'audit', 'audit.jsonl'), 'utf8');
}

/** Everything the data folder holds, as one text: no identifier may be found in it. */
function everything(dataFolder: string): string {
  return filesBelow(dataFolder)
    .map((file) => readFileSync(join(dataFolder, file), 'latin1'))
    .join('\n');
}

describe('A patient who objects', () => {
  it('is withdrawn at once, refused from then on, and let in again only by a command with a reason', async () => {
    const gone = { patientId: 'MRN-OBJECTS-1', instances: 3 };
    const { dataFolder, folder } = await imported('once', gone, { patientId: 'MRN-STAYS-1', instances: 2 });
    expect(states(dataFolder)).toEqual({ indexed: 3, 'quarantined burned-in-text': 2 });

    const out = await gatehouse(dataFolder, ['vault', 'opt-out'], 'MRN-OBJECTS-1\n');
    expect(out).toMatchObject({ code: 0, stderr: '' });
    expect(out.stdout).toMatch(/^Opt-out [0-9a-f-]{36}: 3 objects withdrawn\. Whatever comes of this patient/u);
    expect(states(dataFolder)).toEqual({ indexed: 1, 'quarantined burned-in-text': 1, 'withdrawn opted-out': 3 });
    expect(readdirSync(join(dataFolder, 'objects')).filter((name) => name !== '.incoming')).toHaveLength(1);
    expect(disagreements(dataFolder)).toEqual([]);
    expect(everything(dataFolder)).not.toContain('MRN-OBJECTS-1');

    const again = await gatehouse(dataFolder, ['vault', 'opt-out'], 'MRN-OBJECTS-1\n');
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toMatch(/has objected already/u);

    // Sent again by a PACS, and a new study of the patient: taken off the sender's hands, and nothing of it kept.
    const more = await samples('once-more', gone);
    const agent = await startAgent(dataFolder, ['store.reserveMegabytes=0']);
    const to = { host: '127.0.0.1', port: agent.dicomPort, calledAeTitle: 'GATEHOUSE', callingAeTitle: 'PACS' };
    for (const sent of [folder, more]) expect((await sendFolder({ ...to, folder: sent })).failed).toEqual([]);
    await vi.waitFor(() => expect(states(dataFolder)['withdrawn opted-out']).toBe(6), 60_000);
    expect(await agent.stop()).toBe(0);
    expect(states(dataFolder)).toEqual({ indexed: 1, 'quarantined burned-in-text': 1, 'withdrawn opted-out': 6 });
    expect(disagreements(dataFolder)).toEqual([]);
    expect(`${agent.log()}${agent.output()}${everything(dataFolder)}`).not.toContain('MRN-OBJECTS-1');

    const undo = (words: string[]) => gatehouse(dataFolder, ['vault', 'opt-out-undo', ...words], 'MRN-OBJECTS-1\n');
    expect(await undo([])).toMatchObject({ code: 2, stderr: expect.stringContaining('needs a reason') });
    expect(await undo(['--reason', 'Consent given in writing'])).toMatchObject({ code: 0 });
    expect(await gatehouse(dataFolder, ['import', folder])).toMatchObject({ code: 0 });
    expect(states(dataFolder)).toMatchObject({ indexed: 3, 'quarantined burned-in-text': 2 });
    const entries = auditText(dataFolder)
      .split('\n')
      .filter((line) => line.includes('patient.'));
    expect(entries.map((line) => (JSON.parse(line) as { action: string }).action)).toEqual([
      'patient.opted-out',
      'patient.withdrawn',
      'patient.opt-out-undone',
    ]);
    expect(auditText(dataFolder)).not.toContain('MRN-');
  });

  it('is told apart by the issuer of the ID, or all of that ID are named on purpose', async () => {
    const { dataFolder } = await imported(
      'issuers',
      { patientId: '0815', issuer: 'NORTH', instances: 1 },
      { patientId: '0815', issuer: 'SOUTH', instances: 1 },
      { patientId: '0815', instances: 1 },
    );
    const unclear = await gatehouse(dataFolder, ['vault', 'opt-out'], '0815\n');
    expect(unclear).toMatchObject({ code: 1, stdout: '' });
    expect(unclear.stderr).toMatch(/^3 patients have this Patient ID.*Name the issuer/u);
    expect(states(dataFolder)).toEqual({ indexed: 3 });
    expect(await gatehouse(dataFolder, ['vault', 'opt-out', '--issuer', 'NORTH'], '0815\n')).toMatchObject({ code: 0 });
    expect(states(dataFolder)).toEqual({ indexed: 2, 'withdrawn opted-out': 1 });
    expect(await gatehouse(dataFolder, ['vault', 'opt-out', '--every-issuer'], '0815\n')).toMatchObject({ code: 0 });
    expect(states(dataFolder)).toEqual({ 'withdrawn opted-out': 3 });
    const west = await samples('issuers-west', { patientId: '0815', issuer: 'WEST', instances: 1 });
    await gatehouse(dataFolder, ['import', west]);
    expect(states(dataFolder)).toEqual({ 'withdrawn opted-out': 4 });
  });

  it('may come before the first object, and is known after the site secret was changed', async () => {
    const { dataFolder } = await imported('before', { patientId: 'KNOWN', instances: 1 });
    const out = await gatehouse(dataFolder, ['vault', 'opt-out'], 'LATER\n');
    expect(out.stdout).toContain('0 objects withdrawn');
    expect(await gatehouse(dataFolder, ['vault', 'rotate'])).toMatchObject({ code: 0 });
    await gatehouse(dataFolder, ['import', await samples('later', { patientId: 'LATER', instances: 2 })]);
    expect(states(dataFolder)).toEqual({ indexed: 1, 'withdrawn opted-out': 2 });
    expect(disagreements(dataFolder)).toEqual([]);
  });

  it('asked on the command line is withdrawn by the node that runs', async () => {
    const { dataFolder } = await imported('running', { patientId: 'GONE', instances: 2 });
    const agent = await startAgent(dataFolder, ['store.reserveMegabytes=0']);
    try {
      expect(await gatehouse(dataFolder, ['vault', 'opt-out'], 'GONE\n')).toMatchObject({ code: 0 });
      expect(states(dataFolder)).toEqual({ 'withdrawn opted-out': 2 });
      expect(disagreements(dataFolder).filter((found) => !found.startsWith('spool'))).toEqual([]);
    } finally {
      await agent.stop();
    }
  });

  it('takes a Patient ID from standard input alone', async () => {
    const { dataFolder } = await imported('input', { patientId: 'ONE', instances: 1 });
    expect(await gatehouse(dataFolder, ['vault', 'opt-out', 'ONE'])).toMatchObject({ code: 2 });
    expect(await gatehouse(dataFolder, ['vault', 'opt-out'], '\n')).toMatchObject({ code: 2 });
    expect(states(dataFolder)).toEqual({ indexed: 1 });
  });

  it('is withdrawn in full after kill -9 between any two steps', async () => {
    const { dataFolder } = await imported(
      'killed',
      { patientId: 'GONE', instances: 3 },
      { patientId: 'STAYS', instances: 1 },
    );
    // As the process leaves it that was killed when the tombstone stood, and when the index was done and the files were not.
    const foundation = openFoundation(dataFolder);
    const { id } = foundation.optOuts.enter({ patientId: 'GONE', issuer: undefined }, 'command line');
    const [pseudonym = ''] = foundation.optOuts.pseudonymsOf(id);
    foundation.indexDatabase.transaction(() => {
      for (const objectId of foundation.catalogue.removePatient(pseudonym))
        foundation.ledger.withdraw(objectId, 'opted-out', id);
    })();
    foundation.close();
    expect(existsSync(join(dataFolder, 'objects', pseudonym))).toBe(true);

    const agent = await startAgent(dataFolder, ['store.reserveMegabytes=0']);
    await agent.kill();
    expect(states(dataFolder)).toEqual({ indexed: 1, 'withdrawn opted-out': 3 });
    expect(existsSync(join(dataFolder, 'objects', pseudonym))).toBe(false);
    await (await startAgent(dataFolder, ['store.reserveMegabytes=0'])).stop();
    expect(disagreements(dataFolder)).toEqual([]);
    expect(auditText(dataFolder)).toContain('3 objects withdrawn');
  });

  it(`is withdrawn in full after ${KILLS} real kills of the command that does it`, async () => {
    const seed = runSeed('kill -9 of an opt-out');
    const random = new RandomSource(`opt-out/${seed}`);
    const { dataFolder } = await imported(
      'shot',
      { patientId: 'GONE', instances: 12 },
      { patientId: 'STAYS', instances: 2 },
    );
    const began = () => {
      const vault = openDatabaseReadOnly(join(dataFolder, 'vault.db'));
      const state = vault.prepare('SELECT state FROM opt_outs').pluck().get() as string | undefined;
      vault.close();
      return state;
    };
    const seen: string[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      // First the command that enters it, then nodes that find it unfinished when they start.
      const serve = ['serve', '--set', 'dicom.port=0', '--set', 'http.port=0'];
      const words = began() === undefined ? ['vault', 'opt-out'] : serve;
      const child = spawn(process.execPath, [...CLI, ...words, '--data-dir', dataFolder], { stdio: 'pipe' });
      child.stdin.end('GONE\n');
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (kill === 0) await vi.waitFor(() => expect(began()).toBeDefined(), { timeout: 60_000, interval: 2 });
      else await new Promise((resolve) => setTimeout(resolve, random.between(500, 2_500)));
      await new Promise((resolve) => setTimeout(resolve, random.between(0, 300)));
      child.kill('SIGKILL');
      await ended;
      seen.push(began() ?? 'not entered');
    }
    console.log(`after each kill the opt-out was: ${seen.join(', ')}`);
    await (await startAgent(dataFolder, ['store.reserveMegabytes=0'])).stop();
    expect(began()).toBe('withdrawn');
    expect(states(dataFolder)).toEqual({ indexed: 1, 'quarantined burned-in-text': 1, 'withdrawn opted-out': 12 });
    expect(disagreements(dataFolder)).toEqual([]);
    expect(readdirSync(join(dataFolder, 'objects')).filter((name) => name !== '.incoming')).toHaveLength(1);
  });
});
