/**
 * Who a pseudonym stands for, told to nobody by one person alone: one asks with a reason, another one grants it, and the
 * answer is shown once, to one of the two. What was not used in time is void.
 */
import { randomUUID } from 'node:crypto';
import type { SqliteDatabase } from '../store/database.ts';
import type { Identity } from './identity-seal.ts';
import type { IdentityTable } from './identity-table.ts';

export interface Reidentification {
  readonly id: string;
  readonly pseudonym: string;
  readonly reason: string;
  readonly state: 'requested' | 'granted' | 'refused' | 'shown' | 'expired';
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly shownTo: string | null;
  readonly expiresAt: string;
}

export interface NamedPerson {
  readonly name: string;
  readonly role: 'administrator' | 'officer' | 'viewer';
}

export type ReidentificationFault = 'not-found' | 'not-allowed' | 'not-now' | 'invalid-input';

export class ReidentificationError extends Error {
  override readonly name = 'ReidentificationError';
  readonly fault: ReidentificationFault;

  constructor(fault: ReidentificationFault, message: string) {
    super(message);
    this.fault = fault;
  }
}

/** The audit log as it is needed here. */
interface AuditTrail {
  record(entry: { actor: string; action: string; subject: string; detail?: string }): unknown;
}

const VALID_MS = 24 * 60 * 60_000;
const LONGEST_REASON = 500;

const COLUMNS = `id, pseudonym, reason, state, requested_by AS requestedBy, requested_at AS requestedAt,
  decided_by AS decidedBy, decided_at AS decidedAt, shown_to AS shownTo, expires_at AS expiresAt`;

const SQL = {
  insert: `INSERT INTO reidentifications (id, pseudonym, reason, state, requested_by, requested_at, expires_at)
    VALUES (@id, @pseudonym, @reason, 'requested', @by, @now, @expiresAt)`,
  decide: `UPDATE reidentifications SET state = @state, decided_by = @by, decided_at = @now, expires_at = @expiresAt
    WHERE id = @id AND state = 'requested'`,
  show: `UPDATE reidentifications SET state = 'shown', shown_to = @by WHERE id = @id AND state = 'granted'`,
  find: `SELECT ${COLUMNS} FROM reidentifications WHERE id = ?`,
  list: `SELECT ${COLUMNS} FROM reidentifications ORDER BY requested_at DESC, id LIMIT 200`,
} as const;

export class Reidentifications {
  readonly #database: SqliteDatabase;
  readonly #identities: IdentityTable;
  readonly #audit: AuditTrail;
  readonly #now: () => Date;

  constructor(
    database: SqliteDatabase,
    identities: IdentityTable,
    audit: AuditTrail,
    now: () => Date = () => new Date(),
  ) {
    this.#database = database;
    this.#identities = identities;
    this.#audit = audit;
    this.#now = now;
  }

  /** @throws ReidentificationError */
  request({ pseudonym, reason }: { pseudonym: string; reason: string }, person: NamedPerson): Reidentification {
    const why = reason.trim();
    if (why === '' || why.length > LONGEST_REASON) {
      throw new ReidentificationError('invalid-input', `A reason is needed, of ${LONGEST_REASON} characters at most.`);
    }
    if (this.#identities.lookUp(pseudonym) === undefined) {
      throw new ReidentificationError('not-found', 'No patient has this pseudonym here.');
    }
    const id = randomUUID();
    const row = { id, pseudonym, reason: why, by: person.name, now: this.#time(), expiresAt: this.#time(VALID_MS) };
    this.#recording(
      { actor: person.name, action: 'reidentification.requested', subject: id, detail: `${pseudonym}: ${why}` },
      () => this.#database.prepare(SQL.insert).run(row),
    );
    return this.#get(id);
  }

  /** Grants or refuses; another person than the one who asked, an officer or administrator. @throws ReidentificationError */
  decide(id: string, state: 'granted' | 'refused', person: NamedPerson): Reidentification {
    const asked = this.#get(id);
    if (person.role === 'viewer') {
      throw new ReidentificationError('not-allowed', 'To decide about it needs the role officer or administrator.');
    }
    if (same(asked.requestedBy, person.name)) {
      throw new ReidentificationError('not-allowed', 'You asked for it; a second person has to decide about it.');
    }
    if (asked.state !== 'requested') throw notNow(asked);
    const row = { id, state, by: person.name, now: this.#time(), expiresAt: this.#time(VALID_MS) };
    this.#recording({ actor: person.name, action: `reidentification.${state}`, subject: id }, () => {
      if (this.#database.prepare(SQL.decide).run(row).changes === 0) throw notNow(this.#get(id));
    });
    return this.#get(id);
  }

  /** The answer, once, to one of the two. @throws ReidentificationError */
  show(id: string, person: NamedPerson): Identity {
    const asked = this.#get(id);
    if (!same(asked.requestedBy, person.name) && !(asked.decidedBy !== null && same(asked.decidedBy, person.name))) {
      throw new ReidentificationError(
        'not-allowed',
        'It is shown to who asked for it or who granted it, and to nobody else.',
      );
    }
    if (asked.state !== 'granted') throw notNow(asked);
    const identity = this.#identities.lookUp(asked.pseudonym);
    if (!identity) throw new ReidentificationError('not-found', 'Nothing is known of this patient any more.');
    this.#recording(
      { actor: person.name, action: 'reidentification.shown', subject: id, detail: asked.pseudonym },
      () => {
        if (this.#database.prepare(SQL.show).run({ id, by: person.name }).changes === 0) throw notNow(this.#get(id));
      },
    );
    return identity;
  }

  /** The newest first. */
  list(): Reidentification[] {
    return (this.#database.prepare(SQL.list).all() as Reidentification[]).map((row) => this.#aged(row));
  }

  #get(id: string): Reidentification {
    const row = this.#database.prepare(SQL.find).get(id) as Reidentification | undefined;
    if (!row) throw new ReidentificationError('not-found', 'There is no such request.');
    return this.#aged(row);
  }

  #aged(row: Reidentification): Reidentification {
    const open = row.state === 'requested' || row.state === 'granted';
    return open && row.expiresAt < this.#time() ? { ...row, state: 'expired' } : row;
  }

  /** No step without its entry; the entry comes last before the commit. */
  #recording(entry: Parameters<AuditTrail['record']>[0], work: () => void): void {
    this.#database
      .transaction(() => {
        work();
        this.#audit.record(entry);
      })
      .immediate();
  }

  #time(later = 0): string {
    return new Date(this.#now().getTime() + later).toISOString();
  }
}

/** Names of users differ in more than capitals. */
function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function notNow({ state }: Reidentification): ReidentificationError {
  const words = {
    requested: 'Nobody has granted it yet. Ask a second person to do so.',
    granted: 'It is granted already; the answer can be shown once.',
    refused: 'It was refused.',
    shown: 'The answer was shown already. Ask anew, with a reason.',
    expired: 'It was not used within a day and is void. Ask anew.',
  };
  return new ReidentificationError('not-now', words[state]);
}
