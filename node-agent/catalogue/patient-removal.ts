/** Takes a patient out of the index, with everything that hangs on it. */
import type { SqliteDatabase } from '../store/database.ts';

const OF_PATIENT = `series_uid IN (SELECT series_uid FROM series JOIN studies USING (study_uid) WHERE patient_id = @patientId)`;

export const REMOVAL_SQL = {
  series: `SELECT series_uid FROM series JOIN studies USING (study_uid) WHERE patient_id = ?`,
  objects: `SELECT object_id FROM instances WHERE ${OF_PATIENT}`,
  /** What refers to something goes before it. */
  removals: [
    `DELETE FROM harmonised_values WHERE entity = 'series' AND entity_id IN
      (SELECT series_uid FROM series JOIN studies USING (study_uid) WHERE patient_id = @patientId)`,
    `DELETE FROM harmonised_values WHERE entity = 'study' AND entity_id IN
      (SELECT study_uid FROM studies WHERE patient_id = @patientId)`,
    `DELETE FROM harmonised_values WHERE entity = 'patient' AND entity_id = @patientId`,
    // Facts that only this patient's series share.
    `DELETE FROM series_fact_sets WHERE facts_id IN (SELECT facts_id FROM series_facts WHERE ${OF_PATIENT})
      AND NOT EXISTS (SELECT 1 FROM series_facts other WHERE other.facts_id = series_fact_sets.facts_id
        AND other.series_uid NOT IN (SELECT series_uid FROM series JOIN studies USING (study_uid) WHERE patient_id = @patientId))`,
    `DELETE FROM series_facts WHERE ${OF_PATIENT}`,
    `DELETE FROM series_states WHERE ${OF_PATIENT}`,
    // Patterns that only this patient's series have and nobody ruled on; before what refers to them, so that none else is looked at.
    `DELETE FROM curation_patterns WHERE pattern_id IN (SELECT pattern_id FROM curation_series WHERE ${OF_PATIENT})
      AND NOT EXISTS (SELECT 1 FROM curation_series other WHERE other.pattern_id = curation_patterns.pattern_id
        AND other.series_uid NOT IN (SELECT series_uid FROM series JOIN studies USING (study_uid) WHERE patient_id = @patientId))
      AND NOT EXISTS (SELECT 1 FROM curation_rulings r WHERE r.pattern_id = curation_patterns.pattern_id)`,
    `DELETE FROM curation_series WHERE ${OF_PATIENT}`,
    ...['earlier_values', 'normalised_values', 'value_findings'].flatMap((table) => [
      `DELETE FROM ${table} WHERE entity = 'series' AND entity_id IN
        (SELECT series_uid FROM series JOIN studies USING (study_uid) WHERE patient_id = @patientId)`,
      `DELETE FROM ${table} WHERE entity = 'study' AND entity_id IN
        (SELECT study_uid FROM studies WHERE patient_id = @patientId)`,
    ]),
    `DELETE FROM earlier_values WHERE entity = 'patient' AND entity_id = @patientId`,
    `DELETE FROM series_regions WHERE ${OF_PATIENT}`,
    `DELETE FROM value_digests WHERE ${OF_PATIENT}`,
    `DELETE FROM object_examinations WHERE content_hash IN (SELECT content_hash FROM instances WHERE ${OF_PATIENT})`,
    `DELETE FROM instances WHERE ${OF_PATIENT}`,
    `DELETE FROM series WHERE study_uid IN (SELECT study_uid FROM studies WHERE patient_id = @patientId)`,
    'DELETE FROM studies WHERE patient_id = @patientId',
    'DELETE FROM patients WHERE patient_id = @patientId',
    'DELETE FROM clinical_rows WHERE patient_id = @patientId',
  ],
} as const;

/** UIDs of the patient's series. @param patientId the pseudonym */
export function seriesOfPatient(database: SqliteDatabase, patientId: string): string[] {
  return database.prepare(REMOVAL_SQL.series).pluck().all(patientId) as string[];
}

/**
 * The caller wraps it in the transaction that withdraws the objects in the ledger, after no dataset holds a series of the
 * patient any more. @returns the ids of the objects in the ledger
 */
export function removePatient(database: SqliteDatabase, patientId: string): string[] {
  const objectIds = database.prepare(REMOVAL_SQL.objects).pluck().all({ patientId }) as string[];
  for (const sql of REMOVAL_SQL.removals) database.prepare(sql).run({ patientId });
  return objectIds;
}
