/** Changes the state of a dataset and writes down who did it, when, why and on what evidence. */
import type { SqliteDatabase } from '../store/database.ts';
import { DATASET_SQL, type DatasetRow, type GateEvidence } from './dataset-record.ts';
import type { DatasetState } from './transitions.ts';

/** The audit log as this room needs it. */
export interface AuditTrail {
  record(entry: { actor: string; action: string; subject: string; detail?: string }): unknown;
}

export class DatasetHistory {
  readonly #database: SqliteDatabase;
  readonly #audit: AuditTrail;
  readonly #now: () => Date;

  constructor(database: SqliteDatabase, audit: AuditTrail, now: () => Date) {
    this.#database = database;
    this.#audit = audit;
    this.#now = now;
  }

  move(
    row: DatasetRow,
    to: DatasetState,
    event: { by: string; reason: string | undefined; contentHash: string | null; evidence?: GateEvidence },
  ): void {
    const { by, reason, contentHash, evidence } = event;
    this.#database.prepare(DATASET_SQL.advance).run({ id: row.id, from: row.state, to, contentHash });
    const action = to === 'draft' ? 'dataset.taken-back' : `dataset.${to}`;
    this.remember(row.id, { from: row.state, to, by, reason, evidence }, action);
  }

  /** Writes the history and, last before the commit, the audit log: no state without its entry. */
  remember(
    id: string,
    event: {
      from: DatasetState | null;
      to: DatasetState;
      by: string;
      reason?: string | undefined;
      evidence?: GateEvidence | undefined;
    },
    action: string,
  ): void {
    const { from, to, by, reason, evidence } = event;
    const evidenceJson = evidence ? JSON.stringify(evidence) : null;
    const row = { id, from, to, by, at: this.#now().toISOString(), reason: reason ?? null, evidenceJson };
    this.#database.prepare(DATASET_SQL.remember).run(row);
    const detail = [reason, evidence && `content hash ${evidence.contentHash}`].filter(Boolean).join('; ');
    this.#audit.record({ actor: by, action, subject: id, ...(detail ? { detail } : {}) });
  }
}
