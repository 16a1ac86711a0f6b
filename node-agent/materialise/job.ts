/**
 * One materialisation from its first file to its place: objects series by series, each verified, then the tables, the
 * manifest, the reading back, and at the very end the place. Until then nothing is seen of it; after a stop it goes on
 * with the series that was in work.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MaterialiseError } from './errors.ts';
import { EucaimWriter } from './eucaim/eucaim-writer.ts';
import type { DatasetTables } from './eucaim/tables.ts';
import { MANIFEST_FILE, manifestLines } from './manifest.ts';
import type { Materialisation, Objection, Progress, Way } from './materialisation.ts';
import { DatasetMembers, type MemberSeries, type MemberSize } from './members.ts';
import { noteText } from './note.ts';
import { wayTo } from './placing/placement.ts';
import { stagingOf } from './placing/tree-place.ts';
import type { MaterialiseParts } from './ports.ts';
import { requireEqual } from './read-back.ts';
import { readTree } from './reader/read-tree.ts';
import { StagedTree } from './staged-tree.ts';
import { usableDataset } from './usable-dataset.ts';

export interface JobEvents {
  /** What there is to do. */
  readonly onBegun: (size: MemberSize & { readonly way: Way | null }) => void;
  /** After each series. @param series of all of them */
  readonly onProgress: (progress: Progress, series: number) => void;
}

export interface JobResult {
  readonly objections: readonly Objection[];
  /** What was done, for who asked for it. */
  readonly sentence: string;
}

/** Tables and notes of a dataset, generously, per series. */
const BYTES_BESIDE_OBJECTS = 16 * 1024;

/**
 * Builds the tree in its hidden folder, read back and durable.
 * @throws MaterialiseError, the system's error, or the signal's reason
 */
export async function buildTree(
  job: Materialisation,
  parts: MaterialiseParts,
  events: JobEvents,
  signal: AbortSignal,
): Promise<JobResult> {
  const dataset = usableDataset(parts.datasets, job.datasetId, job.contentHash);
  const members = new DatasetMembers(parts.database);
  const series = members.series(job.datasetId);
  const size = members.size(job.datasetId);
  const staging = stagingOf(job);
  if (job.attempts <= 1) await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true, mode: 0o700 });
  const way = await chosenWay(job, parts, members, series);
  requireSpace(job, parts, size, way);
  events.onBegun({ ...size, way });
  const tree = new StagedTree(staging);
  const writer = new EucaimWriter(parts, tree);
  const progress = { seriesDone: 0, filesDone: 0, bytesDone: 0, copied: job.copied };
  for (const [index, one] of series.entries()) {
    signal.throwIfAborted();
    const before = index < job.seriesDone;
    const copied = await writer.writeSeries(one, way, before);
    const files = members.files(one.seriesUid);
    progress.seriesDone = index + 1;
    progress.filesDone += files.length;
    progress.bytesDone += files.reduce((sum, { bytes }) => sum + bytes, 0);
    progress.copied += copied;
    if (!before) events.onProgress(progress, series.length);
  }
  signal.throwIfAborted();
  const tables = await writer.writeTables(job);
  await finishTree(tree, job, dataset.title, way, tables, parts);
  const reading = await readTree(
    staging,
    parts,
    (path) => way !== 'hard-link' || job.attempts > 1 || !path.endsWith('.dcm'),
  );
  requireEqual(reading, tree.files, tables);
  signal.throwIfAborted();
  return { objections: tables.objections, sentence: doneSentence(size, way, progress.copied, tables) };
}

async function finishTree(
  tree: StagedTree,
  job: Materialisation,
  title: string,
  way: Way,
  tables: DatasetTables,
  { now = () => new Date(), toolVersion, tableVersions }: MaterialiseParts,
): Promise<void> {
  const { datasetId: id, contentHash, layout, recipe } = job;
  await tree.write('README.txt', [noteText(layout, { id, title }, way)]);
  const facts = {
    materialisation: job.id,
    dataset: { id, title, contentHash },
    layout,
    recipe,
    objects: way,
    tool: { name: 'Gatehouse', version: toolVersion },
    tables: tableVersions,
    writtenAt: now().toISOString(),
    objections: tables.objections.length,
  };
  await tree.write(MANIFEST_FILE, manifestLines(facts, tree.files), false);
  await tree.flush();
}

/** Found by trying with the first object. */
async function chosenWay(
  job: Materialisation,
  { dataFolder }: MaterialiseParts,
  members: DatasetMembers,
  [first]: readonly MemberSeries[],
): Promise<Way> {
  const [file] = first === undefined ? [] : members.files(first.seriesUid);
  if (file === undefined)
    throw new MaterialiseError('not-now', 'The dataset has no objects. There is nothing to write.');
  return wayTo(join(dataFolder, file.file), join(stagingOf(job), '.probe'), job.wanted);
}

function requireSpace(job: Materialisation, parts: MaterialiseParts, size: MemberSize, way: Way): void {
  const objects = way === 'copy' ? size.bytes - job.bytesDone : 0;
  const needed = objects + size.series * BYTES_BESIDE_OBJECTS;
  const free = parts.freeBytes(job.root) - parts.reserveBytes;
  if (free >= needed) return;
  throw new MaterialiseError(
    'disk',
    `The disk of the folder has too little space: ${megabytes(needed)} MB are needed and ${megabytes(Math.max(0, free))} MB are free beyond the reserve. Free space there, or choose a folder on the disk of the data folder, where objects are linked and cost nothing.`,
  );
}

function megabytes(bytes: number): string {
  return Math.ceil(bytes / 1_000_000).toString();
}

const WAYS: Readonly<Record<Way, string>> = {
  'hard-link': 'as hard links, which take no space',
  reflink: 'as clones, which take no space until they are changed',
  copy: 'as copies',
};

function doneSentence({ files, series }: MemberSize, way: Way, copied: number, { objections }: DatasetTables): string {
  const but = way !== 'copy' && copied > 0 ? `, ${copied} of them as copies because the disk would not link them` : '';
  const missing =
    objections.length === 0
      ? 'Every required value is there.'
      : `${objections.length} values are missing or were refused; they are listed by name.`;
  return `${files} objects of ${series} series were written ${WAYS[way]}${but}, and read back equal. ${missing}`;
}
