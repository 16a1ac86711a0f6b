/** Users of a running node, as an administrator makes them on the command line. */
import { ConsoleClient } from './console-client.ts';
import { runCommand } from './running-agent.ts';

export const ACCOUNT_PASSWORD = 'a long enough password';

export async function createAccount(
  dataFolder: string,
  name: string,
  role: 'administrator' | 'officer' | 'viewer',
): Promise<void> {
  const words = ['user', 'add', name, '--role', role, '--data-dir', dataFolder];
  const { code, stderr } = await runCommand(words, `${ACCOUNT_PASSWORD}\n`);
  if (code !== 0) throw new Error(stderr);
}

export function signedIn(httpUrl: string, name: string): Promise<ConsoleClient> {
  return new ConsoleClient(httpUrl).signIn(name, ACCOUNT_PASSWORD);
}
