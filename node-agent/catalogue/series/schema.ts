import type { Migration } from '../../store/database.ts';

/** What the index knows of a series as a whole, in index.db. */
export const SERIES_MIGRATIONS: readonly Migration[] = [
  {
    id: '0201-keep-with-each-harmonised-value-how-sure-it-is-what-else-it-could-be-and-who-chose-it',
    sql: `
      ALTER TABLE harmonised_values ADD COLUMN confidence REAL;       -- 0 to 1; null where no evidence was weighed
      ALTER TABLE harmonised_values ADD COLUMN candidates_json TEXT;  -- [{code, label, confidence}], likeliest first
      ALTER TABLE harmonised_values ADD COLUMN chosen_by TEXT;        -- the person; null where a rule chose`,
  },
];
