/** Every file below a folder, once, in an order that is the same each time. */
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { isDirectoryName } from './media-directory.ts';

/**
 * Yields the paths of regular files, sorted by name within each folder. Links are followed as long as they
 * stay inside the folder, so nothing is read that was not asked for; no folder is entered twice, so a
 * link to a parent ends there. Folders that may not be read are reported and skipped.
 * A DICOMDIR comes before the other files of its folder.
 * @param passedOver names directly below the folder that are not looked at
 * @throws the operating system's error when the folder itself cannot be read
 */
export async function* filesBelow(
  folder: string,
  onUnreadableFolder: () => void,
  passedOver: readonly string[] = [],
): AsyncGenerator<string> {
  const root = await realpath(folder);
  const names = (await namesIn(folder)).filter((name) => !passedOver.includes(name));
  yield* walk(root, folder, names, new Set([root]), onUnreadableFolder);
}

async function* walk(
  root: string,
  folder: string,
  names: readonly string[],
  entered: Set<string>,
  onUnreadableFolder: () => void,
): AsyncGenerator<string> {
  for (const name of names) {
    const path = join(folder, name);
    const kind = await kindOf(path, root);
    if (kind === 'file') yield path;
    if (kind !== 'folder') continue;
    try {
      const real = await realpath(path);
      if (entered.has(real)) continue;
      entered.add(real);
      yield* walk(root, path, await namesIn(path), entered, onUnreadableFolder);
    } catch (error) {
      if (!isFileSystemError(error)) throw error;
      onUnreadableFolder();
    }
  }
}

async function namesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).sort();
  return [...names.filter(isDirectoryName), ...names.filter((name) => !isDirectoryName(name))];
}

/** A link that leads nowhere or out of the root, a socket or a device is neither. */
async function kindOf(path: string, root: string): Promise<'file' | 'folder' | undefined> {
  try {
    const isLink = (await lstat(path)).isSymbolicLink();
    if (isLink && !`${await realpath(path)}${sep}`.startsWith(`${root}${sep}`)) return undefined;
    const found = await stat(path);
    if (found.isFile()) return 'file';
    return found.isDirectory() ? 'folder' : undefined;
  } catch {
    return undefined;
  }
}

function isFileSystemError(error: unknown): boolean {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string';
}
