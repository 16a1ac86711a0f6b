/** What the room is given by whoever builds it. */
import type { ClinicalStore } from '../catalogue/clinical/clinical-store.ts';
import type { Generalisation } from '../catalogue/generalisation/generalisation.ts';
import type { CommonDataModel } from '../harmonise/common-data-model.ts';
import type { SqliteDatabase } from '../store/database.ts';
import type { CellRules } from './cells/cell-rules.ts';

/** Governance as this room needs it. */
export interface DatasetPort {
  /** @returns undefined when there is no such dataset */
  find(id: string):
    | {
        readonly title: string;
        readonly state: string;
        /** Whether it may be used outside: released or published. */
        readonly usable: boolean;
        /** Fixed by its check. */
        readonly contentHash: string | null;
        /** How coarsely it shows its patients. */
        readonly generalisation: Generalisation;
      }
    | undefined;
  /** The content hash of what the members are now. */
  contentHash(id: string): string;
}

export interface AuditTrail {
  record(entry: { actor: string; action: string; subject: string; detail?: string }): unknown;
}

export interface MaterialiseParts {
  readonly database: SqliteDatabase;
  /** The data folder: objects are named relative to it, and nothing is materialised inside it. */
  readonly dataFolder: string;
  readonly datasets: DatasetPort;
  readonly clinical: ClinicalStore;
  readonly model: CommonDataModel;
  readonly rules: CellRules;
  readonly audit: AuditTrail;
  readonly toolVersion: string;
  /** Versions of the tables that codes come from, by name. */
  readonly tableVersions: Readonly<Record<string, string>>;
  /** Space that stays free on the disk, in bytes. */
  readonly reserveBytes: number;
  /** Free space of a folder's disk, in bytes. */
  readonly freeBytes: (folder: string) => number;
  readonly now?: () => Date;
}
