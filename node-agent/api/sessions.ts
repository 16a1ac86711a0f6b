/** Sign-ins: random tokens kept as hashes in memory; a restart signs everybody out. */
import { createHash, randomBytes } from 'node:crypto';

export const SESSION_COOKIE = 'gatehouse_session';

interface Session {
  readonly userName: string;
  readonly expiresAt: number;
}

const LONGEST_MEMORY_MS = 15 * 60_000;
const FREE_ATTEMPTS = 5;

export class Sessions {
  readonly #lifetimeMs: number;
  readonly #now: () => number;
  readonly #sessions = new Map<string, Session>();
  readonly #attempts = new Map<string, { count: number; last: number }>();

  constructor(options: { lifetimeMinutes: number; now?: () => number }) {
    this.#lifetimeMs = options.lifetimeMinutes * 60_000;
    this.#now = options.now ?? Date.now;
  }

  /** Starts a session and returns its token for the cookie. */
  start(userName: string): string {
    this.#dropExpired();
    this.#attempts.delete(userName.toLowerCase());
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

  /** Seconds to wait before the next attempt for a name: none for the first ones, then doubling. */
  waitSeconds(userName: string): number {
    const attempts = this.#attempts.get(userName.toLowerCase());
    if (!attempts || attempts.count < FREE_ATTEMPTS) return 0;
    const pause = Math.min(LONGEST_MEMORY_MS, 1000 * 2 ** (attempts.count - FREE_ATTEMPTS));
    return Math.max(0, Math.ceil((attempts.last + pause - this.#now()) / 1000));
  }

  /** Counts an attempt to sign in; `start` forgets the attempts of a name. */
  recordAttempt(userName: string): void {
    this.#dropExpired();
    const key = userName.toLowerCase();
    const before = this.#attempts.get(key);
    const recent = before && this.#now() - before.last < LONGEST_MEMORY_MS;
    this.#attempts.set(key, { count: recent ? before.count + 1 : 1, last: this.#now() });
  }

  #dropExpired(): void {
    for (const [key, session] of this.#sessions) if (session.expiresAt <= this.#now()) this.#sessions.delete(key);
    for (const [key, { last }] of this.#attempts) {
      if (this.#now() - last > LONGEST_MEMORY_MS) this.#attempts.delete(key);
    }
  }
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
