import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The data folder: as given, else GATEHOUSE_DATA_DIR, else the platform's place for application data. */
export function dataFolderLocation(given: string | undefined, environment: NodeJS.ProcessEnv = process.env): string {
  const named = given ?? environment.GATEHOUSE_DATA_DIR;
  if (named) return resolve(named);
  switch (process.platform) {
    case 'win32':
      return join(environment.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'Gatehouse');
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'Gatehouse');
    default:
      return join(environment.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'gatehouse');
  }
}
