/**
 * The register of datasets: every change of state goes through here, with who, when, why and on what
 * evidence. Release takes a second person; only what is published can be seen by the hub.
 */
import { type ClinicalColumns, loadClinicalColumns } from '../catalogue/generalisation/clinical-columns.ts';
import type { SqliteDatabase } from '../store/database.ts';
import { DatasetAssessment } from './dataset-assessment.ts';
import { type AuditTrail, DatasetHistory } from './dataset-history.ts';
import { DatasetMembership } from './dataset-membership.ts';
import {
  choicesOf,
  cohortOf,
  DATASET_SQL,
  type DatasetDetail,
  type DatasetEvent,
  type DatasetRow,
  type DatasetSummary,
  type DatasetVersion,
  fieldsOf,
  type NewDataset,
  newDatasetId,
} from './dataset-record.ts';
import { type DatasetReport, datasetReport } from './dataset-report.ts';
import { type CohortSource, DatasetShelf, requireDraft, requireStaff } from './dataset-shelf.ts';
import { DatasetVersions } from './dataset-versions.ts';
import { DatasetError } from './errors.ts';
import { type FaceDecision, FaceDecisions } from './face-decisions.ts';
import { closedGateSentence } from './gate-checks.ts';
import { GateKeeper } from './gate-keeper.ts';
import type { KLimits } from './privacy-risk/k-figures.ts';
import { loadObjectKinds } from './quality/object-kinds.ts';
import type { QualityTables } from './quality/quality-check.ts';
import { loadQualityRules } from './quality/quality-rules.ts';
import {
  type DatasetState,
  findTransition,
  objection,
  type Person,
  type Transition,
  transitionsFrom,
} from './transitions.ts';

export interface DatasetRegisterParts {
  readonly database: SqliteDatabase;
  readonly audit: AuditTrail;
  readonly cohorts: CohortSource;
  /** Cancer types a dataset may declare. */
  readonly conditions: readonly { readonly code: string; readonly label: string }[];
  /** Fewest patients of a dataset: the threshold of the disclosure policy. */
  readonly threshold: number;
  /** Of k-anonymity; 3 and 10 unless told. */
  readonly limits?: KLimits;
  /** The rules of quality; the shipped ones unless told. */
  readonly quality?: QualityTables;
  readonly clinicalColumns?: ClinicalColumns;
  /** What the catalogue record of a dataset still lacks, as sentences. */
  readonly record?: { objections(datasetId: string): readonly string[] };
  readonly now?: () => Date;
  readonly newId?: () => string;
}

export interface TransitionRequest {
  readonly to: DatasetState;
  readonly reason?: string | undefined;
  /** With a publication: the version before is withdrawn with it. */
  readonly withdrawPredecessor?: boolean | undefined;
}

export class DatasetRegister {
  readonly #parts: DatasetRegisterParts;
  readonly #database: SqliteDatabase;
  readonly #membership: DatasetMembership;
  readonly #faces: FaceDecisions;
  readonly #history: DatasetHistory;
  readonly #shelf: DatasetShelf;
  readonly #gates: GateKeeper;
  readonly #now: () => Date;
  readonly #newId: () => string;
  /** Quality, privacy risk, and what persons decide about both. */
  readonly assessment: DatasetAssessment;
  readonly versions: DatasetVersions;

  constructor(parts: DatasetRegisterParts) {
    const { database, audit, cohorts, newId = newDatasetId, now = () => new Date() } = parts;
    const shelf = new DatasetShelf(database, cohorts);
    const limits = parts.limits ?? { block: 3, warn: 10 };
    const quality = parts.quality ?? { rules: loadQualityRules(), kinds: loadObjectKinds() };
    const clinicalColumns = parts.clinicalColumns ?? loadClinicalColumns();
    this.#parts = parts;
    this.#database = database;
    this.#shelf = shelf;
    this.#gates = new GateKeeper({ ...parts, limits, quality, clinicalColumns });
    this.#membership = new DatasetMembership(database);
    this.#faces = new FaceDecisions(database);
    this.#now = now;
    this.#newId = newId;
    this.#history = new DatasetHistory(database, audit, now);
    this.assessment = new DatasetAssessment({
      shelf,
      gates: this.#gates,
      audit,
      limits,
      quality,
      clinicalColumns,
      now,
    });
    this.versions = new DatasetVersions({ shelf, audit, now, newId });
  }

