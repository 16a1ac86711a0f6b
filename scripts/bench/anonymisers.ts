/**
 * The tools of the de-identification bench, each run as its users run it over a folder of files. What each does differs:
 * only this project's searches its output for what the original knew, and none of the others cleans sequences and text.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../test/support/free-port.ts';
import type { PeerProgram } from '../../test/support/peer-programs.ts';
import { peer } from '../../test/support/peers.ts';
import { processFigures } from './process-figures.ts';

export interface AnonymiserRun {
  /** Of the whole command or request, start-up included. */
  readonly seconds: number;
  /** User and system time. */
  readonly cpuSeconds: number;
  /** Of the largest process. */
  readonly peakResidentMegabytes: number;
}

export interface Anonymiser {
  readonly name: string;
  /** @param scratch an empty folder; @returns the figures, and where the output is or how many objects came out */
  run(input: string, scratch: string): Promise<{ figures: AnonymiserRun; objects: number }>;
}

/** The node's engine as `gatehouse deidentify`: residual scan, conformance gate and report included. */
const gatehouse: Anonymiser = {
  name: 'Gatehouse',
  run: async (input, scratch) => {
    const output = join(scratch, 'out');
    const words = ['scripts/run.mjs', 'node-agent/cli.ts', 'deidentify', input, output];
    const keys = ['--data-dir', join(scratch, 'data')];
    const report = ['--report', join(scratch, 'report.json')];
    const figures = await timed(scratch, process.execPath, [...words, ...keys, ...report]);
    return { figures, objects: filesIn(output) };
  },
};

/** GDCM replaces about 60 attributes of the top level; its input files need no key but want a certificate to be reversible. */
const gdcmanon: Anonymiser = {
  name: 'gdcmanon',
  run: async (input, scratch) => {
    const output = join(scratch, 'out');
    mkdirSync(output);
    const [key, certificate] = [join(scratch, 'key.pem'), join(scratch, 'certificate.pem')];
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=bench'];
    await plain(programOf('openssl'), [...request, '-keyout', key, '-out', certificate]);
    const words = ['-e', '-c', certificate, '-i', input, '-o', output, '-r', '--continue'];
    const figures = await timed(scratch, programOf('gdcmanon'), words);
    return { figures, objects: filesIn(output) };
  },
};

/** DCMTK changes the files in place: they are copied before the clock starts. */
const dcmodify: Anonymiser = {
  name: 'dcmodify',
  run: async (input, scratch) => {
    const output = join(scratch, 'out');
    cpSync(input, output, { recursive: true });
    const files = readdirSync(output, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const edits = ['PatientName', 'PatientID', 'PatientBirthDate', 'AccessionNumber', 'ReferringPhysicianName'];
    const words = ['-nb', '-imt', '-gst', '-gse', '-gin', '-ep', ...edits.flatMap((name) => ['-ma', `${name}=`])];
    const figures = await timed(scratch, programOf('dcmodify'), [...words, ...files]);
    return { figures, objects: files.length };
  },
};

/** Orthanc has the study already when the clock starts; `/anonymize` writes the copy into its storage. */
const orthanc: Anonymiser = {
  name: 'Orthanc /anonymize',
  run: async (input, scratch) => {
    const [dicom, http] = [await freePort(), await freePort()];
    const configuration = join(scratch, 'orthanc.json');
    const storage = join(scratch, 'storage');
    const ports = { DicomPort: dicom, HttpPort: http, RemoteAccessAllowed: false };
    const folders = { StorageDirectory: storage, IndexDirectory: storage };
    writeFileSync(configuration, JSON.stringify({ Name: 'Bench', ...folders, ...ports }));
    const server = spawn(programOf('Orthanc'), [configuration], { stdio: 'ignore' });
    try {
      const address = `http://127.0.0.1:${http}`;
      await untilItAnswers(`${address}/system`);
      for (const file of filePaths(input)) await request(`${address}/instances`, readFileSync(file));
      const [study = ''] = (await request(`${address}/studies`)) as string[];
      const before = processFigures(server.pid ?? 0);
      const start = performance.now();
      const made = (await request(`${address}/studies/${study}/anonymize`, '{}')) as { ID: string };
      const seconds = (performance.now() - start) / 1000;
      const after = processFigures(server.pid ?? 0);
      const { CountInstances } = (await request(`${address}/studies/${made.ID}/statistics`)) as {
        CountInstances: string;
      };
      const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
      const figures = { seconds, cpuSeconds, peakResidentMegabytes: after.peakResidentBytes / 1e6 };
      return { figures, objects: Number(CountInstances) };
    } finally {
      await ended(server, () => server.kill('SIGKILL'));
    }
  },
};

export const ANONYMISERS: readonly Anonymiser[] = [gatehouse, orthanc, gdcmanon, dcmodify];

function programOf(program: PeerProgram): string {
  const path = peer(program);
  if (!path) throw new Error(`${program} is missing. "npm run provision" says what to install.`);
  return path;
}

/** Runs a command under time(1), which counts its children too. @throws when it fails */
async function timed(scratch: string, program: string, words: readonly string[]): Promise<AnonymiserRun> {
  const figures = join(scratch, 'time.txt');
  const start = performance.now();
  await plain(programOf('time'), ['-o', figures, '-f', '%U %S %M', program, ...words]);
  const seconds = (performance.now() - start) / 1000;
  const [user = 0, system = 0, kilobytes = 0] = readFileSync(figures, 'utf8').trim().split(' ').map(Number);
  return { seconds, cpuSeconds: user + system, peakResidentMegabytes: kilobytes / 1000 };
}

async function plain(program: string, words: readonly string[]): Promise<void> {
  const child = spawn(program, words, { stdio: 'ignore' });
  const code = await ended(child);
  if (code !== 0) throw new Error(`${program} ended with code ${code}.`);
}

function ended(child: ChildProcess, end: () => void = () => {}): Promise<number | null> {
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  end();
  return exit;
}

function filePaths(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function filesIn(folder: string): number {
  return filePaths(folder).length;
}

async function request(address: string, body?: string | Buffer): Promise<unknown> {
  const answer = await fetch(
    address,
    body === undefined ? {} : { method: 'POST', body: typeof body === 'string' ? body : new Uint8Array(body) },
  );
  if (!answer.ok) throw new Error(`Orthanc answered ${answer.status}.`);
  return answer.json();
}

async function untilItAnswers(address: string): Promise<void> {
  const end = performance.now() + 30_000;
  while (performance.now() < end) {
    if ((await fetch(address).catch(() => undefined))?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('Orthanc did not answer within 30 seconds.');
}
