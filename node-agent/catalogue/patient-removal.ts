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