  /** Nothing, where the person may do it. @throws DatasetError as `advance`, but for the gates */
  permit(id: string, { to, reason }: TransitionRequest, person: Person): void {
    this.#permit(this.#shelf.find(id), to, reason?.trim() || undefined, person);
  }

  /** UIDs of the series a dataset is made of: what a draft's cohort finds now, else what is fixed. @throws DatasetError `not-found` */
  seriesOf(id: string): readonly string[] {
    return this.#shelf.seriesOf(this.#shelf.find(id));
  }

  /** Drafts a dataset from a cohort. Until it is checked, its members are whatever the cohort finds. */
  draft(dataset: NewDataset, person: Person): DatasetDetail {
    const condition = this.#parts.conditions.find(({ code }) => code === dataset.condition);
    if (!condition) {
      throw new DatasetError(
        'invalid-input',
        'The cancer type is not one of those on the list. Choose one of the list.',
      );
    }
    const id = this.#newId();
    const { query, keywords, condition: _, ...fields } = dataset;
    this.#database.transaction(() => {
      this.#database.prepare(DATASET_SQL.insert).run({
        ...fields,
        id,
        conditionCode: condition.code,
        conditionLabel: condition.label,
        state: 'draft',
        queryJson: JSON.stringify(query),
        keywordsJson: JSON.stringify(keywords),
        createdBy: person.name,
        createdAt: this.#time(),
        contentHash: null,
        generalisationJson: '{}',
        version: 1,
        predecessor: null,
      });
      this.#history.remember(id, { from: null, to: 'draft', by: person.name }, 'dataset.drafted');
    })();
    return this.detail(id, person);
  }

  /**
   * Moves a dataset to another state.
   * @throws DatasetError `not-found`, `not-allowed`, `invalid-transition`, `gate-closed`, `invalid-input`
   */
  advance(id: string, request: TransitionRequest, person: Person): DatasetDetail {
    const closedGate = this.#database.transaction(() => {
      const row = this.#shelf.find(id);
      const reason = request.reason?.trim() || undefined;
      const transition = this.#permit(row, request.to, reason, person);
      if (transition.to === 'checked') return this.#check(row, person, reason);
      if (transition.to === 'released' || transition.to === 'published') this.#passGates(row, transition.to, person);
      if (transition.to === 'published' && request.withdrawPredecessor) this.#withdrawPredecessor(row, person);
      if (transition.to === 'draft') {
        this.#membership.thaw(id);
        this.#gates.dropEvidence(id);
      }
      const contentHash = transition.to === 'draft' ? null : row.contentHash;
      this.#history.move(row, transition.to, { by: person.name, reason, contentHash });
      return undefined;
    })();
    // thrown after the commit: a failed check leaves its evidence in the history
    if (closedGate) throw new DatasetError('gate-closed', closedGate);
    return this.detail(id, person);
  }

  /**
   * Accepts or excludes the volumes of a draft from which a face could be rebuilt, all that its cohort finds now. One that
   * comes later is a question of its own.
   * @throws DatasetError `not-found`, `not-allowed`, `invalid-transition`, `invalid-input`
   */
  decideFaces(
    id: string,
    request: { decision: FaceDecision; reason?: string | undefined },
    person: Person,
  ): DatasetDetail {
    this.#database.transaction(() => {
      const row = this.#shelf.find(id);
      const reason = request.reason?.trim() ?? '';
      requireStaff(person, 'decide about faces');
      requireDraft(row);
      if (request.decision === 'accepted' && reason === '') {
        throw new DatasetError('invalid-input', 'To accept faces needs a reason. Write one and try again.');
      }
      const decision = { decision: request.decision, by: person.name, at: this.#time(), reason };
      const series = this.#faces.decide(id, this.#shelf.seriesOf(row), decision);
      if (series === 0) {
        throw new DatasetError('invalid-input', 'No volume of this dataset shows a face; there is nothing to decide.');
      }
      const words = `${series} series with a face ${request.decision}`;
      const event = { from: row.state, to: row.state, by: person.name, reason: reason ? `${words}: ${reason}` : words };
      this.#history.remember(id, event, `dataset.faces-${request.decision}`);
    })();
    return this.detail(id, person);
  }

  /** What was done to the objects of a dataset. @throws DatasetError `not-found` */
  report(id: string, person: Person): DatasetReport {
    return datasetReport(this.#database, this.detail(id, person));
  }

  list(): DatasetSummary[] {
    const rows = this.#database.prepare(DATASET_SQL.list).all() as DatasetRow[];
    return rows.map((row) => this.#summary(row));
  }

  /** One dataset as the given person sees it. @throws DatasetError `not-found` */
  detail(id: string, person: Person): DatasetDetail {
    const row = this.#shelf.find(id);
    return {
      ...this.#summary(row),
      ...fieldsOf(row),
      query: cohortOf(row),
      contentHash: row.contentHash,
      generalisation: choicesOf(row),
      predecessor: row.predecessor === null ? null : versionOf(this.#shelf.find(row.predecessor)),
      successors: this.#database.prepare(DATASET_SQL.successors).all(id) as DatasetVersion[],
      checks: this.#gates.standing(id),
      faces: row.state === 'draft' ? this.#faces.ofCohort(id, this.#shelf.seriesOf(row)) : this.#faces.decided(id),
      history: this.#database.prepare(DATASET_SQL.history).all(id) as DatasetEvent[],
      actions: transitionsFrom(row.state).map((transition) => {
        const why = objection(transition, person, row.createdBy);
        return { to: transition.to, allowed: why === null, why };
      }),
    };
  }

  #permit(row: DatasetRow, to: DatasetState, reason: string | undefined, person: Person): Transition {
    const transition = findTransition(row.state, to);
    if (!transition) {
      const possible = transitionsFrom(row.state).map((next) => next.to);
      const next = possible.length > 0 ? `From here it can become ${possible.join(' or ')}.` : 'It stays as it is.';
      throw new DatasetError('invalid-transition', `A ${row.state} dataset cannot become ${to}. ${next}`);
    }
    const why = objection(transition, person, row.createdBy);
    if (why) throw new DatasetError('not-allowed', why);
    if (transition.needsReason && !reason) {
      throw new DatasetError(
        'invalid-input',
        `To ${transition.verb} a dataset needs a reason. Write one and try again.`,
      );
    }
    return transition;
  }

  /** Freezes the members and runs the gates. @returns what did not pass; the dataset then stays a draft */
  #check(row: DatasetRow, person: Person, reason: string | undefined): string | undefined {
    this.#membership.freeze(row.id, this.#shelf.seriesOf(row));
    const evidence = this.#gates.check(row, this.#now());
    this.#gates.keepEvidence(row.id, evidence, person.name, this.#now());
    if (evidence.checks.every((check) => check.passed)) {
      const { contentHash } = evidence;
      this.#history.move(row, 'checked', { by: person.name, reason, contentHash, evidence });
      return undefined;
    }
    this.#membership.thaw(row.id);
    const event = { from: row.state, to: row.state, by: person.name, reason: 'The check did not pass.', evidence };
    this.#history.remember(row.id, event, 'dataset.check-failed');
    return closedGateSentence(evidence.checks);
  }

  /** The members must still be what the check saw, object by object, and every gate have its evidence. */
  #passGates(row: DatasetRow, to: 'released' | 'published', person: Person): void {
    const sentence = this.#gates.objection(row, to, this.#now());
    if (sentence) throw new DatasetError('gate-closed', sentence);
    if (to === 'released') this.#gates.keepAgain(row, person.name, this.#now(), person);
  }

  /** Two versions side by side are counted twice; whoever publishes decides, because hubs may still be at work on the first. */
  #withdrawPredecessor(row: DatasetRow, person: Person): void {
    const before = row.predecessor === null ? undefined : this.#shelf.find(row.predecessor);
    if (before?.state !== 'released' && before?.state !== 'published') return;
    const reason = `Version ${row.version} (${row.id}) takes its place.`;
    this.#history.move(before, 'withdrawn', { by: person.name, reason, contentHash: before.contentHash });
  }

  #summary(row: DatasetRow): DatasetSummary {
    // a draft has no members yet: what its cohort finds now
    const counts = row.state === 'draft' ? this.#shelf.cohorts.counts(cohortOf(row)) : this.#membership.counts(row.id);
    const { id, title, state, createdBy, createdAt, version } = row;
    const condition = { code: row.conditionCode, label: row.conditionLabel };
    return { id, title, condition, state, createdBy, createdAt, version, ...counts };
  }

  #time(): string {
    return this.#now().toISOString();
  }
}

function versionOf({ id, version, state }: DatasetRow): DatasetVersion {
  return { id, version, state };
}
