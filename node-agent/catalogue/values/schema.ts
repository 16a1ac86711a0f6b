import type { Migration } from '../../store/database.ts';

/** Quantities of studies and series in comparable units, and what is wrong with them, in index.db. */
export const VALUE_MIGRATIONS: readonly Migration[] = [
  {
    id: '0213-keep-quantities-in-comparable-units-and-what-is-wrong-with-them',
    sql: `
      CREATE TABLE normalised_values (
        entity TEXT NOT NULL CHECK (entity IN ('study','series')),
        entity_id TEXT NOT NULL,
        attribute TEXT NOT NULL,
        original TEXT NOT NULL,            -- as the object said it; a series may state several
        original_unit TEXT,                -- UCUM, as the attribute or the text says
        value REAL NOT NULL,
        unit TEXT NOT NULL,                -- UCUM
        rule TEXT NOT NULL,
        table_version TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (entity, entity_id, attribute, original)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE value_findings (
        entity TEXT NOT NULL CHECK (entity IN ('study','series')),
        entity_id TEXT NOT NULL,
        attribute TEXT NOT NULL,
        rule TEXT NOT NULL,
        sentence TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (entity, entity_id, attribute, rule)
      ) STRICT, WITHOUT ROWID;
      -- Which readings of a series are entered: most objects of a series say the same.
      CREATE TABLE value_digests (
        series_uid TEXT NOT NULL REFERENCES series,
        digest TEXT NOT NULL,
        PRIMARY KEY (series_uid, digest)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX value_findings_by_rule ON value_findings (rule, entity_id);`,
  },
];
