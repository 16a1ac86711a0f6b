import type { Migration } from '../../store/database.ts';

/**
 * What searching needs beside the entities, in index.db. Every table here follows from patients, studies, series,
 * instances and harmonised_values, is changed in their transaction, and can be made anew from them.
 *
 * Studies have numbers in the order they came, and a series has that of its study in the bits above the twentieth: what
 * belongs to a study lies side by side, and the newest comes last. UIDs lie scattered, and comparing them is slow.
 */
const NUMBERS = `
  ALTER TABLE patients ADD COLUMN patient_no INTEGER;
  ALTER TABLE studies ADD COLUMN study_no INTEGER;
  ALTER TABLE series ADD COLUMN series_no INTEGER;
  UPDATE patients SET patient_no = rowid;
  UPDATE studies SET study_no = numbered.number FROM (SELECT study_uid AS uid,
    ROW_NUMBER() OVER (ORDER BY indexed_at, study_uid DESC) AS number FROM studies) AS numbered WHERE study_uid = uid;
  CREATE UNIQUE INDEX patients_by_number ON patients (patient_no);
  CREATE UNIQUE INDEX studies_by_number ON studies (study_no);
  UPDATE series SET series_no = numbered.number FROM (SELECT series_uid AS uid,
    (study_no << 20) + ROW_NUMBER() OVER (PARTITION BY study_no ORDER BY number, series_uid) AS number
    FROM series JOIN studies USING (study_uid)) AS numbered WHERE series_uid = uid;
  CREATE UNIQUE INDEX series_by_number ON series (series_no);
  -- What these were for is answered from the tables below.
  DROP INDEX studies_by_indexing;
  DROP INDEX series_by_modality;
  DROP INDEX series_by_body_part;
  DROP INDEX series_by_manufacturer;
  DROP INDEX series_by_stated_modality;
  DROP INDEX patients_by_sex;
  CREATE TRIGGER patients_numbered AFTER INSERT ON patients WHEN new.patient_no IS NULL BEGIN
    UPDATE patients SET patient_no = (SELECT COALESCE(MAX(patient_no), 0) + 1 FROM patients)
      WHERE patient_id = new.patient_id;
  END;
  CREATE TRIGGER studies_numbered AFTER INSERT ON studies WHEN new.study_no IS NULL BEGIN
    UPDATE studies SET study_no = (SELECT COALESCE(MAX(study_no), 0) + 1 FROM studies) WHERE study_uid = new.study_uid;
  END;`;

/** Words come folded (`foldedWords`). What is deleted is gone from the word lists at once, as everything of a patient who objects. */
export const CREATE_WORDS = `
  CREATE VIRTUAL TABLE series_words USING fts5 (words, tokenize = "unicode61 remove_diacritics 2");
  INSERT INTO series_words (series_words, rank) VALUES ('secure-delete', 1);`;

/**
 * A kind is what a person filters by most: sex, modality, body part, maker; an archive has some hundred. A study is of two
 * or three, so that counting studies and patients of a kind takes a tenth of the rows that there are series.
 */
const TABLES = `
  CREATE TABLE series_kinds (
    kind_no INTEGER PRIMARY KEY,
    sex TEXT NOT NULL,                 -- a EUCAIM code, else the original; empty where nothing is known
    modality TEXT NOT NULL,
    stated_modality TEXT NOT NULL,     -- as DICOM writes it
    body_part TEXT NOT NULL,
    manufacturer TEXT NOT NULL,
    series INTEGER NOT NULL DEFAULT 0,
    instances INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    UNIQUE (sex, modality, stated_modality, body_part, manufacturer)
  ) STRICT;
  CREATE INDEX series_kinds_by_modality ON series_kinds (modality);
  CREATE INDEX series_kinds_by_body_part ON series_kinds (body_part);
  CREATE INDEX series_kinds_by_manufacturer ON series_kinds (manufacturer);
  CREATE TABLE study_kinds (
    kind_no INTEGER NOT NULL REFERENCES series_kinds,
    study_no INTEGER NOT NULL,
    patient_no INTEGER NOT NULL,
    age_years REAL,
    study_year INTEGER,                -- of the shifted date
    series INTEGER NOT NULL,
    instances INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (kind_no, study_no)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX study_kinds_by_study ON study_kinds (study_no);
  CREATE TABLE facet_sums (
    facet TEXT NOT NULL,
    value TEXT NOT NULL,
    studies INTEGER NOT NULL,
    PRIMARY KEY (facet, value)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE attribute_values (
    value_no INTEGER PRIMARY KEY,
    attribute TEXT NOT NULL,
    value TEXT NOT NULL,               -- a code, else the label, else the original
    label TEXT NOT NULL,
    UNIQUE (attribute, value)
  ) STRICT;
  CREATE TABLE series_sums (
    series_no INTEGER PRIMARY KEY,
    patient_no INTEGER NOT NULL,
    kind_no INTEGER REFERENCES series_kinds,   -- null until it is described
    instances INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    age_years REAL,
    study_year INTEGER,
    attributes TEXT NOT NULL DEFAULT ' ',      -- numbers of attribute_values, each between blanks
    study_no INTEGER AS (series_no >> 20) VIRTUAL,
    series INTEGER AS (1) VIRTUAL
  ) STRICT;
  CREATE INDEX series_sums_by_kind ON series_sums (kind_no);
  -- Series whose kind, attributes and words have to be worked out again; emptied before the transaction ends.
  CREATE TABLE series_to_describe (series_no INTEGER PRIMARY KEY) STRICT;
  ${CREATE_WORDS}`;

