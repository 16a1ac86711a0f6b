/**
 * What people answered: one versioned JSON document for each dataset, and one for the site whose answers stand where a dataset
 * has none. Older versions are kept, because a checked dataset keeps the answers of the site that it was checked with.
 */
import type { Migration, SqliteDatabase } from '../../store/database.ts';
import type { Fields, FieldValue } from './fields.ts';

export const RECORD_MIGRATIONS: readonly Migration[] = [
  {
    id: '0251-keep-the-answers-of-catalogue-records-by-version',
    sql: `CREATE TABLE dataset_record_fields (
        dataset_id TEXT NOT NULL REFERENCES datasets,
        version INTEGER NOT NULL,
        json TEXT NOT NULL,                -- values by property, see Fields
        by TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (dataset_id, version)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE site_record_fields (
        version INTEGER PRIMARY KEY,
        json TEXT NOT NULL,                -- {catalogue, dataset}
        by TEXT NOT NULL,
        at TEXT NOT NULL
      ) STRICT;`,
  },
];

export interface SiteFields {
  readonly catalogue: Fields;
  readonly dataset: Fields;
}

export interface Stored<Content> {
  /** 0 before anything was saved. */
  readonly version: number;
  readonly fields: Content;
  readonly by: string | null;
  /** ISO 8601, UTC. */
  readonly at: string | null;
}

export interface RecordedDataset {
  readonly id: string;
  readonly state: 'draft' | 'checked' | 'released' | 'published' | 'withdrawn';
  readonly conditionCode: string;
  readonly conditionLabel: string;
  readonly title: string;
  readonly queryJson: string;
  readonly version: number;
  readonly fixed: boolean;
  /** Of the newest check and publication; ISO 8601, UTC. */
  readonly checkedAt: string | null;
  readonly publishedAt: string | null;
}

interface Columns {
  readonly title: string;
  readonly description: string;
  readonly publisher: string;
  readonly contactEmail: string;
  readonly keywordsJson: string;
  readonly provenance: string;
  readonly accessUrl: string;
}

const NEWEST = (state: string) =>
  `(SELECT MAX(at) FROM dataset_history WHERE dataset_id = datasets.dataset_id AND to_state = '${state}'
      AND (from_state IS NULL OR from_state <> to_state))`;

export const FIELD_SQL = {
  dataset: `SELECT dataset_id AS id, state, condition_code AS conditionCode, condition_label AS conditionLabel, title,
    query_json AS queryJson, version,
    EXISTS (SELECT 1 FROM dataset_series WHERE dataset_id = datasets.dataset_id) AS fixed,
    ${NEWEST('checked')} AS checkedAt, ${NEWEST('published')} AS publishedAt FROM datasets WHERE dataset_id = ?`,
  published: `SELECT dataset_id FROM datasets WHERE state = 'published' ORDER BY created_at, dataset_id`,
  labels: 'SELECT code, label FROM concepts WHERE code IN (SELECT value FROM json_each(?))',
  columns: `SELECT title, description, publisher, contact_email AS contactEmail, keywords_json AS keywordsJson, provenance,
    access_url AS accessUrl FROM datasets WHERE dataset_id = ?`,
  newest: `SELECT version, json, by, at FROM dataset_record_fields WHERE dataset_id = ? ORDER BY version DESC LIMIT 1`,
  insert: `INSERT INTO dataset_record_fields (dataset_id, version, json, by, at) VALUES (@id, @version, @json, @by, @at)`,
  mirror: `UPDATE datasets SET title = @title, description = @description, publisher = @publisher,
    contact_email = @contactEmail, keywords_json = @keywordsJson, provenance = @provenance, access_url = @accessUrl
    WHERE dataset_id = @id`,
  site: `SELECT version, json, by, at FROM site_record_fields WHERE at <= @until ORDER BY version DESC LIMIT 1`,
  insertSite: `INSERT INTO site_record_fields (version, json, by, at) VALUES (@version, @json, @by, @at)`,
} as const;

const FOREVER = '9999';

interface Row {
  readonly version: number;
  readonly json: string;
  readonly by: string;
  readonly at: string;
}

export class RecordFieldStore {
  readonly #database: SqliteDatabase;
  readonly #now: () => Date;

  constructor(database: SqliteDatabase, now: () => Date) {
    this.#database = database;
    this.#now = now;
  }

  dataset(id: string): RecordedDataset | undefined {
    const row = this.#database.prepare(FIELD_SQL.dataset).get(id) as
      | (Omit<RecordedDataset, 'fixed'> & { fixed: number })
      | undefined;
    return row && { ...row, fixed: row.fixed === 1 };
  }

