/** What the node does by itself at fixed times. */
import type { HousekeepingTask } from '../operations/schedule.ts';
import type { Foundation } from './foundation.ts';

export function housekeeping({ indexDatabase, vaultDatabase, audit }: Foundation): HousekeepingTask[] {
  return [
    {
      id: 'verify-audit-log',
      cron: '15 3 * * *',
      description: 'Recomputes the hash chain of the audit log.',
      run: () => {
        const { intact, sentence } = audit.verify();
        if (!intact) throw new Error(sentence);
        return sentence;
      },
    },
    {
      id: 'care-for-databases',
      cron: '30 3 * * *',
      description:
        'Checks both databases, refreshes the figures the query planner uses, and shortens the write-ahead logs.',
      run: () => {
        for (const database of [indexDatabase, vaultDatabase]) {
          const verdict = database.pragma('quick_check(1)', { simple: true });
          if (verdict !== 'ok')
            throw new Error(
              'A database is damaged. Stop the node and restore the newest file from the backups folder.',
            );
          database.pragma('optimize');
          database.pragma('wal_checkpoint(TRUNCATE)');
        }
        return 'Both databases are sound.';
      },
    },
  ];
}
