import type { Migration } from '../../store/database.ts';

/**
 * What a dataset shows of its patients, and the evidence of its gates, in index.db. The generated column says to SQL what
 * `generalise` says to the rest: both read the same choices.
 */
export const DATASET_MIGRATIONS: readonly Migration[] = [
  {
    id: '0241-store-with-each-dataset-how-coarsely-it-shows-its-patients-and-which-version-it-is',
    sql: `
      ALTER TABLE datasets ADD COLUMN generalisation_json TEXT NOT NULL DEFAULT '{}';  -- see Generalisation
      ALTER TABLE datasets ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
      ALTER TABLE datasets ADD COLUMN predecessor TEXT REFERENCES datasets (dataset_id);
      -- Width of an age band in years; null where ages are left out.
      ALTER TABLE datasets ADD COLUMN age_years_shown INTEGER AS (CASE generalisation_json ->> 'age'
        WHEN 'bands-5' THEN 5 WHEN 'bands-10' THEN 10 WHEN 'bands-20' THEN 20 WHEN 'dropped' THEN NULL ELSE 1 END) VIRTUAL;
      CREATE INDEX datasets_by_predecessor ON datasets (predecessor) WHERE predecessor IS NOT NULL;`,
  },
  {
    id: '0242-keep-what-reading-the-stored-files-found',
    sql: `
      CREATE TABLE object_examinations (
        content_hash TEXT PRIMARY KEY,     -- as the index states it
        edition INTEGER NOT NULL,          -- of the examination
        examined_at TEXT NOT NULL,
        file TEXT NOT NULL CHECK (file IN ('sound','missing','changed','unreadable')),
        instance_uid TEXT,                 -- as the file states it
        pixel_hash TEXT,                   -- SHA-256 of the value of Pixel Data; null where flat or none
        image_hash TEXT,                   -- 256 bits of brightness differences; null where it could not be decoded
        frames TEXT NOT NULL CHECK (frames IN ('none','decoded','not-here','broken'))
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX object_examinations_by_pixels ON object_examinations (pixel_hash) WHERE pixel_hash IS NOT NULL;
      CREATE TABLE object_references (
        content_hash TEXT NOT NULL REFERENCES object_examinations ON DELETE CASCADE,
        instance_uid TEXT NOT NULL,        -- that the object needs to be understood
        PRIMARY KEY (content_hash, instance_uid)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX instances_by_content ON instances (content_hash);`,
  },
  {
    id: '0243-fix-the-objects-of-a-checked-dataset-and-keep-the-evidence-of-each-gate',
    sql: `
      CREATE TABLE dataset_objects (
        dataset_id TEXT NOT NULL REFERENCES datasets,
        instance_uid TEXT NOT NULL,
        content_hash TEXT NOT NULL,
        PRIMARY KEY (dataset_id, instance_uid)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX dataset_objects_by_content ON dataset_objects (content_hash);
      -- For what was checked before: the objects of today, if they are still those of the check, as every step verifies.
      INSERT INTO dataset_objects SELECT dataset_id, instance_uid, instances.content_hash
        FROM datasets JOIN dataset_series USING (dataset_id) JOIN instances USING (series_uid);
      CREATE TABLE dataset_evidence (
        dataset_id TEXT NOT NULL REFERENCES datasets,
        gate TEXT NOT NULL,
        content_hash TEXT NOT NULL,        -- of the objects it speaks of
        passed INTEGER NOT NULL,
        warning INTEGER NOT NULL,          -- passed, but somebody has to acknowledge it
        detail TEXT NOT NULL,
        figures_json TEXT NOT NULL,
        by TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (dataset_id, gate)
      ) STRICT, WITHOUT ROWID;
      -- What a check found before gates were kept one by one; those it did not know have no evidence.
      INSERT INTO dataset_evidence SELECT newest.dataset_id, replace(found.value ->> 'id', 'indexed', 'residual'),
          newest.evidence_json ->> 'contentHash', found.value ->> 'passed', 0, found.value ->> 'detail', '{}',
          newest.by, newest.at
        FROM dataset_history newest JOIN datasets USING (dataset_id), json_each(newest.evidence_json, '$.checks') found
        WHERE datasets.state <> 'draft' AND newest.id = (SELECT MAX(id) FROM dataset_history checked
          WHERE checked.dataset_id = newest.dataset_id AND to_state = 'checked' AND evidence_json IS NOT NULL);
      CREATE TABLE dataset_acceptances (
        dataset_id TEXT NOT NULL REFERENCES datasets,
        subject TEXT NOT NULL,             -- a quality rule or a gate
        content_hash TEXT NOT NULL,        -- of the objects it was accepted for
        by TEXT NOT NULL,
        at TEXT NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (dataset_id, subject, content_hash)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE dataset_quality (
        id INTEGER PRIMARY KEY,
        dataset_id TEXT NOT NULL REFERENCES datasets,
        at TEXT NOT NULL,
        content_hash TEXT NOT NULL,
        rules_version TEXT NOT NULL,
        total REAL,                        -- 0 to 100; null where there was nothing to check
        scores_json TEXT NOT NULL,         -- [{dimension, score}]
        findings_json TEXT NOT NULL        -- [{rule, checked, offending}]
      ) STRICT;
      CREATE INDEX dataset_quality_by_dataset ON dataset_quality (dataset_id, id);`,
  },
];
