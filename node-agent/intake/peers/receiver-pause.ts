/** Whether the receiver is paused, and by whom; kept in index.db, so that it outlives a restart. */
import type { AuditLog } from '../../audit/audit-log.ts';
import type { SqliteDatabase } from '../../store/database.ts';
import { Statements } from '../../store/statements.ts';

export interface Pause {
  readonly by: string;
  readonly at: string;
}

const SQL = {
  read: 'SELECT paused_by AS "by", paused_at AS at FROM receiver_pause',
  pause: 'INSERT OR IGNORE INTO receiver_pause VALUES (1, ?, ?)',
  resume: 'DELETE FROM receiver_pause',
} as const;

export class ReceiverPause {
  readonly #statements: Statements;
  readonly #audit: Pick<AuditLog, 'record'>;

  constructor(database: SqliteDatabase, audit: Pick<AuditLog, 'record'>) {
    this.#statements = new Statements(database);
    this.#audit = audit;
  }

  /** Read for every association: the command line may pause a node that runs. */
  get current(): Pause | undefined {
    return this.#statements.of(SQL.read).get() as Pause | undefined;
  }

  /** Refuses new associations from now on; those that are open go on. @returns false when it was paused already */
  pause(by: string): boolean {
    const changed = this.#statements.of(SQL.pause).run(by, new Date().toISOString()).changes > 0;
    if (changed) this.#audit.record({ actor: by, action: 'receiver.paused', subject: 'receiver' });
    return changed;
  }

  /** @returns false when it was not paused */
  resume(by: string): boolean {
    const changed = this.#statements.of(SQL.resume).run().changes > 0;
    if (changed) this.#audit.record({ actor: by, action: 'receiver.resumed', subject: 'receiver' });
    return changed;
  }
}
