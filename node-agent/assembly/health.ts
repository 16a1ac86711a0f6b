/** The health checks of a node. */
import type { CommitmentQueue } from '../intake/commitment/commitment-queue.ts';
import {
  freeSpaceCheck,
  type HealthCheck,
  type HealthFinding,
  quarantineCheck,
  queueCheck,
} from '../operations/health.ts';
import { diskSpace } from '../operations/machine.ts';
import type { SettingValues } from '../settings/manifest.ts';
import type { SiteWords } from '../vault/site-words.ts';
import type { Foundation } from './foundation.ts';

const MEGABYTE = 1024 * 1024;
/** Recomputing the chain of a long log takes too long for every look at the overview. */
const VERDICT_HOLDS_MS = 10 * 60_000;
/** A peer that restarts is there again before that. */
const ATTEMPTS_BEFORE_IT_IS_SAID = 3;

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

/** A sender that is not told waits to free its own disk, so it is said before it calls. */
export function commitmentChecks(queue: Pick<CommitmentQueue, 'overdue'>): HealthCheck[] {
  const check = (): Omit<HealthFinding, 'id'> => {
    const [first, ...others] = queue.overdue(ATTEMPTS_BEFORE_IT_IS_SAID);
    if (!first) return { level: 'ok', sentence: 'Senders are told what is held of their objects.', action: null };
    const reports = first.count === 1 ? '1 report' : `${first.count} reports`;
    const more = others.length === 0 ? '' : ` Other peers are not told either: ${others.length}.`;
    return {
      level: 'warning',
      sentence: `${reports} of storage commitment could not be delivered to ${first.peerTag}. ${first.sentence}${more}`,
      action:
        'Look at host, port and rights of the peer on the Receiver page. The reports are tried again by themselves.',
    };
  };
  return [{ id: 'storage-commitment', check }];
}

/** A word that was no name when it was approved may be the name of a later patient. */
export function siteWordChecks(siteWords: Pick<SiteWords, 'doubtful'>): HealthCheck[] {
  const check = (): Omit<HealthFinding, 'id'> => {
    const { doubtful } = siteWords;
    if (doubtful === 0)
      return { level: 'ok', sentence: 'No approved word has been seen as a name since.', action: null };
    return {
      level: 'warning',
      sentence: `${doubtful} approved ${doubtful === 1 ? 'word has' : 'words have'} since been seen as a name or identifier in a header.`,
      action:
        'Look at the approved words on the System page, under the de-identification profile, and revoke them if needed.',
    };
  };
  return [{ id: 'site-words', check }];
}

function remembered<T>(work: () => T): () => T {
  let known: { readonly value: T; readonly at: number } | undefined;
  return () => {
    const now = performance.now();
    if (known === undefined || now - known.at > VERDICT_HOLDS_MS) known = { value: work(), at: now };
    return known.value;
  };
}

function secondsSince(time: string | undefined): number {
  return time === undefined ? 0 : (Date.now() - Date.parse(time)) / 1000;
}
