/** The tables that can be taken out of the index, with their columns: de-identified ones only. */

export type ExportTable = 'studies' | 'series' | 'instances';
export const EXPORT_TABLES: readonly ExportTable[] = ['studies', 'series', 'instances'];

export interface ExportColumn {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'decimal';
  /** SQL over the tables of its query. */
  readonly sql: string;
}

const text = (name: string, sql = name): ExportColumn => ({ name, type: 'text', sql });
const integer = (name: string, sql = name): ExportColumn => ({ name, type: 'integer', sql });
const decimal = (name: string, sql = name): ExportColumn => ({ name, type: 'decimal', sql });

const label = (attribute: string, code: string, original: string) =>
  `COALESCE((SELECT label FROM concepts WHERE attribute = '${attribute}' AND code = ${code}), ${original})`;
const ofStudy = (column: string) =>
  `(SELECT COALESCE(SUM(${column}), 0) FROM study_kinds WHERE study_kinds.study_no = studies.study_no)`;

/** Dates are shifted ones; ages are in years at the study; sizes are in bytes. */
const STUDY: readonly ExportColumn[] = [
  text('patient_id', 'patients.patient_id'),
  text('sex', label('sex', 'patients.sex_code', 'patients.sex_original')),
  text('sex_code', 'patients.sex_code'),
  text('study_uid', 'studies.study_uid'),
  text('study_date', 'studies.study_date'),
  decimal('age_years', 'studies.age_years'),
  text('study_description', 'studies.description'),
];

export const EXPORT_COLUMNS: Readonly<Record<ExportTable, readonly ExportColumn[]>> = {
  studies: [
    ...STUDY,
    text(
      'modalities',
      `(SELECT group_concat(modality, ' ') FROM (SELECT DISTINCT stated_modality AS modality FROM study_kinds
        JOIN series_kinds USING (kind_no) WHERE study_kinds.study_no = studies.study_no AND stated_modality <> ''
        ORDER BY 1))`,
    ),
    integer('series', ofStudy('study_kinds.series')),
    integer('instances', ofStudy('study_kinds.instances')),
    integer('bytes', ofStudy('study_kinds.bytes')),
    text('indexed_at', 'studies.indexed_at'),
  ],
  series: [
    ...STUDY,
    text('series_uid', 'series.series_uid'),
    integer('series_number', 'series.number'),
    text('modality', 'series.modality'),
    text('modality_code', 'series.modality_code'),
    text('body_part', label('body_part', 'series.body_part_code', 'series.body_part')),
    text('body_part_code', 'series.body_part_code'),
    text('manufacturer', label('manufacturer', 'series.manufacturer_code', 'series.manufacturer')),
    text('manufacturer_code', 'series.manufacturer_code'),
    text('model', 'series.model'),
    text('laterality', label('laterality', 'series.laterality_code', 'series.laterality')),
    text('series_description', 'series.description'),
    text('protocol', 'series.protocol'),
    text(
      'attributes',
      `(SELECT json_group_object(attribute, COALESCE(label, code, original)) FROM harmonised_values
        WHERE entity = 'series' AND entity_id = series.series_uid AND COALESCE(label, code, original) IS NOT NULL)`,
    ),
    integer('instances', 'facts.instances'),
    integer('bytes', 'facts.bytes'),
  ],
  instances: [
    text('patient_id', 'studies.patient_id'),
    text('study_uid', 'studies.study_uid'),
    text('series_uid', 'series.series_uid'),
    text('instance_uid', 'instances.instance_uid'),
    integer('instance_number', 'instances.number'),
    text('sop_class_uid', 'instances.sop_class_uid'),
    text('transfer_syntax_uid', 'instances.transfer_syntax_uid'),
    integer('rows', 'instances.rows'),
    integer('columns', 'instances.columns'),
    integer('frames', 'instances.frames'),
    integer('bytes', 'instances.bytes'),
    text('content_hash', 'instances.content_hash'),
    text('profile_hash', 'instances.profile_hash'),
    text('indexed_at', 'instances.indexed_at'),
  ],
};

const columnsOf = (table: ExportTable) =>
  EXPORT_COLUMNS[table].map(({ name, sql }) => `${sql} AS "${name}"`).join(', ');

/** Rows of the numbered studies or series, `@numbers` being a JSON array. */
export const EXPORT_SQL: Readonly<Record<ExportTable, string>> = {
  studies: `SELECT ${columnsOf('studies')} FROM studies JOIN patients USING (patient_id)
    WHERE studies.study_no IN (SELECT value FROM json_each(@numbers)) ORDER BY studies.study_no`,
  series: `SELECT ${columnsOf('series')} FROM series_sums AS facts JOIN series ON series.series_no = facts.series_no
    JOIN studies USING (study_uid) JOIN patients USING (patient_id)
    WHERE facts.series_no IN (SELECT value FROM json_each(@numbers)) ORDER BY facts.series_no`,
  instances: `SELECT ${columnsOf('instances')} FROM series JOIN studies USING (study_uid)
    JOIN instances ON instances.series_uid = series.series_uid
    WHERE series.series_no IN (SELECT value FROM json_each(@numbers))
    ORDER BY series.series_no, instances.number, instances.instance_uid`,
};