  /** Ids of the published datasets, oldest first. */
  published(): string[] {
    return this.#database.prepare(FIELD_SQL.published).pluck().all() as string[];
  }

  /** Words of the index for codes of the hyper-ontology. */
  labels(codes: readonly string[]): ReadonlyMap<string, string> {
    const rows = this.#database.prepare(FIELD_SQL.labels).all(JSON.stringify(codes)) as {
      code: string;
      label: string;
    }[];
    return new Map(rows.map(({ code, label }) => [code, label]));
  }

  /** The newest answers; before any were saved, what was declared when the dataset was drafted. */
  fields(id: string): Stored<Fields> {
    const row = this.#database.prepare(FIELD_SQL.newest).get(id) as Row | undefined;
    if (row) return { ...row, fields: JSON.parse(row.json) as Fields };
    const columns = this.#database.prepare(FIELD_SQL.columns).get(id) as Columns | undefined;
    return { version: 0, fields: columns ? fieldsOfColumns(columns) : {}, by: null, at: null };
  }

  /**
   * Keeps a new version, and the dataset's own columns in step with it: lists and the gate read those.
   * @param merged with the answers of the site
   */
  save(id: string, fields: Fields, merged: Fields, by: string): number {
    return this.#database.transaction(() => {
      const version = this.fields(id).version + 1;
      this.#database
        .prepare(FIELD_SQL.insert)
        .run({ id, version, json: JSON.stringify(fields), by, at: this.#now().toISOString() });
      this.#database.prepare(FIELD_SQL.mirror).run({ id, ...columnsOf(merged) });
      return version;
    })();
  }

  /** The answers of the site. @param until those that stood at this time (ISO 8601, UTC) */
  site(until: string = FOREVER): Stored<SiteFields> {
    const row = this.#database.prepare(FIELD_SQL.site).get({ until }) as Row | undefined;
    if (!row) return { version: 0, fields: { catalogue: {}, dataset: {} }, by: null, at: null };
    return { ...row, fields: JSON.parse(row.json) as SiteFields };
  }

  saveSite(fields: SiteFields, by: string): number {
    return this.#database.transaction(() => {
      const version = this.site().version + 1;
      this.#database
        .prepare(FIELD_SQL.insertSite)
        .run({ version, json: JSON.stringify(fields), by, at: this.#now().toISOString() });
      return version;
    })();
  }
}

function fieldsOfColumns(columns: Columns): Fields {
  const { title, description, publisher, contactEmail, provenance, accessUrl } = columns;
  const english = (text: string): FieldValue[] => (text.trim() === '' ? [] : [{ text, language: 'en' }]);
  const email = contactEmail === '' ? [] : [contactEmail];
  const fields: Record<string, readonly FieldValue[]> = {
    'dct:title': english(title),
    'dct:description': english(description),
    'dcat:keyword': (JSON.parse(columns.keywordsJson) as string[]).flatMap(english),
    'dct:provenance': provenance.trim() === '' ? [] : [{ 'rdfs:label': english(provenance) }],
    'dcat:contactPoint':
      email.length === 0 ? [] : [{ 'vcard:hasEmail': email, ...(publisher === '' ? {} : { 'vcard:fn': [publisher] }) }],
    'dct:publisher':
      publisher === '' ? [] : [{ 'foaf:name': english(publisher), 'cv:contactPoint': [{ 'cv:email': email }] }],
    'dcat:distribution': accessUrl === '' ? [] : [{ 'dcat:accessURL': [accessUrl] }],
  };
  return Object.fromEntries(Object.entries(fields).filter(([, values]) => values.length > 0));
}

function columnsOf(fields: Fields): Columns {
  const first = (values: readonly FieldValue[] | undefined): string => {
    const english = values?.find((value) => typeof value !== 'string' && value.language === 'en') ?? values?.[0];
    if (english === undefined) return '';
    return typeof english === 'string' ? english : typeof english.text === 'string' ? english.text : '';
  };
  const inside = (property: string) => (fields[property]?.[0] ?? {}) as Fields;
  const publisher = inside('dct:publisher');
  const publisherContact = (publisher['cv:contactPoint']?.[0] ?? {}) as Fields;
  const email = first(inside('dcat:contactPoint')['vcard:hasEmail']) || first(publisherContact['cv:email']);
  return {
    title: first(fields['dct:title']),
    description: first(fields['dct:description']),
    publisher: first(publisher['foaf:name']),
    contactEmail: email.replace(/^mailto:/u, ''),
    keywordsJson: JSON.stringify((fields['dcat:keyword'] ?? []).map((value) => first([value]))),
    provenance: first(inside('dct:provenance')['rdfs:label']),
    accessUrl: first(inside('dcat:distribution')['dcat:accessURL']),
  };
}
