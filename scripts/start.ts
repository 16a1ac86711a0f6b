/**
 * Runs the node for real, on the data folder of the platform: in a desktop window where the Electron
 * binary and a display exist, otherwise headless with the address of the console printed.
 *
 *   npm start [-- --data-dir FOLDER] [-- --set name=value]
 */
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { dataFolderLocation } from '../node-agent/commands/data-folder-location.ts';
import { readArguments } from './arguments.ts';
import { ensureConsole } from './console-build.ts';
import { buildWindow, electronBinary, hasDisplay } from './window-build.ts';

const ROOT = resolve(import.meta.dirname, '..');
const OPTIONS = { 'data-dir': { type: 'string' }, set: { type: 'string', multiple: true } } as const;
const values = readArguments(OPTIONS, 'npm start -- [--data-dir FOLDER] [--set name=value]');
const dataFolder = dataFolderLocation(values['data-dir']);
const words = ['--data-dir', dataFolder, ...(values.set ?? []).flatMap((pair) => ['--set', pair])];
const agentCommand = [
  process.execPath,
  join(ROOT, 'scripts/run.mjs'),
  join(ROOT, 'node-agent/cli.ts'),
  'serve',
  ...words,
];

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
