/** Cohort queries that somebody gave a name, to find them again and to make datasets of them. */
import { randomUUID } from 'node:crypto';
import type { SqliteDatabase } from '../../store/database.ts';
import { Statements } from '../../store/statements.ts';
import type { CohortFilter } from '../cohort-condition.ts';

export interface SavedQuery {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly query: CohortFilter;
  /** Who saved it; they and administrators may change it. */
  readonly owner: string;
  readonly createdAt: string;
  readonly changedAt: string;
}

export type SavedQueryTerms = Pick<SavedQuery, 'name' | 'description' | 'query'>;

export interface SavedQueryPerson {
  readonly name: string;
  readonly role: string;
}

/** The message says what happened and what to do. */
export class SavedQueryError extends Error {
  override readonly name = 'SavedQueryError';
  readonly kind: 'not-found' | 'not-allowed' | 'name-taken';

  constructor(kind: SavedQueryError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

export const SAVED_QUERY_SQL = {
  list: `SELECT query_id AS id, name, description, filter_json AS query, owner, created_at AS createdAt,
      changed_at AS changedAt FROM saved_queries ORDER BY name COLLATE NOCASE, owner`,
  find: `SELECT query_id AS id, name, description, filter_json AS query, owner, created_at AS createdAt,
      changed_at AS changedAt FROM saved_queries WHERE query_id = ?`,
  named: 'SELECT query_id FROM saved_queries WHERE owner = @owner AND name = @name AND query_id <> @id',
  insert: `INSERT INTO saved_queries (query_id, name, description, filter_json, owner, created_at, changed_at)
    VALUES (@id, @name, @description, @filter, @owner, @now, @now)`,
  change: `UPDATE saved_queries SET name = @name, description = @description, filter_json = @filter, changed_at = @now
    WHERE query_id = @id`,
  remove: 'DELETE FROM saved_queries WHERE query_id = ?',
} as const;

export class SavedQueries {
  readonly #database: SqliteDatabase;
  readonly #statements: Statements;
  readonly #now: () => Date;

  constructor(database: SqliteDatabase, now: () => Date = () => new Date()) {
    this.#database = database;
    this.#statements = new Statements(database);
    this.#now = now;
  }

  /** By name. */
  list(): SavedQuery[] {
    return this.#statements.of(SAVED_QUERY_SQL.list).all().map(toSavedQuery);
  }

  /** @throws SavedQueryError `not-found` */
  get(id: string): SavedQuery {
    const row = this.#statements.of(SAVED_QUERY_SQL.find).get(id);
    if (row !== undefined) return toSavedQuery(row);
    throw new SavedQueryError('not-found', 'There is no saved query with this id. It may have been removed.');
  }

  /** @throws SavedQueryError `name-taken` */
  save({ name, description, query }: SavedQueryTerms, { name: owner }: SavedQueryPerson): SavedQuery {
    const id = randomUUID();
    this.#database.transaction(() => {
      this.#refuseTakenName(id, name, owner);
      const filter = JSON.stringify(query);
      this.#statements.of(SAVED_QUERY_SQL.insert).run({ id, name, description, filter, owner, now: this.#time() });
    })();
    return this.get(id);
  }

  /** @throws SavedQueryError `not-found`, `not-allowed`, `name-taken` */
  change(id: string, { name, description, query }: SavedQueryTerms, person: SavedQueryPerson): SavedQuery {
    this.#database.transaction(() => {
      const { owner } = this.#permitted(id, person);
      this.#refuseTakenName(id, name, owner);
      const filter = JSON.stringify(query);
      this.#statements.of(SAVED_QUERY_SQL.change).run({ id, name, description, filter, now: this.#time() });
    })();
    return this.get(id);
  }

  /** Datasets that were made of it stay as they are. @throws SavedQueryError `not-found`, `not-allowed` */
  remove(id: string, person: SavedQueryPerson): void {
    this.#permitted(id, person);
    this.#statements.of(SAVED_QUERY_SQL.remove).run(id);
  }

  #permitted(id: string, { name, role }: SavedQueryPerson): SavedQuery {
    const saved = this.get(id);
    if (saved.owner === name || role === 'administrator') return saved;
    throw new SavedQueryError(
      'not-allowed',
      `The query belongs to ${saved.owner}. Save it under a name of your own, or ask an administrator.`,
    );
  }

  #refuseTakenName(id: string, name: string, owner: string): void {
    if (this.#statements.of(SAVED_QUERY_SQL.named).get({ id, name, owner }) === undefined) return;
    throw new SavedQueryError('name-taken', 'There is a saved query of this name already. Choose another name.');
  }

  #time(): string {
    return this.#now().toISOString();
  }
}

function toSavedQuery(row: unknown): SavedQuery {
  const { query, ...fields } = row as Omit<SavedQuery, 'query'> & { query: string };
  return { ...fields, query: JSON.parse(query) as CohortFilter };
}
