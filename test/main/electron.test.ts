/** The real window, where Electron's binary and a display are; elsewhere skipped by name. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buildWindow, electronBinary, hasDisplay } from '../../scripts/window-build.ts';
import { CLI } from '../support/running-agent.ts';

const binary = electronBinary();

describe('the modules of the window', () => {
  it('fit into one file that needs nothing but Electron and Node', async () => {
    const bundle = readFileSync(await buildWindow(), 'utf8');
    const imported = [...bundle.matchAll(/from "([^"]+)"/g)].map(([, name]) => name);
    expect(imported).toContain('electron');
    expect(imported.filter((name) => name !== 'electron' && !name?.startsWith('node:'))).toEqual([]);
  }, 30_000);
});

describe.skipIf(binary === undefined || !hasDisplay())('the window of Electron', () => {
  it('starts the agent and shows its console, without Node in the page', async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'gatehouse-window-'));
    onTestFinished(() => rmSync(dataFolder, { recursive: true, force: true }));
    const settings = ['--set', 'dicom.port=0', '--set', 'http.port=0'];
    const agentCommand = [process.execPath, ...CLI, 'serve', '--data-dir', dataFolder, ...settings];
    const application = await _electron.launch({
      executablePath: binary ?? '',
      args: [await buildWindow(), ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
      env: {
        ...process.env,
        GATEHOUSE_DATA_DIR: dataFolder,
        GATEHOUSE_AGENT_COMMAND: JSON.stringify(agentCommand),
      } as Record<string, string>,
    });
    onTestFinished(() => application.close());
    const page = await application.firstWindow();
    await page.getByRole('heading', { name: 'Create the administrator' }).waitFor();
    expect(await page.evaluate(() => 'process' in globalThis || 'require' in globalThis)).toBe(false);
  }, 60_000);
});
