import { existsSync } from 'node:fs';
import { type DataFolder, dataFolderAt } from '../store/data-folder.ts';
import { StartUpError } from '../store/errors.ts';

/** The data folder of a node that has run before. @throws StartUpError where there is none: a mistyped path must not look healthy */
export function existingNode(root: string): DataFolder {
  const folder = dataFolderAt(root);
  if (existsSync(folder.indexDatabase)) return folder;
  throw new StartUpError(
    `There is no node in ${root} yet. Start one with "gatehouse serve", or name another folder with --data-dir.`,
  );
}
