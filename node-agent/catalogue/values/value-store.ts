/** Keeps the normalised quantities of studies and series, and what is wrong with them. */
import { createHash } from 'node:crypto';
import type { Statement } from 'better-sqlite3';
import type { SqliteDatabase } from '../../store/database.ts';

type ValueEntity = 'study' | 'series';

/** A quantity as the pipeline hands it over; see the harmonise room for the meaning. */
export interface IndexedQuantity {
  readonly attribute: string;
  readonly original: string;
  readonly originalUnit: string | null;
  readonly value: number;
  readonly unit: string;
  readonly rule: string;
  readonly tableVersion: string;
}

export interface IndexedFinding {
  readonly attribute: string;
  readonly rule: string;
  readonly sentence: string;
}

export interface IndexedReading {
  readonly values: readonly (IndexedQuantity & { readonly entity: ValueEntity })[];
  readonly findings: readonly (IndexedFinding & { readonly entity: ValueEntity })[];
}

/** A series may state many b-values, but not one for every image. */
const MOST_PER_ATTRIBUTE = 64;

export const VALUE_SQL = {
  known: 'SELECT 1 FROM value_digests WHERE series_uid = ? AND digest = ?',
  remember: 'INSERT OR IGNORE INTO value_digests (series_uid, digest) VALUES (?, ?)',
  value: `INSERT INTO normalised_values (entity, entity_id, attribute, original, original_unit, value, unit, rule, table_version, at)
    SELECT @entity, @entityId, @attribute, @original, @originalUnit, @value, @unit, @rule, @tableVersion, @now
    WHERE (SELECT COUNT(*) FROM normalised_values WHERE entity = @entity AND entity_id = @entityId
      AND attribute = @attribute) < ${MOST_PER_ATTRIBUTE}
    ON CONFLICT (entity, entity_id, attribute, original) DO UPDATE SET original_unit = excluded.original_unit,
      value = excluded.value, unit = excluded.unit, rule = excluded.rule, table_version = excluded.table_version,
      at = excluded.at
    WHERE table_version <> excluded.table_version`,
  finding: `INSERT INTO value_findings (entity, entity_id, attribute, rule, sentence, at)
    VALUES (@entity, @entityId, @attribute, @rule, @sentence, @now)
    ON CONFLICT (entity, entity_id, attribute, rule) DO NOTHING`,
  values: `SELECT attribute, original, original_unit AS originalUnit, value, unit, rule, table_version AS tableVersion
    FROM normalised_values WHERE entity = ? AND entity_id = ? ORDER BY attribute, value`,
  findings: `SELECT attribute, rule, sentence FROM value_findings WHERE entity = ? AND entity_id = ?
    ORDER BY attribute, rule`,
} as const;

export class ValueStore {
  readonly #statements: Record<keyof typeof VALUE_SQL, Statement>;
  readonly #now: () => Date;

  constructor(database: SqliteDatabase, now: () => Date = () => new Date()) {
    this.#statements = Object.fromEntries(
      Object.entries(VALUE_SQL).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<keyof typeof VALUE_SQL, Statement>;
    this.#now = now;
  }

  /** Enters what an object of a series says, unless another one said the same. The caller wraps it in its transaction. */
  keep({ studyUid, seriesUid }: { studyUid: string; seriesUid: string }, reading: IndexedReading): void {
    if (reading.values.length === 0 && reading.findings.length === 0) return;
    const digest = createHash('sha256').update(JSON.stringify(reading)).digest('hex').slice(0, 32);
    if (this.#statements.known.get(seriesUid, digest) !== undefined) return;
    this.#statements.remember.run(seriesUid, digest);
    const now = this.#now().toISOString();
    const idOf = (entity: ValueEntity) => (entity === 'study' ? studyUid : seriesUid);
    for (const value of reading.values) this.#statements.value.run({ ...value, entityId: idOf(value.entity), now });
    for (const finding of reading.findings) {
      this.#statements.finding.run({ ...finding, entityId: idOf(finding.entity), now });
    }
  }

  values(entity: ValueEntity, entityId: string): IndexedQuantity[] {
    return this.#statements.values.all(entity, entityId) as IndexedQuantity[];
  }

  findings(entity: ValueEntity, entityId: string): IndexedFinding[] {
    return this.#statements.findings.all(entity, entityId) as IndexedFinding[];
  }
}
