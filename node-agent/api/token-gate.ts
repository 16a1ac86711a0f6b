/** Lets programs in by their bearer token (RFC 6750), and slows down whoever tries tokens that are none. */
import type { AuditLog } from '../audit/audit-log.ts';
import { Problem } from './problem.ts';
import type { ApiToken, ApiTokens, TokenScope } from './tokens.ts';

interface Failures {
  readonly count: number;
  readonly last: number;
}

const FREE_FAILURES = 5;
const LONGEST_PAUSE_MS = 60_000;
const MEMORY_MS = 15 * 60_000;
/** Addresses that are remembered; the one that failed longest ago is forgotten first. */
const MOST_ADDRESSES = 10_000;

export class TokenGate {
  readonly #tokens: ApiTokens;
  readonly #audit: Pick<AuditLog, 'record'>;
  readonly #now: () => number;
  readonly #failures = new Map<string, Failures>();

  constructor(tokens: ApiTokens, audit: Pick<AuditLog, 'record'>, now: () => number = Date.now) {
    this.#tokens = tokens;
    this.#audit = audit;
    this.#now = now;
  }

  /**
   * @param authorization the header field
   * @throws Problem 401 without a token that holds, 403 where it is not for this, 429 after too many that did not
   */
  admit(authorization: string | undefined, scope: TokenScope, address: string): ApiToken {
    const text = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (text === undefined) {
      const sentence =
        'This needs a token: Authorization: Bearer TOKEN. An administrator makes one on the System page.';
      throw new Problem(401, 'Token needed', sentence, { 'www-authenticate': 'Bearer realm="Gatehouse"' });
    }
    const wait = this.#waitSeconds(address);
    if (wait > 0) {
      const sentence = `Too many tokens from this address did not hold. Wait ${wait} seconds and try again.`;
      throw new Problem(429, 'Too many attempts', sentence, { 'retry-after': String(wait) });
    }
    const token = this.#tokens.authenticate(text);
    if (!token) throw this.#refused(address);
    this.#failures.delete(address);
    if (!token.scopes.includes(scope)) {
      const challenge = `Bearer realm="Gatehouse", error="insufficient_scope", scope="${scope}"`;
      const sentence = `This token is not for ${scope}. An administrator makes one that is.`;
      throw new Problem(403, 'Not allowed', sentence, { 'www-authenticate': challenge });
    }
    return token;
  }

  #refused(address: string): Problem {
    const before = this.#failures.get(address);
    this.#failures.delete(address); // entered anew, at the end of the order
    this.#failures.set(address, { count: (before?.count ?? 0) + 1, last: this.#now() });
    for (const [oldest] of this.#failures) {
      if (this.#failures.size <= MOST_ADDRESSES) break;
      this.#failures.delete(oldest);
    }
    this.#audit.record({ actor: 'unknown', action: 'token.refused', subject: 'api', detail: `from ${address}` });
    const sentence = 'The token is unknown, expired or revoked. An administrator makes a new one on the System page.';
    return new Problem(401, 'Token refused', sentence, {
      'www-authenticate': 'Bearer realm="Gatehouse", error="invalid_token"',
    });
  }

  /** None for the first failures of an address, then doubling. */
  #waitSeconds(address: string): number {
    const failures = this.#failures.get(address);
    if (failures === undefined || failures.count < FREE_FAILURES) return 0;
    const since = this.#now() - failures.last;
    if (since > MEMORY_MS) {
      this.#failures.delete(address);
      return 0;
    }
    const pause = Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** (failures.count - FREE_FAILURES));
    return Math.max(0, Math.ceil((pause - since) / 1000));
  }
}