const FACETS = ['sex', 'modality', 'body_part', 'manufacturer'] as const;

/** Of the studies that have a value, for one more or one less kind of a study. */
function facetSums(row: 'new' | 'old', change: '+ 1' | '- 1'): string {
  return FACETS.map(
    (facet) => `INSERT INTO facet_sums (facet, value, studies)
      SELECT '${facet}', ${facet}, 1 FROM series_kinds WHERE kind_no = ${row}.kind_no AND ${facet} <> ''
        AND NOT EXISTS (SELECT 1 FROM study_kinds JOIN series_kinds AS other USING (kind_no)
          WHERE study_no = ${row}.study_no AND kind_no <> ${row}.kind_no AND other.${facet} = series_kinds.${facet})
      ON CONFLICT (facet, value) DO UPDATE SET studies = studies ${change};`,
  ).join('\n');
}

const joinKind = (row: 'new' | 'old') => `
  INSERT INTO study_kinds (kind_no, study_no, patient_no, age_years, study_year, series, instances, bytes)
    SELECT ${row}.kind_no, ${row}.series_no >> 20, ${row}.patient_no, ${row}.age_years, ${row}.study_year, 1, ${row}.instances, ${row}.bytes
    WHERE ${row}.kind_no IS NOT NULL
    ON CONFLICT (kind_no, study_no) DO UPDATE SET series = series + 1, instances = instances + excluded.instances,
      bytes = bytes + excluded.bytes;
  UPDATE series_kinds SET series = series + 1, instances = instances + ${row}.instances, bytes = bytes + ${row}.bytes
    WHERE kind_no = ${row}.kind_no;`;

const leaveKind = (row: 'new' | 'old') => `
  UPDATE study_kinds SET series = series - 1, instances = instances - ${row}.instances, bytes = bytes - ${row}.bytes
    WHERE kind_no = ${row}.kind_no AND study_no = ${row}.series_no >> 20;
  DELETE FROM study_kinds WHERE kind_no = ${row}.kind_no AND study_no = ${row}.series_no >> 20 AND series = 0;
  UPDATE series_kinds SET series = series - 1, instances = instances - ${row}.instances, bytes = bytes - ${row}.bytes
    WHERE kind_no = ${row}.kind_no;`;

const changeOfSize = (sign: '+' | '-', row: 'new' | 'old') => `
  UPDATE series_sums SET instances = instances ${sign} 1, bytes = bytes ${sign} ${row}.bytes
    WHERE series_no = (SELECT series_no FROM series WHERE series_uid = ${row}.series_uid);`;

const differ = (...columns: readonly string[]) => columns.map((name) => `new.${name} IS NOT old.${name}`).join(' OR ');

/**
 * The database keeps the sums itself, in the transaction of the change, so that they can never differ from the rows.
 * ON CONFLICT DO NOTHING instead of OR IGNORE: the latter gives way to the conflict clause of the outer statement.
 */
