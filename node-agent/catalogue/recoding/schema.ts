import type { Migration } from '../../store/database.ts';

/** What choosing codes again by newer tables needs, in index.db. */
export const RECODING_MIGRATIONS: readonly Migration[] = [
  {
    id: '0211-find-harmonised-values-by-the-version-of-their-table',
    sql: `
      CREATE INDEX harmonised_values_by_table ON harmonised_values (attribute, table_version, entity_id)
        WHERE chosen_by IS NULL;
      CREATE TABLE series_regions (
        series_uid TEXT PRIMARY KEY REFERENCES series,
        regions_json TEXT NOT NULL         -- [{code, scheme}] of Anatomic Region Sequence
      ) STRICT, WITHOUT ROWID;`,
  },
  {
    id: '0212-keep-the-codes-that-a-newer-table-replaced',
    sql: `
      CREATE TABLE earlier_values (
        entity TEXT NOT NULL,
        entity_id TEXT NOT NULL,
        attribute TEXT NOT NULL,
        original TEXT,
        code TEXT,
        label TEXT,
        rule TEXT NOT NULL,
        table_version TEXT NOT NULL,
        at TEXT NOT NULL,                  -- when it was chosen
        until TEXT NOT NULL
      ) STRICT;
      CREATE INDEX earlier_values_by_entity ON earlier_values (entity, entity_id, until);`,
  },
];
