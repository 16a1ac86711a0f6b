/**
 * Programs from Debian that the peer tests talk to. Under CI a missing one is a failure; elsewhere
 * the tests that need it are skipped by name.
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { PeerProgram } from './peer-programs.ts';

const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/sbin', '/usr/local/bin'];

/** The full path of a peer program, or undefined where it is not installed (an error when CI=true). */
export function peer(program: PeerProgram): string | undefined {
  const found = findProgram(program);
  if (found === undefined && process.env.CI === 'true') {
    throw new Error(`The peer program ${program} is missing. Run "npm run provision" to see what to install.`);
  }
  return found;
}

/** The full path of a program of this machine. */
export function findProgram(program: string): string | undefined {
  for (const folder of FOLDERS) {
    const candidate = join(folder, program);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // not here: look in the next folder
    }
  }
  return undefined;
}

/** Environment for DCMTK tools: without TCP_NODELAY every instance stalls on delayed acknowledgements. */
export const PEER_ENVIRONMENT: NodeJS.ProcessEnv = { ...process.env, TCP_NODELAY: '1' };
