/** What the index keeps of series for their classification: facts, places, harmonised values, findings. */
import type { Statement } from 'better-sqlite3';
import type { SqliteDatabase } from '../../store/database.ts';
import type { IndexedValue } from '../catalogue-writer.ts';

/** Of one object; see the harmonise room for the meaning. */
export interface StoredEvidence {
  readonly facts: string;
  readonly factsHash: string;
  readonly geometry: {
    readonly position: number | null;
    readonly moment: string | null;
    readonly frames: readonly (readonly [number, number])[] | null;
  };
}

export interface StoredFacts {
  readonly factsId: number;
  readonly content: string;
}

export interface StoredPlace {
  readonly factsId: number;
  readonly position: number | null;
  readonly moment: string | null;
  readonly frames: readonly (readonly [number, number])[] | null;
}

export interface StoredGeometry {
  readonly slices: number;
  readonly spacing: number | null;
  readonly findings: readonly { readonly name: string; readonly severity: string; readonly sentence: string }[];
}

export const SERIES_SQL = {
  factSet: 'INSERT INTO series_fact_sets (facts_hash, content) VALUES (@factsHash, @facts) ON CONFLICT DO NOTHING',
  factsId: 'SELECT facts_id FROM series_fact_sets WHERE facts_hash = ?',
  factsOfSeries: 'INSERT INTO series_facts (series_uid, facts_id) VALUES (?, ?) ON CONFLICT DO NOTHING',
  place: `UPDATE instances SET facts_id = @factsId, position = @position, moment = @moment, frames_json = @frames
    WHERE instance_uid = @instanceUid`,
  geometryDue: `INSERT INTO series_states (series_uid) VALUES (?)
    ON CONFLICT (series_uid) DO UPDATE SET geometry_due = 1 WHERE geometry_due = 0`,
  facts: `SELECT facts_id AS factsId, content FROM series_facts JOIN series_fact_sets USING (facts_id)
    WHERE series_uid = ? ORDER BY facts_hash`,
  places: `SELECT facts_id AS factsId, position, moment, frames_json AS frames FROM instances
    WHERE series_uid = ? AND facts_id IS NOT NULL ORDER BY position, instance_uid`,
  seriesWithGeometryDue: 'SELECT series_uid FROM series_states WHERE geometry_due = 1 LIMIT ?',
  seriesWithClassificationDue: 'SELECT series_uid FROM series_states WHERE classification_due = 1 LIMIT ?',
  geometry: `UPDATE series_states SET geometry_due = 0, slices = @slices, spacing = @spacing,
    findings_json = @findings, checked_at = @now WHERE series_uid = @seriesUid`,
  classified: 'UPDATE series_states SET classification_due = 0 WHERE series_uid = ? AND classification_due = 1',
  /** Indexed before there were facts. */
  unnotedSeries: `SELECT series_uid FROM series WHERE NOT EXISTS
      (SELECT 1 FROM series_states WHERE series_states.series_uid = series.series_uid)
    AND EXISTS (SELECT 1 FROM instances WHERE instances.series_uid = series.series_uid) LIMIT 1`,
  files: 'SELECT instance_uid AS instanceUid, series_uid AS seriesUid, file FROM instances WHERE series_uid = ?',
  allDue: 'UPDATE series_states SET classification_due = 1',
  tables: 'SELECT version FROM series_tables',
  setTables: `INSERT INTO series_tables (only_row, version) VALUES (1, ?)
    ON CONFLICT (only_row) DO UPDATE SET version = excluded.version`,
  /** Written only where something changes, so that its time says since when it holds. */
  value: `INSERT INTO harmonised_values (entity, entity_id, attribute, original, code, label, rule, table_version, at,
      confidence, candidates_json, chosen_by)
    VALUES ('series', @seriesUid, @attribute, @original, @code, @label, @rule, @tableVersion, @now, @confidence,
      @candidates, @chosenBy)
    ON CONFLICT (entity, entity_id, attribute) DO UPDATE SET original = excluded.original, code = excluded.code,
      label = excluded.label, rule = excluded.rule, table_version = excluded.table_version, at = excluded.at,
      confidence = excluded.confidence, candidates_json = excluded.candidates_json, chosen_by = excluded.chosen_by
    WHERE original IS NOT excluded.original OR code IS NOT excluded.code OR rule <> excluded.rule
      OR table_version <> excluded.table_version OR confidence IS NOT excluded.confidence
      OR candidates_json IS NOT excluded.candidates_json OR chosen_by IS NOT excluded.chosen_by`,
  removeValue: `DELETE FROM harmonised_values WHERE entity = 'series' AND entity_id = ? AND attribute = ?
    AND confidence IS NOT NULL`,
  concept: `INSERT INTO concepts (attribute, code, label) VALUES (@attribute, @code, @label)
    ON CONFLICT (attribute, code) DO UPDATE SET label = excluded.label WHERE label <> excluded.label`,
  codes: {
    modality: 'UPDATE series SET modality_code = @code WHERE series_uid = @seriesUid AND modality_code IS NOT @code',
    body_part: 'UPDATE series SET body_part_code = @code WHERE series_uid = @seriesUid AND body_part_code IS NOT @code',
    laterality:
      'UPDATE series SET laterality_code = @code WHERE series_uid = @seriesUid AND laterality_code IS NOT @code',
  },
} as const;

