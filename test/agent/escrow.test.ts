/** The vault in escrow: what was exported makes a node that goes on with the same pseudonyms. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCommand } from '../support/running-agent.ts';
import { filesBelow } from './data-folder-evidence.ts';
import { patientFolder } from './patient-folder.ts';
import { scratchFolder } from './phantom-folder.ts';

vi.setConfig({ testTimeout: 180_000 });

let root: string;
let passphrase: string;
let sent: Record<'known' | 'gone' | 'late', string>;

function gatehouse(name: string, words: readonly string[], input = '') {
  return runCommand([...words, '--data-dir', join(root, name), '--set', 'store.reserveMegabytes=0'], input);
}

function pseudonyms(name: string): string[] {
  return readdirSync(join(root, name, 'objects'))
    .filter((entry) => entry !== '.incoming')
    .sort();
}

beforeAll(async () => {
  root = scratchFolder();
  passphrase = join(root, 'passphrase');
  writeFileSync(passphrase, 'a phrase nobody guesses\n');
  sent = await patientFolder(root, 'escrow', { known: ['MRN-KNOWN', 1], gone: ['MRN-GONE', 1], late: ['MRN-LATE', 1] });
  for (const folder of [sent.known, sent.gone]) await gatehouse('one', ['import', folder]);
  await gatehouse('one', ['vault', 'rotate']);
  await gatehouse('one', ['import', sent.late]);
  await gatehouse('one', ['vault', 'opt-out'], 'MRN-GONE\n');
  const made = await gatehouse('one', ['vault', 'export', join(root, 'export'), '--passphrase-file', passphrase]);
  expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining('2 epochs, encrypted to a passphrase') });
}, 180_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

const restore = (name: string, file = join(root, 'export'), by = ['--passphrase-file', passphrase]) =>
  gatehouse(name, ['vault', 'restore', file, ...by]);

describe('An export of the vault', () => {
  it('is for the service user alone, says nothing in clear, and overwrites nothing', async () => {
    expect(statSync(join(root, 'export')).mode & 0o777).toBe(0o600);
    const text = readFileSync(join(root, 'export'), 'latin1');
    const secret = readFileSync(join(root, 'one', 'keys', 'site-secret'), 'utf8').trim();
    for (const hidden of ['MRN-', 'GH-', secret]) expect(text).not.toContain(hidden);
    const again = await gatehouse('one', ['vault', 'export', join(root, 'export'), '--passphrase-file', passphrase]);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('a file of this name already') });
    const both = await gatehouse('one', ['vault', 'export', join(root, 'x')]);
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('--passphrase-file') });
  });

  it('makes a node in an empty data folder that gives the same pseudonyms and refuses who objected', async () => {
    expect((await restore('two')).stdout).toBe('Restored: 2 epochs and 2 patients.\n');
    for (const folder of Object.values(sent)) await gatehouse('two', ['import', folder]);
    expect(pseudonyms('two')).toEqual(pseudonyms('one'));
    const places = (name: string) => filesBelow(join(root, name, 'objects'));
    expect(places('two')).toEqual(places('one'));
    expect(statSync(join(root, 'two', 'keys', 'site-secret-2')).mode & 0o777).toBe(0o600);
  });

  it('gives a vault its lost or wrong secret back, and touches nothing else', async () => {
    const secret = join(root, 'one', 'keys', 'site-secret');
    const right = readFileSync(secret, 'utf8');
    writeFileSync(secret, `${'0f'.repeat(32)}\n`);
    rmSync(join(root, 'one', 'keys', 'site-secret-2'));
    expect((await gatehouse('one', ['serve'])).stderr).toContain('vault restore');
    expect((await restore('one')).stdout).toContain('has its site secrets again (2 epochs)');
    expect(readFileSync(secret, 'utf8')).toBe(right);
    const aside = readdirSync(join(root, 'one', 'keys')).find((name) => name.includes('set-aside')) ?? '';
    expect(readFileSync(join(root, 'one', 'keys', aside), 'utf8')).toContain('0f0f');
    expect(await gatehouse('one', ['import', sent.known])).toMatchObject({ code: 0 });
    expect(pseudonyms('one')).toHaveLength(2);
  });

  it('that was changed or is tried with another passphrase writes nothing', async () => {
    const other = join(root, 'other-passphrase');
    writeFileSync(other, 'another phrase altogether');
    const wrong = await restore('nothing', undefined, ['--passphrase-file', other]);
    expect(wrong).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('the passphrase is another one'),
    });
    const bytes = readFileSync(join(root, 'export'));
    bytes[bytes.length - 30] = (bytes[bytes.length - 30] ?? 0) ^ 1;
    writeFileSync(join(root, 'changed'), bytes);
    expect(await restore('nothing', join(root, 'changed'))).toMatchObject({ code: 1, stdout: '' });
    expect(existsSync(join(root, 'nothing'))).toBe(false);
  });

  it('of another node, or one from before the newest epoch, is refused', async () => {
    await gatehouse('three', ['import', sent.known]);
    const before = filesBelow(join(root, 'three', 'keys')).map((file) =>
      readFileSync(join(root, 'three', 'keys', file), 'utf8'),
    );
    expect(await restore('three')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('not of the vault in this data folder'),
    });
    expect(
      filesBelow(join(root, 'three', 'keys')).map((file) => readFileSync(join(root, 'three', 'keys', file), 'utf8')),
    ).toEqual(before);
    mkdirSync(join(root, 'four'));
    await restore('four');
    await gatehouse('four', ['status']);
    await gatehouse('four', ['vault', 'rotate']);
    expect(await restore('four')).toMatchObject({ code: 1, stderr: expect.stringContaining('before epoch 3 began') });
  });
});
