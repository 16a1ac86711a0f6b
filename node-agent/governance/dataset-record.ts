/** The shapes of a dataset and how they lie in the database. */
import { randomBytes } from 'node:crypto';
import { type Generalisation, generalisationOf } from '../catalogue/generalisation/generalisation.ts';
import type { MembershipCounts } from './dataset-membership.ts';
import type { FaceStanding } from './face-decisions.ts';
import type { DatasetState } from './transitions.ts';

/** A cohort as it was chosen; the catalogue knows what the values mean. */
export interface CohortSelection {
  readonly modality?: string[] | undefined;
  readonly bodyPart?: string[] | undefined;
  readonly sex?: string[] | undefined;
  readonly manufacturer?: string[] | undefined;
  readonly attributes?: Record<string, string[]> | undefined;
  readonly condition?: string[] | undefined;
  readonly ageFrom?: number | undefined;
  readonly ageTo?: number | undefined;
  readonly yearFrom?: number | undefined;
  readonly yearTo?: number | undefined;
  readonly search?: string | undefined;
}

/** What a person declares of a dataset. */
export interface DatasetFields {
  readonly title: string;
  readonly description: string;
  readonly publisher: string;
  readonly contactEmail: string;
  readonly keywords: string[];
  readonly provenance: string;
  /** Where access is asked for, normally the Negotiator. */
  readonly accessUrl: string;
}

export interface NewDataset extends DatasetFields {
  /** EUCAIM code of the cancer type. */
  readonly condition: string;
  readonly query: CohortSelection;
}

export interface DatasetSummary extends MembershipCounts {
  readonly id: string;
  readonly title: string;
  readonly condition: { readonly code: string; readonly label: string };
  readonly state: DatasetState;
  readonly createdBy: string;
  readonly createdAt: string;
  /** 1, 2, …: a new one where something has to change after the release. */
  readonly version: number;
}

/** Another version of a dataset. */
export interface DatasetVersion {
  readonly id: string;
  readonly version: number;
  readonly state: DatasetState;
}

export interface DatasetDetail extends DatasetSummary, DatasetFields {
  readonly query: CohortSelection;
  readonly contentHash: string | null;
  /** How coarsely it shows its patients. */
  readonly generalisation: Generalisation;
  readonly predecessor: DatasetVersion | null;
  readonly successors: DatasetVersion[];
  /** Of the newest check, with what holds now. */
  readonly checks: GateStanding[];
  /** Volumes of the cohort from which a face could be rebuilt. */
  readonly faces: FaceStanding;
  readonly history: DatasetEvent[];
  /** What the person who looks may do next, and why not where not. */
  readonly actions: { to: DatasetState; allowed: boolean; why: string | null }[];
}

export interface GateCheck {
  readonly id: string;
  readonly title: string;
  readonly passed: boolean;
  /** Passed, but a named person has to acknowledge it with a reason before the release. */
  readonly warning: boolean;
  readonly detail: string;
  /** What was found, without any value of a patient. */
  readonly figures: Readonly<Record<string, unknown>>;
}

/** The evidence of a gate, for the objects with this hash. */
export interface GateStanding extends Omit<GateCheck, 'figures'> {
  readonly contentHash: string;
  readonly by: string;
  readonly at: string;
}

export interface GateEvidence {
  readonly contentHash: string;
  readonly checks: readonly GateCheck[];
}

export interface DatasetEvent {
  readonly from: DatasetState | null;
  readonly to: DatasetState;
  readonly by: string;
  readonly at: string;
  readonly reason: string | null;
}

export interface DatasetRow {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly conditionCode: string;
  readonly conditionLabel: string;
  readonly state: DatasetState;
  readonly queryJson: string;
  readonly publisher: string;
  readonly contactEmail: string;
  readonly keywordsJson: string;
  readonly provenance: string;
  readonly accessUrl: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly contentHash: string | null;
  readonly generalisationJson: string;
  readonly version: number;
  readonly predecessor: string | null;
}

const COLUMNS = `dataset_id AS id, title, description, condition_code AS conditionCode,
  condition_label AS conditionLabel, state, query_json AS queryJson, publisher, contact_email AS contactEmail,
  keywords_json AS keywordsJson, provenance, access_url AS accessUrl, created_by AS createdBy,
  created_at AS createdAt, content_hash AS contentHash, generalisation_json AS generalisationJson, version, predecessor`;

export const DATASET_SQL = {
  insert: `INSERT INTO datasets (dataset_id, title, description, condition_code, condition_label, state, query_json,
    publisher, contact_email, keywords_json, provenance, access_url, created_by, created_at, content_hash,
    generalisation_json, version, predecessor)
    VALUES (@id, @title, @description, @conditionCode, @conditionLabel, @state, @queryJson, @publisher,
    @contactEmail, @keywordsJson, @provenance, @accessUrl, @createdBy, @createdAt, @contentHash,
    @generalisationJson, @version, @predecessor)`,
  find: `SELECT ${COLUMNS} FROM datasets WHERE dataset_id = ?`,
  list: `SELECT ${COLUMNS} FROM datasets ORDER BY created_at DESC, dataset_id`,
  advance: `UPDATE datasets SET state = @to, content_hash = @contentHash WHERE dataset_id = @id AND state = @from`,
  remember: `INSERT INTO dataset_history (dataset_id, from_state, to_state, by, at, reason, evidence_json)
    VALUES (@id, @from, @to, @by, @at, @reason, @evidenceJson)`,
  history: `SELECT from_state AS "from", to_state AS "to", by, at, reason FROM dataset_history
    WHERE dataset_id = ? ORDER BY id`,
  successors: `SELECT dataset_id AS id, version, state FROM datasets WHERE predecessor = ? ORDER BY created_at, dataset_id`,
  generalise: 'UPDATE datasets SET generalisation_json = @json WHERE dataset_id = @id',
} as const;

export function fieldsOf(row: DatasetRow): DatasetFields {
  const { title, description, publisher, contactEmail, provenance, accessUrl } = row;
  const keywords = JSON.parse(row.keywordsJson) as string[];
  return { title, description, publisher, contactEmail, keywords, provenance, accessUrl };
}

export function cohortOf(row: DatasetRow): CohortSelection {
  return JSON.parse(row.queryJson) as CohortSelection;
}

export function choicesOf(row: DatasetRow): Generalisation {
  return generalisationOf(row.generalisationJson);
}

/** Stable and safe in addresses; it is also the id in the EUCAIM catalogue and never changes. */
export function newDatasetId(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
  return `gatehouse-ds-${[...randomBytes(8)].map((byte) => letters[byte % letters.length]).join('')}`;
}
