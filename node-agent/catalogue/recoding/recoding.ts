/**
 * Chooses codes again, from the originals that the index keeps, where a newer table has come into use. A value that a person
 * chose stays. What a newer table replaces is kept with the version of the table that chose it.
 */
import type { Statement } from 'better-sqlite3';
import type { SqliteDatabase } from '../../store/database.ts';
import type { IndexedValue } from '../catalogue-writer.ts';

/** What an object said, as far as the index keeps it. */
export interface RecodingSource {
  readonly sex: string | null;
  readonly modality: string | null;
  readonly bodyPart: string | null;
  readonly anatomicRegions: readonly { readonly code: string; readonly scheme: string }[];
  readonly manufacturer: string | null;
  readonly laterality: string | null;
  readonly seriesDescription: string | null;
  readonly protocol: string | null;
  readonly studyDescription: string | null;
}

/** The attributes whose originals are in the index. */
export const RECODED_ATTRIBUTES = ['sex', 'modality', 'body_part', 'manufacturer', 'laterality'] as const;
export type RecodedAttribute = (typeof RECODED_ATTRIBUTES)[number];

/** The way values are harmonised now. */
export interface CurrentTables {
  readonly versions: Readonly<Record<RecodedAttribute, string>>;
  harmonise(source: RecodingSource): readonly IndexedValue[];
}

const STALE = (order: '<' | '>') => `SELECT entity_id FROM harmonised_values INDEXED BY harmonised_values_by_table
    WHERE attribute = @attribute AND table_version ${order} @version AND chosen_by IS NULL`;

export const RECODING_SQL = {
  stale: `SELECT entity_id FROM (${STALE('<')} UNION ALL ${STALE('>')}) LIMIT @limit`,
  staleCount: `SELECT COUNT(*) FROM (${STALE('<')} UNION ALL ${STALE('>')})`,
  patient: 'SELECT sex_original AS sex FROM patients WHERE patient_id = ?',
  series: `SELECT modality, body_part AS bodyPart, manufacturer, laterality, series.description AS seriesDescription,
      protocol, studies.description AS studyDescription, COALESCE(regions_json, '[]') AS regions
    FROM series JOIN studies USING (study_uid) LEFT JOIN series_regions USING (series_uid) WHERE series_uid = ?`,
  value: `SELECT original, code, label, rule, table_version AS tableVersion FROM harmonised_values
    WHERE entity = @entity AND entity_id = @entityId AND attribute = @attribute`,
  keepEarlier: `INSERT INTO earlier_values (entity, entity_id, attribute, original, code, label, rule, table_version, at, until)
    SELECT entity, entity_id, attribute, original, code, label, rule, table_version, at, @now FROM harmonised_values
    WHERE entity = @entity AND entity_id = @entityId AND attribute = @attribute`,
  change: `UPDATE harmonised_values SET original = @original, code = @code, label = @label, rule = @rule,
      table_version = @tableVersion, at = @now, confidence = @confidence, candidates_json = @candidates
    WHERE entity = @entity AND entity_id = @entityId AND attribute = @attribute`,
  concept: `INSERT INTO concepts (attribute, code, label) VALUES (@attribute, @code, @label)
    ON CONFLICT (attribute, code) DO UPDATE SET label = excluded.label WHERE label <> excluded.label`,
  codes: {
    sex: 'UPDATE patients SET sex_code = ? WHERE patient_id = ?',
    modality: 'UPDATE series SET modality_code = ? WHERE series_uid = ?',
    body_part: 'UPDATE series SET body_part_code = ? WHERE series_uid = ?',
    manufacturer: 'UPDATE series SET manufacturer_code = ? WHERE series_uid = ?',
    laterality: 'UPDATE series SET laterality_code = ? WHERE series_uid = ?',
  },
  /** How many values an import touches. */
  touched: `SELECT COUNT(*) AS all_values, COUNT(*) FILTER (WHERE code IS NULL) AS without_code,
      COUNT(*) FILTER (WHERE code IN (SELECT value FROM json_each(@codes))) AS with_codes
    FROM harmonised_values WHERE attribute = @attribute`,
  carrying: `SELECT COUNT(*) FROM harmonised_values WHERE code IN (SELECT value FROM json_each(?))`,
  earlier: `SELECT attribute, original, code, label, rule, table_version AS tableVersion, at, until FROM earlier_values
    WHERE entity = ? AND entity_id = ? ORDER BY until DESC`,
} as const;

/** Values of one attribute in the index. */
export interface TouchedValues {
  readonly values: number;
  readonly withoutCode: number;
  /** That carry one of the codes asked about. */
  readonly withCodes: number;
}

interface StoredValue {
  readonly original: string | null;
  readonly code: string | null;
  readonly label: string | null;
  readonly rule: string;
  readonly tableVersion: string;
}

