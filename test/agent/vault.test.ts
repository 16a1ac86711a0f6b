/** Pseudonyms as a site chooses them: their form, a list of its own, and a new site secret. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { ACCOUNT_PASSWORD, createAccount, signedIn } from '../support/accounts.ts';
import { runCommand, startAgent } from '../support/running-agent.ts';
import { disagreements, filesBelow, ledgerRows } from './data-folder-evidence.ts';
import { patientFolder } from './patient-folder.ts';
import { scratchFolder } from './phantom-folder.ts';

vi.setConfig({ testTimeout: 180_000 });

let root: string;

beforeAll(() => {
  root = scratchFolder();
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Runs a command on a data folder of these tests. */
function gatehouse(name: string, words: readonly string[], settings: readonly string[] = []) {
  const pairs = ['store.reserveMegabytes=0', ...settings].flatMap((pair) => ['--set', pair]);
  return runCommand([...words, '--data-dir', join(root, name), ...pairs]);
}

function pseudonyms(name: string): string[] {
  return readdirSync(join(root, name, 'objects'))
    .filter((entry) => entry !== '.incoming')
    .sort();
}

/** What a data folder has of a study: UIDs and dates of its objects by file. */
async function objectsOf(name: string): Promise<{ study: string; date: string; file: string }[]> {
  const folder = join(root, name, 'objects');
  return Promise.all(
    filesBelow(folder).map(async (file) => {
      const { dataSet, close } = await readPart10(join(folder, file));
      await close();
      const of = (keyword: string) => dataSet.string(tagOf(keyword)) ?? '';
      return { study: of('StudyInstanceUID'), date: of('StudyDate'), file };
    }),
  );
}

describe('The form of pseudonyms', () => {
  it('is chosen by settings for new patients; who is known keeps the pseudonym', async () => {
    const folders = await patientFolder(root, 'form', { one: ['A', 1], more: ['A', 1], two: ['B', 1] });
    await gatehouse('form', ['import', folders.one]);
    const [usual] = pseudonyms('form');
    expect(usual).toMatch(/^GH-[0-9A-Z]{16}$/u);
    const chosen = ['vault.pseudonymPrefix=SITE7-', 'vault.pseudonymWidth=10'];
    for (const folder of [folders.more, folders.two]) await gatehouse('form', ['import', folder], chosen);
    expect(pseudonyms('form')).toEqual([usual, expect.stringMatching(/^SITE7-[0-9A-Z]{10}$/u)]);
    expect(disagreements(join(root, 'form'))).toEqual([]);
  });

  it.each([
    'vault.pseudonymPrefix=-A',
    'vault.pseudonymPrefix=gh',
    'vault.pseudonymPrefix=TOOLONG-9',
    'vault.pseudonymWidth=9',
    'vault.pseudonymWidth=33',
  ])('is refused where it cannot be: %s', async (setting) => {
    const { code, stderr } = await gatehouse('form', ['doctor'], [setting]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/must be .*(A-Z, 0-9|from 10 to 32)/u) });
  });
});

describe('A list of study IDs', () => {
  it('stops objects of patients who are not in it, and lets them on when they are', async () => {
    const { one, two } = await patientFolder(root, 'list', { one: ['MRN-A', 2], two: ['MRN-B', 1] });
    const file = join(root, 'list.csv');
    await gatehouse('list', ['status']);
    writeFileSync(file, 'original_id,study_id\nMRN-A,STUDY-001\n');
    const setting = ['vault.pseudonyms=list'];
    for (const folder of [one, two]) await gatehouse('list', ['import', folder], setting);
    expect(pseudonyms('list')).toEqual([]);
    expect(ledgerRows(join(root, 'list')).map(({ cause }) => cause)).toEqual(Array(3).fill('not-in-list'));
    expect(await gatehouse('list', ['vault', 'list-import', file])).toMatchObject({
      code: 0,
      stdout: '1 study IDs imported, 0 were there already; the list has 1.\n',
    });
    await createAccount(join(root, 'list'), 'ada', 'administrator');
    const agent = await startAgent(join(root, 'list'), ['store.reserveMegabytes=0', ...setting]);
    try {
      const ada = await signedIn(agent.httpUrl, 'ada');
      const { rows } = await ada.call('listQuarantine', { query: { cause: 'not-in-list' } });
      expect(rows[0]).toMatchObject({ title: 'Not in the list', fix: expect.stringContaining('list-import') });
      await ada.call('requeue', { body: { cause: 'not-in-list' } });
      await vi.waitFor(() => expect(pseudonyms('list')).toEqual(['STUDY-001']), 60_000);
      // The list may grow while the node runs.
      writeFileSync(file, 'original_id,study_id\nMRN-A,STUDY-001\nMRN-B,STUDY-002\n');
      expect((await gatehouse('list', ['vault', 'list-import', file])).stdout).toContain(
        '1 study IDs imported, 1 were',
      );
      await vi.waitFor(async () => {
        await ada.call('requeue', { body: { cause: 'not-in-list' } }).catch(() => {});
        expect(pseudonyms('list')).toEqual(['STUDY-001', 'STUDY-002']);
      }, 60_000);
    } finally {
      await agent.stop();
    }
    expect(disagreements(join(root, 'list'))).toEqual([]);
  });

  it('with a fault is not imported, and nothing of it is said', async () => {
    const file = join(root, 'faulty.csv');
    writeFileSync(file, 'original_id,study_id\nMRN-C,STUDY-003\nMRN-C,STUDY-004\n');
    const { code, stdout, stderr } = await gatehouse('list', ['vault', 'list-import', file]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe('Line 3: the original ID stands in line 2 already.\nNothing was imported.\n');
    expect(await gatehouse('list', ['vault', 'list-import', join(root, 'nothing.csv')])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('does not exist'),
    });
  });
});

