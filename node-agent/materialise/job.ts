/**
 * One materialisation from its first file to its place: objects series by series, each verified, then the tables, the
 * manifest, the reading back, and at the very end the place. Until then nothing is seen of it; after a stop it goes on
 * with the series that was in work.
 */
import { mkdir, rm } from 'node:fs/promises';
import { MaterialiseError } from './errors.ts';
import { type LayoutWork, layoutWork } from './layout-work.ts';
import { MANIFEST_FILE, type Manifest, manifestLines } from './manifest.ts';
import type { Materialisation, Objection, Progress, Way } from './materialisation.ts';
import { DatasetMembers, type MemberSize } from './members.ts';
import { noteText } from './note.ts';
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
  await makeFolder(staging);
  const tree = new StagedTree(staging);
  const layout = await layoutWork(job, parts, tree, dataset.generalisation);
  requireSpace(job, parts, size, layout.way);
  events.onBegun({ ...size, way: layout.way });
  const progress = { seriesDone: 0, filesDone: 0, bytesDone: 0, copied: job.copied };
  try {
    for (const [index, one] of series.entries()) {
      signal.throwIfAborted();
      const before = index < job.seriesDone;
      progress.copied += await layout.writeSeries(one, index, before);
      const files = members.files(one.seriesUid);
      progress.seriesDone = index + 1;
      progress.filesDone += files.length;
      progress.bytesDone += files.reduce((sum, { bytes }) => sum + bytes, 0);
      if (!before) events.onProgress(progress, series.length);
    }
    signal.throwIfAborted();
    const { objections, tables } = await layout.finish(dataset.title);
    await finishTree(tree, job, dataset, objectsOf(layout), objections.length, parts);
    // What was linked a moment ago has been read from the archive's own file; after a stop everything is read.
    const linked = layout.way === 'hard-link' && job.attempts <= 1;
    const reading = await readTree(staging, parts, (path) => !(linked && path.endsWith('.dcm')));
    requireEqual(reading, tree.files, tables);
    signal.throwIfAborted();
    return { objections, sentence: doneSentence(size, layout, progress.copied, objections) };
  } finally {
    layout.close();
  }
}

/** Node's recursive mkdir takes a read-only disk for a missing folder. */
async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

async function finishTree(
  tree: StagedTree,
  job: Materialisation,
  { title, generalisation }: ReturnType<typeof usableDataset>,
  objects: Manifest['objects'],
  objections: number,
  { now = () => new Date(), toolVersion, tableVersions }: MaterialiseParts,
): Promise<void> {
  const { datasetId: id, contentHash, layout, recipe } = job;
  await tree.write('README.txt', [noteText(layout, { id, title, generalisation }, objects)]);
  const facts = {
    materialisation: job.id,
    dataset: { id, title, contentHash },
    layout,
    generalisation,
    recipe,
    objects,
    tool: { name: 'Gatehouse', version: toolVersion },
    tables: tableVersions,
    writtenAt: now().toISOString(),
    objections,
  };
  await tree.writeUnlisted(MANIFEST_FILE, manifestLines(facts, tree.files));
  await tree.flush();
}

function requireSpace(job: Materialisation, parts: MaterialiseParts, size: MemberSize, way: Way | null): void {
  // Volumes are about as large as the objects they are made of.
  const objects = way === 'copy' || way === null ? size.bytes - job.bytesDone : 0;
  const needed = objects + size.series * BYTES_BESIDE_OBJECTS;
  const free = parts.freeBytes(job.root) - parts.reserveBytes;
  if (free >= needed) return;
  throw new MaterialiseError(
    'disk',
    `The disk of the folder has too little space: ${megabytes(needed)} MB are needed and ${megabytes(Math.max(0, free))} MB are free beyond the reserve. Free space there, or choose a folder on the disk of the data folder, where objects are linked and cost nothing.`,
  );
}

function objectsOf({ way, coarsens }: LayoutWork): Manifest['objects'] {
  return coarsens ? 'coarsened' : (way ?? 'converted');
}

function megabytes(bytes: number): string {
  return Math.ceil(bytes / 1_000_000).toString();
}

const COARSENED = 'as copies whose headers are as coarse as the dataset shows its patients';
const WAYS: Readonly<Record<Way, string>> = {
  'hard-link': 'as hard links, which take no space',
  reflink: 'as clones, which take no space until they are changed',
  copy: 'as copies',
};

function doneSentence(
  { files, series }: MemberSize,
  { way, coarsens }: LayoutWork,
  copied: number,
  objections: readonly Objection[],
): string {
  const but = way !== 'copy' && copied > 0 ? `, ${copied} of them as copies because the disk would not link them` : '';
  const written =
    way === null
      ? `The images among ${files} objects of ${series} series were written as volumes`
      : `${files} objects of ${series} series were written ${coarsens ? COARSENED : WAYS[way]}${but}`;
  const lacking =
    way === null
      ? `${objections.length} series or parts of them could not become a volume; they are listed by name.`
      : `${objections.length} values are missing or were refused; they are listed by name.`;
  return `${written}, and read back equal. ${objections.length === 0 ? 'Nothing is missing.' : lacking}`;
}
