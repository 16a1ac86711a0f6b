/** The data folder: where everything of one node lives, and who may read it. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StartUpError } from './errors.ts';

export interface DataFolder {
  readonly root: string;
  readonly spool: string;
  readonly objects: string;
  readonly quarantine: string;
  readonly audit: string;
  readonly logs: string;
  readonly backups: string;
  readonly keys: string;
  /** Archives that came through the console and wait to be imported. */
  readonly uploads: string;
  /** Tables that were imported and count instead of those of the release. */
  readonly vocabularies: string;
  readonly vaultDatabase: string;
  readonly indexDatabase: string;
  readonly lock: string;
}

const SUBFOLDERS = [
  'spool',
  'objects',
  'quarantine',
  'audit',
  'logs',
  'backups',
  'keys',
  'uploads',
  'vocabularies',
] as const;

/** Names the parts of a data folder without touching the disk. */
export function dataFolderAt(root: string): DataFolder {
  const folders = Object.fromEntries(SUBFOLDERS.map((name) => [name, join(root, name)])) as Record<
    (typeof SUBFOLDERS)[number],
    string
  >;
  return {
    root,
    ...folders,
    vaultDatabase: join(root, 'vault.db'),
    indexDatabase: join(root, 'index.db'),
    lock: join(root, 'node.lock'),
  };
}

/**
 * Creates what is missing; only the service user may enter (mode 0700).
 * @throws StartUpError where a folder cannot be made
 */
export function createDataFolder(root: string): DataFolder {
  const folder = dataFolderAt(root);
  try {
    makeFolder(root);
    for (const name of SUBFOLDERS) makeFolder(folder[name]);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new StartUpError(
      `The data folder ${root} cannot be created (${code}). Choose another with --data-dir, or give the service user the right to write there.`,
    );
  }
  return folder;
}

/** One level at a time: Node's recursive mkdir never returns on file systems like /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}
