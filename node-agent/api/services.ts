/** What the API needs of the node; rooms of its own floor and of the identified zone come as interfaces. */
import type { z } from 'zod';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { CohortQuery } from '../catalogue/cohort.ts';
import type { ExportRequest } from '../catalogue/export/index-export.ts';
import type { SavedQueries } from '../catalogue/search/saved-queries.ts';
import type { SeriesDesk } from '../governance/curation/series-desk.ts';
import type { DatasetRegister } from '../governance/dataset-register.ts';
import type { Examiner } from '../governance/quality/examiner.ts';
import type { Person } from '../governance/transitions.ts';
import type { HealthFinding } from '../operations/health.ts';
import type { MachineFigures } from '../operations/machine.ts';
import type { Schedule } from '../operations/schedule.ts';
import type { Settings } from '../settings/settings.ts';
import type { AssociationRecord } from '../store/association-record.ts';
import type { ObjectLedger } from '../store/object-ledger.ts';
import type { DeepReadonly } from './handler.ts';
import type { MaterialisePort } from './materialise-port.ts';
import type * as clinicalSchema from './schemas/clinical.ts';
import type * as explanationSchema from './schemas/explanations.ts';
import type * as peerSchema from './schemas/peers.ts';
import type * as recordSchema from './schemas/record.ts';
import type * as retrieveSchema from './schemas/retrieve.ts';
import type * as siteWordSchema from './schemas/site-words.ts';
import type * as vaultSchema from './schemas/vault.ts';
import type * as vocabularySchema from './schemas/vocabularies.ts';
import type * as schema from './schemas.ts';
import type { Sessions } from './sessions.ts';
import type { ApiTokens } from './tokens.ts';
import type { Users } from './users.ts';

type Shape<Schema extends z.ZodType> = z.input<Schema>;
export interface Page {
  readonly offset: number;
  readonly limit: number;
}

export interface CauseText {
  readonly title: string;
  readonly sentence: string;
  readonly fix: string;
}

export interface Requeued {
  readonly changed: number;
  /** Why some stayed as they are; null where none did. */
  readonly why: string | null;
}

/** Quarantined objects belong to the identified zone; only causes and counts come through. */
export interface QuarantineDesk {
  describe(cause: string): CauseText;
  requeue(objectIds: readonly string[], by: string): Promise<Requeued>;
  requeueCause(cause: string, by: string): Promise<Requeued>;
  exclude(objectIds: readonly string[], reason: string, by: string): number;
}

/** What de-identification does to a quarantined object, without its values. */
export interface ExplanationPort {
  /** @throws Problem where there is none, or none that can be explained */
  explain(
    objectId: string,
    profile: string | undefined,
    by: string,
  ): Promise<Shape<typeof explanationSchema.explanation>>;
}

export interface ImportPort {
  /** A sentence where the folder cannot be imported. */
  objection(folder: string): string | undefined;
  list(): Shape<typeof schema.importRun>[];
  start(folder: string, by: string): Shape<typeof schema.importRun>;
  /**
   * Takes a ZIP archive as it comes, and asks for its import.
   * @throws Problem where it cannot be taken, and what the body throws when the sender goes away
   */
  upload(
    body: AsyncIterable<Buffer>,
    statedBytes: number | undefined,
    by: string,
  ): Promise<Shape<typeof schema.importRun>>;
  /** @returns undefined when there is no such import */
  cancel(id: string, by: string): Shape<typeof schema.importRun> | undefined;
}

export interface HubPort {
  state(): Shape<typeof schema.hubState>;
  tasks(page: Page): Shape<typeof schema.hubTaskPage>;
  egress(page: Page): Shape<typeof schema.egressPage>;
}

/** Who may send belongs to the identified zone's receiver; addresses and titles of machines come through. */
export interface PeerPort {
  list(): z.output<typeof peerSchema.peerList>;
  add(terms: z.output<typeof peerSchema.peerTerms>, by: string): z.output<typeof peerSchema.peer>;
  change(peerId: string, terms: z.output<typeof peerSchema.peerTerms>, by: string): z.output<typeof peerSchema.peer>;
  remove(peerId: string, by: string): void;
  allow(knocker: z.output<typeof peerSchema.allowedKnocker>, by: string): z.output<typeof peerSchema.peer>;
  forget(knocker: z.output<typeof peerSchema.knocker>): void;
  pause(by: string): void;
  resume(by: string): void;
}

