/** Sign-ins: random tokens kept as hashes in memory; a restart signs everybody out. */
import { createHash, randomBytes } from 'node:crypto';

export const SESSION_COOKIE = 'gatehouse_session';

interface Session {
  readonly userName: string;
  readonly expiresAt: number;
}

const LONGEST_FAILURE_MEMORY_MS = 15 * 60_000;
const FREE_FAILURES = 5;

export class Sessions {
  readonly #lifetimeMs: number;
  readonly #now: () => number;
  readonly #sessions = new Map<string, Session>();
  readonly #failures = new Map<string, { count: number; last: number }>();

  constructor(options: { lifetimeMinutes: number; now?: () => number }) {
    this.#lifetimeMs = options.lifetimeMinutes * 60_000;
    this.#now = options.now ?? Date.now;
  }

  /** Starts a session and returns its token for the cookie. */
  start(userName: string): string {
    this.#dropExpired();
    this.#failures.delete(userName.toLowerCase());
    const token = randomBytes(32).toString('base64url');
    this.#sessions.set(hash(token), { userName, expiresAt: this.#now() + this.#lifetimeMs });
    return token;
  }

  userOf(token: string): string | undefined {
    const session = this.#sessions.get(hash(token));
    return session && session.expiresAt > this.#now() ? session.userName : undefined;
  }

  end(token: string): void {
    this.#sessions.delete(hash(token));
  }

  /** Seconds to wait before the next attempt for a name: none for the first failures, then doubling. */
  waitSeconds(userName: string): number {
    const failure = this.#failures.get(userName.toLowerCase());
    if (!failure || failure.count < FREE_FAILURES) return 0;
    const pause = Math.min(LONGEST_FAILURE_MEMORY_MS, 1000 * 2 ** (failure.count - FREE_FAILURES));
    return Math.max(0, Math.ceil((failure.last + pause - this.#now()) / 1000));
  }

  recordFailure(userName: string): void {
    const key = userName.toLowerCase();
    const before = this.#failures.get(key);
    const recent = before && this.#now() - before.last < LONGEST_FAILURE_MEMORY_MS;
    this.#failures.set(key, { count: recent ? before.count + 1 : 1, last: this.#now() });
  }

  #dropExpired(): void {
    for (const [key, session] of this.#sessions) if (session.expiresAt <= this.#now()) this.#sessions.delete(key);
    for (const [key, failure] of this.#failures) {
      if (this.#now() - failure.last > LONGEST_FAILURE_MEMORY_MS) this.#failures.delete(key);
    }
  }
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
