import type { Migration } from '../store/database.ts';
import { CLINICAL_MIGRATIONS } from './clinical/schema.ts';
import { DATASET_MIGRATIONS } from './generalisation/schema.ts';
import { RECODING_MIGRATIONS } from './recoding/schema.ts';
import { RECORD_MIGRATIONS } from './record/field-store.ts';
import { SEARCH_MIGRATIONS } from './search/schema.ts';
import { SERIES_MIGRATIONS } from './series/schema.ts';
import { VALUE_MIGRATIONS } from './values/schema.ts';

/** Tables of the catalogue, in index.db. They hold pseudonyms, mapped UIDs and shifted dates only. */
export const CATALOGUE_MIGRATIONS: readonly Migration[] = [
  {
    id: '0010-create-the-index-of-patients-studies-series-and-instances',
    sql: `
      CREATE TABLE patients (
        patient_id TEXT PRIMARY KEY,       -- pseudonym
        sex_original TEXT,
        sex_code TEXT,
        first_indexed_at TEXT NOT NULL,
        sex_key TEXT AS (COALESCE(sex_code, sex_original)) VIRTUAL
      ) STRICT;
      CREATE INDEX patients_by_sex ON patients (sex_key);
      CREATE TABLE studies (
        study_uid TEXT PRIMARY KEY,
        patient_id TEXT NOT NULL REFERENCES patients,
        study_date TEXT,                   -- shifted, YYYY-MM-DD
        age_years REAL,
        description TEXT,
        indexed_at TEXT NOT NULL
      ) STRICT;
      CREATE INDEX studies_by_patient ON studies (patient_id);
      CREATE INDEX studies_by_indexing ON studies (indexed_at DESC, study_uid);
      CREATE TABLE series (
        series_uid TEXT PRIMARY KEY,
        study_uid TEXT NOT NULL REFERENCES studies,
        number INTEGER,
        modality TEXT,
        modality_code TEXT,
        body_part TEXT,
        body_part_code TEXT,
        manufacturer TEXT,
        manufacturer_code TEXT,
        laterality TEXT,
        laterality_code TEXT,
        model TEXT,
        description TEXT,
        protocol TEXT,
        modality_key TEXT AS (COALESCE(modality_code, modality)) VIRTUAL,
        body_part_key TEXT AS (COALESCE(body_part_code, body_part)) VIRTUAL,
        manufacturer_key TEXT AS (COALESCE(manufacturer_code, manufacturer)) VIRTUAL
      ) STRICT;
      CREATE INDEX series_by_study ON series (study_uid, number);
      CREATE INDEX series_by_modality ON series (modality_key, study_uid);
      CREATE INDEX series_by_body_part ON series (body_part_key, study_uid);
      CREATE INDEX series_by_manufacturer ON series (manufacturer_key, study_uid);
      CREATE INDEX series_by_stated_modality ON series (modality);
      CREATE TABLE instances (
        instance_uid TEXT PRIMARY KEY,
        series_uid TEXT NOT NULL REFERENCES series,
        object_id TEXT NOT NULL UNIQUE,    -- of the ledger
        file TEXT NOT NULL,                -- relative to the data folder
        sop_class_uid TEXT NOT NULL,
        transfer_syntax_uid TEXT NOT NULL,
        number INTEGER,
        rows INTEGER,
        columns INTEGER,
        frames INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        content_hash TEXT NOT NULL,        -- SHA-256 of the de-identified file, hexadecimal
        profile_hash TEXT NOT NULL,
        indexed_at TEXT NOT NULL
      ) STRICT;
      CREATE INDEX instances_by_series ON instances (series_uid, number, bytes);`,
  },
  {
    id: '0011-create-the-provenance-of-harmonised-values',
    sql: `
      CREATE TABLE concepts (
        attribute TEXT NOT NULL,
        code TEXT NOT NULL,
        label TEXT NOT NULL,
        PRIMARY KEY (attribute, code)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE harmonised_values (
        entity TEXT NOT NULL CHECK (entity IN ('patient','study','series')),
        entity_id TEXT NOT NULL,
        attribute TEXT NOT NULL,
        original TEXT,
        code TEXT,
        label TEXT,
        rule TEXT NOT NULL,
        table_version TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (entity, entity_id, attribute)
      ) STRICT, WITHOUT ROWID;`,
  },
  {
    id: '0012-create-datasets-with-frozen-membership-and-history',
    sql: `
      CREATE TABLE datasets (
        dataset_id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        description TEXT NOT NULL,
        condition_code TEXT NOT NULL,
        condition_label TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('draft','checked','released','published','withdrawn')),
        query_json TEXT NOT NULL,
        publisher TEXT NOT NULL,
        contact_email TEXT NOT NULL,
        keywords_json TEXT NOT NULL,
        provenance TEXT NOT NULL,
        access_url TEXT NOT NULL,
        created_by TEXT NOT NULL,
        created_at TEXT NOT NULL,
        content_hash TEXT                  -- SHA-256 over the sorted object hashes, fixed by the check
      ) STRICT;
      CREATE INDEX datasets_by_state ON datasets (state, created_at);
      CREATE TABLE dataset_series (
        dataset_id TEXT NOT NULL REFERENCES datasets,
        series_uid TEXT NOT NULL REFERENCES series,
        PRIMARY KEY (dataset_id, series_uid)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX dataset_series_by_series ON dataset_series (series_uid, dataset_id);
      CREATE TABLE dataset_history (
        id INTEGER PRIMARY KEY,
        dataset_id TEXT NOT NULL REFERENCES datasets,
        from_state TEXT,
        to_state TEXT NOT NULL,
        by TEXT NOT NULL,
        at TEXT NOT NULL,
        reason TEXT,
        evidence_json TEXT
      ) STRICT;
      CREATE INDEX dataset_history_by_dataset ON dataset_history (dataset_id, id);`,
  },
  {
    id: '0013-flag-volumes-that-may-show-a-face-and-remember-who-decided-about-them',
    sql: `
      ALTER TABLE instances ADD COLUMN may_show_face INTEGER NOT NULL DEFAULT 0;
      -- Nobody looked at what was indexed before: it may.
      UPDATE instances SET may_show_face = 1 WHERE series_uid IN
        (SELECT series_uid FROM series WHERE modality IN ('CT','MR','PT'));
      CREATE INDEX instances_that_may_show_a_face ON instances (series_uid, frames) WHERE may_show_face = 1;
      CREATE TABLE dataset_faces (
        dataset_id TEXT NOT NULL REFERENCES datasets,
        series_uid TEXT NOT NULL REFERENCES series,
        decision TEXT NOT NULL CHECK (decision IN ('accepted','excluded')),
        by TEXT NOT NULL,
        at TEXT NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (dataset_id, series_uid)
      ) STRICT, WITHOUT ROWID;`,
  },
  {
    id: '0014-remember-what-was-done-to-each-object',
    sql: `
      CREATE TABLE treatments (
        treatment_id INTEGER PRIMARY KEY,
        content TEXT NOT NULL UNIQUE       -- JSON, see Treatment; the objects of a series share one
      ) STRICT;
      -- Unknown for what was indexed before.
      ALTER TABLE instances ADD COLUMN treatment_id INTEGER REFERENCES treatments;`,
  },
  ...SERIES_MIGRATIONS,
  ...RECODING_MIGRATIONS,
  ...VALUE_MIGRATIONS,
  ...CLINICAL_MIGRATIONS,
  ...DATASET_MIGRATIONS,
  ...RECORD_MIGRATIONS,
  ...SEARCH_MIGRATIONS,
];