describe('A new site secret', () => {
  it('does not split the study of a patient who is known, and is not made while the node runs', async () => {
    const { first, second, other } = await patientFolder(root, 'epoch', {
      first: ['A', 1],
      second: ['A', 1, 'the same study'],
      other: ['B', 1],
    });
    await gatehouse('epoch', ['import', first]);
    const agent = await startAgent(join(root, 'epoch'));
    const refused = await gatehouse('epoch', ['vault', 'rotate']);
    await agent.stop();
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('Stop it first') });
    expect((await gatehouse('epoch', ['vault', 'rotate'])).stdout).toMatch(/^Epoch 2 has begun/u);
    for (const folder of [second, other]) await gatehouse('epoch', ['import', folder]);
    const objects = await objectsOf('epoch');
    expect(pseudonyms('epoch')).toHaveLength(2);
    const studies = Map.groupBy(objects, ({ study }) => study);
    expect([...studies.values()].map((group) => group.length).sort()).toEqual([1, 2]);
    for (const group of studies.values()) expect(new Set(group.map(({ date }) => date)).size).toBe(1);
    expect(disagreements(join(root, 'epoch'))).toEqual([]);
  });

  it('that is lost or another one stops the node with the remedy, and originals stay', async () => {
    const secret = join(root, 'epoch', 'keys', 'site-secret-2');
    const kept = () =>
      filesBelow(join(root, 'epoch')).filter((file) => file.endsWith('.dcm') || file.startsWith('keys/'));
    const before = kept().filter((file) => file !== 'keys/site-secret-2');
    rmSync(secret);
    const lost = await gatehouse('epoch', ['serve']);
    expect(lost).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/site-secret-2 is missing.*Restore/u),
    });
    writeFileSync(secret, `${'0f'.repeat(32)}\n`, { mode: 0o600 });
    const wrong = await gatehouse('epoch', ['serve']);
    expect(wrong).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is not the one .*originals stay where they are/u),
    });
    rmSync(secret);
    expect(kept()).toEqual(before);
  });
});

describe('Identifying a patient on the command line', () => {
  it('takes two signed-in persons, and shows the answer once', async () => {
    const { one } = await patientFolder(root, 'two-persons', { one: ['MRN-ASKED-FOR', 1] });
    const [name, dataFolder] = ['two-persons', join(root, 'two-persons')];
    await gatehouse(name, ['import', one]);
    await createAccount(dataFolder, 'vera', 'viewer');
    await createAccount(dataFolder, 'olga', 'officer');
    const as = (user: string, words: readonly string[], password = ACCOUNT_PASSWORD) =>
      runCommand(['vault', ...words, '--user', user, '--data-dir', dataFolder], `${password}\n`);
    const [pseudonym = ''] = pseudonyms(name);
    const asked = await as('vera', ['reidentify', pseudonym, '--reason', 'An incidental finding']);
    const id = /[0-9a-f-]{36}/u.exec(asked.stdout)?.[0] ?? '';
    expect(asked).toMatchObject({ code: 0, stdout: expect.not.stringContaining('MRN-') });
    expect(await as('olga', ['reidentify-grant', id], 'another password')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('password is wrong'),
    });
    expect(await as('vera', ['reidentify-grant', id])).toMatchObject({ code: 1, stdout: '' });
    expect(await as('olga', ['reidentify-grant', id])).toMatchObject({ code: 0 });
    expect(JSON.parse((await as('vera', ['reidentify-show', id])).stdout)).toMatchObject({
      patientId: 'MRN-ASKED-FOR',
    });
    expect(await as('olga', ['reidentify-show', id])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('shown already'),
    });
    const listed = JSON.parse((await gatehouse(name, ['vault', 'reidentify-list'])).stdout) as unknown[];
    expect(listed).toMatchObject([{ id, state: 'shown', shownTo: 'vera' }]);
  });
});
