/** A real agent in a process of its own, started as an administrator would start it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface RunningAgent {
  readonly process: ChildProcess;
  readonly dicomPort: number;
  readonly httpUrl: string;
  /** What it wrote to standard error so far. */
  log(): string;
  /** What it wrote to standard output so far. */
  output(): string;
  /** Asks it to stop and waits; gives the exit code. */
  stop(): Promise<number | null>;
  /** kill -9, and waits until it is gone. */
  kill(): Promise<void>;
}

/** As `npm run gatehouse` starts it. */
export const CLI = ['--max-semi-space-size=8', 'scripts/run.mjs', 'node-agent/cli.ts'];

const READY_WITHIN_MS = 30_000;

/** @param settings `name=value` pairs; ports are free ones unless given */
export async function startAgent(dataFolder: string, settings: readonly string[] = []): Promise<RunningAgent> {
  const words = [
    'serve',
    '--data-dir',
    dataFolder,
    ...['dicom.port=0', 'http.port=0', ...settings].flatMap((pair) => ['--set', pair]),
  ];
  const agent = spawn(process.execPath, [...CLI, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: agentEnvironment(),
  });
  let [log, output] = ['', ''];
  agent.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  agent.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => agent.once('exit', resolve));
  const ready = await new Promise<{ dicomPort: number; httpUrl: string }>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The agent was not ready in time:\n${log}`)), READY_WITHIN_MS);
    createInterface({ input: agent.stdout }).on('line', (line) => {
      if (!line.startsWith('{"ready":true')) return;
      clearTimeout(timer);
      resolve(JSON.parse(line) as { dicomPort: number; httpUrl: string });
    });
    agent.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`The agent ended with code ${code}:\n${log}`));
    });
  });
  return {
    process: agent,
    ...ready,
    log: () => log,
    output: () => output,
    stop: async () => {
      agent.kill('SIGTERM');
      return ended;
    },
    kill: async () => {
      agent.kill('SIGKILL');
      await ended;
    },
  };
}

/** Runs one command of the CLI to its end. */
export async function runCommand(
  words: readonly string[],
  input = '',
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const command = spawn(process.execPath, [...CLI, ...words], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: agentEnvironment(),
  });
  let [stdout, stderr] = ['', ''];
  command.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  command.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  command.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => command.once('close', resolve));
  return { code, stdout, stderr };
}

/** The environment without the settings of whoever runs the tests. */
function agentEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GATEHOUSE_')));
}
