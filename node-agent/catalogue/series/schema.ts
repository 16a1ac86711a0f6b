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
  {
    id: '0202-keep-the-facts-and-places-of-the-objects-of-a-series-and-what-is-found-about-its-geometry',
    sql: `
      CREATE TABLE series_fact_sets (
        facts_id INTEGER PRIMARY KEY,
        facts_hash TEXT NOT NULL UNIQUE,
        content TEXT NOT NULL              -- JSON, see factsText; the objects of a series share few
      ) STRICT;
      CREATE TABLE series_facts (
        series_uid TEXT NOT NULL REFERENCES series,
        facts_id INTEGER NOT NULL,
        PRIMARY KEY (series_uid, facts_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX series_facts_by_set ON series_facts (facts_id);
      ALTER TABLE instances ADD COLUMN facts_id INTEGER;
      ALTER TABLE instances ADD COLUMN position REAL;                 -- mm along the normal of the slice
      ALTER TABLE instances ADD COLUMN moment TEXT;                   -- tells apart images of one place
      ALTER TABLE instances ADD COLUMN frames_json TEXT;              -- [[position, count]] of a multi-frame image
      CREATE TABLE series_states (
        series_uid TEXT PRIMARY KEY REFERENCES series,
        classification_due INTEGER NOT NULL DEFAULT 0,
        geometry_due INTEGER NOT NULL DEFAULT 1,
        slices INTEGER,
        spacing REAL,                      -- mm
        findings_json TEXT,                -- [{name, severity, sentence}]; null until it was checked
        checked_at TEXT
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX series_with_geometry_due ON series_states (series_uid) WHERE geometry_due = 1;
      CREATE INDEX series_with_classification_due ON series_states (series_uid) WHERE classification_due = 1;
      CREATE TABLE series_tables (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
        version TEXT NOT NULL              -- of all tables together that the series were classified with
      ) STRICT;`,
  },
  {
    id: '0203-ask-a-person-once-per-pattern-of-series-and-remember-the-answer',
    sql: `
      CREATE TABLE curation_patterns (
        pattern_id INTEGER PRIMARY KEY,
        attribute TEXT NOT NULL,
        pattern_key TEXT NOT NULL,         -- normalised words and kind; de-identified
        shown_json TEXT NOT NULL,          -- [[name, text]] for the person who settles it
        UNIQUE (attribute, pattern_key)
      ) STRICT;
      CREATE TABLE curation_series (
        series_uid TEXT NOT NULL REFERENCES series,
        attribute TEXT NOT NULL,
        pattern_id INTEGER NOT NULL REFERENCES curation_patterns DEFERRABLE INITIALLY DEFERRED,
        asked INTEGER NOT NULL,            -- 1 where the rules alone are not sure enough
        PRIMARY KEY (series_uid, attribute)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX curation_series_by_pattern ON curation_series (pattern_id, asked, series_uid);
      CREATE TABLE curation_rulings (
        ruling_id INTEGER PRIMARY KEY,
        pattern_id INTEGER NOT NULL REFERENCES curation_patterns,
        code TEXT,                         -- null: none of the concepts
        label TEXT,
        decided_by TEXT NOT NULL,
        decided_at TEXT NOT NULL,
        revoked_by TEXT,
        revoked_at TEXT
      ) STRICT;
      CREATE INDEX curation_rulings_by_pattern ON curation_rulings (pattern_id);
      CREATE UNIQUE INDEX curation_rulings_in_force ON curation_rulings (pattern_id) WHERE revoked_at IS NULL;`,
  },
];
