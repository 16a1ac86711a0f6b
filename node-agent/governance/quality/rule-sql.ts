/**
 * One small evaluator for each rule, over the series in `scope`: how many items there are to look at, and the ids of those
 * with a finding. Parameters: @freshAfter, the oldest examination that counts; @today; @modalities and @organs of
 * object-kinds.json.
 */

export interface RuleSql {
  /** One number. */
  readonly checked: string;
  /** One column of ids. */
  readonly offending: string;
}

// CROSS JOIN keeps the order: from the series of the dataset on, never through the whole index.
const SERIES = 'temp.scope CROSS JOIN series USING (series_uid)';
const STUDIES = `${SERIES} CROSS JOIN studies USING (study_uid)`;
const PATIENTS = `${STUDIES} CROSS JOIN patients USING (patient_id)`;
const OBJECTS = 'temp.scope CROSS JOIN instances USING (series_uid)';
const EXAMINED = `${OBJECTS} CROSS JOIN object_examinations examined ON examined.content_hash = instances.content_hash`;
const EXAMINED_PATIENTS = `${EXAMINED} CROSS JOIN series USING (series_uid) CROSS JOIN studies USING (study_uid)`;
const HAS_IMAGES = `EXISTS (SELECT 1 FROM instances WHERE instances.series_uid = temp.scope.series_uid AND rows IS NOT NULL)
  AND COALESCE(series.modality, '') <> 'SEG'`;
/** Modalities whose series are stacks of slices. */
const STACKS = `series.modality IN ('CT','MR','PT')`;

const counted = (from: string, id: string, where = 'TRUE') =>
  `SELECT COUNT(DISTINCT ${id}) FROM ${from} WHERE ${where}`;
const found = (from: string, id: string, where: string) =>
  `SELECT DISTINCT ${id} FROM ${from} WHERE ${where} ORDER BY 1`;

/** A rule about single items. */
function each(from: string, id: string, wrong: string, where = 'TRUE'): RuleSql {
  return { checked: counted(from, id, where), offending: found(from, id, `(${where}) AND (${wrong})`) };
}

const VALUES = `(SELECT series_uid AS id, attribute, original, code, confidence, chosen_by FROM temp.scope
    CROSS JOIN harmonised_values ON entity = 'series' AND entity_id = series_uid
      AND attribute IN ('modality','body_part','manufacturer','laterality')
  UNION SELECT entity_id, attribute, original, code, confidence, chosen_by FROM harmonised_values
    WHERE entity = 'patient' AND attribute = 'sex' AND entity_id IN (SELECT patient_id FROM ${STUDIES}))`;

const CLINICAL_PATIENTS = 'SELECT patient_id FROM clinical_rows';

/** The same pixels in several objects. */
const samePixels = (patients: string) => `examined.pixel_hash IN (SELECT other.pixel_hash FROM ${OBJECTS}
    CROSS JOIN object_examinations other ON other.content_hash = instances.content_hash
    CROSS JOIN series USING (series_uid) CROSS JOIN studies USING (study_uid) WHERE other.pixel_hash IS NOT NULL
    GROUP BY other.pixel_hash HAVING COUNT(*) > 1 AND COUNT(DISTINCT studies.patient_id) ${patients})`;

/** A series of single frames by its instance numbers. */
const NUMBERED = `(SELECT series_uid AS id, MAX(instances.number) - MIN(instances.number) + 1 AS span,
    COUNT(DISTINCT instances.number) AS present
  FROM ${OBJECTS} CROSS JOIN series USING (series_uid)
  WHERE ${STACKS} AND instances.rows IS NOT NULL AND instances.frames = 1 AND instances.number IS NOT NULL
  GROUP BY series_uid HAVING COUNT(*) > 2)`;

/** Studies of a patient one after the other, with how far age and date are apart, in years. */
const CONSECUTIVE = `(SELECT patient_id AS id,
    ABS((age_years - LAG(age_years) OVER patient)
      - (julianday(study_date) - julianday(LAG(study_date) OVER patient)) / 365.25) AS apart
  FROM (SELECT DISTINCT patient_id, study_uid, age_years, study_date FROM ${STUDIES}
    WHERE age_years IS NOT NULL AND study_date IS NOT NULL)
  WINDOW patient AS (PARTITION BY patient_id ORDER BY study_date, study_uid))`;

/** What clinical tables say of patients with images here. */
const clinicalCells = (table: string, column: string) => `(SELECT DISTINCT clinical_rows.patient_id AS id,
    clinical_rows.cells_json ->> '${column}' AS cell FROM clinical_rows
  WHERE table_name = '${table}' AND cell IS NOT NULL AND patient_id IN (SELECT patient_id FROM ${STUDIES}))`;
