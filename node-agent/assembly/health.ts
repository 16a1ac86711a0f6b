/** The health checks of a node. */
import {
  freeSpaceCheck,
  type HealthCheck,
  type HealthFinding,
  quarantineCheck,
  queueCheck,
} from '../operations/health.ts';
import { diskSpace } from '../operations/machine.ts';
import type { SettingValues } from '../settings/manifest.ts';
import type { Foundation } from './foundation.ts';

const MEGABYTE = 1024 * 1024;
/** Recomputing the chain of a long log takes too long for every look at the overview. */
const VERDICT_HOLDS_MS = 10 * 60_000;

export function healthChecks({ folder, ledger, audit }: Foundation, settings: SettingValues): HealthCheck[] {
  const verdict = remembered(() => audit.verify());
  return [
    freeSpaceCheck({
      freeBytes: async () => (await diskSpace(folder.root)).diskFreeBytes,
      reserveBytes: settings['store.reserveMegabytes'] * MEGABYTE,
    }),
    queueCheck({
      waiting: () => ledger.counts().waiting,
      oldestWaitingSeconds: () => secondsSince(ledger.oldestWaiting()),
    }),
    quarantineCheck({ quarantined: () => ledger.counts().quarantined }),
    {
      id: 'audit',
      check: () => {
        const { intact, sentence } = verdict();
        return { level: intact ? 'ok' : 'error', sentence, action: null };
      },
    },
  ];
}

/** None where no folder is watched. */
export function watchedFolderChecks(folder: { readonly trouble: string | undefined } | undefined): HealthCheck[] {
  if (!folder) return [];
  const check = (): Omit<HealthFinding, 'id'> =>
    folder.trouble === undefined
      ? { level: 'ok', sentence: 'The watched folder is looked through.', action: null }
      : {
          level: 'warning',
          sentence: `Nothing is taken from the watched folder. ${folder.trouble}`,
          action: 'Mend the folder, or correct the setting import.watchFolder.',
        };
  return [{ id: 'watched-folder', check }];
}

function remembered<T>(work: () => T): () => T {
  let known: { readonly value: T; readonly at: number } | undefined;
  return () => {
    if (known === undefined || Date.now() - known.at > VERDICT_HOLDS_MS) known = { value: work(), at: Date.now() };
    return known.value;
  };
}

function secondsSince(time: string | undefined): number {
  return time === undefined ? 0 : (Date.now() - Date.parse(time)) / 1000;
}
