/** `manifest.json` of a materialised tree: what it is, how it came about, and the SHA-256 of every other file in it. */
import { z } from 'zod';
import { LEVELS } from '../catalogue/generalisation/generalisation.ts';
import { LAYOUTS } from './materialisation.ts';

export const MANIFEST_FILE = 'manifest.json';
const sha256 = z.string().regex(/^[0-9a-f]{64}$/u);

const manifestFile = z.strictObject({
  path: z.string().min(1),
  bytes: z.number().int().min(0),
  sha256,
  /** Of the object of the archive that its check fixed, where the header of the file is coarser than that one's. */
  frozenSha256: sha256.optional(),
});

/** How coarsely tables and headers show the patients; see `catalogue/generalisation`. */
const generalisation = z.strictObject({
  age: z.enum(LEVELS.age),
  date: z.enum(LEVELS.date),
  device: z.enum(LEVELS.device),
  sex: z.enum(LEVELS.sex),
  bodyPart: z.enum(LEVELS.bodyPart),
  modality: z.enum(LEVELS.modality),
  clinicalColumns: z.array(z.string()).readonly(),
});

export const manifest = z.strictObject({
  form: z.literal('gatehouse-materialised-dataset/1'),
  materialisation: z.string().min(1),
  dataset: z.strictObject({
    id: z.string().min(1),
    title: z.string(),
    /** SHA-256 over the sorted SHA-256 of its objects, as its check fixed it. */
    contentHash: sha256,
  }),
  layout: z.enum(LAYOUTS),
  generalisation,
  /** How images were harmonised; null where they are as they came. */
  recipe: z.unknown(),
  /**
   * How the objects got here: names of the archive's own files, copies of them, copies with coarser headers, or volumes made
   * of them.
   */
  objects: z.enum(['hard-link', 'reflink', 'copy', 'coarsened', 'converted']),
  tool: z.strictObject({ name: z.string(), version: z.string() }),
  /** Versions of the tables that codes and columns come from. */
  tables: z.record(z.string(), z.string()),
  writtenAt: z.iso.datetime(),
  /** Values that are missing or were refused; the node names them. */
  objections: z.number().int().min(0),
  files: z.array(manifestFile),
});

export type Manifest = z.infer<typeof manifest>;
export type ManifestFile = z.infer<typeof manifestFile>;

/** The text of a manifest in pieces, one file a line. */
export function* manifestLines(
  facts: Omit<Manifest, 'files' | 'form'>,
  files: Iterable<ManifestFile>,
): Generator<string> {
  const head = JSON.stringify({ form: 'gatehouse-materialised-dataset/1', ...facts }, null, 2);
  yield `${head.slice(0, -2)},\n  "files": [`;
  let separator = '\n';
  for (const file of files) {
    yield `${separator}    ${JSON.stringify(file)}`;
    separator = ',\n';
  }
  yield '\n  ]\n}\n';
}
