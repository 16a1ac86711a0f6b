/**
 * Tokens with which programs call the node: random, shown once, kept as a hash in index.db. The first half of a token
 * is its id, which may stand anywhere; the second half is the secret.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Migration, SqliteDatabase } from '../store/database.ts';
import { Statements } from '../store/statements.ts';

/** What a token may be used for. */
export const TOKEN_SCOPES = ['stow', 'fdp'] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

export interface ApiToken {
  readonly tokenId: string;
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  readonly createdBy: string;
  /** Times are ISO 8601, UTC. */
  readonly createdAt: string;
  readonly expiresAt: string;
  /** To the minute; null before the first use. */
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

export interface TokenTerms {
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  readonly days: number;
}

/** A token that cannot be had like this, with the reason. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
}

export const TOKEN_MIGRATIONS: readonly Migration[] = [
  {
    id: '0161-create-api-tokens',
    sql: `CREATE TABLE api_tokens (
        token_id TEXT PRIMARY KEY,
        name TEXT NOT NULL COLLATE NOCASE,
        scopes TEXT NOT NULL,          -- JSON array
        secret_hash BLOB NOT NULL,     -- SHA-256: the secret is random, so nothing slower is needed
        created_by TEXT NOT NULL,
        created_at TEXT NOT NULL,
        expires_at TEXT NOT NULL,
        last_used_at TEXT,
        revoked_at TEXT
      ) STRICT;
      CREATE UNIQUE INDEX api_tokens_by_name ON api_tokens (name) WHERE revoked_at IS NULL;`,
  },
];

const COLUMNS = `token_id AS tokenId, name, scopes, created_by AS createdBy, created_at AS createdAt,
  expires_at AS expiresAt, last_used_at AS lastUsedAt, revoked_at AS revokedAt`;
const SQL = {
  list: `SELECT ${COLUMNS} FROM api_tokens ORDER BY revoked_at IS NOT NULL, created_at DESC, name`,
  find: `SELECT ${COLUMNS}, secret_hash AS secretHash FROM api_tokens WHERE token_id = ?`,
  named: `SELECT ${COLUMNS} FROM api_tokens WHERE name = ? AND revoked_at IS NULL`,
  insert: `INSERT INTO api_tokens (token_id, name, scopes, secret_hash, created_by, created_at, expires_at)
    VALUES (@tokenId, @name, @scopes, @secretHash, @by, @createdAt, @expiresAt)`,
  revoke: 'UPDATE api_tokens SET revoked_at = @now WHERE token_id = @tokenId AND revoked_at IS NULL',
  used: 'UPDATE api_tokens SET last_used_at = @now WHERE token_id = @tokenId',
} as const;

const TOKEN = /^gatehouse_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;
const SECRET_BYTES = 32;
const DAY_MS = 24 * 3600 * 1000;
const MINUTE_MS = 60_000;
export const MOST_DAYS = 3650;
/** Compared against when there is no such token, so that the answer takes as long. */
const NOTHING = Buffer.alloc(SECRET_BYTES);

type Row = Omit<ApiToken, 'scopes'> & { readonly scopes: string; readonly secretHash?: Buffer };

export class ApiTokens {
  readonly #statements: Statements;
  readonly #audit: Pick<AuditLog, 'record'>;
  readonly #now: () => number;

  constructor(database: SqliteDatabase, audit: Pick<AuditLog, 'record'>, now: () => number = Date.now) {
    this.#statements = new Statements(database);
    this.#audit = audit;
    this.#now = now;
  }

  /** Those that hold first, then the revoked ones. */
  list(): ApiToken[] {
    return (this.#statements.of(SQL.list).all() as Row[]).map(tokenOf);
  }

  /**
   * @returns the token and its text, which nobody can be told again
   * @throws TokenError when the name is taken or the terms are wrong
   */
  add({ name, scopes, days }: TokenTerms, by: string): { readonly token: ApiToken; readonly text: string } {
    const trimmed = name.trim();
    if (!/^[\p{L}\p{N}._@ -]{1,64}$/u.test(trimmed)) {
      throw new TokenError('The name of a token has 1 to 64 letters, digits, spaces or . _ @ -');
    }
    if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS) {
      throw new TokenError(`A token holds for 1 to ${MOST_DAYS} days.`);
    }
    if (scopes.length === 0) throw new TokenError(`A token is for something: ${TOKEN_SCOPES.join(', ')}.`);
    if (this.#statements.of(SQL.named).get(trimmed)) {
      throw new TokenError(`There is a token named ${trimmed} already. Choose another name, or revoke it first.`);
    }
    const tokenId = randomBytes(8).toString('hex');
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const createdAt = new Date(this.#now()).toISOString();
    const expiresAt = new Date(this.#now() + days * DAY_MS).toISOString();
    const row = { tokenId, name: trimmed, scopes: JSON.stringify(scopes), secretHash: hash(secret), by };
    this.#statements.of(SQL.insert).run({ ...row, createdAt, expiresAt });
    const detail = `for ${scopes.join(', ')}, until ${expiresAt.slice(0, 10)}`;
    this.#audit.record({ actor: by, action: 'token.added', subject: trimmed, detail });
    return { token: this.find(tokenId) as ApiToken, text: `gatehouse_${tokenId}_${secret}` };
  }

  find(tokenId: string): ApiToken | undefined {
    const row = this.#statements.of(SQL.find).get(tokenId) as Row | undefined;
    return row && tokenOf(row);
  }

  /** The one of this name that is not revoked. */
  named(name: string): ApiToken | undefined {
    const row = this.#statements.of(SQL.named).get(name.trim()) as Row | undefined;
    return row && tokenOf(row);
  }

  /** Acts on the next request. @returns false when there is no such token, or it was revoked before */
  revoke(tokenId: string, by: string): boolean {
    const now = new Date(this.#now()).toISOString();
    const changed = this.#statements.of(SQL.revoke).run({ tokenId, now }).changes > 0;
    if (changed) {
      const subject = this.find(tokenId)?.name ?? tokenId;
      this.#audit.record({ actor: by, action: 'token.revoked', subject });
    }
    return changed;
  }

  /** The token a text is, if it holds now. A text that is none takes as long as one that is. */
  authenticate(text: string): ApiToken | undefined {
    const [, tokenId = '', secret = ''] = TOKEN.exec(text) ?? [];
    const row = this.#statements.of(SQL.find).get(tokenId) as Row | undefined;
    const same = timingSafeEqual(hash(secret), row?.secretHash ?? NOTHING);
    if (!row || !same || row.revokedAt !== null || Date.parse(row.expiresAt) <= this.#now()) return undefined;
    this.#noteUse(row);
    return tokenOf(row);
  }

  /** Once a minute: a sender of single objects asks hundreds of times. */
  #noteUse({ tokenId, lastUsedAt }: Row): void {
    const now = this.#now();
    if (lastUsedAt !== null && now - Date.parse(lastUsedAt) < MINUTE_MS) return;
    try {
      this.#statements.of(SQL.used).run({ tokenId, now: new Date(now).toISOString() });
    } catch {
      // A disk without room: what the token was for decides itself, with a sentence.
    }
  }
}

function tokenOf({ secretHash: _secretHash, scopes, ...row }: Row): ApiToken {
  return { ...row, scopes: JSON.parse(scopes) as TokenScope[] };
}

function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