const CLINICAL_SEX = clinicalCells('patient', 'patient_birth_sex');
const CLINICAL_AGE = clinicalCells('cancer_condition', 'cancer_condition_age_at_diagnosis');

export const RULE_SQL: Readonly<Record<string, RuleSql>> = {
  'completeness.modality': each(SERIES, 'series_uid', 'series.modality IS NULL'),
  'completeness.body-part': each(SERIES, 'series_uid', 'series.body_part_key IS NULL', HAS_IMAGES),
  'completeness.manufacturer': each(SERIES, 'series_uid', 'series.manufacturer_key IS NULL', HAS_IMAGES),
  'completeness.study-date': each(STUDIES, 'study_uid', 'studies.study_date IS NULL'),
  'completeness.age': each(STUDIES, 'study_uid', 'studies.age_years IS NULL'),
  'completeness.sex': each(PATIENTS, 'patient_id', 'patients.sex_key IS NULL'),
  'completeness.clinical': each(
    STUDIES,
    'patient_id',
    `patient_id NOT IN (${CLINICAL_PATIENTS})`,
    `EXISTS (SELECT 1 FROM ${STUDIES} WHERE patient_id IN (${CLINICAL_PATIENTS}))`,
  ),

  'uniqueness.uid': each(
    EXAMINED,
    'instances.instance_uid',
    `examined.instance_uid IN (SELECT again.instance_uid FROM ${OBJECTS} CROSS JOIN object_examinations again
      ON again.content_hash = instances.content_hash GROUP BY again.instance_uid HAVING COUNT(*) > 1)`,
    'examined.instance_uid IS NOT NULL',
  ),
  'uniqueness.content': each(
    OBJECTS,
    'instance_uid',
    `content_hash IN (SELECT content_hash FROM ${OBJECTS} GROUP BY content_hash HAVING COUNT(*) > 1)`,
  ),
  'uniqueness.pixels-across-patients': each(
    EXAMINED_PATIENTS,
    'instances.instance_uid',
    samePixels('> 1'),
    'examined.pixel_hash IS NOT NULL',
  ),
  'uniqueness.pixels-within-patient': each(
    EXAMINED_PATIENTS,
    'instances.instance_uid',
    samePixels('= 1'),
    'examined.pixel_hash IS NOT NULL',
  ),

  'validity.vocabulary': {
    checked: `SELECT COUNT(*) FROM ${VALUES} WHERE original IS NOT NULL`,
    offending: `SELECT id FROM ${VALUES} WHERE original IS NOT NULL AND code IS NULL ORDER BY 1`,
  },
  'validity.sureness': {
    checked: `SELECT COUNT(*) FROM ${VALUES} WHERE confidence IS NOT NULL`,
    offending: `SELECT id FROM ${VALUES} WHERE confidence < 0.5 AND chosen_by IS NULL AND code IS NOT NULL ORDER BY 1`,
  },
  'validity.age': each(
    STUDIES,
    'study_uid',
    'studies.age_years NOT BETWEEN 0 AND 120',
    'studies.age_years IS NOT NULL',
  ),
  'validity.study-date': each(
    STUDIES,
    'study_uid',
    `studies.study_date < '1970-01-01' OR studies.study_date > @today`,
    'studies.study_date IS NOT NULL',
  ),
  'validity.image-size': each(
    OBJECTS,
    'instance_uid',
    'instances.rows < 1 OR instances.columns IS NULL OR instances.columns < 1',
    'instances.rows IS NOT NULL',
  ),

  'validity.quantities': each(
    SERIES,
    'series_uid',
    `EXISTS (SELECT 1 FROM value_findings WHERE entity = 'series' AND entity_id = series.series_uid)
      OR EXISTS (SELECT 1 FROM value_findings WHERE entity = 'study' AND entity_id = series.study_uid)`,
  ),

  'consistency.modality-and-class': each(
    `${OBJECTS} CROSS JOIN series USING (series_uid) JOIN json_each(@modalities) allowed ON allowed.key = instances.sop_class_uid`,
    'series_uid',
    'series.modality NOT IN (SELECT value FROM json_each(allowed.value))',
    'series.modality IS NOT NULL',
  ),
  'consistency.sex-and-body-part': each(
    PATIENTS,
    'series_uid',
    `EXISTS (SELECT 1 FROM json_each(@organs) organ WHERE patients.sex_code <> organ.value ->> 'sex'
      AND series.body_part_code IN (SELECT value FROM json_each(organ.value, '$.bodyParts')))`,
    `patients.sex_code IN (SELECT value ->> 'sex' FROM json_each(@organs)) AND series.body_part_code IS NOT NULL`,
  ),
  'consistency.image-size-in-series': {
    checked: counted(SERIES, 'series_uid', `${STACKS} AND ${HAS_IMAGES}`),
    offending: `SELECT series_uid FROM ${OBJECTS} CROSS JOIN series USING (series_uid) WHERE ${STACKS} AND instances.rows IS NOT NULL
      GROUP BY series_uid HAVING COUNT(DISTINCT instances.rows || 'x' || instances.columns) > 1 ORDER BY 1`,
  },
  'consistency.class-in-series': {
    checked: counted(SERIES, 'series_uid'),
    offending: `SELECT series_uid FROM ${OBJECTS} GROUP BY series_uid HAVING COUNT(DISTINCT sop_class_uid) > 1 ORDER BY 1`,
  },
  'consistency.ages-and-dates': {
    checked: `SELECT COUNT(DISTINCT id) FROM ${CONSECUTIVE} WHERE apart IS NOT NULL`,
    offending: `SELECT DISTINCT id FROM ${CONSECUTIVE} WHERE apart > 1.5 ORDER BY 1`,
  },
  'consistency.clinical-sex': {
    checked: `SELECT COUNT(DISTINCT id) FROM ${CLINICAL_SEX} JOIN patients ON patient_id = id WHERE sex_code IS NOT NULL`,
    offending: `SELECT DISTINCT id FROM ${CLINICAL_SEX} JOIN patients ON patient_id = id
      WHERE sex_code IS NOT NULL AND cell <> 'EUCAIM:' || sex_code ORDER BY 1`,
  },
  'consistency.clinical-age': {
    checked: `SELECT COUNT(DISTINCT id) FROM ${CLINICAL_AGE} JOIN studies ON patient_id = id WHERE age_years IS NOT NULL`,
    offending: `SELECT id FROM ${CLINICAL_AGE} JOIN studies ON patient_id = id WHERE age_years IS NOT NULL
      GROUP BY id HAVING MIN(ABS(age_years - CAST(cell AS REAL))) > 10 ORDER BY 1`,
  },

  'integrity.examined': {
    checked: counted(OBJECTS, 'instance_uid'),
    offending: `SELECT instances.instance_uid FROM ${OBJECTS} LEFT JOIN object_examinations examined
      ON examined.content_hash = instances.content_hash
      WHERE examined.examined_at IS NULL OR examined.examined_at < @freshAfter ORDER BY 1`,
  },
  'integrity.file': each(EXAMINED, 'instances.instance_uid', `examined.file IN ('missing','unreadable')`),
  'integrity.hash': each(EXAMINED, 'instances.instance_uid', `examined.file = 'changed'`),
  'integrity.identity': each(
    EXAMINED,
    'instances.instance_uid',
    'examined.instance_uid <> instances.instance_uid',
    'examined.instance_uid IS NOT NULL',
  ),
  'integrity.frames': each(
    EXAMINED,
    'instances.instance_uid',
    `examined.frames = 'broken'`,
    `examined.frames <> 'none'`,
  ),
  'integrity.frames-unseen': each(
    EXAMINED,
    'instances.instance_uid',
    `examined.frames = 'not-here'`,
    `examined.frames <> 'none'`,
  ),
  'integrity.slices': {
    checked: `SELECT COUNT(*) FROM ${NUMBERED}`,
    offending: `SELECT id FROM ${NUMBERED} WHERE span > present ORDER BY 1`,
  },
  'integrity.geometry': each(
    `${SERIES} CROSS JOIN series_states USING (series_uid)`,
    'series_uid',
    `EXISTS (SELECT 1 FROM json_each(series_states.findings_json) found WHERE found.value ->> 'severity' = 'warning')`,
    'series_states.findings_json IS NOT NULL',
  ),
  'integrity.references': {
    checked: `SELECT COUNT(DISTINCT instances.instance_uid) FROM ${OBJECTS}
      CROSS JOIN object_references needed ON needed.content_hash = instances.content_hash`,
    offending: `SELECT DISTINCT instances.instance_uid FROM ${OBJECTS}
      CROSS JOIN object_references needed ON needed.content_hash = instances.content_hash
      WHERE NOT EXISTS (SELECT 1 FROM instances target JOIN temp.scope ON temp.scope.series_uid = target.series_uid
        WHERE target.instance_uid = needed.instance_uid) ORDER BY 1`,
  },
};