type Retrieval = typeof retrieveSchema;

/**
 * Fetching from a PACS belongs to the identified zone; states, counts and sentences come through. Patient IDs and accession
 * numbers do in one answer alone, to who asks for them, and that is entered in the audit log.
 */
export interface RetrievePort {
  archives(): z.output<Retrieval['archiveList']>;
  addArchive(terms: z.output<Retrieval['newArchive']>, by: string): z.output<Retrieval['archive']>;
  changeArchive(terms: z.output<Retrieval['newArchive']>, by: string): z.output<Retrieval['archive']>;
  removeArchive(tag: string, by: string): void;
  examine(tag: string): Promise<z.output<Retrieval['doctorReport']>>;
  state(): z.output<Retrieval['retriever']>;
  pause(by: string): void;
  resume(by: string): void;
  requests(page: Page): z.output<Retrieval['requestPage']>;
  request(id: string): z.output<Retrieval['retrieveRequest']>;
  ask(request: z.output<Retrieval['newRequest']>, by: string): z.output<Retrieval['retrieveRequest']>;
  confirm(id: string, again: boolean, by: string): z.output<Retrieval['retrieveRequest']>;
  act(
    what: 'count' | 'pause' | 'resume' | 'cancel' | 'retry',
    id: string,
    by: string,
  ): z.output<Retrieval['retrieveRequest']>;
  studies(request: string, page: Page): z.output<Retrieval['studyPage']>;
  identities(request: string, studies: readonly string[], by: string): z.output<Retrieval['identities']>;
  actOnStudy(what: 'cancel' | 'retry', id: string, by: string): z.output<Retrieval['retrieveStudy']>;
}

/** The vault belongs to the identified zone: tombstones come through, and one answer to two persons. */
export interface VaultPort {
  optOuts(): z.output<typeof vaultSchema.optOut>[];
  optOut(request: z.output<typeof vaultSchema.optOutRequest>, by: string): z.output<typeof vaultSchema.optOut>;
  reidentifications(): z.output<typeof vaultSchema.reidentification>[];
  requestReidentification(
    request: z.output<typeof vaultSchema.reidentificationRequest>,
    person: Person,
  ): z.output<typeof vaultSchema.reidentification>;
  decideReidentification(
    id: string,
    decision: 'granted' | 'refused',
    person: Person,
  ): z.output<typeof vaultSchema.reidentification>;
  showReidentification(id: string, person: Person): Shape<typeof vaultSchema.identity>;
}

type ClinicalSchema = typeof clinicalSchema;

/**
 * Clinical files belong to the identified zone: columns, places and counts come through, and words of columns of few words.
 * Every method throws Problem where it cannot be done.
 */
export interface ClinicalPort {
  state(): z.output<ClinicalSchema['clinicalState']>;
  targets(): z.output<ClinicalSchema['clinicalTargets']>;
  mappings(): z.output<ClinicalSchema['savedMappings']>;
  mapping(name: string): z.output<ClinicalSchema['savedMapping']>;
  removeMapping(name: string, by: string): z.output<ClinicalSchema['savedMappings']>;
  read(file: z.output<ClinicalSchema['clinicalFile']>): Promise<z.output<ClinicalSchema['clinicalDraft']>>;
  check(id: string, choice: z.output<ClinicalSchema['clinicalChoice']>): z.output<ClinicalSchema['clinicalReport']>;
  import(
    id: string,
    choice: z.output<ClinicalSchema['clinicalImportRequest']>,
    by: string,
  ): z.output<ClinicalSchema['clinicalOutcome']>;
  discard(id: string): void;
  withdraw(importId: number, by: string): z.output<ClinicalSchema['clinicalState']>;
}

type SiteWordSchema = typeof siteWordSchema;