const TRIGGERS = `
  CREATE TRIGGER study_kinds_added AFTER INSERT ON study_kinds BEGIN ${facetSums('new', '+ 1')} END;
  CREATE TRIGGER study_kinds_removed AFTER DELETE ON study_kinds BEGIN ${facetSums('old', '- 1')}
    DELETE FROM facet_sums WHERE studies = 0; END;
  CREATE TRIGGER series_sums_grown AFTER UPDATE OF instances, bytes ON series_sums
    WHEN new.kind_no IS old.kind_no AND new.kind_no IS NOT NULL BEGIN
    UPDATE study_kinds SET instances = instances + new.instances - old.instances, bytes = bytes + new.bytes - old.bytes
      WHERE kind_no = new.kind_no AND study_no = new.series_no >> 20;
    UPDATE series_kinds SET instances = instances + new.instances - old.instances, bytes = bytes + new.bytes - old.bytes
      WHERE kind_no = new.kind_no;
  END;
  CREATE TRIGGER series_sums_moved AFTER UPDATE OF kind_no ON series_sums WHEN new.kind_no IS NOT old.kind_no BEGIN
    ${leaveKind('old')} ${joinKind('new')}
  END;
  CREATE TRIGGER series_sums_redated AFTER UPDATE OF age_years, study_year ON series_sums
    WHEN ${differ('age_years', 'study_year')} BEGIN
    UPDATE study_kinds SET age_years = new.age_years, study_year = new.study_year
      WHERE kind_no = new.kind_no AND study_no = new.series_no >> 20;
  END;
  CREATE TRIGGER series_sums_removed AFTER DELETE ON series_sums BEGIN ${leaveKind('old')} END;
  CREATE TRIGGER series_numbered AFTER INSERT ON series WHEN new.series_no IS NULL BEGIN
    UPDATE series SET series_no = (SELECT MAX((study_no << 20), COALESCE((SELECT MAX(series_no) FROM series
        WHERE series_no BETWEEN (study_no << 20) AND (study_no << 20) + 1048575), 0)) + 1
      FROM studies WHERE study_uid = new.study_uid) WHERE series_uid = new.series_uid;
    INSERT INTO series_sums (series_no, patient_no) SELECT series_no, patient_no
      FROM series JOIN studies USING (study_uid) JOIN patients USING (patient_id) WHERE series_uid = new.series_uid;
    INSERT INTO series_to_describe SELECT series_no FROM series WHERE series_uid = new.series_uid
      ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER series_restated AFTER UPDATE OF modality, modality_code, body_part, body_part_code, manufacturer,
    manufacturer_code, laterality, laterality_code, model, description, protocol ON series
    WHEN ${differ('modality', 'modality_code', 'body_part', 'body_part_code', 'manufacturer', 'manufacturer_code', 'laterality', 'laterality_code', 'model', 'description', 'protocol')} BEGIN
    INSERT INTO series_to_describe VALUES (new.series_no) ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER series_removed AFTER DELETE ON series BEGIN
    DELETE FROM series_sums WHERE series_no = old.series_no;
    DELETE FROM series_words WHERE rowid = old.series_no;
    DELETE FROM series_to_describe WHERE series_no = old.series_no;
  END;
  CREATE TRIGGER studies_restated AFTER UPDATE OF description, age_years, study_date ON studies
    WHEN ${differ('description', 'age_years', 'study_date')} BEGIN
    INSERT INTO series_to_describe SELECT series_no FROM series WHERE study_uid = new.study_uid
      ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER patients_restated AFTER UPDATE OF sex_original, sex_code ON patients
    WHEN ${differ('sex_original', 'sex_code')} BEGIN
    INSERT INTO series_to_describe SELECT series_no FROM studies JOIN series USING (study_uid)
      WHERE patient_id = new.patient_id
      ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER concepts_renamed AFTER UPDATE OF label ON concepts WHEN ${differ('label')} BEGIN
    INSERT INTO series_to_describe SELECT series_no FROM series
      WHERE new.code IN (modality_code, body_part_code, manufacturer_code, laterality_code)
      ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER values_stated AFTER INSERT ON harmonised_values WHEN new.entity = 'series' BEGIN
    INSERT INTO series_to_describe SELECT series_no FROM series WHERE series_uid = new.entity_id
      ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER values_restated AFTER UPDATE OF original, code, label ON harmonised_values
    WHEN new.entity = 'series' AND (${differ('original', 'code', 'label')}) BEGIN
    INSERT INTO series_to_describe SELECT series_no FROM series WHERE series_uid = new.entity_id
      ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER values_removed AFTER DELETE ON harmonised_values WHEN old.entity = 'series' BEGIN
    INSERT INTO series_to_describe SELECT series_no FROM series WHERE series_uid = old.entity_id
      ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER instances_added AFTER INSERT ON instances BEGIN ${changeOfSize('+', 'new')} END;
  CREATE TRIGGER instances_removed AFTER DELETE ON instances BEGIN ${changeOfSize('-', 'old')} END;
  CREATE TRIGGER instances_moved AFTER UPDATE OF series_uid, bytes ON instances
    WHEN ${differ('series_uid', 'bytes')} BEGIN ${changeOfSize('-', 'old')} ${changeOfSize('+', 'new')} END;`;

/** What was indexed before is described when the index is opened next. */
const CARRY_OVER = `
  INSERT INTO series_sums (series_no, patient_no, instances, bytes)
    SELECT series_no, patient_no, COUNT(instances.bytes), COALESCE(SUM(instances.bytes), 0)
    FROM series JOIN studies USING (study_uid) JOIN patients USING (patient_id) LEFT JOIN instances USING (series_uid)
    GROUP BY series_no;
  INSERT INTO series_to_describe SELECT series_no FROM series;`;

export const SEARCH_MIGRATIONS: readonly Migration[] = [
  {
    id: '0261-number-the-entities-and-keep-what-searching-and-counting-need',
    sql: `${NUMBERS} ${TABLES} ${CARRY_OVER} ${TRIGGERS}`,
  },
  {
    id: '0262-find-patients-by-the-condition-of-their-clinical-data',
    sql: `CREATE INDEX clinical_values_by_condition ON clinical_values (code, row_id)
        WHERE column_name = 'cancer_condition_code';
      -- For the removal of a patient's series.
      CREATE INDEX dataset_faces_by_series ON dataset_faces (series_uid);`,
  },
  {
    id: '0264-keep-cohort-queries-under-a-name',
    sql: `
      CREATE TABLE saved_queries (
        query_id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        description TEXT NOT NULL,
        filter_json TEXT NOT NULL,
        owner TEXT NOT NULL,
        created_at TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        UNIQUE (owner, name)
      ) STRICT;`,
  },
];
