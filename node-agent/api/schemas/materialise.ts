/** Datasets written as files: what was asked for, how far it is, what came of it. */
import { z } from 'zod';

const time = z.string().describe('ISO 8601, UTC');
const count = z.number().int().min(0);

export const materialiseLayout = z
  .enum(['eucaim', 'bids'])
  .describe('eucaim: the common file structure of Tier 3; bids: NIfTI volumes as BIDS and MIDS lay them out');

export const materialiseRequest = z.object({
  folder: z
    .string()
    .min(1)
    .max(4096)
    .describe('Full path on the computer of the node; the folder of the dataset is made in it'),
  layout: materialiseLayout.default('eucaim'),
  copy: z.boolean().default(false).describe('Copies instead of hard links'),
  recipe: z.unknown().optional().describe('How volumes are harmonised; for the layout bids'),
});

export const materialisation = z.object({
  id: z.string(),
  datasetId: z.string(),
  layout: materialiseLayout,
  root: z.string(),
  name: z.string().describe('Of the folder of the dataset in the root'),
  recipe: z.unknown(),
  wanted: z.enum(['link', 'copy']),
  state: z.enum(['queued', 'running', 'done', 'cancelled', 'failed', 'stale']),
  requestedBy: z.string(),
  requestedAt: time,
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  series: count,
  seriesDone: count,
  files: count,
  filesDone: count,
  bytes: count,
  bytesDone: count,
  way: z.enum(['hard-link', 'reflink', 'copy']).nullable(),
  copied: count.describe('Files that took space of their own'),
  objections: count.describe('Values that are missing or were refused'),
  sentence: z.string().nullable(),
  onDisk: z.boolean().describe('Whether there are files of it'),
});

export const materialiseStanding = z.object({
  folder: z.string().nullable().describe('The setting materialise.folder'),
  objects: z.enum(['link', 'copy']).describe('The setting materialise.objects'),
  runs: z.array(materialisation).describe('Newest first'),
});

export const materialiseObjections = z.array(
  z.object({
    kind: z.enum(['missing', 'refused', 'unreferenced', 'not-convertible']),
    table: z.string(),
    column: z.string().describe('Empty where the whole table is meant'),
    rows: count,
    patients: z.array(z.string()).describe('Pseudonyms, the first 20'),
    sentence: z.string(),
  }),
);
