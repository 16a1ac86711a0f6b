/** Reads a materialised tree back, whatever its layout. */
import { ShownCells } from '../coarse/shown-cells.ts';
import type { Manifest } from '../manifest.ts';
import { readBids } from './bids-reader.ts';
import { type EucaimReaderParts, type EucaimReading, readEucaim } from './eucaim-reader.ts';
import { type TreeProblem, TreeProblems } from './problem.ts';
import { checkFiles, filesOf, readManifest } from './tree-files.ts';

export interface TreeReading {
  readonly manifest: Manifest | undefined;
  /** Sizes by path. */
  readonly files: ReadonlyMap<string, number>;
  /** Of the common file structure. */
  readonly eucaim: EucaimReading | undefined;
  readonly errors: number;
  readonly missingValues: number;
  readonly problems: readonly TreeProblem[];
}

/**
 * @param hashed which files' bytes are read: all of them, unless who asks has just read some
 * @throws the system's error where the tree cannot be read
 */
export async function readTree(
  root: string,
  parts: EucaimReaderParts,
  hashed: (path: string) => boolean = () => true,
): Promise<TreeReading> {
  const problems = new TreeProblems();
  const files = await filesOf(root, problems);
  const manifest = await readManifest(root, problems);
  if (manifest !== undefined) await checkFiles(root, manifest, files, problems, hashed);
  if (manifest?.layout === 'bids') {
    await readBids(root, files, new ShownCells(manifest.generalisation, parts.model), problems);
  }
  const eucaim = manifest?.layout === 'bids' ? undefined : await readEucaim(root, files, manifest, parts, problems);
  return {
    manifest,
    files,
    eucaim,
    errors: problems.errors,
    missingValues: problems.missingValues,
    problems: problems.list(),
  };
}
