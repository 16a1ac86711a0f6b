/** Whether a folder or ZIP archive can be imported at all; told at once, before a request waits in the queue. */
import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, sep } from 'node:path';

/** @returns a sentence without the path where the folder cannot be imported, else undefined */
export function objectionToImport(folder: string, dataFolder: string): string | undefined {
  if (!isAbsolute(folder) || folder.includes('\0'))
    return 'Give the full path of the folder, from the root of this computer on.';
  try {
    const found = statSync(folder);
    if (!found.isDirectory() && !(found.isFile() && folder.toLowerCase().endsWith('.zip')))
      return 'The path is neither a folder nor a ZIP archive. Name the folder that holds the files.';
    const [wanted, own] = [realpathSync(folder), realpathSync(dataFolder)].map((path) =>
      path.endsWith(sep) ? path : `${path}${sep}`,
    ) as [string, string];
    if (wanted.startsWith(own) || own.startsWith(wanted))
      return 'The folder holds, or lies in, the node’s own data. Name another.';
    return undefined;
  } catch {
    return 'The folder does not exist or may not be read by the service user. Check the path and its permissions.';
  }
}