type PlainStatement = Exclude<keyof typeof SERIES_SQL, 'codes'>;

export class SeriesStore {
  readonly #statements: Record<PlainStatement, Statement>;
  readonly #codes: ReadonlyMap<string, Statement>;
  readonly #now: () => Date;

  constructor(database: SqliteDatabase, now: () => Date = () => new Date()) {
    const { codes, ...plain } = SERIES_SQL;
    this.#statements = Object.fromEntries(
      Object.entries(plain).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<PlainStatement, Statement>;
    this.#codes = new Map(Object.entries(codes).map(([attribute, sql]) => [attribute, database.prepare(sql)]));
    this.#now = now;
  }

  /**
   * Notes what an indexed object says, in the transaction that indexes it.
   * @returns whether it says something that no other object of its series has said
   */
  note(seriesUid: string, instanceUid: string, { facts, factsHash, geometry }: StoredEvidence): boolean {
    this.#statements.factSet.run({ facts, factsHash });
    const factsId = this.#statements.factsId.pluck().get(factsHash) as number;
    const isNew = this.#statements.factsOfSeries.run(seriesUid, factsId).changes > 0;
    const frames = geometry.frames === null ? null : JSON.stringify(geometry.frames);
    this.#statements.place.run({ instanceUid, factsId, position: geometry.position, moment: geometry.moment, frames });
    this.#statements.geometryDue.run(seriesUid);
    return isNew;
  }

  /** The different facts of a series, in an order that does not depend on how they came. */
  facts(seriesUid: string): StoredFacts[] {
    return this.#statements.facts.all(seriesUid) as StoredFacts[];
  }

  places(seriesUid: string): StoredPlace[] {
    return (this.#statements.places.all(seriesUid) as (Omit<StoredPlace, 'frames'> & { frames: string | null })[]).map(
      (row) => ({ ...row, frames: row.frames === null ? null : (JSON.parse(row.frames) as StoredPlace['frames']) }),
    );
  }

  /**
   * Writes the values of a series; of the attributes given, those without a value lose the one they had.
   * @param attributes every attribute that classification may set
   */
  write(seriesUid: string, attributes: readonly string[], values: readonly Omit<IndexedValue, 'entity'>[]): void {
    const now = this.#now().toISOString();
    for (const value of values) {
      const candidates = JSON.stringify(value.candidates ?? []);
      const chosenBy = value.chosenBy ?? null;
      const row = { ...value, seriesUid, now, candidates, chosenBy, confidence: value.confidence ?? null };
      if (this.#statements.value.run(row).changes === 0) continue;
      if (value.code !== null) this.#statements.concept.run({ ...value, label: value.label ?? value.code });
      this.#codes.get(value.attribute)?.run({ code: value.code, seriesUid });
    }
    const set = new Set(values.map(({ attribute }) => attribute));
    for (const attribute of attributes) {
      if (!set.has(attribute)) this.#statements.removeValue.run(seriesUid, attribute);
    }
    this.#statements.classified.run(seriesUid);
  }

  /** Objects of a series that was indexed before facts were kept; undefined where there is none any more. */
  unnoted(): { instanceUid: string; seriesUid: string; file: string }[] | undefined {
    const seriesUid = this.#statements.unnotedSeries.pluck().get() as string | undefined;
    if (seriesUid === undefined) return undefined;
    return this.#statements.files.all(seriesUid) as { instanceUid: string; seriesUid: string; file: string }[];
  }

  withGeometryDue(most: number): string[] {
    return this.#statements.seriesWithGeometryDue.pluck().all(most) as string[];
  }

  withClassificationDue(most: number): string[] {
    return this.#statements.seriesWithClassificationDue.pluck().all(most) as string[];
  }

  writeGeometry(seriesUid: string, { slices, spacing, findings }: StoredGeometry): void {
    const now = this.#now().toISOString();
    this.#statements.geometry.run({ seriesUid, slices, spacing, findings: JSON.stringify(findings), now });
  }

  /** Makes every series due to be classified again where it was done with other tables. @returns whether it was */
  useTables(version: string): boolean {
    if (this.#statements.tables.pluck().get() === version) return false;
    this.#statements.allDue.run();
    this.#statements.setTables.run(version);
    return true;
  }
}
