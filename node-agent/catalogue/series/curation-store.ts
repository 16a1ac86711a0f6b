/** Patterns of series that a person settles once, and the answers. */
import type { Statement } from 'better-sqlite3';
import type { SqliteDatabase } from '../../store/database.ts';

export interface Ruling {
  /** Null: none of the concepts. */
  readonly code: string | null;
  readonly label: string | null;
  readonly decidedBy: string;
  readonly decidedAt: string;
}

export interface PatternRow {
  readonly patternId: number;
  readonly attribute: string;
  /** Name and text of what makes the pattern. */
  readonly shown: readonly (readonly [string, string])[];
  /** Series of the pattern. */
  readonly series: number;
  /** Of them, those where the rules are not sure enough. */
  readonly asked: number;
  /** A series to look at. */
  readonly exampleSeriesUid: string;
  readonly exampleStudyUid: string;
  readonly ruling: Ruling | null;
}

export type CurationState = 'open' | 'settled';

const PATTERN = `SELECT p.pattern_id AS patternId, p.attribute AS attribute, p.shown_json AS shown, COUNT(s.series_uid) AS series,
    SUM(s.asked) AS asked, MIN(s.series_uid) AS exampleSeriesUid,
    r.code AS code, r.label AS label, r.decided_by AS decidedBy, r.decided_at AS decidedAt
  FROM curation_patterns p JOIN curation_series s USING (pattern_id)
  LEFT JOIN curation_rulings r ON r.pattern_id = p.pattern_id AND r.revoked_at IS NULL`;

const withStudy = (patterns: string) => `SELECT found.*, series.study_uid AS exampleStudyUid
  FROM (${patterns}) found JOIN series ON series.series_uid = found.exampleSeriesUid`;

export const CURATION_SQL = {
  pattern: `INSERT INTO curation_patterns (attribute, pattern_key, shown_json) VALUES (@attribute, @key, @shown)
    ON CONFLICT (attribute, pattern_key) DO NOTHING`,
  patternId: 'SELECT pattern_id FROM curation_patterns WHERE attribute = ? AND pattern_key = ?',
  member: `INSERT INTO curation_series (series_uid, attribute, pattern_id, asked)
    VALUES (@seriesUid, @attribute, @patternId, @asked)
    ON CONFLICT (series_uid, attribute) DO UPDATE SET pattern_id = excluded.pattern_id, asked = excluded.asked
    WHERE pattern_id <> excluded.pattern_id OR asked <> excluded.asked`,
  ruling: `SELECT code, label, decided_by AS decidedBy, decided_at AS decidedAt FROM curation_rulings
    WHERE pattern_id = ? AND revoked_at IS NULL`,
  rule: `INSERT INTO curation_rulings (pattern_id, code, label, decided_by, decided_at)
    VALUES (@patternId, @code, @label, @by, @at)`,
  revoke: `UPDATE curation_rulings SET revoked_by = @by, revoked_at = @at
    WHERE pattern_id = @patternId AND revoked_at IS NULL`,
  members: 'SELECT series_uid FROM curation_series WHERE pattern_id = ?',
  count: {
    open: `SELECT COUNT(DISTINCT pattern_id) FROM curation_series s WHERE asked = 1 AND NOT EXISTS
      (SELECT 1 FROM curation_rulings r WHERE r.pattern_id = s.pattern_id AND r.revoked_at IS NULL)`,
    settled: 'SELECT COUNT(*) FROM curation_rulings WHERE revoked_at IS NULL',
  },
  list: {
    open: `${withStudy(`${PATTERN} WHERE r.ruling_id IS NULL GROUP BY p.pattern_id HAVING SUM(s.asked) > 0
      ORDER BY SUM(s.asked) DESC, p.pattern_id LIMIT @limit OFFSET @offset`)} ORDER BY asked DESC, patternId`,
    settled: `${withStudy(`${PATTERN} WHERE r.ruling_id IS NOT NULL GROUP BY p.pattern_id
      ORDER BY r.decided_at DESC, p.pattern_id LIMIT @limit OFFSET @offset`)} ORDER BY decidedAt DESC, patternId`,
  },
  one: withStudy(`${PATTERN} WHERE p.pattern_id = @patternId GROUP BY p.pattern_id`),
} as const;

type PlainStatement = Exclude<keyof typeof CURATION_SQL, 'count' | 'list'>;

export class CurationStore {
  readonly #database: SqliteDatabase;
  readonly #statements: Record<PlainStatement, Statement>;
  readonly #now: () => Date;

  constructor(database: SqliteDatabase, now: () => Date = () => new Date()) {
    const { count: _, list: __, ...plain } = CURATION_SQL;
    this.#database = database;
    this.#statements = Object.fromEntries(
      Object.entries(plain).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<PlainStatement, Statement>;
    this.#now = now;
  }

  /** Puts a series under its pattern. @returns the answer in force */
  place(
    seriesUid: string,
    pattern: { readonly attribute: string; readonly key: string; readonly shown: PatternRow['shown'] },
    asked: boolean,
  ): Ruling | undefined {
    const { attribute, key } = pattern;
    this.#statements.pattern.run({ attribute, key, shown: JSON.stringify(pattern.shown) });
    const patternId = this.#statements.patternId.pluck().get(attribute, key) as number;
    this.#statements.member.run({ seriesUid, attribute, patternId, asked: asked ? 1 : 0 });
    return this.#statements.ruling.get(patternId) as Ruling | undefined;
  }

  /** Replaces an answer that there is. The caller wraps it in a transaction. */
  rule(patternId: number, concept: { readonly code: string; readonly label: string } | undefined, by: string): void {
    const at = this.#now().toISOString();
    this.#statements.revoke.run({ patternId, by, at });
    this.#statements.rule.run({ patternId, code: concept?.code ?? null, label: concept?.label ?? null, by, at });
  }

  /** @returns false where there is no answer in force */
  revoke(patternId: number, by: string): boolean {
    return this.#statements.revoke.run({ patternId, by, at: this.#now().toISOString() }).changes > 0;
  }

  seriesOf(patternId: number): string[] {
    return this.#statements.members.pluck().all(patternId) as string[];
  }

  counts(): Record<CurationState, number> {
    const count = (sql: string) => this.#database.prepare(sql).pluck().get() as number;
    return { open: count(CURATION_SQL.count.open), settled: count(CURATION_SQL.count.settled) };
  }

  list(state: CurationState, page: { readonly offset: number; readonly limit: number }): PatternRow[] {
    return (this.#database.prepare(CURATION_SQL.list[state]).all(page) as StoredRow[]).map(patternRow);
  }

  find(patternId: number): PatternRow | undefined {
    const row = this.#statements.one.get({ patternId }) as StoredRow | undefined;
    return row && patternRow(row);
  }
}

interface StoredRow extends Omit<PatternRow, 'shown' | 'ruling'> {
  readonly shown: string;
  readonly code: string | null;
  readonly label: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
}

function patternRow({ shown, code, label, decidedBy, decidedAt, ...row }: StoredRow): PatternRow {
  return {
    ...row,
    shown: JSON.parse(shown) as PatternRow['shown'],
    ruling: decidedBy === null || decidedAt === null ? null : { code, label, decidedBy, decidedAt },
  };
}
