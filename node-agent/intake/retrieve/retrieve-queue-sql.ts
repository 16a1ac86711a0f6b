/** SQL of the retrieve queue. */

const COLUMNS = `id, request, entry, archive, state, expected, arrived, attempts, not_before AS notBefore,
  requested_at AS requestedAt, ended_at AS endedAt, sentence, facts,
  EXISTS (SELECT 1 FROM retrieve_studies AS earlier WHERE earlier.study_key = retrieve_studies.study_key
    AND earlier.archive = retrieve_studies.archive AND earlier.state = 'complete'
    AND earlier.request <> retrieve_studies.request) AS fetchedBefore`;
const ENDED = `('incomplete','failed','unknown','cancelled','skipped')`;

export const QUEUE_SQL = {
  found: `INSERT INTO retrieve_studies (id, request, entry, study_key, study_uid, facts, archive, state, expected,
      not_before, requested_at)
    VALUES (@id, @request, @entry, @studyKey, @studyUid, @facts, @archive, 'found', @expected, @now, @now)
    ON CONFLICT DO NOTHING`,
  skipFetched: `UPDATE retrieve_studies SET state = 'skipped', ended_at = @now, sentence = 'It was fetched before.'
    WHERE request = @request AND state = 'found' AND EXISTS (SELECT 1 FROM retrieve_studies AS earlier
      WHERE earlier.study_key = retrieve_studies.study_key AND earlier.archive = retrieve_studies.archive
        AND earlier.state = 'complete')`,
  confirm: `UPDATE OR IGNORE retrieve_studies SET state = 'waiting', not_before = @now, requested_at = @now
    WHERE request = @request AND state = 'found'`,
  skipOpen: `UPDATE retrieve_studies SET state = 'skipped', ended_at = @now, sentence = 'Another request fetches it.'
    WHERE request = @request AND state = 'found'`,
  list: `SELECT ${COLUMNS} FROM retrieve_studies WHERE request = @request ORDER BY entry, rowid LIMIT @limit OFFSET @offset`,
  count: `SELECT state, COUNT(*) AS count FROM retrieve_studies WHERE @request IS NULL OR request = @request GROUP BY state`,
  find: `SELECT ${COLUMNS} FROM retrieve_studies WHERE id = ?`,
  facts: 'SELECT facts FROM retrieve_studies WHERE id = ?',
  take: `UPDATE retrieve_studies SET state = 'in transfer', began_at = @now, attempts = attempts + 1, sentence = NULL
    WHERE id = (SELECT id FROM retrieve_studies WHERE state = 'waiting' AND archive = @archive AND not_before <= @now
      AND request NOT IN (SELECT id FROM retrieve_requests WHERE paused = 1)
      ORDER BY requested_at, entry, rowid LIMIT 1) RETURNING id, request, study_uid AS studyUid, attempts`,
  // What was known before a PACS went away stays known.
  settle: `UPDATE retrieve_studies SET state = @state, expected = COALESCE(@expected, expected),
    arrived = MAX(arrived, @arrived), sentence = @sentence, not_before = @notBefore, ended_at = @endedAt WHERE id = @id AND state = 'in transfer'`,
  progress: `UPDATE retrieve_studies SET expected = COALESCE(@expected, expected), arrived = MAX(arrived, @arrived)
    WHERE id = @id AND state = 'in transfer'`,
  interrupted: `UPDATE retrieve_studies SET state = 'waiting', attempts = attempts - 1, not_before = @now,
    arrived = MAX(arrived, @arrived) WHERE id = @id AND state = 'in transfer'`,
  cancel: `UPDATE retrieve_studies SET state = 'cancelled', ended_at = @now, sentence = 'Cancelled by a person.'
    WHERE id = @id AND state IN ('waiting','in transfer')`,
  cancelRequest: `UPDATE retrieve_studies SET state = 'cancelled', ended_at = @now, sentence = 'Cancelled by a person.'
    WHERE request = @request AND state IN ('found','waiting','in transfer')`,
  again: `UPDATE OR IGNORE retrieve_studies SET state = 'waiting', not_before = @now, attempts = 0, ended_at = NULL,
    sentence = NULL WHERE id = @id AND state IN ${ENDED}`,
  againRequest: `UPDATE OR IGNORE retrieve_studies SET state = 'waiting', not_before = @now, attempts = 0,
    ended_at = NULL, sentence = NULL WHERE request = @request AND state IN ${ENDED} AND state <> 'skipped'`,
  restart: `UPDATE retrieve_studies SET state = 'waiting' WHERE state = 'in transfer'`,
  setBack: `UPDATE retrieve_studies SET not_before = strftime('%Y-%m-%dT%H:%M:%fZ', not_before, @by),
    began_at = strftime('%Y-%m-%dT%H:%M:%fZ', began_at, @by) WHERE state IN ('waiting','in transfer') OR began_at > @now`,
  begunSince: 'SELECT COUNT(*) FROM retrieve_studies WHERE archive = ? AND began_at > ?',
  pause: 'INSERT OR IGNORE INTO retrieve_pause VALUES (1)',
  resume: 'DELETE FROM retrieve_pause',
  paused: 'SELECT COUNT(*) FROM retrieve_pause',
} as const;
