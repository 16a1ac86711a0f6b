/** Reads a BIDS tree back: every name has its form, every volume its sidecar and its row, every subject its row and folder. */
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import type { ShownCells } from '../coarse/shown-cells.ts';
import type { TreeProblems } from './problem.ts';

const TABLES = /^(?:dataset_description\.json|participants\.(?:tsv|json)|README\.txt|\.bidsignore|manifest\.json)$/u;
const SESSIONS = /^(sub-[A-Za-z0-9]+)\/\1_sessions\.tsv$/u;
const SCANS = /^(sub-[A-Za-z0-9]+)\/(ses-[A-Za-z0-9]+)\/\1_\2_scans\.tsv$/u;
const IMAGE =
  /^(?<subject>sub-[A-Za-z0-9]+)\/(?<session>ses-[A-Za-z0-9]+)\/[a-z]+\/\k<subject>_\k<session>(?:_[a-z]+-[A-Za-z0-9]+)*_run-[1-9]\d*_[A-Za-z0-9]+\.(?<extension>nii\.gz|json|bval|bvec)$/u;
const HEADER_BYTES = 348;
const NIFTI_1 = 'n+1\u0000';
const READ_BYTES = 4096;

/** @param files sizes by path */
export async function readBids(
  root: string,
  files: ReadonlyMap<string, number>,
  shown: ShownCells,
  problems: TreeProblems,
): Promise<void> {
  const text = async (path: string) => (files.has(path) ? readFile(join(root, path), 'utf8') : undefined);
  const volumes: string[] = [];
  const subjects = new Set<string>();
  for (const path of files.keys()) {
    if (TABLES.test(path) || SESSIONS.test(path) || SCANS.test(path)) continue;
    const { subject, extension } = IMAGE.exec(path)?.groups ?? {};
    if (subject === undefined) problems.error(path, 'It is not named as BIDS names a file.');
    else subjects.add(subject);
    if (extension === 'nii.gz') volumes.push(path);
  }
  checkDescription(await text('dataset_description.json'), problems);
  checkParticipants(await text('participants.tsv'), subjects, shown, problems);
  await checkScans(volumes, text, problems);
  for (const path of volumes) {
    const sidecar = path.replace(/\.nii\.gz$/u, '.json');
    const fields = await text(sidecar);
    if (fields === undefined) problems.error(path, 'The volume has no sidecar.');
    else checkSidecar(sidecar, fields, shown, problems);
    if (!(await isNifti(join(root, path)))) problems.error(path, 'The file is no NIfTI-1 volume.');
  }
}

function checkDescription(text: string | undefined, problems: TreeProblems): void {
  const file = 'dataset_description.json';
  if (text === undefined) {
    problems.error(file, 'The description is missing.');
    return;
  }
  try {
    const { Name, BIDSVersion } = JSON.parse(text) as Record<string, unknown>;
    for (const [field, value] of Object.entries({ Name, BIDSVersion })) {
      if (typeof value !== 'string' || value === '') problems.error(file, `The field ${field} is missing.`);
    }
  } catch {
    problems.error(file, 'The description is not JSON.');
  }
}

function checkParticipants(
  text: string | undefined,
  subjects: ReadonlySet<string>,
  shown: ShownCells,
  problems: TreeProblems,
): void {
  const file = 'participants.tsv';
  if (text === undefined) {
    problems.error(file, 'The table is missing.');
    return;
  }
  const [header = [], ...rows] = cellsOf(text);
  if (header[0] !== 'participant_id') problems.error(file, 'The first column is not participant_id.', { line: 1 });
  const [sex, age] = [header.indexOf('sex'), header.indexOf('age')];
  const lines = new Map<string, number>();
  for (const [index, cells] of rows.entries()) {
    const [participant = ''] = cells;
    const line = index + 2;
    if (cells.length !== header.length)
      problems.error(file, `The line has ${cells.length} cells, the header has ${header.length}.`, { line });
    for (const wrong of shown.participantObjections({ sex: cells[sex], age: cells[age] })) {
      problems.error(file, `The cell ${wrong}.`, { line });
    }
    if (lines.has(participant))
      problems.error(file, `The participant stands in line ${lines.get(participant)} already.`, { line });
    if (!subjects.has(participant)) problems.error(file, 'The participant has no folder with volumes.', { line });
    lines.set(participant, line);
  }
  for (const subject of subjects) if (!lines.has(subject)) problems.error(file, `The subject ${subject} has no row.`);
}

function checkSidecar(file: string, text: string, shown: ShownCells, problems: TreeProblems): void {
  try {
    const more = Object.keys(JSON.parse(text) as object).filter((name) => !shown.showsField(name));
    for (const name of more) problems.error(file, `The choices of the manifest leave the field ${name} out.`);
  } catch {
    problems.error(file, 'The sidecar is not JSON.');
  }
}

/** Every volume stands in the table of its session, once, and every row has its volume. */
async function checkScans(
  volumes: readonly string[],
  text: (path: string) => Promise<string | undefined>,
  problems: TreeProblems,
): Promise<void> {
  const bySession = Map.groupBy(volumes, (path) => path.split('/').slice(0, 2).join('/'));
  for (const [prefix, own] of bySession) {
    const file = `${prefix}/${prefix.replace('/', '_')}_scans.tsv`;
    const table = await text(file);
    if (table === undefined) {
      problems.error(file, 'The table is missing.');
      continue;
    }
    const listed = cellsOf(table)
      .slice(1)
      .map(([filename]) => `${prefix}/${filename}`);
    for (const path of own) if (!listed.includes(path)) problems.error(file, `The volume ${path} has no row.`);
    for (const [index, path] of listed.entries()) {
      const line = index + 2;
      if (!own.includes(path)) problems.error(file, 'The row names a volume that is not there.', { line });
      if (listed.indexOf(path) !== index) problems.error(file, 'The volume stands there twice.', { line });
    }
  }
}

function cellsOf(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
}

async function isNifti(path: string): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const head = Buffer.alloc(READ_BYTES);
    const { bytesRead } = await handle.read(head, 0, READ_BYTES, 0);
    const plain = gunzipSync(head.subarray(0, bytesRead), { finishFlush: constants.Z_SYNC_FLUSH });
    return plain.readInt32LE(0) === HEADER_BYTES && plain.toString('latin1', 344, 348) === NIFTI_1;
  } catch {
    return false;
  } finally {
    await handle.close();
  }
}
