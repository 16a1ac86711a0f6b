/** Which series belong to a dataset, frozen by the check, and the hash over their objects. */
import { createHash } from 'node:crypto';
import type { SqliteDatabase } from '../store/database.ts';
import { type FaceCounts, FaceDecisions } from './face-decisions.ts';

export interface MembershipCounts {
  readonly patients: number;
  readonly studies: number;
  readonly series: number;
  readonly instances: number;
  readonly bytes: number;
}

/** What the checks of the gate need to know of the members. */
export interface MembershipFindings extends MembershipCounts, FaceCounts {
  /** Objects that the ledger does not hold as indexed, withdrawn ones not included. */
  readonly notIndexed: number;
  readonly withdrawn: number;
  readonly withoutProfile: number;
  readonly profiles: number;
  readonly withoutContentHash: number;
  /** Objects without an account of their de-identification with the profile that the index names. */
  readonly withoutAccount: number;
  /** Of the first object; the gate wants one for all. */
  readonly profileHash: string | null;
}

const MEMBERS = `FROM dataset_series
  JOIN series ON series.series_uid = dataset_series.series_uid
  JOIN studies ON studies.study_uid = series.study_uid
  LEFT JOIN instances ON instances.series_uid = series.series_uid`;

export const MEMBERSHIP_SQL = {
  clear: 'DELETE FROM dataset_series WHERE dataset_id = ?',
  /** Without the series that a person excluded for the face in them. */
  freeze: `INSERT INTO dataset_series (dataset_id, series_uid)
    SELECT DISTINCT @datasetId, value FROM json_each(@seriesUids) WHERE value NOT IN
      (SELECT series_uid FROM dataset_faces WHERE dataset_id = @datasetId AND decision = 'excluded')`,
  clearObjects: 'DELETE FROM dataset_objects WHERE dataset_id = ?',
  fixObjects: `INSERT INTO dataset_objects (dataset_id, instance_uid, content_hash)
    SELECT dataset_id, instance_uid, content_hash FROM dataset_series JOIN instances USING (series_uid) WHERE dataset_id = ?`,
  /** Treatments are long: each is read once for all the objects that share it. */
  withoutAccount: `SELECT COALESCE(SUM(objects), 0) FROM (SELECT treatment_id, profile_hash, COUNT(*) AS objects
      FROM dataset_series JOIN instances USING (series_uid) WHERE dataset_id = ? GROUP BY treatment_id, profile_hash)
    LEFT JOIN treatments USING (treatment_id)
    WHERE content IS NULL OR content ->> 'profileHash' <> profile_hash`,
  contentHashes: `SELECT instances.content_hash FROM dataset_series
    JOIN instances ON instances.series_uid = dataset_series.series_uid
    WHERE dataset_series.dataset_id = ? ORDER BY instances.content_hash`,
  scopeHashes: `SELECT instances.content_hash FROM temp.scope JOIN instances USING (series_uid)
    ORDER BY instances.content_hash`,
  counts: `SELECT COUNT(DISTINCT studies.patient_id) AS patients, COUNT(DISTINCT studies.study_uid) AS studies,
      COUNT(DISTINCT series.series_uid) AS series, COUNT(instances.instance_uid) AS instances,
      COALESCE(SUM(instances.bytes), 0) AS bytes
    ${MEMBERS} WHERE dataset_series.dataset_id = ?`,
  findings: `SELECT COUNT(DISTINCT studies.patient_id) AS patients, COUNT(DISTINCT studies.study_uid) AS studies,
      COUNT(DISTINCT series.series_uid) AS series, COUNT(instances.instance_uid) AS instances,
      COALESCE(SUM(instances.bytes), 0) AS bytes,
      COALESCE(SUM(instances.instance_uid IS NULL OR objects.state IS NULL
        OR objects.state NOT IN ('indexed','withdrawn')), 0) AS notIndexed,
      COALESCE(SUM(objects.state = 'withdrawn'), 0) AS withdrawn,
      COALESCE(SUM(instances.profile_hash = ''), 0) AS withoutProfile,
      COUNT(DISTINCT instances.profile_hash) AS profiles,
      MIN(NULLIF(instances.profile_hash, '')) AS profileHash,
      COALESCE(SUM(length(instances.content_hash) <> 64), 0) AS withoutContentHash
    ${MEMBERS} LEFT JOIN objects ON objects.object_id = instances.object_id
    WHERE dataset_series.dataset_id = ?`,
} as const;

export class DatasetMembership {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** Replaces the members of a dataset. */
  freeze(datasetId: string, seriesUids: readonly string[]): void {
    this.thaw(datasetId);
    this.#database.prepare(MEMBERSHIP_SQL.freeze).run({ datasetId, seriesUids: JSON.stringify(seriesUids) });
    this.#database.prepare(MEMBERSHIP_SQL.fixObjects).run(datasetId);
  }

  thaw(datasetId: string): void {
    this.#database.prepare(MEMBERSHIP_SQL.clear).run(datasetId);
    this.#database.prepare(MEMBERSHIP_SQL.clearObjects).run(datasetId);
  }

  counts(datasetId: string): MembershipCounts {
    return this.#database.prepare(MEMBERSHIP_SQL.counts).get(datasetId) as MembershipCounts;
  }

  findings(datasetId: string): MembershipFindings {
    const counted = this.#database.prepare(MEMBERSHIP_SQL.findings).get(datasetId) as Omit<
      MembershipFindings,
      keyof FaceCounts | 'withoutAccount'
    >;
    const withoutAccount = this.#database.prepare(MEMBERSHIP_SQL.withoutAccount).pluck().get(datasetId) as number;
    return { ...counted, withoutAccount, ...new FaceDecisions(this.#database).ofMembers(datasetId) };
  }

  /** SHA-256 (hex) over the recorded SHA-256 of every member object, sorted, one per line. */
  contentHash(datasetId: string): string {
    return hashOver(this.#database.prepare(MEMBERSHIP_SQL.contentHashes).pluck().iterate(datasetId));
  }
}

/** The same of the series in `scope`, which a check would fix now. */
export function scopeHash(database: SqliteDatabase): string {
  return hashOver(database.prepare(MEMBERSHIP_SQL.scopeHashes).pluck().iterate());
}

function hashOver(sortedHashes: IterableIterator<unknown>): string {
  const hash = createHash('sha256');
  for (const line of sortedHashes as IterableIterator<string>) hash.update(`${line}\n`, 'ascii');
  return hash.digest('hex');
}