/** A word that descriptions lose may be a name: words come through in one answer alone, which is entered in the audit log. */
export interface SiteWordPort {
  counts(): z.output<SiteWordSchema['siteWordCounts']>;
  show(state: z.output<SiteWordSchema['siteWordState']>, by: string): z.output<SiteWordSchema['siteWordList']>;
  decide(
    id: number,
    decision: z.output<SiteWordSchema['siteWordDecision']>['decision'],
    by: string,
  ): z.output<SiteWordSchema['siteWordCounts']>;
}

type Vocabulary = typeof vocabularySchema;

/** Tables of codes: looked at, imported and restored. */
export interface VocabularyPort {
  list(): Shape<Vocabulary['vocabularyList']>;
  preview(file: z.output<Vocabulary['vocabularyFile']>, by: string): Shape<Vocabulary['vocabularyPreview']>;
  /** @throws Problem with every line that is wrong */
  import(file: z.output<Vocabulary['vocabularyImport']>, by: string): Shape<Vocabulary['vocabularyChange']>;
  restore(name: string, by: string): Shape<Vocabulary['vocabularyList']>;
  export(name: string): Shape<Vocabulary['vocabularyExport']>;
  explain(code: string): Shape<Vocabulary['explainedCode']> | undefined;
}

type RecordSchema = typeof recordSchema;
type Given<Schema extends z.ZodType> = DeepReadonly<z.input<Schema>>;

/** Catalogue records: what people answer for them, and what comes of it. Their methods throw Problem. */
export interface RecordPort {
  table(): Given<RecordSchema['recordTable']>;
  record(datasetId: string): Given<RecordSchema['catalogueRecord']>;
  form(datasetId: string): Given<RecordSchema['recordForm']>;
  save(
    datasetId: string,
    answers: z.output<RecordSchema['recordAnswers']>,
    by: string,
  ): Given<RecordSchema['recordForm']>;
  site(): Given<RecordSchema['siteRecord']>;
  saveSite(answers: z.output<RecordSchema['siteRecordAnswers']>, by: string): Given<RecordSchema['siteRecord']>;
}
/**
 * Takes a part of the index out and enters that in the audit log.
 * @param write resolves when more may come
 * @returns the rows
 */
export type ExportPort = (
  request: ExportRequest,
  by: string,
  write: (piece: Buffer) => Promise<void>,
) => Promise<number>;

export interface ApiServices {
  readonly version: string;
  readonly startedAt: Date;
  readonly settings: Settings;
  readonly users: Users;
  readonly sessions: Sessions;
  readonly tokens: ApiTokens;
  readonly audit: AuditLog;
  readonly ledger: ObjectLedger;
  readonly associations: AssociationRecord;
  readonly catalogue: Catalogue;
  readonly cohorts: CohortQuery;
  readonly savedQueries: SavedQueries;
  readonly datasets: DatasetRegister;
  /** Reads the files of a dataset before its gates look at them. */
  readonly examiner: Pick<Examiner, 'examine' | 'progress'>;
  readonly conditions: readonly { readonly code: string; readonly label: string }[];
  readonly record: RecordPort;
  readonly quarantine: QuarantineDesk;
  readonly imports: ImportPort;
  readonly hub: HubPort;
  readonly peers: PeerPort;
  readonly retrieve: RetrievePort;
  readonly vault: VaultPort;
  readonly materialise: MaterialisePort;
  readonly siteWords: SiteWordPort;
  readonly explanations: ExplanationPort;
  readonly curation: Pick<SeriesDesk, 'counts' | 'patterns' | 'explain' | 'concepts' | 'settle' | 'revoke'>;
  readonly vocabularies: VocabularyPort;
  readonly clinicalDesk: ClinicalPort;
  readonly schedule: Schedule;
  readonly health: () => Promise<HealthFinding[]>;
  readonly machine: () => Promise<MachineFigures>;
  readonly receiver: () => Shape<typeof schema.overview>['receiver'];
  readonly profile: () => Shape<typeof schema.system>['profile'];
  readonly sopClassName: (uid: string) => string;
}
