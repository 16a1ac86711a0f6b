/** The data folder: where everything of one node lives, and who may read it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

export interface DataFolder {
  readonly root: string;
  readonly spool: string;
  readonly objects: string;
  readonly quarantine: string;
  readonly audit: string;
  readonly logs: string;
  readonly backups: string;
  readonly keys: string;
  readonly vaultDatabase: string;
  readonly indexDatabase: string;
  readonly lock: string;
}

const SUBFOLDERS = ['spool', 'objects', 'quarantine', 'audit', 'logs', 'backups', 'keys'] as const;

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

/** Creates what is missing; only the service user may enter (mode 0700). */
export function createDataFolder(root: string): DataFolder {
  const folder = dataFolderAt(root);
  mkdirSync(root, { recursive: true, mode: 0o700 });
  for (const name of SUBFOLDERS) mkdirSync(folder[name], { recursive: true, mode: 0o700 });
  return folder;
}
