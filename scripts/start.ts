/**
 * Runs the node for real, on the data folder of the platform: in a desktop window where the Electron
 * binary and a display exist, otherwise headless with the address of the console printed.
 *
 *   npm start [-- --data-dir FOLDER] [-- --set name=value]
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { dataFolderLocation } from '../node-agent/commands/data-folder-location.ts';
import { ensureConsole } from './console-build.ts';

const ROOT = resolve(import.meta.dirname, '..');
const { values } = parseArgs({ options: { 'data-dir': { type: 'string' }, set: { type: 'string', multiple: true } } });
const dataFolder = dataFolderLocation(values['data-dir']);
const words = ['--data-dir', dataFolder, ...(values.set ?? []).flatMap((pair) => ['--set', pair])];
const agentCommand = [
  process.execPath,
  join(ROOT, 'scripts/run.mjs'),
  join(ROOT, 'node-agent/cli.ts'),
  'serve',
  ...words,
];

/** Electron's package names its binary in path.txt once it has been fetched. */
function electronBinary(): string | undefined {
  const packageFolder = join(ROOT, 'node_modules/electron');
  const pathFile = join(packageFolder, 'path.txt');
  if (!existsSync(pathFile)) return undefined;
  const binary = join(packageFolder, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(binary) ? binary : undefined;
}

function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
}

/** Electron does not strip types, so its few modules are bundled into one file first. */
async function buildWindow(): Promise<string> {
  const outDir = join(ROOT, 'dist/main');
  mkdirSync(outDir, { recursive: true });
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true, external: ['electron'] },
    build: { ssr: join(ROOT, 'main/main.ts'), outDir, emptyOutDir: true, rollupOptions: { external: ['electron'] } },
  });
  return join(outDir, 'main.js');
}

async function openWindow(binary: string): Promise<number | null> {
  const child = spawn(binary, [await buildWindow()], {
    stdio: 'inherit',
    env: { ...process.env, GATEHOUSE_DATA_DIR: dataFolder, GATEHOUSE_AGENT_COMMAND: JSON.stringify(agentCommand) },
  });
  return new Promise((ended) => child.once('exit', ended));
}

async function runHeadless(): Promise<number | null> {
  const [program = process.execPath, ...rest] = agentCommand;
  const agent = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  createInterface({ input: agent.stdout }).on('line', (line) => {
    if (!line.startsWith('{"ready":true')) return;
    const { httpUrl, dicomPort } = JSON.parse(line) as { httpUrl: string; dicomPort: number };
    console.log(
      `\nGatehouse runs.\n  Console        ${httpUrl}\n  DICOM port     ${dicomPort}\n  Data folder    ${dataFolder}\nCtrl-C stops it.`,
    );
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => agent.kill('SIGTERM'));
  return new Promise((ended) => agent.once('exit', ended));
}

ensureConsole((text) => console.log(text));
const binary = electronBinary();
process.exitCode = (binary && hasDisplay() ? await openWindow(binary) : await runHeadless()) ?? 1;
