/** The files that a command was given: one, or all of a folder and the folders in it. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StartUpError } from '../store/errors.ts';

/** In the order of their names. @throws StartUpError when the path is not there or may not be read */
export function inputFiles(path: string): string[] {
  try {
    if (statSync(path).isFile()) return [path];
    const entries = readdirSync(path, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch {
    throw new StartUpError('The input does not exist or may not be read. Check the path.');
  }
}
