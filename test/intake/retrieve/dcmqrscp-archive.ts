/** DCMTK's dcmqrscp as a PACS: it serves files as they lie there, knows this node or not, and can be killed. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { generatePhantoms } from '../../phantom/generate.ts';
import { freePort } from '../../support/free-port.ts';
import { PEER_ENVIRONMENT, peer } from '../../support/peers.ts';

export interface DcmtkArchive {
  readonly port: number;
  /** What it wrote so far. */
  log(): string;
  kill(): Promise<void>;
  /** On the same port, with the same files. */
  start(): Promise<void>;
}

export interface DcmtkArchiveOptions {
  readonly folder: string;
  readonly files: readonly string[];
  /** AE title and port of the node, as this PACS knows it. */
  readonly knows: readonly [aeTitle: string, port: number];
  /** Also RLE (+xr), or implicit VR only (+xi); of itself it accepts no compressed transfer syntax at all. */
  readonly accepts?: '+xr' | '+xi';
}

export const PACS_AE_TITLE = 'DCMTK';

/** What the tests here need of Debian; undefined where something is missing. */
export function dcmtkArchivePrograms(): string | undefined {
  const all = (['dcmqrscp', 'dcmqridx', 'dcmodify', 'dcmconv', 'dcmcrle', 'dcmdump', 'getscu'] as const).map(peer);
  return all.every(Boolean) ? all[0] : undefined;
}

export async function startDcmqrscp({
  folder,
  files,
  knows,
  accepts = '+xr',
}: DcmtkArchiveOptions): Promise<DcmtkArchive> {
  const port = await freePort();
  const database = join(folder, 'dcmqrscp');
  const configuration = join(folder, 'dcmqrscp.cfg');
  mkdirSync(database, { recursive: true });
  writeFileSync(
    configuration,
    [
      `NetworkTCPPort = ${port}`,
      'MaxPDUSize = 16384',
      'MaxAssociations = 16',
      'HostTable BEGIN',
      `node = (${knows[0]}, localhost, ${knows[1]})`,
      'HostTable END',
      'VendorTable BEGIN',
      'VendorTable END',
      'AETable BEGIN',
      `${PACS_AE_TITLE} ${database} RW (200, 1024mb) node`,
      'AETable END',
      '',
    ].join('\n'),
  );
  run('dcmqridx', database, ...files);
  let server: ChildProcess | undefined;
  // A file: a pipe that nobody reads while a test waits for a program would stop it.
  const logFile = openSync(join(folder, 'dcmqrscp.log'), 'a');
  const start = async () => {
    const words = ['-v', accepts, '-c', configuration, String(port)];
    // Its own group: it has a process for each association, and all of them have to go.
    const started = spawn(peer('dcmqrscp') ?? '', words, {
      env: PEER_ENVIRONMENT,
      stdio: ['ignore', logFile, logFile],
      detached: true,
    });
    server = started;
    while (!(await listens(port))) {
      if (started.exitCode !== null) throw new Error('dcmqrscp did not start; its log says why.');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  await start();
  return {
    port,
    log: () => readFileSync(join(folder, 'dcmqrscp.log'), 'latin1'),
    start,
    kill: async () => {
      const killed = server;
      if (!killed || killed.exitCode !== null || killed.signalCode !== null) return;
      const gone = new Promise<void>((resolve) => killed.once('exit', () => resolve()));
      if (killed.pid !== undefined) process.kill(-killed.pid, 'SIGKILL');
      await gone;
    },
  };
}

export const STUDY_UID = '2.25.77001';
/** A storage class that no standard lists. */
export const PRIVATE_CLASS = '2.25.215425430857432966361489015284054781485';

/** One study of CT slices. @returns their files */
export async function ctStudy(folder: string, slices: number): Promise<string[]> {
  await generatePhantoms(join(folder, 'phantoms'), { seed: 33, count: 1, types: ['lung'] });
  const source = readdirSync(join(folder, 'phantoms'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.dcm'))
    .map((name) => join(folder, 'phantoms', name))
    .sort();
  const [first = ''] = source.filter((path) => dump(path, '0008,0016').includes('CTImageStorage'));
  mkdirSync(join(folder, 'study'), { recursive: true });
  return Array.from({ length: slices }, (_, index) => {
    const file = join(folder, 'study', `${index + 1}.dcm`);
    run('dcmconv', '+te', first, file);
    modify(
      file,
      ['0020,000d', STUDY_UID],
      ['0020,000e', `${STUDY_UID}.1`],
      ['0008,0018', `${STUDY_UID}.1.${index + 1}`],
    );
    return file;
  });
}

/** Changes elements of a file, its meta information with them. */
export function modify(file: string, ...elements: readonly (readonly [tag: string, value: string])[]): void {
  run('dcmodify', '-nb', ...elements.flatMap(([tag, value]) => ['-i', `${tag}=${value}`]), file);
}

export function run(program: Parameters<typeof peer>[0], ...words: string[]): string {
  return execFileSync(peer(program) ?? program, words, {
    env: PEER_ENVIRONMENT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function dump(file: string, tag: string): string {
  return run('dcmdump', '-q', '+P', tag, file);
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
