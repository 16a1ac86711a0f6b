/** The health checks of a node. */
import { freeSpaceCheck, type HealthCheck, quarantineCheck, queueCheck } from '../operations/health.ts';
import { diskSpace } from '../operations/machine.ts';
import type { SettingValues } from '../settings/manifest.ts';
import type { Foundation } from './foundation.ts';

const MEGABYTE = 1024 * 1024;

export function healthChecks({ folder, ledger, audit }: Foundation, settings: SettingValues): HealthCheck[] {
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
        const { intact, sentence } = audit.verify();
        return { level: intact ? 'ok' : 'error', sentence, action: null };
      },
    },
  ];
}

function secondsSince(time: string | undefined): number {
  return time === undefined ? 0 : (Date.now() - Date.parse(time)) / 1000;
}
