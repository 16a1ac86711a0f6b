/** A node that cannot start says why and what to do, and leaves everything as it was. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sendFolder } from '../support/pacs-simulator.ts';
import { CLI, runCommand, startAgent } from '../support/running-agent.ts';
import { filesBelow } from './data-folder-evidence.ts';
import { listeningServer } from './listening-server.ts';
import { type PhantomFolder, phantomFolder, scratchFolder } from './phantom-folder.ts';

vi.setConfig({ testTimeout: 90_000 });

let root: string;
let phantoms: PhantomFolder;

beforeAll(async () => {
  root = scratchFolder();
  phantoms = await phantomFolder(root, { seed: 5, count: 2 });
}, 60_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A data folder in which one object has been through the pipeline. */
async function usedDataFolder(name: string): Promise<string> {
  const dataFolder = join(root, name);
  const [first] = phantoms.objects;
  const folder = join(root, `${name}-import`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'one.dcm'), readFileSync(first?.path ?? ''));
  const { code } = await runCommand(['import', folder, '--data-dir', dataFolder, '--set', 'store.reserveMegabytes=0']);
  expect(code).toBe(0);
  return dataFolder;
}

/** Starts a node that is not expected to come up. */
function serve(dataFolder: string, ...settings: string[]) {
  const pairs = ['dicom.port=0', 'http.port=0', ...settings].flatMap((pair) => ['--set', pair]);
  return runCommand(['serve', '--data-dir', dataFolder, ...pairs]);
}

describe('A node that cannot start', () => {
  it('says that another one works on the data folder, and leaves that one alone', async () => {
    const dataFolder = join(root, 'twice');
    const agent = await startAgent(dataFolder);
    const run = readFileSync(join(dataFolder, 'run.json'), 'utf8');
    try {
      const { code, stdout, stderr } = await serve(dataFolder);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^Another Gatehouse already works on the data folder .*Stop it first, or choose another/u);
      expect(readFileSync(join(dataFolder, 'run.json'), 'utf8')).toBe(run);
      const to = { host: '127.0.0.1', port: agent.dicomPort, calledAeTitle: 'GATEHOUSE', callingAeTitle: 'PACS' };
      expect((await sendFolder({ ...to, folder: phantoms.folder })).failed).toEqual([]);
    } finally {
      expect(await agent.stop()).toBe(0);
    }
  });

  it('says which port is in use and how to choose another', async () => {
    const { server, port } = await listeningServer();
    try {
      const dicom = await serve(join(root, 'ports'), `dicom.port=${port}`);
      expect(dicom.code).toBe(1);
      expect(dicom.stderr).toMatch(
        new RegExp(`DICOM port ${port} .* is used by another program.*--set dicom.port`, 'u'),
      );
      const http = await serve(join(root, 'ports'), `http.port=${port}`);
      expect(http.code).toBe(1);
      expect(http.stderr).toMatch(new RegExp(`Port ${port} for the console is in use.*--set http.port`, 'u'));
      for (const { stdout } of [dicom, http]) expect(stdout).toBe('');
      expect(filesBelow(join(root, 'ports'))).not.toContain('run.json');
    } finally {
      server.close();
    }
  });

  it('leaves a damaged database as it is and names it', async () => {
    for (const database of ['index.db', 'vault.db']) {
      const dataFolder = await usedDataFolder(`damaged-${database}`);
      const file = join(dataFolder, database);
      for (const how of ['not a database at all', 'a page overwritten', 'cut short'] as const) {
        const sound = readFileSync(file);
        const damaged = Buffer.from(sound);
        if (how === 'not a database at all') damaged.fill('x');
        if (how === 'a page overwritten') damaged.fill(0xab, 4096, 12_288);
        writeFileSync(file, how === 'cut short' ? damaged.subarray(0, 10_000) : damaged);
        const before = readFileSync(file);
        const { code, stdout, stderr } = await serve(dataFolder);
        expect({ code, stdout, how }).toEqual({ code: 1, stdout: '', how });
        expect(stderr).toContain(`The database ${file} is damaged and was left as it is.`);
        expect(stderr).toContain('restore');
        expect(readFileSync(file).equals(before), how).toBe(true);
        writeFileSync(file, sound);
      }
      const agent = await startAgent(dataFolder);
      expect(await agent.stop()).toBe(0);
    }
  });

  it('refuses to go on without the site secret, or with one that others can read', async () => {
    const dataFolder = await usedDataFolder('secret');
    const file = join(dataFolder, 'keys', 'site-secret');
    const secret = readFileSync(file);
    rmSync(file);
    const missing = await serve(dataFolder);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toMatch(/site secret .* is missing.*Restore the file from a backup/u);
    expect(filesBelow(join(dataFolder, 'keys'))).toEqual([]);
    writeFileSync(file, secret);
    chmodSync(file, 0o644);
    const open = await serve(dataFolder);
    expect(open.code).toBe(1);
    expect(open.stderr).toMatch(/can be read by other users\. Run: chmod 600/u);
    chmodSync(file, 0o600);
    writeFileSync(file, 'short');
    expect((await serve(dataFolder)).stderr).toMatch(/site secret .* is damaged/u);
  });

  it('names a setting it does not know or that is out of range', async () => {
    const dataFolder = join(root, 'settings');
    const unknown = await serve(dataFolder, 'dicom.aetitle=X');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(/no setting "dicom.aetitle".*Did you mean "dicom.aeTitle"\?/u);
    const high = await serve(dataFolder, 'dicom.port=70000');
    expect(high.code).toBe(2);
    expect(high.stderr).toMatch(/dicom\.port .*must be a whole number from 0 to 65535; it is "70000"/u);
    mkdirSync(dataFolder, { recursive: true });
    writeFileSync(join(dataFolder, 'settings.json'), '{"log.level": "loud"}');
    const file = await serve(dataFolder);
    expect(file.code).toBe(2);
    expect(file.stderr).toMatch(/log\.level \(from the file\) must be one of/u);
  });

  const systemNode = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => {
    const version = spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout;
    return version !== null && Number(/^v(\d+)/u.exec(version)?.[1] ?? 99) < 24;
  });
  it.skipIf(systemNode === undefined)('says which Node it needs when it is started by an older one', () => {
    const { status, stderr } = spawnSync(systemNode ?? '', [...CLI, 'status'], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Gatehouse needs Node 24; this is Node \d+/u);
  });
});
