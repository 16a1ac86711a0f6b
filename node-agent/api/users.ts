/** Users of the node and their passwords (scrypt, RFC 7914), in index.db. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Migration, SqliteDatabase } from '../store/database.ts';

export type Role = 'administrator' | 'officer' | 'viewer';

export interface User {
  readonly name: string;
  readonly role: Role;
  readonly createdAt: string;
}

export const USER_MIGRATIONS: readonly Migration[] = [
  {
    id: '0040-create-users',
    sql: `CREATE TABLE users (
      name TEXT PRIMARY KEY COLLATE NOCASE, role TEXT NOT NULL CHECK (role IN ('administrator','officer','viewer')),
      password TEXT NOT NULL, created_at TEXT NOT NULL) STRICT;`,
  },
];

const SQL = {
  insert: 'INSERT INTO users (name, role, password, created_at) VALUES (?, ?, ?, ?)',
  insertFirst: `INSERT INTO users (name, role, password, created_at)
    SELECT ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM users)`,
  list: 'SELECT name, role, created_at AS createdAt FROM users ORDER BY created_at, name',
  find: 'SELECT name, role, created_at AS createdAt, password FROM users WHERE name = ?',
  count: 'SELECT COUNT(*) FROM users',
} as const;

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const KEY_BYTES = 32;
/** Compared against when there is no such user, so that the answer takes as long. */
const NOBODY = `scrypt$${'0'.repeat(32)}$${'0'.repeat(64)}`;

/** A user that cannot be added, with the reason. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

export const SHORTEST_PASSWORD = 12;

/** Each takes one of the four threads that file operations share for a tenth of a second; half are left to the files. */
const DERIVATIONS_AT_ONCE = 2;

export class Users {
  readonly #database: SqliteDatabase;
  readonly #waiting: (() => void)[] = [];
  #free = DERIVATIONS_AT_ONCE;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  isEmpty(): boolean {
    return this.#database.prepare(SQL.count).pluck().get() === 0;
  }

  list(): User[] {
    return this.#database.prepare(SQL.list).all() as User[];
  }

  /** @throws UserError when the name is taken or the password too short */
  async add(name: string, role: Role, password: string): Promise<User> {
    return this.#add(SQL.insert, name, role, password);
  }

  /** The first administrator; of two that come at the same moment only one is. @throws UserError */
  async addFirst(name: string, password: string): Promise<User> {
    return this.#add(SQL.insertFirst, name, 'administrator', password);
  }

  async #add(sql: string, name: string, role: Role, password: string): Promise<User> {
    const trimmed = name.trim();
    if (!/^[\p{L}\p{N}._@ -]{1,64}$/u.test(trimmed)) {
      throw new UserError('A user name has 1 to 64 letters, digits, spaces or . _ @ -');
    }
    if (password.length < SHORTEST_PASSWORD)
      throw new UserError(`A password has at least ${SHORTEST_PASSWORD} characters.`);
    const salt = randomBytes(16);
    const key = await this.#derive(password, salt, KEY_BYTES, COST);
    const createdAt = new Date().toISOString();
    try {
      const stored = `scrypt$${salt.toString('hex')}$${key.toString('hex')}`;
      const { changes } = this.#database.prepare(sql).run(trimmed, role, stored, createdAt);
      if (changes === 0) throw new UserError('There is an administrator already. Sign in.');
    } catch (error) {
      if ((error as { code?: string }).code !== 'SQLITE_CONSTRAINT_PRIMARYKEY') throw error;
      throw new UserError(`There is a user named ${trimmed} already. Choose another name.`);
    }
    return { name: trimmed, role, createdAt };
  }

  /** The user with this name and password, or undefined; takes equally long either way. */
  async authenticate(name: string, password: string): Promise<User | undefined> {
    const row = this.#database.prepare(SQL.find).get(name.trim()) as (User & { password: string }) | undefined;
    const [, salt = '', expected = ''] = (row?.password ?? NOBODY).split('$');
    const key = await this.#derive(password, Buffer.from(salt, 'hex'), KEY_BYTES, COST);
    const matches = timingSafeEqual(key, Buffer.from(expected, 'hex'));
    return row && matches ? { name: row.name, role: row.role, createdAt: row.createdAt } : undefined;
  }

  find(name: string): User | undefined {
    const row = this.#database.prepare(SQL.find).get(name) as (User & { password: string }) | undefined;
    return row && { name: row.name, role: row.role, createdAt: row.createdAt };
  }

  async #derive(...derivation: Parameters<typeof derive>): Promise<Buffer> {
    if (this.#free === 0) await new Promise<void>((turn) => this.#waiting.push(turn));
    else this.#free -= 1;
    try {
      return await derive(...derivation);
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}
