/**
 * Volumes from which a face could be rebuilt, and what named persons decided about them. Pixels are not changed: either
 * somebody answers for the faces in a dataset, or the volumes stay out of it.
 */
import { FEWEST_SLICES_OF_A_FACE } from '../catalogue/face-volume.ts';
import type { SqliteDatabase } from '../store/database.ts';

export type FaceDecision = 'accepted' | 'excluded';

/** Series of a dataset that may show a face, by what was decided about them. */
export interface FaceCounts {
  readonly undecidedFaces: number;
  readonly acceptedFaces: number;
}

/** Slices that may show a face, of the series with this UID. */
const slicesOf = (seriesUid: string): string =>
  `(SELECT SUM(frames) FROM instances WHERE instances.series_uid = ${seriesUid} AND may_show_face = 1)`;

export const FACE_SQL = {
  among: `SELECT value FROM json_each(@seriesUids) WHERE ${slicesOf('value')} >= ${FEWEST_SLICES_OF_A_FACE}`,
  decide: `INSERT INTO dataset_faces (dataset_id, series_uid, decision, by, at, reason)
    SELECT @datasetId, value, @decision, @by, @at, @reason FROM json_each(@seriesUids) WHERE true
    ON CONFLICT (dataset_id, series_uid) DO UPDATE SET decision = excluded.decision, by = excluded.by,
      at = excluded.at, reason = excluded.reason`,
  ofMembers: `SELECT COALESCE(SUM(decision IS NULL), 0) AS undecidedFaces,
      COALESCE(SUM(decision = 'accepted'), 0) AS acceptedFaces
    FROM dataset_series LEFT JOIN dataset_faces USING (dataset_id, series_uid)
    WHERE dataset_id = ? AND ${slicesOf('dataset_series.series_uid')} >= ${FEWEST_SLICES_OF_A_FACE}`,
  ofCohort: `SELECT COALESCE(SUM(decision IS NULL), 0) AS undecided, COALESCE(SUM(decision = 'accepted'), 0) AS accepted,
      COALESCE(SUM(decision = 'excluded'), 0) AS excluded
    FROM json_each(@seriesUids) LEFT JOIN dataset_faces ON dataset_id = @datasetId AND series_uid = value
    WHERE ${slicesOf('value')} >= ${FEWEST_SLICES_OF_A_FACE}`,
  decided: `SELECT 0 AS undecided, COALESCE(SUM(decision = 'accepted'), 0) AS accepted,
      COALESCE(SUM(decision = 'excluded'), 0) AS excluded
    FROM dataset_faces WHERE dataset_id = ?`,
} as const;

/** How the volumes with a face among some series stand. */
export interface FaceStanding {
  readonly undecided: number;
  readonly accepted: number;
  readonly excluded: number;
}

export class FaceDecisions {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** Of the series of a frozen dataset. */
  ofMembers(datasetId: string): FaceCounts {
    return this.#database.prepare(FACE_SQL.ofMembers).get(datasetId) as FaceCounts;
  }

  /** Of the series that a draft's cohort finds now. */
  ofCohort(datasetId: string, seriesUids: readonly string[]): FaceStanding {
    const row = { datasetId, seriesUids: JSON.stringify(seriesUids) };
    return this.#database.prepare(FACE_SQL.ofCohort).get(row) as FaceStanding;
  }

  /** What was decided; the check let nothing else pass. */
  decided(datasetId: string): FaceStanding {
    return this.#database.prepare(FACE_SQL.decided).get(datasetId) as FaceStanding;
  }

  /** Decides about every volume with a face among the series. @returns how many there were */
  decide(
    datasetId: string,
    seriesUids: readonly string[],
    decision: { readonly decision: FaceDecision; readonly by: string; readonly at: string; readonly reason: string },
  ): number {
    const among = this.#database
      .prepare(FACE_SQL.among)
      .pluck()
      .all({ seriesUids: JSON.stringify(seriesUids) });
    this.#database.prepare(FACE_SQL.decide).run({ datasetId, seriesUids: JSON.stringify(among), ...decision });
    return among.length;
  }
}
