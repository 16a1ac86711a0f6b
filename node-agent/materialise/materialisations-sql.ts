const COLUMNS = `id, dataset_id AS datasetId, layout, root, name, recipe_json AS recipeJson, wanted, state,
  content_hash AS contentHash, requested_by AS requestedBy, requested_at AS requestedAt, started_at AS startedAt,
  ended_at AS endedAt, attempts, placing, series, series_done AS seriesDone, files, files_done AS filesDone, bytes,
  bytes_done AS bytesDone, way, copied, objections, sentence, on_disk AS onDisk`;
const LIST = `SELECT ${COLUMNS} FROM materialisations`;

export const MATERIALISATION_SQL = {
  insert: `INSERT INTO materialisations (id, dataset_id, layout, root, name, recipe_json, wanted, state, content_hash,
    requested_by, requested_at)
    VALUES (@id, @datasetId, @layout, @root, @name, @recipeJson, @wanted, 'queued', @contentHash, @by, @now)`,
  find: `${LIST} WHERE id = ?`,
  ofDataset: `${LIST} WHERE dataset_id = ? ORDER BY requested_at DESC, id LIMIT 50`,
  underWayAt: `${LIST} WHERE root = ? AND name = ? AND state IN ('queued','running') LIMIT 1`,
  placingNow: `${LIST} WHERE placing = 1 ORDER BY requested_at`,
  standing: `${LIST} WHERE state = 'done' ORDER BY requested_at`,
  leftOver: `${LIST} WHERE state IN ('cancelled','failed','stale') AND on_disk = 1 ORDER BY requested_at`,
  takeNext: `UPDATE materialisations SET state = 'running', started_at = COALESCE(started_at, @now),
    attempts = attempts + 1, on_disk = 1 WHERE id =
    (SELECT id FROM materialisations WHERE state = 'queued' ORDER BY requested_at LIMIT 1) RETURNING ${COLUMNS}`,
  restart: `UPDATE materialisations SET state = 'queued' WHERE state = 'running' AND placing = 0`,
  begin: `UPDATE materialisations SET series = @series, files = @files, bytes = @bytes, way = @way WHERE id = @id`,
  progress: `UPDATE materialisations SET series_done = @seriesDone, files_done = @filesDone, bytes_done = @bytesDone,
    copied = @copied WHERE id = @id`,
  placing: 'UPDATE materialisations SET placing = 1 WHERE id = ?',
  settled: 'UPDATE materialisations SET placing = 0 WHERE id = ?',
  replaced: `UPDATE materialisations SET state = 'stale', on_disk = 0, ended_at = @now,
    sentence = 'A newer materialisation of the dataset took its place.'
    WHERE state IN ('done','stale') AND id <> @id AND (root, name) = (SELECT root, name FROM materialisations WHERE id = @id)`,
  end: `UPDATE materialisations SET state = @state, ended_at = @now, sentence = @sentence, on_disk = @onDisk,
    placing = CASE @state WHEN 'done' THEN placing ELSE 0 END
    WHERE id = @id`,
  removed: 'UPDATE materialisations SET on_disk = 0 WHERE id = ?',
  remark: 'UPDATE materialisations SET sentence = @sentence WHERE id = @id',
  askToCancel: `UPDATE materialisations SET cancel_asked = 1 WHERE id = ? AND state IN ('queued','running')`,
  /** One that began before the node was stopped has files to remove. */
  cancelWaiting: `UPDATE materialisations SET state = 'cancelled', ended_at = @now, sentence = @sentence
    WHERE state = 'queued' AND cancel_asked = 1`,
  isCancelAsked: 'SELECT cancel_asked FROM materialisations WHERE id = ?',
  clearObjections: 'DELETE FROM materialisation_objections WHERE materialisation_id = ?',
  addObjection: `INSERT INTO materialisation_objections
    (materialisation_id, number, table_name, column_name, patient_id, row_key, kind, sentence)
    VALUES (@id, @number, @table, @column, @patientId, @rowKey, @kind, @sentence)`,
  countObjections: 'UPDATE materialisations SET objections = @count WHERE id = @id',
  objectionGroups: `SELECT kind, table_name AS "table", column_name AS "column", COUNT(*) AS rows, MIN(sentence) AS sentence
    FROM materialisation_objections WHERE materialisation_id = ? GROUP BY table_name, column_name, kind
    ORDER BY MIN(number)`,
  objectionPatients: `SELECT DISTINCT patient_id FROM materialisation_objections WHERE materialisation_id = @id
    AND table_name = @table AND column_name = @column AND kind = @kind AND patient_id <> '' ORDER BY patient_id LIMIT @limit`,
  forgetPatients: `DELETE FROM materialisation_objections WHERE patient_id IN (SELECT patient_id FROM series
    JOIN studies USING (study_uid) WHERE series_uid IN (SELECT value FROM json_each(?)))`,
} as const;