export class Recoding {
  readonly #database: SqliteDatabase;
  readonly #now: () => Date;
  readonly #statements = new Map<string, Statement>();

  constructor(database: SqliteDatabase, now: () => Date = () => new Date()) {
    this.#database = database;
    this.#now = now;
  }

  /** Values that another version of a table chose. */
  waiting({ versions }: CurrentTables): number {
    const count = this.#statement('staleCount').pluck();
    return RECODED_ATTRIBUTES.reduce(
      (sum, attribute) => sum + (count.get({ attribute, version: versions[attribute] }) as number),
      0,
    );
  }

  /** Chooses up to `limit` values again, in one transaction. @returns how many; 0 when all are by the tables in use */
  step(tables: CurrentTables, limit: number): number {
    const stale = this.#statement('stale').pluck();
    for (const attribute of RECODED_ATTRIBUTES) {
      const version = tables.versions[attribute];
      const ids = stale.all({ attribute, version, limit }) as string[];
      if (ids.length === 0) continue;
      this.#database.transaction(() => {
        for (const id of ids) this.#recode(attribute, id, tables);
      })();
      return ids.length;
    }
    return 0;
  }

  /** What an import of a table would touch. @param codes that it changes or takes away */
  touched(attribute: RecodedAttribute, codes: readonly string[]): TouchedValues {
    const row = this.#statement('touched').get({ attribute, codes: JSON.stringify(codes) }) as {
      all_values: number;
      without_code: number;
      with_codes: number;
    };
    return { values: row.all_values, withoutCode: row.without_code, withCodes: row.with_codes };
  }

  /** Values of any attribute with one of these codes. */
  carrying(codes: readonly string[]): number {
    return this.#statement('carrying').pluck().get(JSON.stringify(codes)) as number;
  }

  /** Prepared once: a large index has a million values. */
  #statement(name: Exclude<keyof typeof RECODING_SQL, 'codes'>): Statement {
    const known = this.#statements.get(name) ?? this.#database.prepare(RECODING_SQL[name]);
    this.#statements.set(name, known);
    return known;
  }

  #recode(attribute: RecodedAttribute, entityId: string, tables: CurrentTables): void {
    const entity = attribute === 'sex' ? 'patient' : 'series';
    const place = { entity, entityId, attribute };
    const before = this.#statement('value').get(place) as StoredValue;
    const chosen = tables
      .harmonise(this.#sourceOf(attribute, entityId, before))
      .find((value) => value.entity === entity && value.attribute === attribute);
    const now = this.#now().toISOString();
    // Where the index keeps no original the value stays, and is not looked at again.
    const after = { ...(chosen ?? before), tableVersion: tables.versions[attribute] };
    if (after.code !== before.code) this.#statement('keepEarlier').run({ ...place, now });
    const candidates = chosen?.candidates === undefined ? null : JSON.stringify(chosen.candidates);
    const confidence = chosen?.confidence ?? null;
    this.#statement('change').run({ ...after, ...place, confidence, candidates, now });
    if (after.code !== null) {
      this.#database
        .prepare(RECODING_SQL.concept)
        .run({ attribute, code: after.code, label: after.label ?? after.code });
    }
    const codes = this.#statements.get(attribute) ?? this.#database.prepare(RECODING_SQL.codes[attribute]);
    this.#statements.set(attribute, codes);
    codes.run(after.code, entityId);
  }

  #sourceOf(attribute: RecodedAttribute, entityId: string, before: StoredValue): RecodingSource {
    if (attribute === 'sex') {
      const row = this.#statement('patient').get(entityId) as { sex: string | null } | undefined;
      return { ...NOTHING, sex: row?.sex ?? before.original };
    }
    const row = this.#statement('series').get(entityId) as
      | (Omit<RecodingSource, 'sex' | 'anatomicRegions'> & { regions: string })
      | undefined;
    if (!row) return NOTHING;
    const { regions, ...columns } = row;
    const kept = JSON.parse(regions) as RecodingSource['anatomicRegions'];
    return { ...columns, sex: null, anatomicRegions: kept.length > 0 ? kept : regionIn(before) };
  }
}

const NOTHING: RecodingSource = {
  sex: null,
  modality: null,
  bodyPart: null,
  anatomicRegions: [],
  manufacturer: null,
  laterality: null,
  seriesDescription: null,
  protocol: null,
  studyDescription: null,
};

/** Series indexed before the index kept regions: the value itself says which one chose it. */
function regionIn({ rule, original }: StoredValue): RecodingSource['anatomicRegions'] {
  const [, scheme, code] = /^(\S+) (\S+)$/u.exec(rule === 'anatomic-region-code' ? (original ?? '') : '') ?? [];
  return scheme && code ? [{ scheme, code }] : [];
}
